/* SPDX-License-Identifier: MIT
 *
 * t/3070-a-path-is-judged.c -- chain_check: each fault at the certificate that has it, and never a fault that
 * is not there; what a provider does not judge it must not say that it judged. */
#include <config.h>

#include "t/provider-kit.h"

#include <time.h>

#define ALL                                                                                                  \
    (SSPI_CHECK_SIGNATURE | SSPI_CHECK_TIME | SSPI_CHECK_BASIC | SSPI_CHECK_NAMES | SSPI_CHECK_USAGE |       \
     SSPI_CHECK_WEAK | SSPI_CHECK_CRITICAL)
#define REVOCATION (SSPI_CHECK_REVOKED | SSPI_CHECK_REVOCATION_UNKNOWN)
#define SERVER     "1.3.6.1.5.5.7.3.1"
#define CLIENT     "1.3.6.1.5.5.7.3.2"
#define CODE       "1.3.6.1.5.5.7.3.3"

static struct sspi_bytes path[10];
static unsigned count;
static struct sspi_bytes staple; /* for the next judge() */

static void use(const char *chain, const char *anchor)
{
    count = kit_pem(chain, "CERTIFICATE", path, 8);
    if (anchor)
        count += kit_pem(anchor, "CERTIFICATE", path + count, 1);
}

static struct sspi_chain_result judge(const struct kit_module *m, uint32_t checks, const char *usage,
                                      int64_t time, const char *const *crls, uint32_t fault[10])
{
    struct sspi_bytes lists[2], answer = staple;
    unsigned lists_count = 0;
    staple.len = 0;
    for (; crls && *crls; crls++)
        lists_count += kit_pem(*crls, "X509 CRL", lists + lists_count, 1);
    memset(fault, 0, 10 * sizeof *fault);
    struct sspi_chain_job job = {.size = sizeof job,
                                 .checks = checks,
                                 .path = path,
                                 .path_count = count,
                                 .crl = lists,
                                 .crl_count = lists_count,
                                 .staple = answer,
                                 .time = time,
                                 .usage_oid = usage};
    struct sspi_chain_result r = {.size = sizeof r, .fault = fault};
    enum sspi_status status = m->api->chain_check(&job, &r);
    if (status != SSPI_OK) { /* nothing judged: the core refuses */
        r.judged = 0;
        fault[0] |= UINT32_C(1) << 31;
    }
    if (r.judged & ~checks)
        kit_fault("judged %#x, asked %#x", r.judged, checks);
    return r;
}

static void show(const struct sspi_chain_result *r, const uint32_t *fault)
{
    for (unsigned i = 0; i < count; i++)
        diag("certificate %u: faults %#x; judged %#x", i, fault[i], r->judged);
}

