# SPDX-License-Identifier: MIT
# Certificates for every test, made once by t/pki.sh, whose first comment lists the files.
PKI = t/pki/stamp
check_DATA += $(PKI)
dist_check_SCRIPTS += t/pki.sh

$(PKI): t/pki.sh
	$(AM_V_GEN)$(SHELL) $(top_srcdir)/t/pki.sh t/pki

clean-local: clean-pki
.PHONY: clean-pki
clean-pki:
	rm -rf t/pki

CERT_TESTS = \
	t/0600-der-is-read-strictly \
	t/0601-certificates-live-in-stores \
	t/0602-keys-come-in-many-clothes \
	t/0603-names-are-matched-and-written \
	t/0604-bytes-become-text \
	t/0605-structures-are-decoded-and-encoded \
	t/0606-keys-have-handles \
	t/0608-wide-text-has-either-width \
	t/0609-wide-text-has-either-width-utf16 \
	t/0613-no-memory-is-survived \
	t/0614-certificates-survive-fork \
	t/0615-revocation-is-judged-by-what-is-at-hand \
	t/0616-system-stores-are-folders \
	t/0630-what-the-distribution-trusts \
	t/0632-whose-folders-are-read \
	t/0636-tokens-may-lie \
	t/0644-bombs-end-in-an-error \
	t/6070-keys-stay-in-tokens \
	t/0611-chains-are-shown-as-windows-does \
	t/0610-a-chain-is-judged-the-same-by-every-provider
check_PROGRAMS += $(CERT_TESTS)
TESTS += $(CERT_TESTS)
EXTRA_DIST += t/cert-kit.h

# These reach into the core; its folders are moved as the twin's are.
check_LTLIBRARIES += t/libpaths.la
t_libpaths_la_SOURCES = core/paths.c
t_libpaths_la_CPPFLAGS = $(PATHS_CPPFLAGS) -DENABLE_ENV_OVERRIDES=1
CERT_UNIT_LIBS = libcore.la t/libpaths.la

t_0610_a_chain_is_judged_the_same_by_every_provider_SOURCES = t/0610-a-chain-is-judged-the-same-by-every-provider.c
t_0610_a_chain_is_judged_the_same_by_every_provider_LDADD = $(CERT_UNIT_LIBS)
t_0615_revocation_is_judged_by_what_is_at_hand_SOURCES = t/0615-revocation-is-judged-by-what-is-at-hand.c
t_0615_revocation_is_judged_by_what_is_at_hand_LDADD = libcore.la t/libsandbox.la
t_0616_system_stores_are_folders_SOURCES = t/0616-system-stores-are-folders.c
t_0616_system_stores_are_folders_LDADD = libcore.la t/libsandbox.la
t_0632_whose_folders_are_read_SOURCES = t/0632-whose-folders-are-read.c
t_0632_whose_folders_are_read_LDADD = libcore.la t/libsandbox.la -lpthread
t_0630_what_the_distribution_trusts_SOURCES = t/0630-what-the-distribution-trusts.c
t_0630_what_the_distribution_trusts_LDADD = t/libsandbox.la $(PAIR_LIBS)
t_0636_tokens_may_lie_SOURCES = t/0636-tokens-may-lie.c
t_0636_tokens_may_lie_CPPFLAGS = $(AM_CPPFLAGS) $(P11KIT_CFLAGS)
t_0636_tokens_may_lie_LDADD = $(CERT_UNIT_LIBS)
t_0644_bombs_end_in_an_error_SOURCES = t/0644-bombs-end-in-an-error.c
t_0644_bombs_end_in_an_error_LDADD = $(CERT_UNIT_LIBS)
t_6070_keys_stay_in_tokens_SOURCES = t/6070-keys-stay-in-tokens.c
t_6070_keys_stay_in_tokens_LDADD = t/libsandbox.la $(PAIR_LIBS)
t_0600_der_is_read_strictly_SOURCES = t/0600-der-is-read-strictly.c
t_0600_der_is_read_strictly_LDADD = $(CERT_UNIT_LIBS)
t_0601_certificates_live_in_stores_SOURCES = t/0601-certificates-live-in-stores.c
t_0601_certificates_live_in_stores_LDADD = $(TWIN)
t_0602_keys_come_in_many_clothes_SOURCES = t/0602-keys-come-in-many-clothes.c
t_0602_keys_come_in_many_clothes_LDADD = $(CERT_UNIT_LIBS)
t_0603_names_are_matched_and_written_SOURCES = t/0603-names-are-matched-and-written.c
t_0603_names_are_matched_and_written_LDADD = $(CERT_UNIT_LIBS)
t_0604_bytes_become_text_SOURCES = t/0604-bytes-become-text.c
t_0604_bytes_become_text_LDADD = $(TWIN)
t_0611_chains_are_shown_as_windows_does_SOURCES = t/0611-chains-are-shown-as-windows-does.c
t_0611_chains_are_shown_as_windows_does_LDADD = $(TWIN)
t_0605_structures_are_decoded_and_encoded_SOURCES = t/0605-structures-are-decoded-and-encoded.c
t_0605_structures_are_decoded_and_encoded_LDADD = $(TWIN)
t_0606_keys_have_handles_SOURCES = t/0606-keys-have-handles.c
t_0606_keys_have_handles_LDADD = $(CERT_UNIT_LIBS)

