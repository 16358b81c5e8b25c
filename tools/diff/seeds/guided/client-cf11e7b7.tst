role: initialize
profile: tls12
note: guided mode, STATUS_DIFF
> 1403030000
  1503030002022a
