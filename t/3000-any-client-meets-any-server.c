/* SPDX-License-Identifier: MIT
 *
 * t/3000-any-client-meets-any-server.c -- every pair of providers, TLS 1.2 and 1.3, key types, client
 * certificates and ALPN, on the provider contract alone. */
#include <config.h>

#include "t/provider-kit.h"

static const char *const keys[] = {"rsa", "ecdsa", "ed25519"};

static int peer_cert_is(struct kit_end *e, const char *identity)
{
    const struct kit_identity *id = kit_identity(identity);
    struct sspi_bytes der;
    for (unsigned i = 0; i < id->count; i++)
        if (e->m->api->peer_cert(e->s, i, &der) != SSPI_OK || der.len != id->chain[i].len ||
            memcmp(der.ptr, id->chain[i].ptr, der.len) != 0)
            return 0;
    return e->m->api->peer_cert(e->s, id->count, &der) == SSPI_UNSUPPORTED;
}

static void agree(struct kit_pair *p, uint32_t protocol)
{
    struct sspi_conn c = kit_describe(&p->c), s = kit_describe(&p->s);
    uint16_t version = protocol == SSPI_CAP_TLS13 ? 0x0304 : 0x0303;
    if (c.version != version || s.version != version)
        kit_fault("version %#x and %#x", c.version, s.version);
    if (c.suite != s.suite)
        kit_fault("suite %#x and %#x", c.suite, s.suite);
    if (c.group && s.group && c.group != s.group)
        kit_fault("group %#x and %#x", c.group, s.group);
    if ((c.peer_signature && s.signature && c.peer_signature != s.signature) ||
        (s.peer_signature && c.signature && s.peer_signature != c.signature))
        kit_fault("signatures %#x %#x and %#x %#x", c.signature, c.peer_signature, s.signature,
                  s.peer_signature);
    if (c.plaintext_max != 16384 || s.plaintext_max != 16384)
        kit_fault("plaintext_max %u and %u", c.plaintext_max, s.plaintext_max);
    uint32_t alike =
        SSPI_CONN_RESUMED | (version == 0x0303 ? SSPI_CONN_EMS : 0u); /* TLS 1.3 has no such choice */
    if ((c.flags ^ s.flags) & alike)
        kit_fault("flags %#x and %#x", c.flags, s.flags);
    if (c.alpn.len != s.alpn.len || (c.alpn.len && memcmp(c.alpn.ptr, s.alpn.ptr, c.alpn.len)))
        kit_fault("ALPN differs");
}

static void one(const struct kit_module *c, const struct kit_module *s, uint32_t protocol, unsigned key,
                int request, int have, int alpn)
{
    char server[32], client[32];
    struct kit_pair p;
    snprintf(server, sizeof server, "server-%s", keys[key]);
    snprintf(client, sizeof client, "client-%s", keys[key]);
    struct kit_setup k = {
        .protocols = protocol,
        .server_identity = server,
        .client_identity = have ? client : NULL,
        .sni = "localhost",
        .client_verify = 1,
        .server_verify = 1,
        .request_cert = request,
        .client_alpn = alpn ? kit_alpn("h2,http/1.1") : (struct sspi_bytes){NULL, 0},
        .server_alpn = alpn == 1 ? kit_alpn("http/1.1") : (struct sspi_bytes){NULL, 0},
    };
    int good = kit_connect(&p, c, s, &k);
    if (good) {
        agree(&p, protocol);
        struct sspi_conn d = kit_describe(&p.c);
        if (alpn == 1 ? d.alpn.len != 8 : d.alpn.len != 0)
            kit_fault("ALPN has %zu octets", d.alpn.len);
        if (!peer_cert_is(&p.c, server))
            kit_fault("the client sees another chain");
        if (!peer_cert_is(&p.s, request && have ? client : ""))
            kit_fault("the server sees another chain");
        if (p.c.asked != 1 || p.s.asked != (unsigned)(request && have))
            kit_fault("verify() ran %u times on the client, %u on the server", p.c.asked, p.s.asked);
        good = kit_both_ways(&p);
    }
    kit_ok(good, "%s to %s %s %s, certificate %s%s, ALPN %s", c->name, s->name, kit_version_name(protocol),
           keys[key], request ? (request == 2 ? "required" : "asked for") : "not asked for",
           have ? " and there" : "", alpn ? (alpn == 1 ? "agreed" : "offered only") : "absent");
    kit_stop(&p);
    free((void *)k.client_alpn.ptr);
    free((void *)k.server_alpn.ptr);
}

static void pair(const struct kit_module *c, const struct kit_module *s, uint32_t protocol)
{
    for (unsigned key = 0; key < 3; key++) {
        one(c, s, protocol, key, 0, 0, 0);
        one(c, s, protocol, key, 0, 1, 1);
        one(c, s, protocol, key, 1, 0, 2);
        one(c, s, protocol, key, 1, 1, 1);
        one(c, s, protocol, key, 2, 1, 0);
    }
}

int main(void)
{
    if (!kit_load())
        return skip_all("no provider is built");
    kit_pairs(pair);
    return kit_done();
}
