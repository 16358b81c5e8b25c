role: initialize
profile: tls12
note: guided mode, AGREE
> 160303000402000003
  16
