# SPDX-License-Identifier: MIT
# The machine: handshakes (3xxx), messages (5xxx), the contract (6xxx), threads (7xxx), abuse (8xxx).

# A client and a server over memory, for any test that wants them: LDADD = t/libpair.la $(TWIN)
check_LTLIBRARIES += t/libpair.la
t_libpair_la_SOURCES = t/pair.c t/pair.h

PAIR_LIBS = t/libpair.la $(TWIN)
# The same over datagrams.
check_LTLIBRARIES += t/libdatagrams.la
t_libdatagrams_la_SOURCES = t/datagrams.c t/datagrams.h
DATAGRAM_LIBS = t/libdatagrams.la $(PAIR_LIBS)
DATAGRAM_TESTS = t/6200-datagrams-shake-hands t/6210-datagrams-carry-messages t/6220-datagrams-are-hostile \
	t/6240-datagrams-without-memory t/6250-datagrams-by-configuration
check_PROGRAMS += $(DATAGRAM_TESTS)
TESTS += $(DATAGRAM_TESTS)
t_6200_datagrams_shake_hands_SOURCES = t/6200-datagrams-shake-hands.c
t_6200_datagrams_shake_hands_LDADD = $(DATAGRAM_LIBS)
t_6210_datagrams_carry_messages_SOURCES = t/6210-datagrams-carry-messages.c
t_6210_datagrams_carry_messages_LDADD = $(DATAGRAM_LIBS)
t_6220_datagrams_are_hostile_SOURCES = t/6220-datagrams-are-hostile.c
t_6220_datagrams_are_hostile_LDADD = $(DATAGRAM_LIBS) -lpthread
t_6240_datagrams_without_memory_SOURCES = t/6240-datagrams-without-memory.c
t_6240_datagrams_without_memory_LDADD = $(t_8020_no_memory_is_an_answer_LDADD)
t_6240_datagrams_without_memory_LDFLAGS = $(t_8020_no_memory_is_an_answer_LDFLAGS)
EXTRA_DIST += t/refuse.h
t_6250_datagrams_by_configuration_SOURCES = t/6250-datagrams-by-configuration.c
t_6250_datagrams_by_configuration_LDADD = t/libsandbox.la $(DATAGRAM_LIBS)
# Over UDP, with other programs at the other end.
check_PROGRAMS += t/datagram-end
t_datagram_end_SOURCES = t/datagram-end.c
t_datagram_end_LDADD = $(DATAGRAM_LIBS)
dist_check_SCRIPTS += t/6230-datagrams-meet-foreign-ends.sh
LONG_TESTS += t/6230-datagrams-meet-foreign-ends.sh

MACHINE_TESTS = \
	t/3100-a-client-and-a-server-shake-hands \
	t/5000-messages-pass \
	t/5010-connections-are-renewed \
	t/5012-renewals-keep-their-rules \
	t/6000-acquire-judges-credentials \
	t/6010-calls-are-judged-by-their-buffers \
	t/6020-control-tokens-make-alerts \
	t/8000-a-provider-that-lies-is-not-believed \
	t/3110-names-and-protocols-are-chosen \
	t/3120-clients-show-certificates \
	t/3130-servers-are-judged \
	t/3131-revocation-is-asked-for \
	t/6030-attributes-answer \
	t/6040-the-profile-rules-what-may-be-asked \
	t/6080-auto-judges-alike \
	t/6050-sessions-resume \
	t/6055-servers-share-ticket-keys \
	t/6058-contexts-move \
	t/7000-threads-share-contexts-and-credentials \
	t/7010-threads-resume \
	t/7020-threads-renew-a-connection \
	t/8040-no-memory-while-resuming \
	t/8010-hostile-bytes-change-nothing
check_PROGRAMS += $(MACHINE_TESTS) t/8020-no-memory-is-an-answer
LONG_TESTS += t/8020-no-memory-is-an-answer
TESTS += $(MACHINE_TESTS)

