# Manual pages and the examples the README shows.
EXTRA_DIST += doc/examples/client.c doc/examples/server.c doc/examples/provider/trace.c \
	doc/examples/provider/trace.provider doc/porting.md doc/providers-guide.md doc/providers.md doc/attributes.md doc/contract.md
dist_man_MANS += doc/opensspi.conf.5 doc/opensspi-accounts.5 doc/sspi.1
