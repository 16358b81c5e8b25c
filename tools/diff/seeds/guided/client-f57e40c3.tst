role: initialize
profile: ed25519
note: guided mode, STATUS_DIFF
> 1503030003024614
