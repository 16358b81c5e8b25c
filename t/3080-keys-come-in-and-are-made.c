/* SPDX-License-Identifier: MIT
 *
 * t/3080-keys-come-in-and-are-made.c -- digests; cred_import of PKCS#12 and PKCS#8; cred_generate; keys in a
 * token. */
#include <config.h>

#include "t/provider-kit.h"

#include <time.h>

static void digests(const struct kit_module *m)
{
    static const struct {
        enum sspi_hash hash;
        size_t len;
        const char *of_abc; /* FIPS 180 */
    } list[] = {
        {SSPI_SHA1, 20, "a9993e364706816aba3e25717850c26c9cd0d89d"},
        {SSPI_SHA256, 32, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
        {SSPI_SHA384, 48,
         "cb00753f45a35e8bb5a03d699ac65007272c32ab0eded1631a8b605a43ff5bed8086072ba1e7cc2358baeca134c825a7"},
        {SSPI_SHA512, 64,
         "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a2192992a274fc1a836ba3c23a3feebbd454"
         "d4423643ce80e"
         "2a9ac94fa54ca49f"},
    };
    struct sspi_bytes whole[] = {kit_text("abc")}, parts[] = {kit_text("a"), {NULL, 0}, kit_text("bc")};
    for (size_t i = 0; i < 4; i++) {
        uint8_t a[64], b[64];
        char hex[130];
        int good = m->api->digest(list[i].hash, whole, 1, a) == SSPI_OK &&
                   m->api->digest(list[i].hash, parts, 3, b) == SSPI_OK && !memcmp(a, b, list[i].len);
        for (size_t j = 0; j < list[i].len; j++)
            sprintf(hex + 2 * j, "%02x", a[j]);
        kit_ok(good && !strcmp(hex, list[i].of_abc), "%s: hash %d of abc, whole and in parts", m->name,
               list[i].hash);
    }
    uint8_t a[64];
    kit_ok(m->api->digest(SSPI_SHA256, NULL, 0, a) == SSPI_OK && a[0] == 0xe3 && a[31] == 0x55 &&
               m->api->digest((enum sspi_hash)99, whole, 1, a) != SSPI_OK,
           "%s: hash of nothing; an unknown hash is refused", m->name);
}

struct basket {
    struct sspi_bytes key, leaf, cert[8];
    unsigned keys, leaves, certs;
    int stop_at;
};

static int put(void *ctx, enum sspi_item item, struct sspi_bytes der)
{
    struct basket *b = ctx;
    if (b->stop_at && !--b->stop_at)
        return -1;
    struct sspi_bytes copy = {memcpy(malloc(der.len + 1), der.ptr, der.len), der.len};
    if (item == SSPI_ITEM_KEY && !b->keys++)
        b->key = copy;
    else if (item == SSPI_ITEM_LEAF && !b->leaves++)
        b->leaf = copy;
    else if (item == SSPI_ITEM_CERT && b->certs < 8)
        b->cert[b->certs++] = copy;
    else
        free((void *)copy.ptr);
    return 0;
}

static void empty(struct basket *b)
{
    free((void *)b->key.ptr);
    free((void *)b->leaf.ptr);
    for (unsigned i = 0; i < b->certs; i++)
        free((void *)b->cert[i].ptr);
    memset(b, 0, sizeof *b);
}

static enum sspi_status import(const struct kit_module *m, struct sspi_bytes bytes, const char *password,
                               struct basket *b, struct sspi_failure *f)
{
    struct sspi_import in = {.size = sizeof in, .bytes = bytes, .password = password, .sink = {b, put}};
    memset(f, 0, sizeof *f);
    return m->api->cred_import(&in, f);
}

static int same(struct sspi_bytes a, struct sspi_bytes b)
{
    return a.len == b.len && !memcmp(a.ptr, b.ptr, a.len);
}

/* A credential of what came in, and a handshake with it. */
static int serves(const struct kit_module *m, const struct sspi_bytes *chain, unsigned n,
                  struct sspi_bytes key)
{
    struct sspi_cred_params p = {.size = sizeof p,
                                 .protocols = SSPI_CAP_TLS12 | SSPI_CAP_TLS13,
                                 .server = 1,
                                 .chain = chain,
                                 .chain_count = n,
                                 .key = key};
    static const uint16_t signatures[] = {0x0403, 0x0503, 0x0603, 0x0804, 0x0805, 0x0401, 0x0807, 0},
                          groups[] = {23, 24, 25, 29, 0};
    p.signatures = signatures;
    p.groups = groups;
    struct sspi_failure f = {0};
    struct kit_setup k = {.signatures = signatures, .groups = groups};
    struct kit_pair pair;
    if (m->api->cred_new(&p, &k.server_cred, &f) != SSPI_OK) {
        diag("cred_new: why %d %s", f.why, f.text ? f.text : "");
        return 0;
    }
    int good = kit_connect(&pair, m, m, &k) && kit_both_ways(&pair);
    kit_stop(&pair);
    m->api->cred_free(k.server_cred);
    return good;
}

static void pfx(const struct kit_module *m)
{
    static const struct {
        const char *file, *password, *identity;
        enum sspi_why why;
    } list[] = {
        {"server-rsa.pfx", "test", "server-rsa", SSPI_WHY_NONE},
        {"server-ecdsa.pfx", "test", "server-ecdsa", SSPI_WHY_NONE},
        {"server-rsa-legacy.pfx", "test", "server-rsa", SSPI_WHY_NONE},
        {"server-rsa-rc2.pfx", "test", "server-rsa", SSPI_WHY_NONE},
        {"server-rsa-nopass.pfx", "", "server-rsa", SSPI_WHY_NONE},
        {"server-rsa-nopass.pfx", NULL, "server-rsa", SSPI_WHY_NONE},
        {"server-rsa.pfx", "wrong", NULL, SSPI_WHY_WRONG_PASSWORD},
        {"server-rsa.pfx", "", NULL, SSPI_WHY_WRONG_PASSWORD},
        {"server-rsa.pfx", NULL, NULL, SSPI_WHY_WRONG_PASSWORD},
        {"root.der", "test", NULL, SSPI_WHY_BAD_CREDENTIAL},
    };
    for (size_t i = 0; i < sizeof list / sizeof *list; i++) {
        struct basket b = {0};
        struct sspi_failure f;
        if (strstr(list[i].file, "rc2") && strcmp(m->name, "wolfssl") == 0) {
            kit_skip("wolfSSL has no RC2", "%s: %s", m->name, list[i].file);
            continue;
        }
        enum sspi_status status = import(m, kit_file(list[i].file), list[i].password, &b, &f);
        int good;
        if (list[i].identity) {
            const struct kit_identity *id = kit_identity(list[i].identity);
            struct sspi_bytes chain[2] = {b.leaf, b.certs ? b.cert[0] : b.leaf};
            good = status == SSPI_OK && b.keys == 1 && b.leaves == 1 && b.certs == 1 &&
                   same(b.leaf, id->chain[0]) && same(b.cert[0], id->chain[1]) && serves(m, chain, 2, b.key);
        } else {
            good = status == SSPI_FAILED && f.why == list[i].why && !b.keys && !b.leaves;
        }
        if (!good)
            diag("status %d, why %d, %u keys, %u leaves, %u others; %s", status, f.why, b.keys, b.leaves,
                 b.certs, f.text ? f.text : "");
        kit_ok(good, "%s: %s with %s%s%s: %s", m->name, list[i].file,
               list[i].password ? "password \"" : "no password", list[i].password ? list[i].password : "",
               list[i].password ? "\"" : "",
               list[i].identity ? "key, leaf and intermediate, and they serve" : "refused for its reason");
        empty(&b);
    }
}

static void pkcs8(const struct kit_module *m)
{
    struct sspi_bytes sealed = {NULL, 0};
    struct basket b = {0};
    struct sspi_failure f;
    const struct kit_identity *id = kit_identity("server-rsa");
    kit_pem("server-rsa-encrypted.key", "ENCRYPTED PRIVATE KEY", &sealed, 1);
    for (int i = 0; i < 2; i++) {
        enum sspi_status status = import(m, i ? sealed : id->key, i ? "test" : NULL, &b, &f);
        kit_ok(status == SSPI_OK && b.keys == 1 && !b.leaves && serves(m, id->chain, id->count, b.key),
               "%s: a PKCS#8 key, %s, comes in and serves", m->name, i ? "encrypted" : "plain");
        empty(&b);
    }
    enum sspi_status status = import(m, sealed, "wrong", &b, &f);
    kit_ok(status == SSPI_FAILED && f.why == SSPI_WHY_WRONG_PASSWORD && !b.keys,
           "%s: an encrypted key with the wrong password", m->name);
    empty(&b);
}

static void broken(const struct kit_module *m)
{
    struct sspi_bytes good = kit_file("server-ecdsa.pfx");
    struct sspi_failure f;
    unsigned bad = 0, tried = 0;
    for (size_t cut = 0; cut < good.len; cut += 61) {
        struct basket b = {0};
        uint8_t *part = malloc(cut ? cut : 1);
        memcpy(part, good.ptr, cut);
        bad += import(m, (struct sspi_bytes){part, cut}, "test", &b, &f) == SSPI_OK;
        tried++;
        free(part);
        empty(&b);
    }
    for (size_t at = 0; at < good.len; at += 47) {
        struct basket b = {0};
        uint8_t *copy = malloc(good.len);
        memcpy(copy, good.ptr, good.len);
        copy[at] ^= 0x10;
        enum sspi_status status = import(m, (struct sspi_bytes){copy, good.len}, "test", &b, &f);
        if (status != SSPI_OK && f.why == SSPI_WHY_NONE)
            bad++;
        tried++;
        free(copy);
        empty(&b);
    }
    for (int stop = 1; stop < 4; stop++) { /* the sink has no room */
        struct basket b = {.stop_at = stop};
        bad += import(m, good, "test", &b, &f) == SSPI_OK;
        empty(&b);
    }
    kit_ok(!bad, "%s: %u PKCS#12 files cut or changed, and sinks that say stop, do no harm", m->name, tried);
}

/* A key whose derivation asks for 50 million rounds: PBES2 with the integer lengthened and every length
 * around it. */
static void costly(const struct kit_module *m)
{
    static const uint8_t rounds[] = {0x02, 0x02, 0x08, 0x00}, more[] = {0x02, 0x04, 0x02, 0xfa, 0xf0, 0x80};
    static const size_t around[] = {5, 18, 20, 33}; /* the lengths of four SEQUENCEs, one octet each */
    struct sspi_bytes key;
    struct basket b = {0};
    struct sspi_failure f;
    size_t at = 34;
    kit_pem("server-rsa-encrypted.key", "ENCRYPTED PRIVATE KEY", &key, 1);
    uint8_t *copy = calloc(1, key.len + 2);
    while (at + 4 < key.len && memcmp(key.ptr + at, rounds, 4) != 0)
        at++;
    memcpy(copy, key.ptr, at);
    memcpy(copy + at, more, 6);
    memcpy(copy + at + 6, key.ptr + at + 4, key.len - at - 4);
    for (size_t i = 0; i < 4; i++)
        copy[around[i]] = (uint8_t)(copy[around[i]] + 2);
    size_t len = ((size_t)copy[2] << 8 | copy[3]) + 2;
    copy[2] = (uint8_t)(len >> 8);
    copy[3] = (uint8_t)len;
    clock_t before = clock(); /* of this process: the machine may be busy */
    enum sspi_status status = import(m, (struct sspi_bytes){copy, key.len + 2}, "test", &b, &f);
    kit_ok(status == SSPI_FAILED && f.why == SSPI_WHY_BAD_CREDENTIAL && clock() - before < 4 * CLOCKS_PER_SEC,
           "%s: a key that asks for 50 million rounds is refused at once (status %d, why %d)", m->name,
           status, f.why);
    free(copy);
    empty(&b);
}

static void generate(const struct kit_module *m)
{
    static const uint8_t subject[] = {0x30, 0x0f, 0x31, 0x0d, 0x30, 0x0b, 0x06, 0x03, 0x55,
                                      0x04, 0x03, 0x0c, 4,    'k',  'i',  't',  '!'};
    static const uint8_t extensions[] = {0x30, 0x16, 0x30, 0x14, 0x06, 0x03, 0x55, 0x1d,
                                         0x11, 0x04, 0x0d, 0x30, 0x0b, 0x82, 0x09, 'l',
                                         'o',  'c',  'a',  'l',  'h',  'o',  's',  't'};
    static const struct {
        enum sspi_key_type type;
        unsigned bits;
        const char *name;
    } list[] = {{SSPI_KEY_RSA, 2048, "RSA 2048"},
                {SSPI_KEY_P256, 0, "P-256"},
                {SSPI_KEY_P384, 0, "P-384"},
                {SSPI_KEY_P521, 0, "P-521"},
                {SSPI_KEY_ED25519, 0, "Ed25519"}};
    int64_t now = (int64_t)time(NULL);
    for (size_t i = 0; i < sizeof list / sizeof *list; i++) {
        struct basket b = {0}, c = {0};
        struct sspi_failure f = {0};
        struct sspi_newcert n = {.size = sizeof n,
                                 .type = list[i].type,
                                 .bits = list[i].bits,
                                 .subject = {subject, sizeof subject},
                                 .extensions = {extensions, sizeof extensions},
                                 .serial = {0x7f, 1, 2},
                                 .not_before = now - 60,
                                 .not_after = now + 86400 * 365,
                                 .sink = {&b, put}};
        enum sspi_status status = m->api->cred_generate(&n, &f);
        int good = status == SSPI_OK && b.keys == 1 && b.leaves == 1 && serves(m, &b.leaf, 1, b.key);
        if (good && m->caps & SSPI_CAP_CHAIN) {
            uint32_t fault[1] = {0};
            struct sspi_chain_job job = {.size = sizeof job,
                                         .checks = SSPI_CHECK_SIGNATURE | SSPI_CHECK_TIME,
                                         .path = &b.leaf,
                                         .path_count = 1,
                                         .time = now};
            struct sspi_chain_result r = {.size = sizeof r, .fault = fault};
            if (m->api->chain_check(&job, &r) != SSPI_OK || fault[0])
                kit_fault("chain_check: faults %#x", fault[0]);
        }
        if (good) { /* the same key again: no key comes out */
            n.key = b.key;
            n.sink.ctx = &c;
            good = m->api->cred_generate(&n, &f) == SSPI_OK && !c.keys && c.leaves == 1 &&
                   serves(m, &c.leaf, 1, b.key);
        }
        if (!good)
            diag("status %d, why %d %s", status, f.why, f.text ? f.text : "");
        struct basket alone = {0};
        n.key = n.subject = (struct sspi_bytes){NULL, 0};
        n.sink.ctx = &alone;
        kit_ok(m->api->cred_generate(&n, &f) == SSPI_OK && alone.keys == 1 && !alone.leaves,
               "%s: a new %s key alone", m->name, list[i].name);
        empty(&alone);
        kit_ok(good, "%s: a new %s certificate, its own issuer, serves; so does a second of the same key",
               m->name, list[i].name);
        empty(&b);
        empty(&c);
    }
    struct basket b = {0};
    struct sspi_failure f = {0};
    struct sspi_newcert n = {.size = sizeof n,
                             .type = SSPI_KEY_P256,
                             .subject = {subject, sizeof subject - 3},
                             .not_before = now,
                             .not_after = now + 60,
                             .sink = {&b, put}};
    kit_ok(m->api->cred_generate(&n, &f) == SSPI_FAILED && !b.leaves, "%s: no certificate for a broken name",
           m->name);
    empty(&b);
}

/* What password_seal makes is an EncryptedPrivateKeyInfo's last part; cred_import of another opens it. */
static void sealed(const struct kit_module *m, const struct kit_module *other)
{
    static const uint8_t head[] = {
        0x30, 0x57, 0x06, 9, 0x2a, 0x86, 0x48, 0x86, 0xf7, 13, 1, 5, 13, 0x30, 0x4a, 0x30, 0x29, 0x06, 9, 0x2a,
        0x86, 0x48, 0x86, 0xf7, 13, 1, 5, 12, 0x30, 0x1c, 0x04, 8, 's', 'a', 'l', 't', 's', 'a', 'l', 't', 0x02,
        2, 0x08, 0, 0x30, 12, 0x06, 8, 0x2a, 0x86, 0x48, 0x86, 0xf7, 13, 2, 9, 5, 0, 0x30, 0x1d, 0x06, 9, 0x60,
        0x86, 0x48, 1, 101, 3, 4, 1, 42, 0x04, 16, 'i', 'v', 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0};
    for (int empty_one = 0; empty_one < 2; empty_one++) {
        struct sspi_bytes key = kit_identity("server-ecdsa")->key;
        uint8_t bytes[512];
        size_t len = key.len + 16 - key.len % 16, body = sizeof head + 3 + len;
        memcpy(bytes, (uint8_t[]){0x30, 0x81, (uint8_t)body}, 3);
        memcpy(bytes + 3, head, sizeof head);
        memcpy(bytes + 3 + sizeof head, (uint8_t[]){0x04, 0x81, (uint8_t)len}, 3);
        struct sspi_seal job = {.size = sizeof job,
                                .rounds = 2048,
                                .password = kit_text(empty_one ? "" : "p\xc3\xa4ss"),
                                .salt = kit_text("saltsalt"),
                                .plain = key,
                                .iv = {'i', 'v'},
                                .out = bytes + 6 + sizeof head};
        struct basket b = {0};
        struct sspi_failure f = {0};
        int good = m->api->password_seal(&job) == SSPI_OK &&
                   import(other, (struct sspi_bytes){bytes, 3 + body}, empty_one ? "" : "p\xc3\xa4ss", &b, &f) ==
                       SSPI_OK &&
                   b.keys == 1;
        kit_ok(good, "%s: what it writes under %s password, %s opens", m->name,
               empty_one ? "an empty" : "a", other->name);
        empty(&b);
        job.rounds = 0;
        kit_ok(m->api->password_seal(&job) == SSPI_UNSUPPORTED, "%s: not without a round", m->name);
    }
}

int main(void)
{
    if (!kit_load())
        return skip_all("no provider is built");
    for (unsigned i = 0; i < kit_module_count; i++) {
        const struct kit_module *m = &kit_modules[i];
        digests(m);
        if (m->caps & SSPI_CAP_IMPORT) {
            pfx(m);
            pkcs8(m);
            broken(m);
            costly(m);
        }
        if (m->caps & SSPI_CAP_GENERATE)
            generate(m);
        for (unsigned k = 0; k < kit_module_count && m->caps & SSPI_CAP_PASSWORD; k++)
            if (kit_modules[k].caps & SSPI_CAP_IMPORT)
                sealed(m, &kit_modules[k]);
    }
    return kit_done();
}
