role: initialize
profile: common
note: guided mode, STATE_DIFF
> 1503030002ff8e
  140303000101
  15
