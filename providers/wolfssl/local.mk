# SPDX-License-Identifier: MIT
# the wolfssl provider
if PROVIDER_WOLFSSL
module_LTLIBRARIES += providers/wolfssl.la
dist_manifest_DATA += providers/wolfssl/70-wolfssl.provider
endif
providers_wolfssl_la_SOURCES = \
	providers/wolfssl/wolf.h \
	providers/wolfssl/provider.c \
	providers/wolfssl/context.c \
	providers/wolfssl/credential.c \
	providers/wolfssl/ticket.c \
	providers/wolfssl/psk.c \
	providers/wolfssl/extras.c \
	providers/wolfssl/session.c \
	providers/wolfssl/transport.c \
	providers/wolfssl/record.c \
	providers/wolfssl/verify.c \
	providers/wolfssl/keys.c \
	providers/wolfssl/key.h \
	providers/wolfssl/key.c \
	providers/wolfssl/import.c \
	providers/wolfssl/generate.c \
	providers/wolfssl/chain.c \
	providers/wolfssl/signature.c \
	providers/wolfssl/password.c \
	providers/wolfssl/token.h \
	providers/wolfssl/token.c \
	providers/wolfssl/describe.c \
	providers/wolfssl/failure.c
providers_wolfssl_la_CPPFLAGS = $(AM_CPPFLAGS) $(WOLFSSL_CFLAGS)
providers_wolfssl_la_LDFLAGS = $(MODULE_LDFLAGS) -Wl,-Bsymbolic
providers_wolfssl_la_LIBADD = $(WOLFSSL_LIBS)
