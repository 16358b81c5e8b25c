# The differential engine (tools/diff).
DIFF_LIBS = libdiff.la $(TWIN)
DIFF_TESTS = t/9200-observations-are-judged t/9202-children-that-end-badly
check_PROGRAMS += $(DIFF_TESTS)
TESTS += $(DIFF_TESTS)
t_9200_observations_are_judged_SOURCES = t/9200-observations-are-judged.c
t_9200_observations_are_judged_LDADD = $(DIFF_LIBS)

check_PROGRAMS += t/9240-rules-explain-and-are-refused
TESTS += t/9240-rules-explain-and-are-refused
t_9240_rules_explain_and_are_refused_SOURCES = t/9240-rules-explain-and-are-refused.c
t_9240_rules_explain_and_are_refused_LDADD = $(DIFF_LIBS)
t_9202_children_that_end_badly_SOURCES = t/9202-children-that-end-badly.c
t_9202_children_that_end_badly_LDADD = $(DIFF_LIBS)
dist_check_SCRIPTS += t/9201-the-engine-runs.sh
TESTS += t/9201-the-engine-runs.sh

# Streams, words for them, and mutations: no backend is needed.
GRAMMAR_TESTS = t/9220-streams-are-read-and-written-back t/9221-stimuli-have-words t/9222-mutations-say-what-they-do
check_PROGRAMS += $(GRAMMAR_TESTS)
TESTS += $(GRAMMAR_TESTS)
EXTRA_DIST += t/diff-kit.h
t_9220_streams_are_read_and_written_back_SOURCES = t/9220-streams-are-read-and-written-back.c
t_9220_streams_are_read_and_written_back_LDADD = $(DIFF_LIBS)
t_9221_stimuli_have_words_SOURCES = t/9221-stimuli-have-words.c
t_9221_stimuli_have_words_LDADD = $(DIFF_LIBS)
t_9222_mutations_say_what_they_do_SOURCES = t/9222-mutations-say-what-they-do.c
t_9222_mutations_say_what_they_do_LDADD = $(DIFF_LIBS)
# Runs: what is made of them.
if DIFF
check_PROGRAMS += t/schema-check
endif
t_schema_check_SOURCES = t/schema-check.c
t_schema_check_CPPFLAGS = $(SSPI_DIFF_CFLAGS)
t_schema_check_LDADD = $(SSPI_DIFF_LIBS)
report_tests = t/9241-runs-are-reported.sh t/9242-the-page-is-read.sh t/9243-shards-make-the-run.sh \
	t/9244-suites-of-two-versions.sh t/9245-the-gate-holds.sh t/9246-verdicts-are-repeated.sh \
	t/9247-transcripts-are-golden.sh t/9248-other-versions-drift.sh
dist_check_SCRIPTS += $(report_tests)
TESTS += $(report_tests)
EXTRA_DIST += t/diff-sample.sh
dist_check_SCRIPTS += t/9260-chains-are-compared.sh
TESTS += t/9260-chains-are-compared.sh
check_PROGRAMS += t/9226-streams-follow-from-a-seed
TESTS += t/9226-streams-follow-from-a-seed
t_9226_streams_follow_from_a_seed_SOURCES = t/9226-streams-follow-from-a-seed.c
t_9226_streams_follow_from_a_seed_LDADD = $(DIFF_LIBS)
check_PROGRAMS += t/9223-live-pairs-are-covered
TESTS += t/9223-live-pairs-are-covered
t_9223_live_pairs_are_covered_SOURCES = t/9223-live-pairs-are-covered.c
t_9223_live_pairs_are_covered_LDADD = $(DIFF_LIBS)
if DIFF
check_PROGRAMS += t/9225-secrets-open-what-was-sent
TESTS += t/9225-secrets-open-what-was-sent
endif
t_9225_secrets_open_what_was_sent_SOURCES = t/9225-secrets-open-what-was-sent.c
t_9225_secrets_open_what_was_sent_LDADD = libdiff-secret.la libdiff.la $(TWIN) $(SSPI_DIFF_LIBS)
dist_check_SCRIPTS += t/9224-live-pairs-agree.sh
TESTS += t/9224-live-pairs-agree.sh
dist_check_SCRIPTS += t/9270-findings-reproduce.sh
TESTS += t/9270-findings-reproduce.sh
# Minimising: pieces alone, and with every provider.
check_PROGRAMS += t/9290-stimuli-are-made-small
TESTS += t/9290-stimuli-are-made-small
t_9290_stimuli_are_made_small_SOURCES = t/9290-stimuli-are-made-small.c
t_9290_stimuli_are_made_small_LDADD = $(DIFF_LIBS)
dist_check_SCRIPTS += t/9291-cases-are-made-small.sh
TESTS += t/9291-cases-are-made-small.sh
# Streams of one's own: recorded, imported, written and read.
dist_check_SCRIPTS += t/9280-streams-are-recorded-and-replayed.sh
TESTS += t/9280-streams-are-recorded-and-replayed.sh
if PCAP
check_PROGRAMS += t/9281-captures-are-imported
TESTS += t/9281-captures-are-imported
endif
t_9281_captures_are_imported_SOURCES = t/9281-captures-are-imported.c tools/diff/import-pcap.c tools/diff/pcap-packet.c
t_9281_captures_are_imported_CPPFLAGS = $(AM_CPPFLAGS) $(PCAP_CFLAGS)
t_9281_captures_are_imported_LDADD = $(DIFF_LIBS) $(PCAP_LIBS)
# Guided mode.
check_PROGRAMS += t/9294-inputs-of-a-fuzzer
TESTS += t/9294-inputs-of-a-fuzzer
t_9294_inputs_of_a_fuzzer_SOURCES = t/9294-inputs-of-a-fuzzer.c tools/diff/guide/change.c tools/diff/guide/execute.c
t_9294_inputs_of_a_fuzzer_CPPFLAGS = $(AM_CPPFLAGS)
t_9294_inputs_of_a_fuzzer_LDADD = $(DIFF_LIBS)
dist_check_SCRIPTS += t/9295-guided-mode-finds.sh
TESTS += t/9295-guided-mode-finds.sh
