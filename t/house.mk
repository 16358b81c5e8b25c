# t/house.mk
