/* SPDX-License-Identifier: MIT
 *
 * Each allocation of the core refused in turn, in a handshake over datagrams and what follows: the call that
 * met it says SEC_E_INSUFFICIENT_MEMORY (S2), nothing is left behind, and the credentials serve the next. */
#include <config.h>

#include "t/datagrams.h"
#include "t/refuse.h"
#include "t/tap.h"

static SECURITY_STATUS talk(struct peers *p)
{
    DWORD shutdown = SCHANNEL_SHUTDOWN;
    struct peer *both[] = {&p->client, &p->server};
    if (!peers_shake(p)) /* the other end has only an alert to tell */
        return p->server.status == SEC_E_INSUFFICIENT_MEMORY ? p->server.status : p->client.status;
    if (!peers_talk(p))
        return SEC_E_INTERNAL_ERROR;
    for (int i = 0; i < 2; i++) {
        SECURITY_STATUS status = peer_control(both[i], &shutdown, sizeof shutdown);
        if (status == SEC_E_OK)
            status = peer_call(both[i], NULL, 0);
        if (status != SEC_E_OK)
            return status;
    }
    return SEC_E_OK;
}

/* The flight once more, in between. */
static SECURITY_STATUS tell(struct peers *p, long until, int *again)
{
    granted = until;
    SECURITY_STATUS status = peer_step(&p->client, NULL, 0);
    if (status == SEC_I_CONTINUE_NEEDED)
        status = peer_step(&p->client, NULL, 0);
    if (status == SEC_I_CONTINUE_NEEDED)
        status = talk(p);
    granted = -1;
    peer_reset(&p->client);
    peer_reset(&p->server);
    *again = talk(p) == SEC_E_OK;
    peer_reset(&p->client);
    peer_reset(&p->server);
    return status;
}

static void each(const char *provider)
{
    for (int story = 0; story < 2; story++) {
        unsigned wrong = 0, leaks = 0, spoilt = 0;
        long n = 0;
        int again;
        struct peers p;
        struct peer_options options = {.client_provider = provider,
                                       .server_provider = provider,
                                       .client_alpn = "coap",
                                       .server_alpn = "coap",
                                       .client_cert = story ? "client-rsa" : NULL,
                                       .server_request = story ? ASC_REQ_MUTUAL_AUTH : 0,
                                       .validate = story,
                                       .mtu = 400,
                                       .cookie = 1};
        peers_open(&p, &options);
        ok(tell(&p, -1, &again) == SEC_E_OK && again, "S2 %s dtls: without refusals all is well", provider);
        for (refused = 1; refused && n < 5000; n++) {
            long before = live;
            refused = 0;
            SECURITY_STATUS status = tell(&p, n, &again);
            if (refused && status != SEC_E_INSUFFICIENT_MEMORY && status != SEC_E_OK &&
                status != SEC_I_CONTINUE_NEEDED) {
                diag("allocation %ld: %s", n, pair_status(status));
                wrong++;
            }
            spoilt += !again;
            if (live != before) {
                diag("allocation %ld: %ld left", n, live - before);
                leaks++;
            }
        }
        ok(n > 20 && n < 5000, "S2 %s dtls: %ld allocations, each refused once", provider, n - 1);
        is_int(wrong, 0, "S2 %s dtls: INSUFFICIENT_MEMORY, or done without", provider);
        is_int(leaks, 0, "S2 %s dtls: nothing left behind", provider);
        is_int(spoilt, 0, "S2 %s dtls: the same credentials serve the next", provider);
        peers_close(&p);
    }
}

int main(void)
{
    peers_each(each);
    return tap_done();
}
