# SPDX-License-Identifier: MIT
# The account behind a client's certificate: the map, the mapping, acting as the account.
ACCOUNT_TESTS = \
	t/0620-the-account-map-decides \
	t/0621-accounts-need-memory-and-a-database \
	t/6060-a-certificate-becomes-an-account \
	t/7060-a-thread-acts-as-an-account
check_PROGRAMS += $(ACCOUNT_TESTS)
TESTS += $(ACCOUNT_TESTS)

t_0620_the_account_map_decides_SOURCES = t/0620-the-account-map-decides.c
t_0620_the_account_map_decides_LDADD = $(CERT_UNIT_LIBS)
t_0621_accounts_need_memory_and_a_database_SOURCES = t/0621-accounts-need-memory-and-a-database.c
t_0621_accounts_need_memory_and_a_database_LDADD = libcore.la t/libsandbox.la -lpthread
t_0621_accounts_need_memory_and_a_database_LDFLAGS = $(AM_LDFLAGS) -Wl,--wrap=malloc,--wrap=calloc,--wrap=realloc \
	-Wl,--wrap=reallocarray
t_6060_a_certificate_becomes_an_account_SOURCES = t/6060-a-certificate-becomes-an-account.c
t_6060_a_certificate_becomes_an_account_LDADD = t/libsandbox.la $(PAIR_LIBS)
t_7060_a_thread_acts_as_an_account_SOURCES = t/7060-a-thread-acts-as-an-account.c
t_7060_a_thread_acts_as_an_account_LDADD = t/libsandbox.la $(PAIR_LIBS) -lpthread
EXTRA_DIST += t/account-kit.h

# A fuzz target (see t/units.mk).
check_PROGRAMS += t/fuzz/account
t_fuzz_account_SOURCES = t/fuzz/account.c t/fuzz/fuzz.h
t_fuzz_account_LDADD = $(CERT_UNIT_LIBS)
if FUZZING
t_fuzz_account_LDFLAGS = $(AM_LDFLAGS) -fsanitize=fuzzer
else
t_fuzz_account_SOURCES += t/fuzz/replay.c
endif
dist_check_SCRIPTS += t/0691-the-account-map-is-fuzzed.sh
TESTS += t/0691-the-account-map-is-fuzzed.sh
