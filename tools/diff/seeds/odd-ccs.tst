role: accept
note: change_cipher_spec before all else
> 140303000101
