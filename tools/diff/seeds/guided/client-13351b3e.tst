role: initialize
profile: rsa
note: guided mode, STATUS_DIFF
> 140303000101
  15030300020250
