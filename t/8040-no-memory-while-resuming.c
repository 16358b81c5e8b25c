/* SPDX-License-Identifier: MIT
 *
 * Each allocation of the core refused in turn while ticket keys are given, a context moves and a connection
 * resumes: SEC_E_INSUFFICIENT_MEMORY (S2), or a full handshake; nothing is left behind, and the same
 * credentials serve the next. */
#include <config.h>

#include "t/refuse.h"
#include "t/resume.h"
#include "t/tap.h"

static SECURITY_STATUS give_key(CredHandle *server)
{
    SecPkgCred_SessionTicketKey key = {.KeyId = {1}, .KeyingMaterial = {2}, .KeyingMaterialSize = 48};
    SecPkgCred_SessionTicketKeys keys = {1, &key};
    return SetCredentialsAttributesA(server, SECPKG_ATTR_SESSION_TICKET_KEYS, &keys, sizeof keys);
}

/* The first failing status of a connection that may fail for want of memory. */
static SECURITY_STATUS connect_once(struct pair *pair)
{
    SECURITY_STATUS status = pair_handshake(pair);
    if (status == SEC_E_OK)
        status = pair_send(&pair->server, "down", 4);
    if (status != SEC_E_OK)
        return status;
    pair_move(pair);
    status = pair_receive(&pair->client);
    return status == SEC_E_INCOMPLETE_MESSAGE ? SEC_E_OK : status;
}

static SECURITY_STATUS move_and_connect(struct pair *pair)
{
    SEC_CHAR schannel[] = "Schannel";
    SecBuffer packed = {0, SECBUFFER_EMPTY, NULL};
    SECURITY_STATUS status =
        ExportSecurityContext(&pair->client.context, SECPKG_CONTEXT_EXPORT_RESET_NEW, &packed, NULL);
    pair_again(pair);
    if (status == SEC_E_OK)
        status = ImportSecurityContextA(schannel, &packed, NULL, &pair->client.context);
    if (packed.pvBuffer)
        FreeContextBuffer(packed.pvBuffer);
    if (status != SEC_E_OK)
        return status;
    pair->client.has_context = 1;
    if ((status = pair_step_null(&pair->client)) < 0)
        return status;
    return connect_once(pair);
}

static SECURITY_STATUS tell(const struct pair_options *options, long until, int *again)
{
    struct pair pair;
    *again = pair_open(&pair, options) && give_key(&pair.server.credential) == SEC_E_OK &&
             resume_connect(&pair) == 0;
    granted = until;
    SECURITY_STATUS status = give_key(&pair.server.credential);
    if (status == SEC_E_OK)
        status = move_and_connect(&pair);
    if (status == SEC_E_OK) {
        pair_again(&pair);
        status = connect_once(&pair);
    }
    granted = -1;
    *again = *again && resume_again(&pair) >= 0 && resume_again(&pair) == 1;
    pair_close(&pair);
    return status;
}

static void each(const char *provider, int tls)
{
    struct pair_options options = {
        .provider = provider, .tls = tls, .cert = "server-ecdsa", .validate = 1, .roots = "root"};
    unsigned wrong = 0, leaks = 0, spoilt = 0;
    long n = 0;
    int again;
    SECURITY_STATUS status = tell(&options, -1, &again);
    ok(status == SEC_E_OK && again, "S2 %s tls%d: without refusals all is well", provider, tls);
    for (refused = 1; refused && n < 5000; n++) {
        long before = live;
        refused = 0;
        status = tell(&options, n, &again);
        if (refused && status != SEC_E_INSUFFICIENT_MEMORY && status != SEC_E_OK) {
            diag("allocation %ld: %s", n, pair_status(status));
            wrong++;
        }
        if (!again)
            diag("allocation %ld: spoilt the next", n);
        spoilt += !again;
        leaks += live != before;
    }
    ok(n > 20 && n < 5000, "S2 %s tls%d: %ld allocations, each refused once", provider, tls, n - 1);
    is_int(wrong, 0, "S2 %s tls%d: INSUFFICIENT_MEMORY, or done without", provider, tls);
    is_int(leaks, 0, "S2 %s tls%d: nothing left behind", provider, tls);
    is_int(spoilt, 0, "S2 %s tls%d: the same credentials serve and resume the next", provider, tls);
}

int main(void)
{
    pair_each(each);
    return tap_done();
}
