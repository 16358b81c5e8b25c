# SPDX-License-Identifier: MIT
# The crypt32 and ncrypt subset.
libcore_la_SOURCES += \
	core/cert/anchors.c core/cert/anchors.h \
	core/cert/base64.c core/cert/base64.h \
	core/cert/blob.c core/cert/blob.h \
	core/cert/blob-cng.c \
	core/cert/cert.h \
	core/cert/certificate.c core/cert/certificate.h \
	core/cert/chain.c core/cert/chain.h \
	core/cert/constraints.c \
	core/cert/container.c core/cert/container.h \
	core/cert/crl.c core/cert/crl.h \
	core/cert/crl-parse.c \
	core/cert/decode.c core/cert/decode.h \
	core/cert/der.c core/cert/der.h \
	core/cert/directory.c \
	core/cert/distribution.c \
	core/cert/encode.c \
	core/cert/engine.c \
	core/cert/exports.c \
	core/cert/file.c core/cert/file.h \
	core/cert/find.c core/cert/find.h \
	core/cert/find-chain.c \
	core/cert/folder.c core/cert/folder.h \
	core/cert/hash.c core/cert/hash.h \
	core/cert/identity.c \
	core/cert/identity-hash.c \
	core/cert/import.c core/cert/import.h \
	core/cert/info.c \
	core/cert/judge.c \
	core/cert/key.c core/cert/key.h \
	core/cert/keyfile.c core/cert/keyfile.h \
	core/cert/limits.c core/cert/limits.h \
	core/cert/lists.c core/cert/lists.h \
	core/cert/names.c core/cert/names.h \
	core/cert/names-parse.c \
	core/cert/names-text.c \
	core/cert/ocsp.c core/cert/ocsp.h \
	core/cert/open.c core/cert/open.h \
	core/cert/p11kit.c core/cert/p11kit.h \
	core/cert/path.c core/cert/path.h \
	core/cert/pem.c \
	core/cert/pfx.c \
	core/cert/pfx-write.c core/cert/pfx.h \
	core/cert/place.c core/cert/place.h \
	core/cert/policy.c \
	core/cert/property.c \
	core/cert/query.c core/cert/query.h \
	core/cert/random.c \
	core/cert/registry.c core/cert/registry.h \
	core/cert/revocation.c core/cert/revocation.h \
	core/cert/scope.c \
	core/cert/seal.c core/cert/seal.h \
	core/cert/selfsign.c core/cert/selfsign.h \
	core/cert/storage.c core/cert/storage.h \
	core/cert/storage-export.c core/cert/storage-import.c core/cert/storage-property.c \
	core/cert/store.c core/cert/store.h \
	core/cert/structures.c \
	core/cert/system.c core/cert/system.h \
	core/cert/text.c core/cert/text.h \
	core/cert/token.c core/cert/token.h \
	core/cert/token-find.c core/cert/token-find.h \
	core/cert/token-open.c \
	core/cert/trust.c core/cert/trust.h \
	core/cert/x509.c core/cert/x509.h

WIDE_SOURCES += core/cert/wide.c core/cert/storage-wide.c core/cert/suites-wide.c
