/* SPDX-License-Identifier: MIT
 *
 * core/credential.h -- a credential: what AcquireCredentialsHandle captured.  Immutable once open and
 * counted: a context holds a reference, so freeing the handle first is harmless.  Its sessions and
 * ticket keys alone change, under locks of their own. */
#ifndef CORE_CREDENTIAL_H
#define CORE_CREDENTIAL_H

#include "core/cert/cert.h"
#include "core/forms.h"
#include "core/memory.h"
#include "core/provider.h"
#include "core/sessions.h"
#include "core/settings.h"
#include "core/ticket-keys.h"

#include <opensspi/extra.h>
#include <stdatomic.h>

struct credential_cert { /* one paCred entry and the provider's credentials made of it */
    struct cert_identity identity;
    sspi_cred *server, *client; /* made at Acquire for the sides in use; NULL: not a side of this one */
    uint8_t policy[32];         /* digest of what every session made with it depends on (D21) */
};

struct client_policy {  /* SECPKG_ATTR_CLIENT_CERT_POLICY; set only while no context holds the credential */
    struct bytes names; /* DER Names for a CertificateRequest, one after another; empty: the anchors' */
    int omit_usage;     /* whatever a client's certificate is meant for */
};

struct credential {
    atomic_uint refs;
    const struct provider *provider;
    uint32_t client, server; /* protocols that each side may negotiate, SSPI_CAP_TLS..; 0: not that side */
    ULONG flags;             /* SCH_* */
    unsigned cert_count;
    struct credential_cert *certs;
    sspi_cred *keyed;             /* server under SCH_USE_PRESHAREDKEY_ONLY: without certificates; or NULL */
    sspi_cred *anonymous;         /* client without a certificate; NULL where certs[0] stands in */
    struct cert_anchors *anchors; /* hRootStore's; NULL: none given */
    struct client_policy policy;
    int require_client;           /* `client-certificate = require` (D7) */
    uint8_t secret[32];           /* random; what a server's tickets are sealed under (D21) */
    int64_t born;                 /* tickets_clock() of Acquire */
    struct ticket_given ticket_keys;
    int64_t lifespan;             /* dwSessionLifespan in ms; 0: nothing is resumed */
    struct sessions sessions;     /* the client's */
    OPENSSPI_KEYLOG keylog;       /* write NULL: none; set only while no context holds the credential */
    uint16_t suites[SETTINGS_LIST], groups[SETTINGS_LIST], signatures[SETTINGS_LIST];
    /* One that allows TLS and DTLS is one of TLS, with another of DTLS inside that a first call with DATAGRAM
     * makes: no provider's credential serves both.  One that allows DTLS alone is one of DTLS. */
    uint32_t datagram_client, datagram_server;
    _Atomic(struct credential *) datagram; /* NULL: not made */
    struct credential *outer;              /* of the one inside: where references are counted, whose keys it lends */
};

/* Whose policy counts: the credential's, or of the one inside the outer one's. */
static inline const struct client_policy *credential_client_policy(const struct credential *cred)
{
    return cred->outer ? &cred->outer->policy : &cred->policy;
}
/* core/credential-policy.c; under the lock of the handle. */
SECURITY_STATUS credential_client_policy_set(struct credential *, const void *in, enum form form);

/* The live credential behind a handle, counted; NULL: stale, forged or of another kind (S4, D8). */
struct credential *credential_get(const CredHandle *handle);
struct credential *credential_ref(struct credential *);
void credential_unref(struct credential *);
/* D21: a digest of what a session made with this certificate (NULL: none) depends on, apart from the call and
 * the peer's wish.  The same on every host. */
SECURITY_STATUS credential_policy(const struct credential *, const struct credential_cert *, uint32_t protocols,
                                  uint8_t out[32]);
void credential_drop(struct credential *); /* what the provider made of it */
/* The provider's credentials, under the configured policy. */
SECURITY_STATUS credential_make(struct credential *);

/* ---- core/credential-datagram.c ---- */
/* Turns *cred into the one that serves TLS, or datagrams; the reference goes with it.
 * SEC_E_UNSUPPORTED_FUNCTION: it does not allow that, or its provider cannot. */
SECURITY_STATUS credential_kind(struct credential **cred, int server, int datagram);
void credential_datagram_split(struct credential *); /* at Acquire, once its protocols are known */
void credential_datagram_free(struct credential *outer);

#endif
