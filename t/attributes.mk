# SPDX-License-Identifier: MIT
# Attributes of contexts and credentials, and what rides along in a handshake: keys shared before, staples.
ATTRIBUTE_TESTS = \
	t/6032-bindings-are-of-the-last-handshake \
	t/6034-credentials-answer-and-serve-both-roles \
	t/6035-every-attribute-answers-or-refuses \
	t/6036-attributes-are-listed \
	t/6037-keys-shared-before \
	t/6038-staples-are-sent-and-judged
check_PROGRAMS += $(ATTRIBUTE_TESTS)
TESTS += $(ATTRIBUTE_TESTS)

t_6036_attributes_are_listed_SOURCES = t/6036-attributes-are-listed.c
t_6036_attributes_are_listed_LDADD = libcore.la t/libpaths.la
t_6035_every_attribute_answers_or_refuses_SOURCES = t/6035-every-attribute-answers-or-refuses.c
t_6035_every_attribute_answers_or_refuses_LDADD = $(PAIR_LIBS)
t_6037_keys_shared_before_SOURCES = t/6037-keys-shared-before.c
t_6037_keys_shared_before_LDADD = $(PAIR_LIBS)
t_6038_staples_are_sent_and_judged_SOURCES = t/6038-staples-are-sent-and-judged.c
t_6038_staples_are_sent_and_judged_LDADD = t/libsandbox.la $(PAIR_LIBS)
t_6034_credentials_answer_and_serve_both_roles_SOURCES = t/6034-credentials-answer-and-serve-both-roles.c
t_6034_credentials_answer_and_serve_both_roles_LDADD = t/libsandbox.la $(PAIR_LIBS)
t_6032_bindings_are_of_the_last_handshake_SOURCES = t/6032-bindings-are-of-the-last-handshake.c
t_6032_bindings_are_of_the_last_handshake_LDADD = $(PAIR_LIBS)
