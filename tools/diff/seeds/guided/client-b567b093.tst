role: initialize
profile: rsa
note: guided mode, ALERT_DIFF
> 15030300020028
  1703030000
