role: initialize
profile: tls12
note: guided mode, STATE_DIFF
> 1603030000
