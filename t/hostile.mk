# SPDX-License-Identifier: MIT
# Certificates, lists and keys that mean harm: fuzz targets beside those of t/cert.mk (see t/units.mk).
HOSTILE_FUZZ = t/fuzz/list t/fuzz/pfx t/fuzz/blob t/fuzz/path
check_PROGRAMS += $(HOSTILE_FUZZ)
t_fuzz_list_SOURCES = t/fuzz/list.c t/fuzz/fuzz.h
t_fuzz_pfx_SOURCES = t/fuzz/pfx.c t/fuzz/fuzz.h
t_fuzz_blob_SOURCES = t/fuzz/blob.c t/fuzz/fuzz.h
t_fuzz_path_SOURCES = t/fuzz/path.c t/fuzz/fuzz.h
t_fuzz_list_LDADD = $(CERT_UNIT_LIBS)
t_fuzz_pfx_LDADD = $(CERT_UNIT_LIBS)
t_fuzz_blob_LDADD = $(CERT_UNIT_LIBS)
t_fuzz_path_LDADD = $(CERT_UNIT_LIBS)
if FUZZING
t_fuzz_list_LDFLAGS = $(AM_LDFLAGS) -fsanitize=fuzzer
t_fuzz_pfx_LDFLAGS = $(AM_LDFLAGS) -fsanitize=fuzzer
t_fuzz_blob_LDFLAGS = $(AM_LDFLAGS) -fsanitize=fuzzer
t_fuzz_path_LDFLAGS = $(AM_LDFLAGS) -fsanitize=fuzzer
else
t_fuzz_list_SOURCES += t/fuzz/replay.c
t_fuzz_pfx_SOURCES += t/fuzz/replay.c
t_fuzz_blob_SOURCES += t/fuzz/replay.c
t_fuzz_path_SOURCES += t/fuzz/replay.c
endif

HOSTILE_TESTS = t/6082-no-resumption-reaches-an-account t/6084-programs-bring-their-authorities
check_PROGRAMS += $(HOSTILE_TESTS)
TESTS += $(HOSTILE_TESTS)
t_6082_no_resumption_reaches_an_account_SOURCES = t/6082-no-resumption-reaches-an-account.c
t_6082_no_resumption_reaches_an_account_LDADD = t/libsandbox.la $(PAIR_LIBS)
t_6084_programs_bring_their_authorities_SOURCES = t/6084-programs-bring-their-authorities.c
t_6084_programs_bring_their_authorities_LDADD = $(PAIR_LIBS)

# What forges certificates needs libcrypto.
if PROVIDER_OPENSSL
FORGE_TESTS = t/0640-no-forged-chain-is-accepted t/0642-no-forged-list-or-answer-counts \
	t/0646-no-ignored-fault-hides-a-signature
check_LTLIBRARIES += t/libforge.la
check_PROGRAMS += $(FORGE_TESTS)
TESTS += $(FORGE_TESTS)
t_libforge_la_SOURCES = t/forge.c t/forge.h
t_libforge_la_CPPFLAGS = $(AM_CPPFLAGS) $(OPENSSL_CFLAGS)
t_libforge_la_LIBADD = $(OPENSSL_LIBS)
t_0640_no_forged_chain_is_accepted_SOURCES = t/0640-no-forged-chain-is-accepted.c
t_0640_no_forged_chain_is_accepted_LDADD = t/libforge.la $(CERT_UNIT_LIBS)
t_0642_no_forged_list_or_answer_counts_SOURCES = t/0642-no-forged-list-or-answer-counts.c
t_0642_no_forged_list_or_answer_counts_LDADD = t/libforge.la libcore.la t/libsandbox.la
t_0646_no_ignored_fault_hides_a_signature_SOURCES = t/0646-no-ignored-fault-hides-a-signature.c
t_0646_no_ignored_fault_hides_a_signature_LDADD = t/libforge.la libcore.la t/libsandbox.la
endif
