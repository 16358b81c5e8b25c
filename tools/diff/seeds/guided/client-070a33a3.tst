role: initialize
profile: ed25519
note: guided mode, ALERT_DIFF
> 1703030000
