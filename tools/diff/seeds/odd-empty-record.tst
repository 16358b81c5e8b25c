role: accept
note: a handshake record without a body
> 1603010000
