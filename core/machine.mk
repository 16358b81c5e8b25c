# SPDX-License-Identifier: MIT
# Credentials, contexts, messages: the machine.
libcore_la_SOURCES += \
	core/accept.c \
	core/account.c core/account.h \
	core/account-map.c core/account-map.h \
	core/account-names.c \
	core/account-pattern.c core/account-pattern.h \
	core/account-token.c \
	core/attributes.c core/attributes.h \
	core/attributes-certs.c core/attributes-connection.c core/attributes-issuers.c core/attributes-names.c \
	core/extras.c core/extras.h \
	core/context.c core/context.h \
	core/credential.c core/credential.h \
	core/credential-datagram.c \
	core/credential-policy.c \
	core/credential-query.c \
	core/datagram.c core/datagram.h core/datagram-flight.c core/datagram-message.c \
	core/handshake.c \
	core/impersonate.c \
	core/initialize.c \
	core/keying.c \
	core/local-time.c core/local-time.h \
	core/message.c core/message.h \
	core/move.c core/move.h \
	core/profile.c core/profile.h \
	core/psk.c core/psk.h \
	core/redo.c \
	core/sessions.c core/sessions.h \
	core/settings.c core/settings.h \
	core/ticket-keys.c core/ticket-keys.h \
	core/tickets.c \
	core/token.c \
	core/verify.c
