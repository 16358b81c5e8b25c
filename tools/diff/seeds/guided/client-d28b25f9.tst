role: initialize
profile: tls13
note: guided mode, OUTPUT_DIFF
> 15030300020128
  16
