role: initialize
profile: tls12
note: guided mode, AGREE
> 160303000402003fc8
