role: initialize
profile: tls12
note: guided mode, STATE_DIFF
> 16030300040201fe8b
  16
