role: initialize
profile: tls13
note: guided mode, ALERT_DIFF
> 15030300020164
  160303000102
  40
