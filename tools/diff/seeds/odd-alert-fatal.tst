role: accept
note: a fatal alert before all else
> 15030300020228
