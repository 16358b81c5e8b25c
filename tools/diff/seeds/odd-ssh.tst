role: accept
note: a banner of SSH
> 5353482d322e302d4f70656e5353485f392e3270310d0a
