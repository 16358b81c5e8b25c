# The core: libcore.la holds everything but the folders; libopensspi.la is what is installed,
# libopensspi-twin.la its testable twin, whose folders the environment moves.  Providers are pinned and call
# back into the core, so the core stays as well (nodelete), whoever closes it.
noinst_LTLIBRARIES += libcore.la
lib_LTLIBRARIES += libopensspi.la
check_LTLIBRARIES += libopensspi-twin.la

libcore_la_SOURCES =
libcore_la_CPPFLAGS = $(AM_CPPFLAGS) $(TASN1_CFLAGS) $(P11KIT_CFLAGS)
libcore_la_LIBADD = $(LTDL_LIBS) $(TASN1_LIBS)

include core/units.mk
include core/entry.mk
include core/loader.mk
include core/machine.mk
include core/cert/local.mk
include core/link.mk

PATHS_CPPFLAGS = $(AM_CPPFLAGS) \
	-DPROVIDERDIR='"$(providerdir)"' -DMANIFESTDIR='"$(manifestdir)"' -DCONFDIR='"$(confdir)"' \
	-DTRUSTMODULE='"$(P11KIT_MODULES)/p11-kit-trust.so"'

libopensspi_la_SOURCES = core/paths.c
libopensspi_la_CPPFLAGS = $(PATHS_CPPFLAGS)
libopensspi_la_LIBADD = libcore.la
libopensspi_la_LDFLAGS = $(AM_LDFLAGS) -version-info 1:0:0 -Wl,--version-script=$(top_srcdir)/core/opensspi.map \
	-Wl,-z,nodelete
if !SANITIZED
libopensspi_la_LDFLAGS += -Wl,-z,defs -no-undefined
endif
EXTRA_libopensspi_la_DEPENDENCIES = core/opensspi.map
EXTRA_DIST += core/opensspi.map

libopensspi_twin_la_SOURCES = core/paths.c
libopensspi_twin_la_CPPFLAGS = $(PATHS_CPPFLAGS) -DENABLE_ENV_OVERRIDES=1
libopensspi_twin_la_LIBADD = libcore.la
libopensspi_twin_la_LDFLAGS = $(AM_LDFLAGS) -rpath /nowhere -avoid-version -Wl,-z,nodelete
