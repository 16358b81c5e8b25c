# SPDX-License-Identifier: MIT
# The differential engine: a convenience library, linked into sspi-diff with the library and into tests with
# its twin.  Only public headers are included here.
diffdatadir = $(pkgdatadir)/diff
noinst_LTLIBRARIES += libdiff.la
libdiff_la_CPPFLAGS = $(AM_CPPFLAGS) -DDIFFDATADIR='"$(diffdatadir)"'
libdiff_la_SOURCES = \
	tools/diff/apart.c \
	tools/diff/case.c tools/diff/case.h \
	tools/diff/case-run.c \
	tools/diff/chain.c tools/diff/chain.h tools/diff/chain-ask.c tools/diff/chain-judge.c \
	tools/diff/chain-own.c tools/diff/chain-server.c \
	tools/diff/choose.c tools/diff/choose.h \
	tools/diff/deliver.c \
	tools/diff/der-extensions.c \
	tools/diff/exact.c tools/diff/exact.h \
	tools/diff/gate.c tools/diff/gate.h \
	tools/diff/drive.c tools/diff/drive.h \
	tools/diff/json-out.c tools/diff/json-out.h \
	tools/diff/minimise.c tools/diff/minimise.h \
	tools/diff/observe.c tools/diff/observe.h \
	tools/diff/one.c tools/diff/one.h \
	tools/diff/options.c tools/diff/options.h \
	tools/diff/profile.c tools/diff/profile.h \
	tools/diff/program.c tools/diff/program-chain.c \
	tools/diff/replay.c \
	tools/diff/run.c \
	tools/diff/seeds.c \
	tools/diff/show.c \
	tools/diff/shrink.c tools/diff/shrink.h \
	tools/diff/smaller.h tools/diff/smaller-chain.c tools/diff/smaller-live.c \
	tools/diff/skeleton.c \
	tools/diff/streams.c tools/diff/streams.h \
	tools/diff/suite.c tools/diff/suite.h \
	tools/diff/tst.c tools/diff/tst.h tools/buffer.c tools/buffer.h \
	tools/diff/usage.h \
	tools/diff/verdict.c tools/diff/verdict.h \
	tools/diff/win.h \
	tools/diff/worker.c tools/diff/worker.h
# Known divergences (rules.h), and reports.
libdiff_la_SOURCES += \
	tools/diff/rules.c tools/diff/rules.h tools/diff/rules-parts.h \
	tools/diff/rules-check.c \
	tools/diff/rules-read.c
diffrulesdir = $(diffdatadir)/rules
dist_diffrules_DATA = tools/diff/rules/inside.rules tools/diff/rules/known.rules tools/diff/rules/live.rules \
	tools/diff/rules/odd.rules

# Captures of a network, where libpcap is.
if PCAP
diff_captures = tools/diff/import-pcap.c tools/diff/pcap-packet.c tools/diff/pcap-packet.h
else
diff_captures = tools/diff/import-none.c
endif

# Pairs under known secrets, whose algorithms are nettle's: a convenience library of its own, for the program and
# a test.
if DIFF
noinst_LTLIBRARIES += libdiff-secret.la
endif
libdiff_secret_la_CPPFLAGS = $(AM_CPPFLAGS) $(SSPI_DIFF_CFLAGS)
libdiff_secret_la_SOURCES = \
	tools/diff/secret/batch.c \
	tools/diff/secret/ideas.c tools/diff/secret/ideas.h \
	tools/diff/secret/log.c tools/diff/secret/log.h \
	tools/diff/secret/middle.c tools/diff/secret/middle.h \
	tools/diff/secret/mutate.c \
	tools/diff/secret/seal.c tools/diff/secret/seal.h \
	tools/diff/secret/secret.c tools/diff/secret/secret.h \
	tools/diff/secret/settings.c

# Transcripts under a seed (golden.h): the program's own, for it stands between libraries and the system (seeded.h).
diff_golden = tools/diff/golden.c tools/diff/golden.h tools/diff/golden-file.c tools/diff/golden-report.c \
	tools/diff/golden-run.c tools/diff/golden-text.c tools/diff/seeded.c tools/diff/seeded.h
diffgoldendir = $(diffdatadir)/golden
dist_diffgolden_DATA = tools/diff/golden/openssl.golden tools/diff/golden/gnutls.golden tools/diff/golden/wolfssl.golden
EXTRA_DIST += tools/diff/seeded.list
seeded_ldflags = $(AM_LDFLAGS) -Wl,--dynamic-list=$(srcdir)/tools/diff/seeded.list

# Guided mode, where libFuzzer is; AFL++ has a program of its own.
diff_guide_input = tools/diff/guide/guide.h tools/diff/guide/change.c tools/diff/guide/execute.c tools/diff/guide/sow.c
if LIBFUZZER
diff_guide = $(diff_guide_input) tools/diff/guide/guide.c tools/diff/guide/libfuzzer.c tools/diff/guide/reap.c
else
diff_guide = tools/diff/guide/guide-none.c
endif

# The program, where its libraries are; `sspi diff` runs it by its fixed path.
sspi_diff_SOURCES = tools/diff/main.c tools/diff/sources.c tools/diff/corpus.c tools/diff/chain-corpus.c \
	tools/diff/import.c tools/diff/import.h $(diff_captures) $(diff_golden) $(diff_guide) \
	tools/diff/record.c tools/net.c tools/net.h \
	tools/diff/report/drift.c tools/diff/report/drift.h tools/diff/report/drift-cases.c \
	tools/diff/report/drift-print.c \
	tools/diff/report/explain.c \
	tools/diff/report/merge.c \
	tools/diff/report/page-text.h \
	tools/diff/report/pairs.c tools/diff/report/pairs.h \
	tools/diff/report/report.c tools/diff/report/report.h \
	tools/diff/report/report-html.c \
	tools/diff/report/report-junit.c \
	tools/diff/report/report-tap.c \
	tools/diff/report/run.c tools/diff/report/run.h \
	tools/diff/report/totals.c tools/diff/report/totals.h