t_3100_a_client_and_a_server_shake_hands_SOURCES = t/3100-a-client-and-a-server-shake-hands.c
t_3100_a_client_and_a_server_shake_hands_LDADD = $(PAIR_LIBS)
t_5000_messages_pass_SOURCES = t/5000-messages-pass.c
t_5000_messages_pass_LDADD = $(PAIR_LIBS)
t_5010_connections_are_renewed_SOURCES = t/5010-connections-are-renewed.c
t_5010_connections_are_renewed_LDADD = $(PAIR_LIBS)
t_5012_renewals_keep_their_rules_SOURCES = t/5012-renewals-keep-their-rules.c
t_5012_renewals_keep_their_rules_LDADD = $(PAIR_LIBS)
t_6000_acquire_judges_credentials_SOURCES = t/6000-acquire-judges-credentials.c
t_6000_acquire_judges_credentials_LDADD = $(PAIR_LIBS)
t_6010_calls_are_judged_by_their_buffers_SOURCES = t/6010-calls-are-judged-by-their-buffers.c
t_6010_calls_are_judged_by_their_buffers_LDADD = $(PAIR_LIBS)
t_6020_control_tokens_make_alerts_SOURCES = t/6020-control-tokens-make-alerts.c
t_6020_control_tokens_make_alerts_LDADD = $(PAIR_LIBS)
t_8000_a_provider_that_lies_is_not_believed_SOURCES = t/8000-a-provider-that-lies-is-not-believed.c
t_8000_a_provider_that_lies_is_not_believed_LDADD = t/libsandbox.la $(PAIR_LIBS)
t_3110_names_and_protocols_are_chosen_SOURCES = t/3110-names-and-protocols-are-chosen.c
t_3110_names_and_protocols_are_chosen_LDADD = $(PAIR_LIBS)
t_3120_clients_show_certificates_SOURCES = t/3120-clients-show-certificates.c
t_3120_clients_show_certificates_LDADD = $(PAIR_LIBS)
t_3130_servers_are_judged_SOURCES = t/3130-servers-are-judged.c
t_3130_servers_are_judged_LDADD = $(PAIR_LIBS)
t_6040_the_profile_rules_what_may_be_asked_SOURCES = t/6040-the-profile-rules-what-may-be-asked.c
t_6040_the_profile_rules_what_may_be_asked_LDADD = t/libsandbox.la $(PAIR_LIBS)
t_6080_auto_judges_alike_SOURCES = t/6080-auto-judges-alike.c
t_6080_auto_judges_alike_LDADD = $(PAIR_LIBS)
t_3131_revocation_is_asked_for_SOURCES = t/3131-revocation-is-asked-for.c
t_3131_revocation_is_asked_for_LDADD = t/libsandbox.la $(PAIR_LIBS)
t_6030_attributes_answer_SOURCES = t/6030-attributes-answer.c
t_6030_attributes_answer_LDADD = $(PAIR_LIBS)
t_7000_threads_share_contexts_and_credentials_SOURCES = t/7000-threads-share-contexts-and-credentials.c
t_7000_threads_share_contexts_and_credentials_LDADD = $(PAIR_LIBS) -lpthread
t_7020_threads_renew_a_connection_SOURCES = t/7020-threads-renew-a-connection.c
t_7020_threads_renew_a_connection_LDADD = $(PAIR_LIBS) -lpthread
t_8010_hostile_bytes_change_nothing_SOURCES = t/8010-hostile-bytes-change-nothing.c
t_8010_hostile_bytes_change_nothing_LDADD = $(PAIR_LIBS)
# The core itself, so that its allocations alone can be refused; the pair's own are not.
t_8020_no_memory_is_an_answer_SOURCES = t/8020-no-memory-is-an-answer.c
t_8020_no_memory_is_an_answer_LDADD = t/libpair-unwrapped.la libcore.la t/libsandbox.la
t_8020_no_memory_is_an_answer_LDFLAGS = $(AM_LDFLAGS) -Wl,--wrap=malloc,--wrap=calloc,--wrap=realloc \
	-Wl,--wrap=strdup,--wrap=free
check_LTLIBRARIES += t/libpair-unwrapped.la
t_libpair_unwrapped_la_SOURCES = t/pair.c t/pair.h t/datagrams.c t/datagrams.h
t_libpair_unwrapped_la_CPPFLAGS = $(AM_CPPFLAGS) -Dmalloc=__real_malloc -Drealloc=__real_realloc -Dfree=__real_free
t_6050_sessions_resume_SOURCES = t/6050-sessions-resume.c t/resume.h
t_6050_sessions_resume_LDADD = $(PAIR_LIBS)
t_6055_servers_share_ticket_keys_SOURCES = t/6055-servers-share-ticket-keys.c t/resume.h
t_6055_servers_share_ticket_keys_LDADD = $(PAIR_LIBS)
t_6058_contexts_move_SOURCES = t/6058-contexts-move.c t/resume.h
t_6058_contexts_move_LDADD = $(PAIR_LIBS)
t_7010_threads_resume_SOURCES = t/7010-threads-resume.c t/resume.h
t_7010_threads_resume_LDADD = $(PAIR_LIBS) -lpthread
t_8040_no_memory_while_resuming_SOURCES = t/8040-no-memory-while-resuming.c t/resume.h
t_8040_no_memory_while_resuming_LDADD = $(t_8020_no_memory_is_an_answer_LDADD)
t_8040_no_memory_while_resuming_LDFLAGS = $(t_8020_no_memory_is_an_answer_LDFLAGS)

# Programs with the loops of those written for Schannel.
check_PROGRAMS += t/6300-programs-like-theirs
LONG_TESTS += t/6300-programs-like-theirs
t_6300_programs_like_theirs_SOURCES = t/6300-programs-like-theirs.c t/programs/world.c t/programs/world.h \
	t/programs/curl.c t/programs/ffmpeg.c t/programs/pjsip.c \
	t/programs/libgit2.c t/programs/mariadb.c t/programs/rust.c \
	t/programs/qt.c t/programs/mongod.c t/programs/aws.c
t_6300_programs_like_theirs_LDADD = $(PAIR_LIBS)
