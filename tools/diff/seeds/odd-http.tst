role: accept
note: a request of HTTP instead of TLS
> 474554202f20485454502f312e310d0a486f73743a206c6f63616c686f73740d0a0d0a
