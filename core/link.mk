# SPDX-License-Identifier: MIT
# Build files written for Windows name its libraries: a folder of its own, which nothing searches unasked
# (pkg-config --variable=linkdir opensspi), where those names lead to ours.  The names are those of
# core/modules.c.
LINK_NAMES = advapi32 bcrypt crypt32 kernel32 ncrypt ntdll schannel secur32 security sspicli

install-exec-hook: install-link
install-link:
	test ! -e "$(DESTDIR)$(libdir)/libopensspi.so" || { \
	  umask 022 && $(MKDIR_P) "$(DESTDIR)$(linkdir)" && \
	  for name in $(LINK_NAMES); do \
	    ln -sf ../../libopensspi.so "$(DESTDIR)$(linkdir)/lib$$name.so" || exit 1; \
	  done; }

uninstall-local: uninstall-link
uninstall-link:
	for name in $(LINK_NAMES); do rm -f "$(DESTDIR)$(linkdir)/lib$$name.so"; done
	-rmdir "$(DESTDIR)$(linkdir)" 2>/dev/null
.PHONY: install-link uninstall-link
