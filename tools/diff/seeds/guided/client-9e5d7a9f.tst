role: initialize
profile: tls12
note: guided mode, STATUS_DIFF
> 1503030003022a01
