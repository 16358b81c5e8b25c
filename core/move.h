/* SPDX-License-Identifier: MIT
 *
 * core/move.h -- ExportSecurityContext and ImportSecurityContext.  What moves is what a new connection needs
 * to resume, never the keys of a live one: those stay in the library that made them.
 *
 * The bytes say what the session belongs to and are sealed with a key of the configured file (`ticket-keys`),
 * so that processes and hosts that share the file believe each other, or else with a secret of this process
 * and the children it forks: a session that anybody could hand in would let him be the server that it names.
 */
#ifndef CORE_MOVE_H
#define CORE_MOVE_H

#include "core/context.h"

/* An imported context that has not begun.  It has a kind of handle of its own, so that nothing but
 * InitializeSecurityContext and DeleteSecurityContext takes it; the former makes a context of it. */
struct moved;
void moved_free(void *moved);
/* pszTargetName of the exported one, where the call names none. */
const char *moved_target(const struct moved *, const char *named);
/* The credential of a call that begins may resume the session, if it is one of the same make: puts it among
 * the credential's.  Anything else, and nothing at all, means a full handshake. */
void moved_offer(struct moved *, struct context *);

#endif
