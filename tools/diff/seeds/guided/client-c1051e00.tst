role: initialize
profile: common
note: close_notify before the ServerHello, which no provider answers
> 15030300020100
