role: initialize
profile: mutual
note: guided mode, STATE_DIFF
> 1503030003ff0202
  15
