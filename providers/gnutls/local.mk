# the gnutls provider
