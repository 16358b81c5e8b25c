# The providers: modules that export one symbol each and need none of the core.
moduledir = $(providerdir)
module_LTLIBRARIES =
dist_manifest_DATA =
MODULE_LDFLAGS = $(AM_LDFLAGS) -module -avoid-version -shared -Wl,-z,nodelete
if !SANITIZED
MODULE_LDFLAGS += -Wl,-z,defs -no-undefined
endif

include providers/openssl/local.mk
include providers/gnutls/local.mk
include providers/wolfssl/local.mk
