role: initialize
profile: tls12
note: guided mode, STATE_DIFF
> 16030300010e
  16
