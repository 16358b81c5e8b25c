# t/provider.mk
