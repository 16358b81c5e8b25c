/* SPDX-License-Identifier: MIT
 *
 * t/provider-ends.c -- the part of the kit that makes credentials and sessions; see provider-kit.h. */
#include <config.h>

#include "t/provider-kit.h"

static const uint16_t suites[] = {0x1301, 0x1302, 0x1303, 0xc02b, 0xc02f, 0xc02c, 0xc030, 0xcca9, 0xcca8, 0};
static const uint16_t groups[] = {0x001d, 0x0017, 0x0018, 0};
static const uint16_t signatures[] = {0x0403, 0x0503, 0x0807, 0x0804, 0x0805,
                                      0x0806, 0x0401, 0x0501, 0x0601, 0};

static void *must(void *p)
{
    if (!p) {
        printf("Bail out! no memory\n");
        exit(99);
    }
    return p;
}
static uint8_t *copy(const void *bytes, size_t len) /* exactly as large as it is, for ASan's sake */
{
    return memcpy(must(malloc(len ? len : 1)), bytes, len);
}

/* ---- making and ending ---- */
/* What a call is given is lent for that call: each piece goes in as a copy, which is spoilt and freed after.
 */
struct lent {
    uint8_t *block[16];
    size_t len[16];
    unsigned count;
};
static const void *lend(struct lent *l, const void *bytes, size_t len)
{
    if (!bytes || !len)
        return bytes;
    l->len[l->count] = len;
    return l->block[l->count++] = copy(bytes, len);
}
static struct sspi_bytes lend_bytes(struct lent *l, struct sspi_bytes b)
{
    return (struct sspi_bytes){lend(l, b.ptr, b.len), b.len};
}
static const uint16_t *lend_list(struct lent *l, const uint16_t *list)
{
    size_t n = 0;
    while (list[n++])
        ;
    return lend(l, list, n * sizeof *list);
}
static void take_back(struct lent *l)
{
    for (unsigned i = 0; i < l->count; i++) {
        memset(l->block[i], 0xdd, l->len[i]);
        free(l->block[i]);
    }
    l->count = 0;
}

enum sspi_status kit_cred(const struct kit_module *m, int server, const struct kit_setup *k, sspi_cred **out,
                          struct sspi_failure *failure)
{
    const struct kit_identity *id = kit_identity(
        server ? (k->server_identity ? k->server_identity : "server-ecdsa") : k->client_identity);
    struct sspi_bytes anchors[4];
    unsigned anchor_count = server && k->anchors ? kit_pem(k->anchors, "CERTIFICATE", anchors, 4) : 0;
    uint32_t protocols = server && k->server_protocols ? k->server_protocols
                         : k->protocols                ? k->protocols
                                                       : SSPI_CAP_TLS12 | SSPI_CAP_TLS13;
    struct lent lent = {.count = 0};
    struct sspi_cred_params p = {
        .size = sizeof p,
        .protocols = protocols,
        .server = server,
        .chain = lend(&lent, id->chain, id->count * sizeof id->chain[0]),
        .chain_count = id->count,
        .key = lend_bytes(&lent, id->key),
        .anchors = lend(&lent, anchors, anchor_count * sizeof anchors[0]),
        .anchor_count = anchor_count,
        .suites = lend_list(&lent, k->suites ? k->suites : suites),
        .groups = lend_list(&lent, k->groups ? k->groups : groups),
        .signatures = lend_list(&lent, k->signatures ? k->signatures : signatures),
        .policy = k->policy,
    };
    memset(failure, 0, sizeof *failure);
    *out = NULL;
    enum sspi_status status = m->api->cred_new(&p, out, failure);
    take_back(&lent);
    return status;
}

static int start_end(struct kit_end *e, const struct kit_module *m, int server, const struct kit_setup *k)
{
    struct sspi_failure failure;
    sspi_cred *given = server ? k->server_cred : k->client_cred;
    e->m = m;
    e->server = server;
    e->datagram = (k->protocols & (SSPI_CAP_DTLS10 | SSPI_CAP_DTLS12)) != 0;
    e->verdict = (struct sspi_verdict){SSPI_WHY_CERT_UNTRUSTED, 48};
    e->own_cred = !given;
    e->cred = given;
    e->status = given ? SSPI_OK : kit_cred(m, server, k, &e->cred, &failure);
    if (e->status != SSPI_OK) {
        kit_fault("%s: cred_new gave %d: why %d, %s", m->name, e->status, failure.why,
                  failure.text ? failure.text : "");
        return -1;
    }
    if (k->psk.len && server) {
        e->psk_identity = k->psk_identity;
        e->psk = k->psk;
    }
    struct lent lent = {.count = 0};
    const struct sspi_bytes none = {NULL, 0};
    struct sspi_session_params p = {
        .size = sizeof p,
        .protocols = k->session_protocols,
        .owner = e,
        .server_name = server || !k->sni ? NULL : lend(&lent, k->sni, strlen(k->sni) + 1),
        .alpn = lend_bytes(&lent, server ? k->server_alpn : k->client_alpn),
        .verify = server ? k->server_verify : k->client_verify,
        .request_cert = server ? k->request_cert : 0,
        .ca_names = server ? lend_bytes(&lent, k->ca_names) : none,
        .resume = server ? NULL : k->resume,
        .tickets = server ? k->tickets : 0,
        .allow_renegotiation = k->renegotiation,
        .ask_staple = server ? 0 : k->ask_staple,
        .keylog = k->keylog,
        .staple = server ? lend_bytes(&lent, k->staple) : none,
        .srtp = lend_bytes(&lent, server ? k->server_srtp : k->client_srtp),
        .psk_identity = server ? none : lend_bytes(&lent, k->psk_identity),
        .psk = server ? none : lend_bytes(&lent, k->psk),
        .mtu = k->mtu,
        .cookie_peer = server ? lend_bytes(&lent, k->cookie_peer) : none,
    };
    memcpy(p.policy_digest, k->policy_digest, sizeof p.policy_digest);
    memset(&failure, 0, sizeof failure);
    e->status = m->api->session_new(e->cred, &p, &e->s, &failure);
    take_back(&lent);
    if (!server && k->free_resume && k->resume)
        m->api->ticket_free((sspi_ticket *)(uintptr_t)k->resume);
    if (e->status != SSPI_OK) {
        kit_fault("%s: session_new gave %d: why %d, %s", m->name, e->status, failure.why,
                  failure.text ? failure.text : "");
        return -1;
    }
    for (unsigned i = 0; i < sizeof e->keys[0].key; i++)
        e->keys[0].key[i] = (uint8_t)(i * 7 + 1);
    memset(e->keys[0].name, 0xa5, sizeof e->keys[0].name);
    e->key_count = 1;
    return 0;
}

int kit_start(struct kit_pair *p, const struct kit_module *client, const struct kit_module *server,
              const struct kit_setup *k)
{
    memset(p, 0, sizeof *p);
    if (start_end(&p->s, server, 1, k) || start_end(&p->c, client, 0, k)) {
        kit_stop(p);
        return -1;
    }
    return 0;
}

static void stop_end(struct kit_end *e)
{
    if (e->s)
        e->m->api->session_free(e->s);
    if (e->cred && e->own_cred)
        e->m->api->cred_free(e->cred);
    free(e->out);
    free((void *)e->leaf.ptr);
    memset(e, 0, sizeof *e);
}

void kit_stop(struct kit_pair *p)
{
    stop_end(&p->c);
    stop_end(&p->s);
}
