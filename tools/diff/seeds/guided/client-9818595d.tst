role: initialize
profile: rsa
note: guided mode, STATE_DIFF
> 1603030004fe01fea1
  16