static void paths(const struct kit_module *m)
{
    static const struct {
        const char *name, *chain, *anchor, *usage;
        int at; /* -1: good */
        uint32_t fault;
    } list[] = {
        {"an RSA server", "server-rsa-chain.pem", "root.pem", SERVER, -1, 0},
        {"an ECDSA server", "server-ecdsa-chain.pem", "root.pem", SERVER, -1, 0},
        {"an Ed25519 server", "server-ed25519-chain.pem", "root.pem", SERVER, -1, 0},
        {"a client", "client-ecdsa-chain.pem", "root.pem", CLIENT, -1, 0},
        {"a server under the root itself", "server-direct-chain.pem", "root.pem", SERVER, -1, 0},
        {"three authorities deep", "under-deep-chain.pem", "root.pem", SERVER, -1, 0},
        {"names inside", "under-names-in-chain.pem", "root.pem", SERVER, -1, 0},
        {"a self-signed one that is its own anchor", "self-signed.pem", NULL, SERVER, -1, 0},
        {"expired", "server-expired-chain.pem", "root.pem", SERVER, 0, SSPI_CHECK_TIME},
        {"not yet valid", "server-notyet-chain.pem", "root.pem", SERVER, 0, SSPI_CHECK_TIME},
        {"an authority that expired", "under-expired-ca-chain.pem", "root.pem", SERVER, 1, SSPI_CHECK_TIME},
        {"under another root", "server-ecdsa-chain.pem", "other-root.pem", SERVER, -2, SSPI_CHECK_SIGNATURE},
        {"no intermediate", "server-ecdsa.pem", "root.pem", SERVER, -2, SSPI_CHECK_SIGNATURE},
        {"issued by what is no authority", "under-leaf-chain.pem", "root.pem", SERVER, 1, SSPI_CHECK_BASIC},
        {"an authority without keyCertSign", "under-no-sign-chain.pem", "root.pem", SERVER, 1,
         SSPI_CHECK_BASIC},
        {"an authority without basicConstraints", "under-no-basic-chain.pem", "root.pem", SERVER, 1,
         SSPI_CHECK_BASIC},
        {"a path too long", "under-pathlen-chain.pem", "root.pem", SERVER, -2, SSPI_CHECK_BASIC},
        {"a name outside what is permitted", "under-names-out-chain.pem", "root.pem", SERVER, -2,
         SSPI_CHECK_NAMES},
        {"a name that is excluded", "under-names-not-chain.pem", "root.pem", SERVER, -2, SSPI_CHECK_NAMES},
        {"the wrong usage", "server-wrong-usage-chain.pem", "root.pem", SERVER, 0, SSPI_CHECK_USAGE},
        {"an authority for other usages", "under-client-ca-chain.pem", "root.pem", SERVER, -2,
         SSPI_CHECK_USAGE},
        {"a usage that nobody has", "server-ecdsa-chain.pem", "root.pem", CODE, 0, SSPI_CHECK_USAGE},
        {"an unknown critical extension", "server-critical-chain.pem", "root.pem", SERVER, 0,
         SSPI_CHECK_CRITICAL},
        {"a signature by MD5", "server-md5-chain.pem", "root.pem", SERVER, -2, SSPI_CHECK_WEAK},
    };
    for (size_t i = 0; i < sizeof list / sizeof *list; i++) {
        uint32_t fault[10], any = 0;
        use(list[i].chain, list[i].anchor);
        struct sspi_chain_result r = judge(m, ALL, list[i].usage, (int64_t)time(NULL), NULL, fault);
        for (unsigned j = 0; j < count; j++)
            any |= fault[j];
        uint32_t want = list[i].fault;
        int good;
        if (!want)
            good = !any && (r.judged & SSPI_CHECK_SIGNATURE);
        else /* found, at its place; or not judged, so that the core does it or refuses */
            good = (list[i].at >= 0 ? (fault[list[i].at] & want) != 0 : (any & want) != 0) ||
                   !(r.judged & want) ||
                   ((want & SSPI_CHECK_WEAK) && (any & (SSPI_CHECK_SIGNATURE | SSPI_CHECK_OTHER)));
        if (!good)
            show(&r, fault);
        kit_ok(good, "%s: chain_check, %s: %s", m->name, list[i].name, want ? "refused" : "good");
    }
}

/* A path is judged as it is given: not another that could be made of the same certificates. */
static void strange(const struct kit_module *m)
{
    static const char *const names[] = {"a stranger in it", "its authorities in the wrong order",
                                        "one authority twice", "the leaf twice"};
    for (int i = 0; i < 4; i++) {
        uint32_t fault[10], any = 0;
        if (i == 0 || i == 2 || i == 3) {
            use("server-ecdsa-chain.pem", "root.pem"); /* leaf, intermediate, root */
            path[3] = path[2];
            if (i == 0)
                kit_pem("rsa-ca.pem", "CERTIFICATE", &path[2], 1);
            else if (i == 2)
                path[2] = path[1];
            else {
                path[2] = path[1];
                path[1] = path[0];
            }
            count = 4;
        } else {
            use("under-deep-chain.pem", "root.pem");
            struct sspi_bytes other = path[1];
            path[1] = path[2];
            path[2] = other;
        }
        struct sspi_chain_result r = judge(m, ALL, SERVER, (int64_t)time(NULL), NULL, fault);
        for (unsigned j = 0; j < count; j++)
            any |= fault[j];
        if (!any && (r.judged & SSPI_CHECK_SIGNATURE))
            show(&r, fault);
        kit_ok(any || !(r.judged & SSPI_CHECK_SIGNATURE), "%s: chain_check: a path with %s is not good",
               m->name, names[i]);
    }
}

