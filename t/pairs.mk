# Pairs of providers (4xxx).
pair_programs = t/4000-any-client-meets-any-server
check_PROGRAMS += $(pair_programs)
TESTS += $(pair_programs)
t_4000_any_client_meets_any_server_SOURCES = t/4000-any-client-meets-any-server.c
t_4000_any_client_meets_any_server_LDADD = $(PAIR_LIBS)
dist_check_SCRIPTS += t/4020-the-page-of-providers-is-true.sh
TESTS += t/4020-the-page-of-providers-is-true.sh
