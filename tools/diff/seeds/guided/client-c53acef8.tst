role: initialize
profile: tls12
note: guided mode, ALERT_DIFF
> 16030300040dffff00
  02
