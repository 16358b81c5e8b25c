role: initialize
profile: ed25519
note: guided mode, STATE_DIFF
> 1503030003010364
