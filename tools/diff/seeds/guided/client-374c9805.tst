role: initialize
profile: tls12
note: guided mode, STATUS_DIFF
> 16030300041801ffc9
  15030300020250
