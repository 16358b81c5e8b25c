# Manual pages and the examples the README shows.
EXTRA_DIST += doc/examples/client.c doc/examples/server.c doc/examples/provider/trace.c \
	doc/examples/provider/trace.provider doc/porting.md doc/providers-guide.md doc/providers.md doc/attributes.md doc/contract.md doc/diff.md doc/findings.md doc/foreign-suites.md doc/drift-debian-12-13.md
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

# Those of the functions, out of the comments of the headers; links for their further names.  The date is that of
# the text, not of the build.
man3_date = 2026-11-29
man3dir = $(mandir)/man3
EXTRA_DIST += doc/man3.pl doc/man3.list
if HAVE_PERL
man3_pages = doc/man3/.made
endif
noinst_DATA = $(man3_pages)
doc/man3/.made: doc/man3.pl doc/man3.list doc/attributes.md core/codes.c core/errors.c $(pkginclude_HEADERS)
	@rm -rf doc/man3 && $(MKDIR_P) doc/man3
	$(AM_V_GEN)$(PERL) $(srcdir)/doc/man3.pl $(srcdir) doc/man3 "$(PACKAGE_STRING)" $(man3_date) && touch $@
install-data-local: install-man3
install-man3: $(man3_pages)
	test -z "$(man3_pages)" || $(MKDIR_P) "$(DESTDIR)$(man3dir)"
	test ! -d doc/man3 || cd doc/man3 && for page in *.3; do \
	  if test -h $$page; then \
	    rm -f "$(DESTDIR)$(man3dir)/$$page" && $(LN_S) `readlink $$page` "$(DESTDIR)$(man3dir)/$$page"; \
	  elif test -f $$page; then $(INSTALL_DATA) $$page "$(DESTDIR)$(man3dir)/$$page"; fi || exit 1; \
	done
uninstall-local: uninstall-man3
uninstall-man3: $(man3_pages)
	test ! -d doc/man3 || cd doc/man3 && for page in *.3; do rm -f "$(DESTDIR)$(man3dir)/$$page"; done
clean-local: clean-man3
clean-man3:
	rm -rf doc/man3
.PHONY: install-man3 uninstall-man3 clean-man3
