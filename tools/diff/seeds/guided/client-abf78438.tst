role: initialize
profile: ed25519
note: guided mode, STATE_DIFF
> 160303000401003e58
