# SPDX-License-Identifier: MIT
# 0xxx: the pure units of the core, each against its contract ids and against hostile input.
UNIT_TESTS = \
	t/0100-handles-are-numbers \
	t/0101-handles-survive-threads-and-fork \
	t/0102-handles-are-numbers-pthread \
	t/0103-handles-survive-threads-and-fork-pthread \
	t/0110-memory-is-ours-or-refused \
	t/0120-buffers-are-checked-before-use \
	t/0130-records-are-framed \
	t/0140-hello-is-read-with-care \
	t/0142-wrong-records-protocols-and-requests \
	t/0141-hello-of-real-clients-is-read \
	t/0150-flags-follow-the-function \
	t/0160-suites-have-names-and-sizes \
	t/0170-failures-have-one-status \
	t/0180-no-memory-changes-nothing
check_PROGRAMS += $(UNIT_TESTS)
TESTS += $(UNIT_TESTS)

# These compile handle.c and memory.c themselves: they reach into them, and try both kinds of lock.
t_0100_handles_are_numbers_SOURCES = t/0100-handles-are-numbers.c
t_0101_handles_survive_threads_and_fork_SOURCES = t/0101-handles-survive-threads-and-fork.c
t_0102_handles_are_numbers_pthread_SOURCES = t/0100-handles-are-numbers.c
t_0102_handles_are_numbers_pthread_CPPFLAGS = $(AM_CPPFLAGS) -DENABLE_PTHREAD_SLOTS=1
t_0103_handles_survive_threads_and_fork_pthread_SOURCES = t/0101-handles-survive-threads-and-fork.c
t_0103_handles_survive_threads_and_fork_pthread_CPPFLAGS = $(AM_CPPFLAGS) -DENABLE_PTHREAD_SLOTS=1
t_0110_memory_is_ours_or_refused_SOURCES = t/0110-memory-is-ours-or-refused.c
t_0120_buffers_are_checked_before_use_SOURCES = t/0120-buffers-are-checked-before-use.c
t_0120_buffers_are_checked_before_use_LDADD = libcore.la
t_0130_records_are_framed_SOURCES = t/0130-records-are-framed.c
t_0130_records_are_framed_LDADD = libcore.la
t_0150_flags_follow_the_function_SOURCES = t/0150-flags-follow-the-function.c
t_0150_flags_follow_the_function_LDADD = libcore.la
t_0160_suites_have_names_and_sizes_SOURCES = t/0160-suites-have-names-and-sizes.c
t_0160_suites_have_names_and_sizes_LDADD = libcore.la
t_0170_failures_have_one_status_SOURCES = t/0170-failures-have-one-status.c
t_0170_failures_have_one_status_LDADD = libcore.la
t_0180_no_memory_changes_nothing_SOURCES = t/0180-no-memory-changes-nothing.c
t_0180_no_memory_changes_nothing_LDADD = libcore.la
t_0180_no_memory_changes_nothing_LDFLAGS = $(AM_LDFLAGS) \
	-Wl,--wrap=malloc -Wl,--wrap=calloc -Wl,--wrap=aligned_alloc
t_0140_hello_is_read_with_care_SOURCES = t/0140-hello-is-read-with-care.c t/hello-kit.h
t_0140_hello_is_read_with_care_LDADD = libcore.la
t_0142_wrong_records_protocols_and_requests_SOURCES = t/0142-wrong-records-protocols-and-requests.c t/hello-kit.h
t_0142_wrong_records_protocols_and_requests_LDADD = libcore.la
t_0141_hello_of_real_clients_is_read_SOURCES = t/0141-hello-of-real-clients-is-read.c t/hello-kit.h
t_0141_hello_of_real_clients_is_read_LDADD = libcore.la
if PROVIDER_WOLFSSL
check_PROGRAMS += t/wolf-hello
t_wolf_hello_SOURCES = t/wolf-hello.c
t_wolf_hello_CPPFLAGS = $(AM_CPPFLAGS) $(WOLFSSL_CFLAGS)
t_wolf_hello_LDADD = $(WOLFSSL_LIBS)
endif

# Fuzz targets: t/fuzz/NAME CORPUS-DIRECTORY fuzzes in a --enable-fuzzing build (clang); elsewhere they are
# linked with a main of our own and run over their seeds.
FUZZ_TARGETS = t/fuzz/record t/fuzz/hello t/fuzz/request t/fuzz/buffers
check_PROGRAMS += $(FUZZ_TARGETS)
t_fuzz_record_SOURCES = t/fuzz/record.c t/fuzz/fuzz.h
t_fuzz_hello_SOURCES = t/fuzz/hello.c t/fuzz/fuzz.h
t_fuzz_request_SOURCES = t/fuzz/request.c t/fuzz/fuzz.h
t_fuzz_buffers_SOURCES = t/fuzz/buffers.c t/fuzz/fuzz.h
t_fuzz_record_LDADD = libcore.la
t_fuzz_hello_LDADD = libcore.la
t_fuzz_request_LDADD = libcore.la
t_fuzz_buffers_LDADD = libcore.la
if FUZZING
t_fuzz_record_LDFLAGS = $(AM_LDFLAGS) -fsanitize=fuzzer
t_fuzz_hello_LDFLAGS = $(AM_LDFLAGS) -fsanitize=fuzzer
t_fuzz_request_LDFLAGS = $(AM_LDFLAGS) -fsanitize=fuzzer
t_fuzz_buffers_LDFLAGS = $(AM_LDFLAGS) -fsanitize=fuzzer
else
t_fuzz_record_SOURCES += t/fuzz/replay.c
t_fuzz_hello_SOURCES += t/fuzz/replay.c
t_fuzz_request_SOURCES += t/fuzz/replay.c
t_fuzz_buffers_SOURCES += t/fuzz/replay.c
endif
dist_check_SCRIPTS += t/0190-fuzz-corpora-replay.sh
TESTS += t/0190-fuzz-corpora-replay.sh
EXTRA_DIST += t/fuzz/replay.c t/fuzz/corpus
