# t/abi.mk
