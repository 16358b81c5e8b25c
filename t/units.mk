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
	t/0150-flags-follow-the-function \
	t/0160-suites-have-names-and-sizes \
	t/0170-failures-have-one-status
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
t_0140_hello_is_read_with_care_SOURCES = t/0140-hello-is-read-with-care.c t/hello-kit.h
t_0140_hello_is_read_with_care_LDADD = libcore.la
