role: initialize
profile: ed25519
note: guided mode, OUTPUT_DIFF
> 16030300040200001c
