# Manual pages and the examples the README shows.
EXTRA_DIST += doc/examples/client.c doc/examples/server.c doc/examples/provider/trace.c \
	doc/examples/provider/trace.provider doc/porting.md doc/providers-guide.md doc/providers.md doc/attributes.md doc/contract.md
dist_man_MANS += doc/opensspi.conf.5 doc/opensspi-accounts.5 doc/opensspi.7 doc/sspi.1
# One for each subcommand; t/1130 holds it against its --help.
dist_man_MANS += \
	doc/sspi-certs.1 \
	doc/sspi-config.1 \
	doc/sspi-connect.1 \
	doc/sspi-diff.1 \
	doc/sspi-doctor.1 \
	doc/sspi-providers.1 \
	doc/sspi-serve.1 \
	doc/sspi-status.1
if PROVIDER_OPENSSL
dist_man_MANS += doc/opensspi-openssl.7
endif
if PROVIDER_GNUTLS
dist_man_MANS += doc/opensspi-gnutls.7
endif
if PROVIDER_WOLFSSL
dist_man_MANS += doc/opensspi-wolfssl.7
endif
EXTRA_DIST += doc/opensspi-openssl.7 doc/opensspi-gnutls.7 doc/opensspi-wolfssl.7
