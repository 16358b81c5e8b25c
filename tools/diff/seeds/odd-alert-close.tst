role: accept
note: close_notify before all else
> 15030300020100
