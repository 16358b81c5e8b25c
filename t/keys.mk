# SPDX-License-Identifier: MIT
# Keys and the certificates that go with them: found, made, written out.
KEY_TESTS = \
	t/0622-chains-are-found-in-stores \
	t/0624-stores-are-written-as-pkcs12 \
	t/0626-keys-are-made-and-kept \
	t/6062-certificates-are-named-by-hash \
	t/6064-keys-of-the-storage-serve
check_PROGRAMS += $(KEY_TESTS)
TESTS += $(KEY_TESTS)

t_0622_chains_are_found_in_stores_SOURCES = t/0622-chains-are-found-in-stores.c
t_0622_chains_are_found_in_stores_LDADD = $(TWIN)
t_0624_stores_are_written_as_pkcs12_SOURCES = t/0624-stores-are-written-as-pkcs12.c
t_0624_stores_are_written_as_pkcs12_LDADD = $(TWIN)
t_0626_keys_are_made_and_kept_SOURCES = t/0626-keys-are-made-and-kept.c
t_0626_keys_are_made_and_kept_LDADD = libcore.la t/libsandbox.la
t_6062_certificates_are_named_by_hash_SOURCES = t/6062-certificates-are-named-by-hash.c
t_6062_certificates_are_named_by_hash_LDADD = t/libsandbox.la $(PAIR_LIBS)
t_6064_keys_of_the_storage_serve_SOURCES = t/6064-keys-of-the-storage-serve.c
t_6064_keys_of_the_storage_serve_LDADD = t/libsandbox.la $(PAIR_LIBS) -lpthread
