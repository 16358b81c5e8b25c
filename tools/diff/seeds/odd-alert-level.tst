role: accept
note: an alert of level 3
> 15030300020300
