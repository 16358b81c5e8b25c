# SPDX-License-Identifier: MIT
# the openssl provider
if PROVIDER_OPENSSL
module_LTLIBRARIES += providers/openssl.la
dist_manifest_DATA += providers/openssl/50-openssl.provider
endif
providers_openssl_la_SOURCES = \
	providers/openssl/shared.h \
	providers/openssl/chain.c \
	providers/openssl/connection.c \
	providers/openssl/credential.c \
	providers/openssl/failure.c \
	providers/openssl/import.c \
	providers/openssl/judge.c \
	providers/openssl/lists.c \
	providers/openssl/password.c \
	providers/openssl/provider.c \
	providers/openssl/session.c \
	providers/openssl/signature.c \
	providers/openssl/ticket.c \
	providers/openssl/token.c \
	providers/openssl/transport.c
providers_openssl_la_CPPFLAGS = -I$(top_srcdir)/include $(OPENSSL_CFLAGS)
providers_openssl_la_CFLAGS = $(AM_CFLAGS)
providers_openssl_la_LDFLAGS = $(MODULE_LDFLAGS) -export-symbols-regex '^openssl_LTX_sspi_provider$$'
providers_openssl_la_LIBADD = $(OPENSSL_LIBS)
