/* SPDX-License-Identifier: MIT
 *
 * t/3072-a-list-is-never-widened.c -- what a credential's lists do not name is not negotiated, on either
 * side, whatever the library can be told in its own words; a policy may take away and never add. A client
 * makes a key for the first group alone. */
#include <config.h>

#include "t/provider-kit.h"

#include <stdlib.h>

/* Lists that are no product of key exchange, cipher and MAC, and some that are. */
static const uint16_t lists[][6] = {
    {0x1302, 0xc02f, 0},
    {0x1301, 0xc030, 0},
    {0xc02b, 0xc030, 0},
    {0xc030, 0xc02b, 0xc02f, 0xc02c, 0},
    {0xc02c, 0xcca8, 0x1303, 0},
    {0xc02f, 0xc02c, 0x1301, 0},
    {0x1303, 0},
    {0xcca9, 0xc02f, 0},
};
static const uint16_t every[] = {0x1301, 0x1302, 0x1303, 0xc02b, 0xc02c, 0xc02f, 0xc030, 0xcca8, 0xcca9, 0};

static int named(const uint16_t *list, uint16_t value)
{
    while (*list && *list != value)
        list++;
    return *list != 0;
}

/* One side has `list`, the other everything.  Fine when it fails, or agrees on something that was named. */
static int attempt(const struct kit_module *c, const struct kit_module *s, struct kit_setup *k,
                   struct kit_setup *strict, int on_server, uint16_t *suite, uint16_t *group)
{
    struct kit_pair p;
    struct sspi_failure f;
    sspi_cred *cred = NULL;
    const struct kit_module *m = on_server ? s : c;
    *suite = *group = 0;
    if (kit_cred(m, on_server, strict, &cred, &f) != SSPI_OK)
        return 0;
    if (on_server)
        k->server_cred = cred;
    else
        k->client_cred = cred;
    int done = kit_start(&p, c, s, k) == 0 && kit_run(&p);
    if (done) {
        struct sspi_conn d = kit_describe(&p.s);
        *suite = d.suite;
        *group = d.group;
    }
    kit_stop(&p);
    m->api->cred_free(cred);
    k->server_cred = k->client_cred = NULL;
    kit_faults = 0; /* a refusal is told in the other tests */
    return done;
}

static void suites(const struct kit_module *c, const struct kit_module *s, uint32_t protocol)
{
    static const char *const servers[] = {"server-rsa", "server-ecdsa"};
    static const uint32_t versions[] = {SSPI_CAP_TLS12, SSPI_CAP_TLS13, SSPI_CAP_TLS12 | SSPI_CAP_TLS13};
    if (protocol != SSPI_CAP_TLS12)
        return; /* once for both versions */
    for (int on_server = 0; on_server < 2; on_server++) {
        unsigned wider = 0, agreed = 0, tried = 0;
        for (size_t i = 0; i < sizeof lists / sizeof *lists; i++)
            for (int id = 0; id < 2; id++)
                for (int v = 0; v < 3; v++) {
                    struct kit_setup k = {
                        .protocols = versions[v], .suites = every, .server_identity = servers[id]};
                    struct kit_setup strict = k;
                    uint16_t suite, group;
                    strict.protocols = SSPI_CAP_TLS12 | SSPI_CAP_TLS13;
                    strict.suites = lists[i];
                    tried++;
                    if (!attempt(c, s, &k, &strict, on_server, &suite, &group))
                        continue;
                    agreed++;
                    wider += !named(lists[i], suite);
                    if (!named(lists[i], suite))
                        diag("list %zu, %s: %#x", i, servers[id], suite);
                }
        kit_ok(!wider && agreed, "%s to %s: of %u odd lists on the %s none was widened, %u served", c->name,
               s->name, tried, on_server ? "server" : "client", agreed);
    }
}

/* A whole product serves: that nothing is ever agreed on would pass the test above. */
static void products(const struct kit_module *c, const struct kit_module *s, uint32_t protocol)
{
    static const uint16_t good[][6] = {
        {0xc02f, 0xc02b, 0x1301, 0}, {0xc030, 0xc02c, 0x1302, 0}, {0xcca8, 0xcca9, 0x1303, 0}};
    for (size_t i = 0; i < 3; i++)
        for (int on_server = 0; on_server < 2; on_server++) {
            struct kit_setup k = {.protocols = protocol, .suites = every}, strict = k;
            uint16_t suite, group;
            strict.suites = good[i];
            int done = attempt(c, s, &k, &strict, on_server, &suite, &group);
            kit_ok(done && named(good[i], suite), "%s to %s %s: product %zu on the %s: %#x", c->name, s->name,
                   kit_version_name(protocol), i, on_server ? "server" : "client", suite);
        }
}

