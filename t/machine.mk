# t/machine.mk