# Fuzz targets (see t/units.mk).
CERT_FUZZ = t/fuzz/certificate t/fuzz/pem t/fuzz/name
check_PROGRAMS += $(CERT_FUZZ)
t_fuzz_certificate_SOURCES = t/fuzz/certificate.c t/fuzz/fuzz.h
t_fuzz_pem_SOURCES = t/fuzz/pem.c t/fuzz/fuzz.h
t_fuzz_name_SOURCES = t/fuzz/name.c t/fuzz/fuzz.h
t_fuzz_certificate_LDADD = $(CERT_UNIT_LIBS)
t_fuzz_pem_LDADD = $(CERT_UNIT_LIBS)
t_fuzz_name_LDADD = $(CERT_UNIT_LIBS)
if FUZZING
t_fuzz_certificate_LDFLAGS = $(AM_LDFLAGS) -fsanitize=fuzzer
t_fuzz_pem_LDFLAGS = $(AM_LDFLAGS) -fsanitize=fuzzer
t_fuzz_name_LDFLAGS = $(AM_LDFLAGS) -fsanitize=fuzzer
else
t_fuzz_certificate_SOURCES += t/fuzz/replay.c
t_fuzz_pem_SOURCES += t/fuzz/replay.c
t_fuzz_name_SOURCES += t/fuzz/replay.c
endif
dist_check_SCRIPTS += t/0690-fuzz-corpora-of-certificates-replay.sh
TESTS += t/0690-fuzz-corpora-of-certificates-replay.sh

check_PROGRAMS += t/judge
t_judge_SOURCES = t/judge.c
t_judge_LDADD = libopensspi-twin.la
dist_check_SCRIPTS += t/0612-public-chains-are-judged-as-expected.sh
TESTS += t/0612-public-chains-are-judged-as-expected.sh
EXTRA_DIST += t/public-chains.py
t_0613_no_memory_is_survived_SOURCES = t/0613-no-memory-is-survived.c
t_0613_no_memory_is_survived_LDADD = $(CERT_UNIT_LIBS)
t_0613_no_memory_is_survived_LDFLAGS = $(AM_LDFLAGS) -Wl,--wrap=malloc,--wrap=calloc,--wrap=realloc,--wrap=strdup,--wrap=mmap
t_0614_certificates_survive_fork_SOURCES = t/0614-certificates-survive-fork.c
t_0614_certificates_survive_fork_LDADD = $(TWIN)
dist_check_SCRIPTS += t/0607-every-provider-serves-certificates.sh
TESTS += t/0607-every-provider-serves-certificates.sh
t_0608_wide_text_has_either_width_SOURCES = t/0608-wide-text-has-either-width.c
t_0608_wide_text_has_either_width_LDADD = $(TWIN)
t_0609_wide_text_has_either_width_utf16_SOURCES = t/0608-wide-text-has-either-width.c
t_0609_wide_text_has_either_width_utf16_CFLAGS = $(AM_CFLAGS) -fshort-wchar
t_0609_wide_text_has_either_width_utf16_LDADD = $(TWIN)
