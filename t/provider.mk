# t/provider.mk: the conformance kit, on the provider contract alone, and its tests.
KIT = t/provider-kit.h t/provider-kit.c t/provider-pair.c
KIT_TESTS = \
	t/3000-any-client-meets-any-server
check_PROGRAMS += $(KIT_TESTS)
TESTS += $(KIT_TESTS)

t_3000_any_client_meets_any_server_SOURCES = t/3000-any-client-meets-any-server.c $(KIT)
