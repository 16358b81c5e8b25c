role: initialize
profile: common
note: guided mode, STATE_DIFF
> 15030300020164
  140303000101
  15
