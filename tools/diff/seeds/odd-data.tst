role: accept
note: application data before all else
> 17030300050102030405
