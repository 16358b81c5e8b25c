role: initialize
profile: tls12
note: guided mode, STATE_DIFF
> 15030300020164
