# SPDX-License-Identifier: MIT
# make contract: where each item of the contract is proved, for each provider.
.PHONY: contract
contract: all $(check_PROGRAMS) $(check_LTLIBRARIES) $(check_SCRIPTS) $(check_DATA)
	@top_srcdir='$(top_srcdir)' PROVIDERS='$(PROVIDERS)' TESTS='$(TESTS)' AWK='$(AWK)' MAKE='$(MAKE)' \
	  $(SHELL) $(top_srcdir)/t/contract.sh
EXTRA_DIST += t/contract.sh t/contract.awk t/contract.ids

# The reference page of AcceptSecurityContext, and what has no better place.
CONTRACT_TESTS = \
	t/6100-the-page-itself \
	t/6102-every-code-has-a-cause \
	t/6104-flights-come-in-pieces \
	t/6106-wrong-calls-do-no-harm \
	t/6108-what-programs-rely-on \
	t/6110-keys-come-in-many-ways
check_PROGRAMS += $(CONTRACT_TESTS)
TESTS += $(CONTRACT_TESTS)
EXTRA_DIST += t/page-kit.h
dist_check_SCRIPTS += t/6190-the-contract-compiles-for-windows.sh
LONG_TESTS += t/6190-the-contract-compiles-for-windows.sh
t_6100_the_page_itself_SOURCES = t/6100-the-page-itself.c
t_6100_the_page_itself_LDADD = $(PAIR_LIBS)
t_6102_every_code_has_a_cause_SOURCES = t/6102-every-code-has-a-cause.c
t_6102_every_code_has_a_cause_LDADD = $(PAIR_LIBS)
t_6104_flights_come_in_pieces_SOURCES = t/6104-flights-come-in-pieces.c
t_6104_flights_come_in_pieces_LDADD = $(PAIR_LIBS)
t_6106_wrong_calls_do_no_harm_SOURCES = t/6106-wrong-calls-do-no-harm.c
t_6106_wrong_calls_do_no_harm_LDADD = $(PAIR_LIBS)
t_6108_what_programs_rely_on_SOURCES = t/6108-what-programs-rely-on.c
t_6108_what_programs_rely_on_LDADD = $(PAIR_LIBS)
t_6110_keys_come_in_many_ways_SOURCES = t/6110-keys-come-in-many-ways.c
t_6110_keys_come_in_many_ways_LDADD = $(PAIR_LIBS)

# make contract-faults: whether those tests can fail.  Minutes, and no part of make check.
.PHONY: contract-faults
contract-faults: all $(check_PROGRAMS) $(check_LTLIBRARIES) $(check_DATA)
	@top_srcdir='$(abs_top_srcdir)' PROVIDERS='$(PROVIDERS)' AWK='$(AWK)' COMPILE='$(COMPILE)' \
	  LINK_WITH='$(LIBS) $(LTDL_LIBS) $(TASN1_LIBS)' $(SHELL) $(top_srcdir)/t/contract-faults.sh $(FAULTS)
EXTRA_DIST += t/contract-faults.sh t/contract-faults.tsv
