# SPDX-License-Identifier: MIT
# the gnutls provider
if PROVIDER_GNUTLS
module_LTLIBRARIES += providers/gnutls.la
dist_manifest_DATA += providers/gnutls/60-gnutls.provider
endif
providers_gnutls_la_SOURCES = \
	providers/gnutls/state.h \
	providers/gnutls/provider.c \
	providers/gnutls/names.c \
	providers/gnutls/priority.c \
	providers/gnutls/credential.c \
	providers/gnutls/session.c \
	providers/gnutls/transport.c \
	providers/gnutls/hooks.c \
	providers/gnutls/handshake.c \
	providers/gnutls/record.c \
	providers/gnutls/lookahead.c \
	providers/gnutls/verify.c \
	providers/gnutls/signature.c \
	providers/gnutls/password.c \
	providers/gnutls/ticket.c \
	providers/gnutls/describe.c \
	providers/gnutls/dtls.c \
	providers/gnutls/import.c \
	providers/gnutls/generate.c
providers_gnutls_la_CPPFLAGS = $(AM_CPPFLAGS) $(GNUTLS_CFLAGS)
providers_gnutls_la_LDFLAGS = $(MODULE_LDFLAGS) -export-symbols-regex '^gnutls_LTX_sspi_provider$$'
providers_gnutls_la_LIBADD = $(GNUTLS_LIBS)
