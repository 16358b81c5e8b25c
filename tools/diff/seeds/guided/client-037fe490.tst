role: initialize
profile: rsa
note: guided mode, ALERT_DIFF
> 15030300020064
  150303000102
