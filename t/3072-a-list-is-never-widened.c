/* SPDX-License-Identifier: MIT
 *
 * t/3072-a-list-is-never-widened.c -- what a credential's lists do not name is not negotiated, on either
 * side, whatever the library can be told in its own words; a policy may take away and never add. */
#include <config.h>

#include "t/provider-kit.h"

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
    kit_each(system_policy);
    return kit_done();
}
