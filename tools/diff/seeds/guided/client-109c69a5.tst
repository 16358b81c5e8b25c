role: initialize
profile: tls12
note: guided mode, AGREE
> 1503030002022a