nodist_sspi_diff_SOURCES = tools/diff/report/page-text.c
nodist_t_sspi_diff_SOURCES = tools/diff/report/page-text.c
sspi_diff_CPPFLAGS = $(AM_CPPFLAGS) $(SSPI_DIFF_CFLAGS) $(PCAP_CFLAGS)
sspi_diff_LDFLAGS = $(seeded_ldflags)
sspi_diff_LDADD = libdiff-secret.la libdiff.la libopensspi.la $(SSPI_DIFF_LIBS) $(PCAP_LIBS) $(LIBFUZZER_LIBS)
t_sspi_diff_SOURCES = $(sspi_diff_SOURCES)
t_sspi_diff_CPPFLAGS = $(sspi_diff_CPPFLAGS)
t_sspi_diff_LDFLAGS = $(seeded_ldflags)
t_sspi_diff_LDADD = libdiff-secret.la libdiff.la $(TWIN) $(SSPI_DIFF_LIBS) $(PCAP_LIBS) $(LIBFUZZER_LIBS)
if DIFF
pkglibexec_PROGRAMS = sspi-diff
check_PROGRAMS += t/sspi-diff
endif

# The same executions for AFL++, and the grammar's changes as a mutator of its; neither is installed.
t_sspi_diff_afl_SOURCES = tools/diff/guide/afl.c $(diff_guide_input) tools/diff/sources.c tools/diff/corpus.c \
	tools/diff/chain-corpus.c
t_sspi_diff_afl_CPPFLAGS = $(sspi_diff_CPPFLAGS)
t_sspi_diff_afl_LDFLAGS = $(AM_LDFLAGS) -no-install
t_sspi_diff_afl_LDADD = libdiff-secret.la libdiff.la $(TWIN) $(SSPI_DIFF_LIBS) $(AFL_RUNTIME)
t_afl_mutator_la_SOURCES = tools/diff/guide/afl-mutator.c tools/diff/guide/change.c \
	tools/diff/bytes.c tools/diff/curve.c tools/diff/dictionary.c tools/diff/grammar.c tools/diff/mutate.c \
	tools/diff/ops.c tools/diff/ops-field.c tools/diff/ops-message.c tools/diff/ops-record.c tools/diff/ops-seal.c tools/diff/tls.c \
	tools/diff/tree.c
t_afl_mutator_la_CPPFLAGS = $(AM_CPPFLAGS)
t_afl_mutator_la_LDFLAGS = $(AM_LDFLAGS) -module -shared -avoid-version -rpath /nowhere -Wl,-z,defs
if AFL
check_PROGRAMS += t/sspi-diff-afl
check_LTLIBRARIES += t/afl-mutator.la
endif

# The page of a run, as text of the program.
page_parts = tools/diff/report/embed.sh tools/diff/report/page.html tools/diff/report/page.css \
	tools/diff/report/page.js tools/diff/report/page-tls.js tools/diff/report/page-pairs.js \
	tools/diff/report/page-sides.js
EXTRA_DIST += $(page_parts)
CLEANFILES += tools/diff/report/page-text.c
tools/diff/report/page-text.c: $(page_parts)
	$(AM_V_GEN)$(MKDIR_P) tools/diff/report && \
	$(SHELL) $(srcdir)/tools/diff/report/embed.sh $(srcdir)/tools/diff/report >$@.tmp && mv $@.tmp $@
dist_diffdata_DATA = tools/diff/report/schema.json

diffseedsdir = $(diffdatadir)/seeds
diffpkidir = $(diffdatadir)/pki
dist_diffseeds_DATA = $(diff_seeds)
diffguideddir = $(diffseedsdir)/guided
dist_diffguided_DATA = $(diff_guided_seeds)
dist_diffpki_DATA = \
	tools/diff/pki/root.pem tools/diff/pki/root.key \
	tools/diff/pki/server-ecdsa.pem tools/diff/pki/server-rsa.pem tools/diff/pki/server-ed25519.pem \
	tools/diff/pki/client-ecdsa.pem tools/diff/pki/client-rsa.pem
include tools/diff/seeds/local.mk
include tools/diff/seeds/guided/local.mk
# Streams as trees (tls.h), words for what a stimulus is (features.h), operations on it (mutate.h).
libdiff_la_SOURCES += \
	tools/diff/bytes.c tools/diff/bytes.h \
	tools/diff/curve.c tools/diff/curve.h \
	tools/diff/dictionary.c \
	tools/diff/extensions.h \
	tools/diff/features.c tools/diff/features.h tools/diff/features-parts.h tools/diff/words.h \
	tools/diff/features-hello.c \
	tools/diff/grammar.c \
	tools/diff/live.c tools/diff/live.h \
	tools/diff/live-mutate.c \
	tools/diff/live-pair.c \
	tools/diff/live-parts.c tools/diff/live-parts.h \
	tools/diff/live-settings.c \
	tools/diff/mutate.c tools/diff/mutate.h \
	tools/diff/ops.c tools/diff/ops-field.c tools/diff/ops-message.c tools/diff/ops-record.c tools/diff/ops-seal.c \
	tools/diff/random.h \
	tools/diff/tls.c tools/diff/tls.h \
	tools/diff/tree.c
