# the wolfssl provider
