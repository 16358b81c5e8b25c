# t/tool.mk