static void groups(const struct kit_module *c, const struct kit_module *s, uint32_t protocol)
{
    static const uint16_t one[][2] = {{0x17, 0}, {0x18, 0}, {0x1d, 0}}, all[] = {0x1d, 0x17, 0x18, 0};
    for (size_t i = 0; i < 3; i++)
        for (int on_server = 0; on_server < 2; on_server++) {
            struct kit_setup k = {.protocols = protocol, .groups = all, .server_identity = "server-rsa"},
                             strict = k;
            uint16_t suite, group;
            strict.groups = one[i];
            int done = attempt(c, s, &k, &strict, on_server, &suite, &group);
            kit_ok(done && (!group || group == one[i][0]), "%s to %s %s: group %#x alone on the %s: %#x",
                   c->name, s->name, kit_version_name(protocol), one[i][0], on_server ? "server" : "client",
                   group);
        }
}

/* Where a ClientHello's extension begins; its length, 0: it has none.  By hand: the kit knows no core. */
static size_t extension(const uint8_t *hello, size_t len, unsigned type, size_t *at)
{
    size_t i = 5 + 4 + 2 + 32;
    for (unsigned width = 1; width <= 2 && i + 2 < len; width++) /* session id, suites */
        i += width + (width == 1 ? hello[i] : (size_t)hello[i] << 8 | hello[i + 1]);
    for (i += 1u + (i < len ? hello[i] : 0) + 2; i + 4 <= len;) {
        size_t size = (size_t)hello[i + 2] << 8 | hello[i + 3];
        *at = i + 4;
        if ((hello[i] << 8 | hello[i + 1]) == (int)type && size <= len - *at)
            return size;
        i += 4 + size;
    }
    return 0;
}

/* A key made for a group that the server does not take is work for nothing, and costs all clients the same.
 */
static void one_share(const struct kit_module *m, uint32_t protocol)
{
    static const uint16_t orders[][4] = {{0x1d, 0x17, 0x18, 0}, {0x17, 0x1d, 0}};
    for (size_t i = 0; protocol == SSPI_CAP_TLS13 && i < sizeof orders / sizeof *orders; i++) {
        struct kit_setup k = {.protocols = protocol | SSPI_CAP_TLS12, .groups = orders[i]};
        struct kit_pair p;
        size_t at = 0, size = 0, hello = 0;
        uint8_t *record = NULL;
        if (kit_start(&p, m, m, &k) == 0 && kit_shake(&p.c, NULL, 0) == SSPI_WANT_RECORD)
            record = kit_take(&p.c, &hello);
        if (record)
            size = extension(record, hello, 51, &at);
        unsigned group = size > 6 ? (unsigned)record[at + 2] << 8 | record[at + 3] : 0;
        size_t key = size > 6 ? (size_t)record[at + 4] << 8 | record[at + 5] : 0;
        kit_ok(group == orders[i][0] && size == 6 + key,
               "%s: one key share, of the first group: %#x, %zu of %zu octets", m->name, group, key, size);
        free(record);
        kit_stop(&p);
    }
}

static void system_policy(const struct kit_module *m, uint32_t protocol)
{
    struct kit_setup k = {.protocols = protocol, .suites = every}, strict = k;
    uint16_t suite, group;
    strict.policy = "@SYSTEM";
    strict.suites = lists[5];
    int done = attempt(m, m, &k, &strict, 0, &suite, &group);
    kit_ok(!done || named(lists[5], suite), "%s %s: the system's policy adds no suite: %#x", m->name,
           kit_version_name(protocol), suite);
    strict.policy = "no-such-policy!";
    kit_ok(!attempt(m, m, &k, &strict, 1, &suite, &group), "%s %s: a policy that is none gives no credential",
           m->name, kit_version_name(protocol));
}

int main(void)
{
    if (!kit_load())
        return skip_all("no provider is built");
    kit_pairs(suites);
    kit_pairs(products);
    kit_pairs(groups);
    kit_each(one_share);
    kit_each(system_policy);
    return kit_done();
}
