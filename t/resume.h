/* SPDX-License-Identifier: MIT
 *
 * t/resume.h -- connections that may resume earlier ones, and how to see whether they did. */
#ifndef T_RESUME_H
#define T_RESUME_H

#include "t/pair.h"

#include <stdio.h>
#include <string.h>

#define RESUME_HELPER __attribute__((unused)) static

RESUME_HELPER _Thread_local TimeStamp resume_expiry; /* ptsExpiry of the last completed client */

RESUME_HELPER int resume_happened(struct end *end)
{
    SecPkgContext_SessionInfo info;
    memset(&info, 0xA5, sizeof info);
    if (QueryContextAttributesA(&end->context, SECPKG_ATTR_SESSION_INFO, &info) != SEC_E_OK)
        return -1;
    return (info.dwFlags & SSL_SESSION_RECONNECT) != 0;
}

RESUME_HELPER PCCERT_CONTEXT resume_peer(struct end *end)
{
    PCCERT_CONTEXT found = NULL;
    QueryContextAttributesA(&end->context, SECPKG_ATTR_REMOTE_CERT_CONTEXT, &found);
    return found;
}

/* Does the peer's certificate stand where it must?  name NULL: there must be none. */
RESUME_HELPER int resume_shows(struct end *end, const char *name)
{
    PCCERT_CONTEXT found = resume_peer(end), want = name ? pair_certificate(name) : NULL;
    int same = found && want ? found->cbCertEncoded == want->cbCertEncoded &&
                                   !memcmp(found->pbCertEncoded, want->pbCertEncoded, want->cbCertEncoded)
                             : !found && !want;
    CertFreeCertificateContext(found);
    CertFreeCertificateContext(want);
    return same;
}

/* One connection, and data both ways, so that tickets arrive.  1: resumed on both ends; 0: a full handshake;
 * -1: the ends differ, or data was lost; -2: failed.  The contexts stay. */
RESUME_HELPER int resume_connect(struct pair *pair)
{
    if (pair_handshake(pair) != SEC_E_OK) {
        printf("# client %s, server %s\n", pair_status(pair->client.status),
               pair_status(pair->server.status));
        return -2;
    }
    resume_expiry = pair->client.expiry;
    pair_send(&pair->server, "down", 4);
    pair_move(pair);
    pair_receive(&pair->client);
    pair_send(&pair->client, "up", 2);
    pair_move(pair);
    pair_receive(&pair->server);
    if (pair->client.data.len != 4 || pair->server.data.len != 2)
        return -1;
    int client = resume_happened(&pair->client), server = resume_happened(&pair->server);
    return client == server ? client : -1;
}

RESUME_HELPER int resume_again(struct pair *pair)
{
    pair_again(pair);
    return resume_connect(pair);
}

#endif
