role: initialize
profile: tls12
note: guided mode, ALERT_DIFF
> 15030300020350
  1503030003010016
