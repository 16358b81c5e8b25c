# the openssl provider
