role: initialize
profile: tls12
note: guided mode, STATE_DIFF
> 1503030002ff46
  16
