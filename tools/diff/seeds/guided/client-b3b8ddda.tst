role: initialize
profile: tls13
note: guided mode, OUTPUT_DIFF
> 150303000202ff
