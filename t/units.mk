# t/units.mk
