# t/loader.mk
