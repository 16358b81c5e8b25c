# SPDX-License-Identifier: MIT
# The conformance kit, on the provider contract alone, and its tests.
KIT = t/provider-kit.h t/provider-kit.c t/provider-ends.c t/provider-pair.c
KIT_TESTS = \
	t/3000-any-client-meets-any-server \
	t/3010-a-record-is-one-record \
	t/3020-junk-gets-one-alert \
	t/3030-the-core-judges-chains \
	t/3040-sessions-resume-and-are-judged-again \
	t/3042-a-ticket-stays-in-its-version \
	t/3050-what-both-ends-derive-is-equal \
	t/3070-a-path-is-judged \
	t/3072-a-list-is-never-widened \
	t/3074-the-system-policy-narrows \
	t/3080-keys-come-in-and-are-made \
	t/3090-a-bit-is-a-promise \
	t/3095-one-credential-serves-many
check_PROGRAMS += $(KIT_TESTS) t/3060-datagrams-may-be-lost
LONG_TESTS += t/3060-datagrams-may-be-lost
TESTS += $(KIT_TESTS)

t_3000_any_client_meets_any_server_SOURCES = t/3000-any-client-meets-any-server.c $(KIT)
t_3010_a_record_is_one_record_SOURCES = t/3010-a-record-is-one-record.c $(KIT)
t_3020_junk_gets_one_alert_SOURCES = t/3020-junk-gets-one-alert.c $(KIT)
t_3030_the_core_judges_chains_SOURCES = t/3030-the-core-judges-chains.c $(KIT)
t_3040_sessions_resume_and_are_judged_again_SOURCES = t/3040-sessions-resume-and-are-judged-again.c $(KIT)
t_3042_a_ticket_stays_in_its_version_SOURCES = t/3042-a-ticket-stays-in-its-version.c $(KIT)
t_3050_what_both_ends_derive_is_equal_SOURCES = t/3050-what-both-ends-derive-is-equal.c $(KIT)
t_3060_datagrams_may_be_lost_SOURCES = t/3060-datagrams-may-be-lost.c $(KIT)
t_3070_a_path_is_judged_SOURCES = t/3070-a-path-is-judged.c $(KIT)
t_3072_a_list_is_never_widened_SOURCES = t/3072-a-list-is-never-widened.c $(KIT)
t_3074_the_system_policy_narrows_SOURCES = t/3074-the-system-policy-narrows.c $(KIT)
t_3080_keys_come_in_and_are_made_SOURCES = t/3080-keys-come-in-and-are-made.c $(KIT)
t_3090_a_bit_is_a_promise_SOURCES = t/3090-a-bit-is-a-promise.c $(KIT)
t_3095_one_credential_serves_many_SOURCES = t/3095-one-credential-serves-many.c $(KIT)
