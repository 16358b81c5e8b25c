# t/cert.mk
