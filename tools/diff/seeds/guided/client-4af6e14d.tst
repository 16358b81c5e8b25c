role: initialize
profile: tls13
note: guided mode, STATUS_DIFF
> 160303000402ffff2c
  15030300020250
