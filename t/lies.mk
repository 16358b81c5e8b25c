# SPDX-License-Identifier: MIT
# A provider that lies, one way at a time: the tester is tested with it.
LIES = $(addprefix $(srcdir)/t/lies/,lies.c lies.h flight.c handshake.c connection.c certificate.c)
EXTRA_DIST += t/lies.sh t/lies/lies.c t/lies/lies.h t/lies/flight.c t/lies/handshake.c t/lies/connection.c t/lies/certificate.c
check_DATA += t/lies/lies.so
t/lies/lies.so: $(LIES) include/opensspi/provider.h
	$(AM_V_CCLD)$(MKDIR_P) t/lies && $(CC) -I$(top_srcdir)/include -std=gnu11 -Wall -Wextra -O1 -fPIC -shared \
	  -fvisibility=hidden -Wl,-z,nodelete -o $@ $(filter %.c,$(LIES))
CLEANFILES += t/lies/lies.so
dist_check_SCRIPTS += t/9262-lies-are-caught.sh
TESTS += t/9262-lies-are-caught.sh
