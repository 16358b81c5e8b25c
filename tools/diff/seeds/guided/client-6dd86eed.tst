role: initialize
profile: tls12
note: guided mode, AGREE
> 15030300020250