/* Any octet of any certificate changed: the path falls, or does not parse. */
static void forged(const struct kit_module *m)
{
    unsigned bad = 0, tried = 0;
    for (unsigned which = 0; which < 2; which++)
        for (size_t at = 0; at < 600; at += 23) {
            uint32_t fault[10], any = 0;
            use("server-ecdsa-chain.pem", "root.pem");
            if (at >= path[which].len)
                continue;
            uint8_t *copy = malloc(path[which].len);
            memcpy(copy, path[which].ptr, path[which].len);
            copy[at] ^= 0x01;
            path[which].ptr = copy;
            struct sspi_chain_result r = judge(m, ALL, SERVER, (int64_t)time(NULL), NULL, fault);
            for (unsigned j = 0; j < count; j++)
                any |= fault[j];
            tried++;
            if (!any && (r.judged & SSPI_CHECK_SIGNATURE)) {
                diag("octet %zu of certificate %u", at, which);
                bad++;
            }
            free(copy);
        }
    kit_ok(tried > 20 && !bad, "%s: chain_check: none of %u forged paths is taken for good", m->name, tried);
}

static void times(const struct kit_module *m)
{
    uint32_t fault[10];
    use("server-expired-chain.pem", "root.pem");
    /* In 2020 the leaf was good, its issuers did not exist. */
    struct sspi_chain_result r = judge(m, ALL, SERVER, 1600000000, NULL, fault);
    int good =
        !(r.judged & SSPI_CHECK_TIME) || (!(fault[0] & SSPI_CHECK_TIME) && (fault[1] & SSPI_CHECK_TIME));
    if (!good)
        show(&r, fault);
    r = judge(m, ALL & ~(uint32_t)SSPI_CHECK_TIME, SERVER, (int64_t)time(NULL), NULL, fault);
    if ((fault[0] | fault[1] | fault[2]) != 0) {
        show(&r, fault);
        good = 0;
    }
    kit_ok(good, "%s: chain_check: the time is the one that is given, and counts only when asked for",
           m->name);
}

static void revocation(const struct kit_module *m)
{
    static const char *const both[] = {"intermediate.crl", "root.crl", NULL}, *const none[] = {NULL},
                             *const one[] = {"root.crl", NULL};
    static const struct {
        const char *name, *chain;
        const char *const *crls;
        uint32_t leaf;
    } list[] = {
        {"a server that its issuer took back", "server-revoked-chain.pem", both, SSPI_CHECK_REVOKED},
        {"one that it did not", "server-ecdsa-chain.pem", both, 0},
        {"no list", "server-ecdsa-chain.pem", none, SSPI_CHECK_REVOCATION_UNKNOWN},
        {"no list of the leaf's issuer", "server-revoked-chain.pem", one, SSPI_CHECK_REVOCATION_UNKNOWN},
    };
    for (size_t i = 0; i < 4; i++) {
        uint32_t fault[10];
        use(list[i].chain, "root.pem");
        struct sspi_chain_result r =
            judge(m, ALL | REVOCATION, SERVER, (int64_t)time(NULL), list[i].crls, fault);
        int good = (fault[0] & REVOCATION) == list[i].leaf;
        if (list[i].leaf == 0)
            good = good && !fault[0] && !fault[1] && !fault[2];
        if ((list[i].leaf & SSPI_CHECK_REVOKED) && !(r.judged & SSPI_CHECK_REVOKED))
            good = 1;
        if (list[i].leaf & SSPI_CHECK_REVOCATION_UNKNOWN) /* unknown, told as such or as not judged */
            good = good || (r.judged & REVOCATION) != REVOCATION;
        if (!good)
            show(&r, fault);
        kit_ok(good, "%s: chain_check, revocation: %s", m->name, list[i].name);
    }
}

