role: initialize
profile: tls12
note: guided mode, STATUS_DIFF
> 160303000101
  1503030003024614
