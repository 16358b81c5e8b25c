# SPDX-License-Identifier: MIT
# make contract: where each item of the contract is proved, for each provider.
.PHONY: contract
contract: all $(check_PROGRAMS) $(check_LTLIBRARIES) $(check_SCRIPTS) $(check_DATA)
	@top_srcdir='$(top_srcdir)' PROVIDERS='$(PROVIDERS)' TESTS='$(TESTS)' AWK='$(AWK)' MAKE='$(MAKE)' \
	  $(SHELL) $(top_srcdir)/t/contract.sh
EXTRA_DIST += t/contract.sh t/contract.awk t/contract.ids
