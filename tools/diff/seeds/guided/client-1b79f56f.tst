role: initialize
profile: alpn
note: guided mode, STATE_DIFF
> 15030300020014
  15030300020164
