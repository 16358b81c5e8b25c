# Tests speak TAP; `make check` runs them.  Each family has a fragment of its own.
TEST_LOG_DRIVER = env AM_TAP_AWK='$(AWK)' $(SHELL) $(top_srcdir)/build-aux/tap-driver.sh
TEST_EXTENSIONS = .t .sh
T_LOG_DRIVER = $(TEST_LOG_DRIVER)
SH_LOG_DRIVER = $(TEST_LOG_DRIVER)
LOG_DRIVER = $(TEST_LOG_DRIVER)
SH_LOG_COMPILER = $(SHELL)
# LeakSanitizer's walk over the thread-local memory of dlopen'd modules crashes unless it is told not to follow
# __tls_get_addr; it still finds leaks.
AM_TESTS_ENVIRONMENT = \
	ASAN_OPTIONS="intercept_tls_get_addr=0:$$ASAN_OPTIONS"; export ASAN_OPTIONS; \
	top_builddir='$(abs_top_builddir)'; top_srcdir='$(abs_top_srcdir)'; CC='$(CC)'; SAN_FLAGS='$(SAN_FLAGS)'; export CC SAN_FLAGS; \
	PROVIDERS='$(PROVIDERS)'; export top_builddir top_srcdir PROVIDERS; \
	OPENSSPI_PROVIDERDIR='$(abs_top_builddir)/providers/.libs'; export OPENSSPI_PROVIDERDIR; \
	OPENSSPI_MANIFESTDIR='$(abs_top_builddir)/t/manifests'; export OPENSSPI_MANIFESTDIR; \
	OPENSSPI_CONFDIR='$(abs_top_builddir)/t/conf'; export OPENSSPI_CONFDIR; \
	OPENSSPI_USERDIR='$(abs_top_builddir)/t/conf/user'; export OPENSSPI_USERDIR; \
	OPENSSPI_TAP_LINES=1; export OPENSSPI_TAP_LINES;

TWIN = libopensspi-twin.la

include t/units.mk
include t/abi.mk
include t/loader.mk
include t/cert.mk
include t/hostile.mk
include t/provider.mk
include t/machine.mk
include t/attributes.mk
include t/account.mk
include t/keys.mk
include t/pairs.mk
include t/tool.mk
include t/diff.mk
include t/diff-gate.mk
include t/lies.mk
include t/house.mk
include t/contract.mk

EXTRA_DIST += t/tap.h t/lib.sh t/softhsm.sh
