role: initialize
profile: ed25519
note: guided mode, STATE_DIFF
> 16030300041233fe06
