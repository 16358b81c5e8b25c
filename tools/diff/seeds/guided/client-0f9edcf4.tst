role: initialize
profile: mutual
note: guided mode, ALERT_DIFF
> 160303000100
  cc
