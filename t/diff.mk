# The differential engine (tools/diff).
DIFF_LIBS = libdiff.la $(TWIN)
DIFF_TESTS = t/9200-observations-are-judged
check_PROGRAMS += $(DIFF_TESTS)
TESTS += $(DIFF_TESTS)
t_9200_observations_are_judged_SOURCES = t/9200-observations-are-judged.c
t_9200_observations_are_judged_LDADD = $(DIFF_LIBS)
