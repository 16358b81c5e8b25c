# SPDX-License-Identifier: MIT
# The `sspi` command.  The library comes before the convenience archive: what is exported is taken from the
# library, and only the members behind `providers`, `config` and `status` are linked in.
bin_PROGRAMS += sspi
noinst_LTLIBRARIES += libpaths.la
libpaths_la_SOURCES = core/paths.c core/paths.h
libpaths_la_CPPFLAGS = $(PATHS_CPPFLAGS)

sspi_SOURCES = \
	tools/main.c tools/tools.h tools/win.h \
	tools/buffer.c tools/buffer.h \
	tools/certs.c tools/certs.h \
	tools/certs-fetch.c \
	tools/certs-import.c \
	tools/certs-map.c \
	tools/certs-text.c \
	tools/certs-verify.c \
	tools/channel.c tools/channel.h \
	tools/config.c tools/config-edit.c tools/config-edit.h \
	tools/connect.c \
	tools/connection.c tools/connection.h \
	tools/describe.c tools/describe.h \
	tools/diff-exec.c \
	tools/doctor.c tools/doctor.h tools/doctor-machine.c tools/doctor-pairs.c \
	tools/fetch.c \
	tools/http.c tools/http.h \
	tools/identity.c tools/identity.h \
	tools/json.c \
	tools/net.c tools/net.h \
	tools/providers.c \
	tools/serve.c \
	tools/serving.c tools/serving.h \
	tools/status.c
sspi_CPPFLAGS = $(AM_CPPFLAGS) -DSSPI_DIFF='"$(pkglibexecdir)/sspi-diff"'
sspi_LDADD = libopensspi.la libcore.la libpaths.la

# The same for tests, with folders that the environment moves.
check_PROGRAMS += t/sspi
t_sspi_SOURCES = $(sspi_SOURCES)
t_sspi_CPPFLAGS = $(sspi_CPPFLAGS)
t_sspi_LDADD = libopensspi-twin.la libcore.la t/libsandbox.la

# What shells offer behind `sspi`; nothing but files where the shells look for them.
bashcompdir = $(datadir)/bash-completion/completions
zshcompdir = $(datadir)/zsh/site-functions
fishcompdir = $(datadir)/fish/vendor_completions.d
dist_zshcomp_DATA = tools/completion/_sspi
dist_fishcomp_DATA = tools/completion/sspi.fish
EXTRA_DIST += tools/completion/sspi.bash
install-data-local: install-bash-completion
install-bash-completion:
	$(MKDIR_P) "$(DESTDIR)$(bashcompdir)" && \
	$(INSTALL_DATA) "$(srcdir)/tools/completion/sspi.bash" "$(DESTDIR)$(bashcompdir)/sspi"
uninstall-local: uninstall-bash-completion
uninstall-bash-completion:
	rm -f "$(DESTDIR)$(bashcompdir)/sspi"
.PHONY: install-bash-completion uninstall-bash-completion
