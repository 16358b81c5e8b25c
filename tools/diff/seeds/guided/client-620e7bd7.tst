role: initialize
profile: common
note: guided mode, STATE_DIFF
> 1503030002ff78
  140303000101
