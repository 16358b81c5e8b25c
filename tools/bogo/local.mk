# SPDX-License-Identifier: MIT
# A shim for BoringSSL's test runner; installed beside sspi-diff, with the errors that the runner is told of.
bogo_shim_sources = \
	tools/bogo/main.c \
	tools/bogo/connection.c tools/bogo/connection.h \
	tools/bogo/expect.c \
	tools/bogo/flags.c tools/bogo/flags.h \
	tools/buffer.c tools/buffer.h tools/channel.c tools/channel.h tools/net.c tools/net.h tools/win.h
sspi_bogo_shim_SOURCES = $(bogo_shim_sources)
sspi_bogo_shim_LDADD = libopensspi.la
t_sspi_bogo_shim_SOURCES = $(bogo_shim_sources)
t_sspi_bogo_shim_LDADD = $(TWIN)
check_PROGRAMS += t/sspi-bogo-shim
if DIFF
pkglibexec_PROGRAMS += sspi-bogo-shim
endif
bogodir = $(pkgdatadir)/bogo
dist_bogo_DATA = tools/bogo/errors.json
