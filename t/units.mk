# SPDX-License-Identifier: MIT
# 0xxx: the pure units of the core, each against its contract ids and against hostile input.
UNIT_TESTS = \
	t/0100-handles-are-numbers \
	t/0101-handles-survive-threads-and-fork \
	t/0102-handles-are-numbers-pthread \
	t/0103-handles-survive-threads-and-fork-pthread \
	t/0110-memory-is-ours-or-refused
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
