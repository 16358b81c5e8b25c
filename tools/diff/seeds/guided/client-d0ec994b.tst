role: initialize
profile: tls12
note: guided mode, ALERT_DIFF
> 15030300020100
