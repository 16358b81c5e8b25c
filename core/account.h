/* SPDX-License-Identifier: MIT
 *
 * core/account.h -- the local account behind a client's certificate (D8, D22): made inside the handshake, so
 * that a refusal carries its alert, held by the context, acted as by a thread.
 *
 *   core/account.c          when a certificate is mapped, the map's file, what the database says of a name
 *   core/account-map.c      the grammar and the rules    core/account-pattern.c, core/account-names.c
 *   core/impersonate.c      a thread becomes an account and itself again
 *   core/account-token.c    the exported functions, token handles
 */
#ifndef CORE_ACCOUNT_H
#define CORE_ACCOUNT_H

#include "core/account-map.h"

#include <sspi.h>
#include <sys/types.h>

struct context;
struct call;

struct account { /* immutable once made; counted */
    unsigned references;
    uid_t uid;
    gid_t gid;
    unsigned group_count;
    gid_t *groups;     /* as the kernel keeps them: in order, each once */
    const char *place; /* "FILE:LINE" of the rule */
    char name[MAP_ACCOUNT_MAX + 1];
};
struct account *account_hold(struct account *); /* NULL: NULL */
void account_drop(struct account *);

/* ---- core/account.c ---- */

/* What the account database says of a name.  SEC_E_LOGON_DENIED: there is no such account, or it is root's
 * (uid 0, or gid 0 among its groups).  SEC_E_NO_AUTHENTICATING_AUTHORITY: the database could not be asked.
 * SEC_E_INSUFFICIENT_MEMORY. */
SECURITY_STATUS account_find(const char *name, const char *place, struct account **out);
/* The map's text, malloc'ed, for map_decide.  0, or -1 with errno and a line of words. */
int account_map_text(const char *path, char **text, size_t *len, char *why, size_t why_size);

/* Is a client's certificate to be mapped in this handshake?  Only by a server that asked for one and where
 * neither MANUAL validation nor SCH_CRED_NO_SYSTEM_MAPPER was wanted and a map is configured. */
int account_wanted(const struct context *, const struct call *);
/* A chain was judged and is good: `leaf` of it, `issuer` the certificate above the leaf in the judged path,
 * empty where there is none.  SEC_E_OK: the handshake goes on, with the account or with none, as a candidate
 * until account_settle.  Else the status that ends it (core/verify.c has the alert). */
SECURITY_STATUS account_judge(struct context *, struct sspi_bytes leaf, struct sspi_bytes issuer);
void account_forget(struct context *); /* the candidate */
/* A handshake has completed, the first or a later one: its candidate, or none, is the context's account. */
void account_settle(struct context *);
void account_free(struct context *); /* with the context: account, candidate, token */

/* ---- core/impersonate.c ---- */

/* The calling thread acts as the account, through `context`, until impersonate_end; a second call takes the
 * place of the first.  SEC_E_NO_IMPERSONATION: without the privilege; the thread is then itself. */
SECURITY_STATUS impersonate_begin(const struct account *, const SecHandle *context);
/* SEC_E_NO_IMPERSONATION: this thread does not impersonate through that context. */
SECURITY_STATUS impersonate_end(const SecHandle *context);
/* Does this thread act as another account?  Nothing that belongs to a user is read then. */
int impersonate_active(void);
/* The effective user of this thread, or what it was before it impersonated. */
uid_t impersonate_owner(void);

#endif
