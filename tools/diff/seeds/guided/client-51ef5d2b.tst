role: initialize
profile: tls12
note: guided mode, ALERT_DIFF
> 16030300310200002d030341b69c37c5fadff60b3e8c58b03cde72865f40e2b0c9568217cbdf1fd33bb30700c02b0000
  05ff01000100
  0b
