role: initialize
profile: tls12
note: guided mode, AGREE
> 1603033f41007a
