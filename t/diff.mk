# The differential engine (tools/diff).
DIFF_LIBS = libdiff.la $(TWIN)
DIFF_TESTS = t/9200-observations-are-judged
check_PROGRAMS += $(DIFF_TESTS)
TESTS += $(DIFF_TESTS)
t_9200_observations_are_judged_SOURCES = t/9200-observations-are-judged.c
t_9200_observations_are_judged_LDADD = $(DIFF_LIBS)

check_PROGRAMS += t/9240-rules-explain-and-are-refused
TESTS += t/9240-rules-explain-and-are-refused
t_9240_rules_explain_and_are_refused_SOURCES = t/9240-rules-explain-and-are-refused.c
t_9240_rules_explain_and_are_refused_LDADD = $(DIFF_LIBS)
dist_check_SCRIPTS += t/9201-the-engine-runs.sh
TESTS += t/9201-the-engine-runs.sh
