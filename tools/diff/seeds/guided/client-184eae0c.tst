role: initialize
profile: mutual
note: guided mode, OUTPUT_DIFF
> 15030300020246