static void stapled(const struct kit_module *m)
{
    static const char *const none[] = {NULL};
    static const struct {
        const char *name, *chain, *staple;
        uint32_t leaf;
        int64_t later; /* seconds */
    } list[] = {
        {"good", "server-ecdsa-chain.pem", "server-ecdsa.ocsp", 0, 0},
        {"revoked", "server-revoked-chain.pem", "server-revoked.ocsp", SSPI_CHECK_REVOKED, 0},
        {"another's", "server-revoked-chain.pem", "server-ecdsa.ocsp", SSPI_CHECK_REVOCATION_UNKNOWN, 0},
        {"of another issuer's", "server-direct-chain.pem", "server-ecdsa.ocsp", SSPI_CHECK_REVOCATION_UNKNOWN,
         0},
        {"not yet valid", "server-ecdsa-chain.pem", "server-ecdsa.ocsp", SSPI_CHECK_REVOCATION_UNKNOWN,
         -86400},
        {"stale", "server-ecdsa-chain.pem", "server-ecdsa.ocsp", SSPI_CHECK_REVOCATION_UNKNOWN,
         INT64_C(86400) * 3655},
        {"no answer at all", "server-ecdsa-chain.pem", "root.der", SSPI_CHECK_REVOCATION_UNKNOWN, 0},
    };
    for (size_t i = 0; i < sizeof list / sizeof *list; i++) {
        uint32_t fault[10];
        use(list[i].chain, "root.pem");
        staple = kit_file(list[i].staple);
        uint32_t checks = SSPI_CHECK_SIGNATURE | REVOCATION;
        struct sspi_chain_result r = judge(m, checks, NULL, (int64_t)time(NULL) + list[i].later, none, fault);
        /* Faulted, or not judged; a good answer may go unread, but never a bad one for a good one. */
        int known = (r.judged & REVOCATION) == REVOCATION, bad = (fault[0] & REVOCATION) != 0;
        int good = list[i].leaf ? bad || !known : !bad || !(fault[0] & SSPI_CHECK_REVOKED);
        if ((list[i].leaf & SSPI_CHECK_REVOCATION_UNKNOWN) && (fault[0] & SSPI_CHECK_REVOKED))
            good = 0;
        if (strcmp(m->name, "openssl") == 0) /* which reads them all */
            good = good && known && (fault[0] & REVOCATION) == list[i].leaf;
        if (!good)
            show(&r, fault);
        kit_ok(good, "%s: chain_check, stapled answer: %s", m->name, list[i].name);
    }
}

static void junk(const struct kit_module *m)
{
    static const uint8_t bytes[] = {0x30, 0x82, 0xff, 0xff, 0x30, 0x80};
    uint32_t fault[10];
    int good = 1;
    for (int i = 0; i < 4; i++) {
        use("server-ecdsa-chain.pem", "root.pem");
        if (i < 3)
            path[i] = (struct sspi_bytes){bytes, sizeof bytes};
        else
            count = 0;
        struct sspi_chain_result r = judge(m, ALL, SERVER, (int64_t)time(NULL), NULL, fault);
        if (r.judged && !fault[0] && !fault[1] && !fault[2])
            good = 0;
    }
    kit_ok(good, "%s: chain_check: junk at any place, or nothing, is not good", m->name);
}

int main(void)
{
    if (!kit_load())
        return skip_all("no provider is built");
    for (unsigned i = 0; i < kit_module_count; i++) {
        const struct kit_module *m = &kit_modules[i];
        if (!(m->caps & SSPI_CAP_CHAIN))
            continue;
        paths(m);
        strange(m);
        forged(m);
        times(m);
        revocation(m);
        stapled(m);
        junk(m);
    }
    return kit_done();
}
