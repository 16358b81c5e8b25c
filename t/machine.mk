# SPDX-License-Identifier: MIT
# The machine: handshakes (3xxx), messages (5xxx), the contract (6xxx), threads (7xxx), abuse (8xxx).

# A client and a server over memory, for any test that wants them: LDADD = t/libpair.la $(TWIN)
check_LTLIBRARIES += t/libpair.la
t_libpair_la_SOURCES = t/pair.c t/pair.h

PAIR_LIBS = t/libpair.la $(TWIN)
#MACHINE_TESTS = \
#	t/3000-a-client-and-a-server-shake-hands
#check_PROGRAMS += $(MACHINE_TESTS)
#TESTS += $(MACHINE_TESTS)

#t_3000_a_client_and_a_server_shake_hands_SOURCES = t/3000-a-client-and-a-server-shake-hands.c
#t_3000_a_client_and_a_server_shake_hands_LDADD = $(PAIR_LIBS)
