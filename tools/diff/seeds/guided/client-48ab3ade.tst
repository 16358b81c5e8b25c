role: initialize
profile: rsa
note: guided mode, ALERT_DIFF
> 1503030002ff00
