# SPDX-License-Identifier: MIT
# Certificates for every test, made once by t/pki.sh, whose first comment lists the files.
PKI = t/pki/stamp
check_DATA += $(PKI)
dist_check_SCRIPTS += t/pki.sh

$(PKI): t/pki.sh
	$(AM_V_GEN)$(SHELL) $(top_srcdir)/t/pki.sh t/pki

clean-local: clean-pki
.PHONY: clean-pki
clean-pki:
	rm -rf t/pki

CERT_TESTS = \
	t/0610-a-chain-is-judged-the-same-by-every-provider
check_PROGRAMS += $(CERT_TESTS)
TESTS += $(CERT_TESTS)
EXTRA_DIST += t/cert-kit.h

# These reach into the core; its folders are moved as the twin's are.
check_LTLIBRARIES += t/libpaths.la
t_libpaths_la_SOURCES = core/paths.c
t_libpaths_la_CPPFLAGS = $(PATHS_CPPFLAGS) -DENABLE_ENV_OVERRIDES=1
CERT_UNIT_LIBS = libcore.la t/libpaths.la

t_0610_a_chain_is_judged_the_same_by_every_provider_SOURCES = t/0610-a-chain-is-judged-the-same-by-every-provider.c
t_0610_a_chain_is_judged_the_same_by_every_provider_LDADD = $(CERT_UNIT_LIBS)
