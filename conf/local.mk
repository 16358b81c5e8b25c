# SPDX-License-Identifier: MIT
# The administrator's folder.  A file that is there is never replaced, and only removed while it is as it
# came; the folders get the modes that the library insists on, whatever the umask.
EXTRA_DIST += conf/opensspi.conf

install-data-local: install-conf
install-conf:
	$(INSTALL) -d -m 755 "$(DESTDIR)$(confdir)" "$(DESTDIR)$(confdir)/conf.d" "$(DESTDIR)$(confdir)/providers.d"
	test -e "$(DESTDIR)$(confdir)/opensspi.conf" || \
	  $(INSTALL_DATA) "$(top_srcdir)/conf/opensspi.conf" "$(DESTDIR)$(confdir)/opensspi.conf"

# The other folders that the library judges, made under whatever umask.
install-data-hook:
	for d in "$(datadir)/opensspi" "$(manifestdir)" "$(libdir)/opensspi" "$(providerdir)"; do \
	  test ! -d "$(DESTDIR)$$d" || chmod go-w "$(DESTDIR)$$d" || exit 1; \
	done

uninstall-local: uninstall-conf
uninstall-conf:
	if cmp -s "$(top_srcdir)/conf/opensspi.conf" "$(DESTDIR)$(confdir)/opensspi.conf"; then \
	  rm -f "$(DESTDIR)$(confdir)/opensspi.conf"; \
	fi
	-rmdir "$(DESTDIR)$(confdir)/conf.d" "$(DESTDIR)$(confdir)/providers.d" "$(DESTDIR)$(confdir)" 2>/dev/null
.PHONY: install-conf uninstall-conf
