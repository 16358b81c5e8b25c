role: initialize
profile: rsa
note: guided mode, ALERT_DIFF
> 160303000408003fcb
  35
