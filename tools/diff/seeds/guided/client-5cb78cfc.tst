role: initialize
profile: rsa
note: guided mode, ALERT_DIFF
> 15030300020370
  16030300040b000000
