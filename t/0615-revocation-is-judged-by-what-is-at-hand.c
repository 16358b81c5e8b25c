/* SPDX-License-Identifier: MIT
 *
 * D10: lists from stores and folders and stapled answers, with both settings of `revocation`, the same by
 * each provider. */
#include <config.h>

#include "core/cert/cert.h"

#include <schannel.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "t/cert-kit.h"
#include "t/sandbox.h"

#define SERVER_AUTH "1.3.6.1.5.5.7.3.1"
#define CHAIN       SCH_CRED_REVOCATION_CHECK_CHAIN
#define EXCLUDE     SCH_CRED_REVOCATION_CHECK_CHAIN_EXCLUDE_ROOT
#define LEAF        SCH_CRED_REVOCATION_CHECK_END_CERT
#define SOFT_NO     SCH_CRED_IGNORE_NO_REVOCATION_CHECK
#define SOFT_OFF    SCH_CRED_IGNORE_REVOCATION_OFFLINE
#define GOOD        SSPI_WHY_NONE
#define REVOKED     SSPI_WHY_CERT_REVOKED
#define NO_CHECK    SSPI_WHY_CERT_NO_REVOCATION_CHECK
#define OFFLINE     SSPI_WHY_CERT_REVOCATION_OFFLINE
#define BOTH        "root.crl intermediate.crl"

/* lists: put into the folder; staple: a file of t/pki. */
static const struct row {
    const char *cert, *lists, *staple;
    ULONG flags;
    enum sspi_why available, require;
} rows[] = {
    /* nobody asked */
    {"server-revoked", BOTH, NULL, 0, GOOD, GOOD},
    {"server-ecdsa", "", NULL, 0, GOOD, GOOD},
    {"server-revoked", BOTH, NULL, SOFT_NO | SOFT_OFF, GOOD, GOOD},
    /* nothing there */
    {"server-ecdsa", "", NULL, CHAIN, GOOD, NO_CHECK},
    {"server-points", "", NULL, CHAIN, GOOD, OFFLINE},
    {"server-ecdsa", "", NULL, LEAF, GOOD, NO_CHECK},
    {"server-points", "", NULL, LEAF, GOOD, OFFLINE},
    {"server-ecdsa", "", NULL, CHAIN | SOFT_NO, GOOD, GOOD},
    {"server-ecdsa", "", NULL, CHAIN | SOFT_OFF, GOOD, NO_CHECK},
    {"server-points", "", NULL, LEAF | SOFT_OFF, GOOD, GOOD},
    {"server-points", "", NULL, LEAF | SOFT_NO, GOOD, OFFLINE},
    {"server-points", "", NULL, CHAIN | SOFT_OFF, GOOD, NO_CHECK}, /* the intermediate names no source */
    {"server-points", "", NULL, CHAIN | SOFT_OFF | SOFT_NO, GOOD, GOOD},
    /* lists */
    {"server-ecdsa", BOTH, NULL, CHAIN, GOOD, GOOD},
    {"server-ecdsa", BOTH, NULL, EXCLUDE, GOOD, GOOD},
    {"server-ecdsa", "intermediate.crl", NULL, LEAF, GOOD, GOOD},
    {"server-ecdsa", "intermediate.crl", NULL, CHAIN, GOOD, NO_CHECK}, /* the intermediate is unknown */
    {"server-ecdsa", "root.crl", NULL, CHAIN, GOOD, NO_CHECK},
    {"server-revoked", BOTH, NULL, CHAIN, REVOKED, REVOKED},
    {"server-revoked", BOTH, NULL, EXCLUDE, REVOKED, REVOKED},
    {"server-revoked", BOTH, NULL, LEAF, REVOKED, REVOKED},
    {"server-revoked", BOTH, NULL, CHAIN | SOFT_NO | SOFT_OFF, REVOKED, REVOKED},
    {"server-revoked", "intermediate.crl", NULL, CHAIN, REVOKED, REVOKED},
    {"server-revoked", "root.crl", NULL, CHAIN, GOOD, NO_CHECK},
    /* lists that do not tell who is not revoked, and still tell who is */
    {"server-ecdsa", "stale.crl", NULL, LEAF, GOOD, NO_CHECK},
    {"server-ecdsa", "early.crl", NULL, LEAF, GOOD, NO_CHECK},
    {"server-ecdsa", "delta.crl", NULL, LEAF, GOOD, NO_CHECK},
    {"server-ecdsa", "strange.crl", NULL, LEAF, GOOD, NO_CHECK},
    {"server-ecdsa", "indirect.crl", NULL, LEAF, GOOD, NO_CHECK},
    {"server-ecdsa", "points.crl", NULL, LEAF, GOOD, NO_CHECK}, /* of other certificates */
    {"server-points", "points.crl", NULL, LEAF, GOOD, GOOD},
    {"server-ecdsa", "foreign.crl", NULL, LEAF, GOOD, NO_CHECK},
    {"server-revoked", "foreign.crl", NULL, LEAF, GOOD, NO_CHECK}, /* anybody can write that */
    {"server-revoked", "stale.crl", NULL, LEAF, REVOKED, REVOKED},
    {"server-revoked", "delta.crl", NULL, LEAF, REVOKED, REVOKED},
    {"server-revoked", "points.crl", NULL, LEAF, REVOKED, REVOKED},
    {"server-revoked", "indirect.crl", NULL, LEAF, GOOD, NO_CHECK},
    {"server-revoked", "strange.crl", NULL, LEAF, GOOD, NO_CHECK},
    {"server-revoked", "foreign.crl intermediate.crl", NULL, LEAF, REVOKED, REVOKED},
    {"server-ecdsa", "stale.crl foreign.crl intermediate.crl", NULL, LEAF, GOOD, GOOD},
    /* files that are no list, beside one that is */
    {"server-revoked", "root.der dh.pem intermediate.crl", NULL, LEAF, REVOKED, REVOKED},
    /* stapled answers */
    {"server-ecdsa", "", "server-ecdsa.ocsp", LEAF, GOOD, GOOD},
    {"server-ecdsa", "root.crl", "server-ecdsa.ocsp", CHAIN, GOOD, GOOD},
    {"server-ecdsa", "", "server-ecdsa.ocsp", CHAIN, GOOD, NO_CHECK},
    {"server-ecdsa", "", "delegate.ocsp", LEAF, GOOD, GOOD},
    {"server-ecdsa", "", "stranger.ocsp", LEAF, GOOD, NO_CHECK},
    {"server-ecdsa", "", "root.der", LEAF, GOOD, NO_CHECK},
    {"server-a", "", "server-ecdsa.ocsp", LEAF, GOOD, NO_CHECK},
    {"server-direct", "", "server-ecdsa.ocsp", LEAF, GOOD, NO_CHECK},
    {"server-revoked", "", "server-revoked.ocsp", LEAF, REVOKED, REVOKED},
    {"server-revoked", "", "server-revoked.ocsp", 0, GOOD, GOOD},
    {"server-revoked", "intermediate.crl", "server-ecdsa.ocsp", LEAF, REVOKED, REVOKED},
};

struct asked {
    const char *provider;
    const struct row *row;
    int in_store;   /* lists in the anchors' store instead of the folder */
    unsigned spoil; /* this octet of the staple, counted from the end, is changed; 0: none */
};

static int present(const char *cert, struct sspi_bytes *out)
{
    char file[80];
    int count = 0;
    snprintf(file, sizeof file, "%s-chain.pem", cert);
    HCERTSTORE store = open_pki(file);
    for (PCCERT_CONTEXT c = NULL; (c = CertEnumCertificatesInStore(store, c)) && count < 8;) {
        uint8_t *copy = malloc(c->cbCertEncoded);
        memcpy(copy, c->pbCertEncoded, c->cbCertEncoded);
        out[count++] = (struct sspi_bytes){copy, c->cbCertEncoded};
    }
    CertCloseStore(store, 0);
    return count;
}

static void add_lists(HCERTSTORE store, const char *names)
{
    char list[200], *state = NULL;
    snprintf(list, sizeof list, "%s", names);
    for (char *name = strtok_r(list, " ", &state); name; name = strtok_r(NULL, " ", &state)) {
        struct sspi_bytes text = slurp(pki(name));
        static BYTE der[1 << 16];
        DWORD len = sizeof der;
        if (!CryptStringToBinaryA((const char *)text.ptr, (DWORD)text.len, CRYPT_STRING_BASE64HEADER, der,
                                  &len, NULL, NULL))
            continue;
        PCCRL_CONTEXT crl = CertCreateCRLContext(X509_ASN_ENCODING, der, len);
        if (crl)
            CertAddCRLContextToStore(store, crl, CERT_STORE_ADD_ALWAYS, NULL);
        CertFreeCRLContext(crl);
    }
}

static void judge(const struct asked *asked, FILE *out)
{
    struct sspi_bytes cert[8];
    struct sspi_verdict verdict;
    struct cert_anchors *anchors = NULL;
    const char *why = NULL;
    const struct provider *p = provider_load(asked->provider, &why);
    HCERTSTORE store = CertOpenStore(CERT_STORE_PROV_MEMORY, 0, 0, 0, NULL);
    PCCERT_CONTEXT root = first_of("root.pem");
    CertAddCertificateContextToStore(store, root, CERT_STORE_ADD_ALWAYS, NULL);
    if (asked->in_store)
        add_lists(store, asked->row->lists);
    struct sspi_chain chain = {.size = sizeof chain, .cert = cert};
    chain.count = (unsigned)present(asked->row->cert, cert);
    if (asked->row->staple)
        chain.staple = slurp(pki(asked->row->staple));
    if (asked->spoil && asked->spoil <= chain.staple.len)
        ((uint8_t *)(uintptr_t)chain.staple.ptr)[chain.staple.len - asked->spoil] ^= 0x10;
    struct cert_judgement want = {
        .usage_oid = SERVER_AUTH, .time = (int64_t)time(NULL), .flags = asked->row->flags};
    if (!p || cert_anchors_of_store(store, &anchors) != SEC_E_OK) {
        fprintf(out, "nothing: %s", why ? why : "no anchors");
        return;
    }
    want.anchors = anchors;
    int result = cert_judge(p, &chain, &want, &verdict);
    fprintf(out, "%d %d", result, (int)verdict.why);
}

static void shape(const struct sandbox *box, const char *lists, int require)
{
    char list[200], *state = NULL;
    snprintf(list, sizeof list, "rm -rf '%s'", sandbox_path(box, "conf/crls"));
    if (system(list) != 0)
        exit(99);
    sandbox_write(box, "conf/opensspi.conf",
                  require ? "[package Schannel]\nrevocation = require\n" : "[package Schannel]\n");
    sandbox_mkdir(box, "conf/crls");
    snprintf(list, sizeof list, "%s", lists);
    for (char *name = strtok_r(list, " ", &state); name; name = strtok_r(NULL, " ", &state)) {
        char to[80];
        snprintf(to, sizeof to, "conf/crls/%s", name);
        sandbox_copy(box, to, pki(name));
    }
}

/* In a child, since the configuration is read once per process. */
static void in_child(const struct sandbox *box, const struct asked *asked, char *text, size_t size)
{
    int ends[2];
    size_t used = 0;
    ssize_t got;
    fflush(stdout);
    pid_t child = pipe(ends) ? -1 : fork();
    if (child == 0) {
        FILE *out = fdopen(ends[1], "w");
        setenv("OPENSSPI_CONFDIR", sandbox_path(box, "conf"), 1);
        judge(asked, out);
        fflush(out);
        _exit(0);
    }
    close(ends[1]);
    while (child > 0 && used + 1 < size && (got = read(ends[0], text + used, size - 1 - used)) > 0)
        used += (size_t)got;
    text[used] = 0;
    close(ends[0]);
    waitpid(child, NULL, 0);
}

static int as_wanted(const struct sandbox *box, const struct asked *asked, enum sspi_why want)
{
    char text[200], expected[40];
    snprintf(expected, sizeof expected, "%d %d", want == GOOD ? 0 : -1, (int)want);
    in_child(box, asked, text, sizeof text);
    if (!strcmp(text, expected))
        return 1;
    diag("wanted %s, got %s", expected, text);
    return 0;
}

static void every_row(const struct sandbox *box, const char *provider)
{
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        for (int require = 0; require < 2; require++) {
            struct asked asked = {provider, &rows[i], 0, 0};
            enum sspi_why want = require ? rows[i].require : rows[i].available;
            shape(box, rows[i].lists, require);
            ok(as_wanted(box, &asked, want), "D10 K38 %s: %s, lists %s, staple %s, flags %#x, %s: %d",
               provider, rows[i].cert, rows[i].lists[0] ? rows[i].lists : "none",
               rows[i].staple ? rows[i].staple : "none", (unsigned)rows[i].flags,
               require ? "require" : "available", (int)want);
            if (!rows[i].lists[0] || strstr(rows[i].lists, "root.der"))
                continue;
            asked.in_store = 1;
            shape(box, "", require);
            ok(as_wanted(box, &asked, want), "D10 K38 %s: ... and with the lists in a store", provider);
        }
}

/* A good answer with any octet of it changed is no longer one. */
static void spoilt(const struct sandbox *box, const char *provider)
{
    static const struct row row = {"server-ecdsa", "", "server-ecdsa.ocsp", LEAF, GOOD, NO_CHECK};
    struct sspi_bytes whole = slurp(pki(row.staple));
    unsigned good = 0, tries = 0;
    shape(box, "", 1);
    for (unsigned at = 1; at <= whole.len; at += 11, tries++) {
        struct asked asked = {provider, &row, 0, at};
        char text[200];
        in_child(box, &asked, text, sizeof text);
        good += text[0] == '0';
    }
    free((void *)(uintptr_t)whole.ptr);
    ok(tries > 10 && !good, "D10 %s: a stapled answer with an octet changed tells nothing (%u tries)",
       provider, tries);
}

/* Another's list folder, one that others may write, a link that leads nowhere: not read. */
static void unsafe(const struct sandbox *box, const char *provider)
{
    static const struct row row = {"server-ecdsa", "intermediate.crl", NULL, LEAF, GOOD, NO_CHECK};
    struct asked asked = {provider, &row, 0, 0};
    shape(box, row.lists, 1);
    ok(as_wanted(box, &asked, GOOD), "D10 %s: the folder as it should be", provider);
    sandbox_chmod(box, "conf/crls", 0777);
    ok(as_wanted(box, &asked, NO_CHECK), "D10 %s: a folder that anybody may write is not read", provider);
    sandbox_chmod(box, "conf/crls", 0755);
    sandbox_chmod(box, "conf/crls/intermediate.crl", 0666);
    ok(as_wanted(box, &asked, NO_CHECK), "D10 %s: nor a file", provider);
}

int main(void)
{
    struct sandbox box;
    char names[256], *state = NULL;
    const char *list = getenv("PROVIDERS");
    sandbox_make(&box);
    snprintf(names, sizeof names, "%s", list ? list : "openssl");
    for (char *name = strtok_r(names, " ", &state); name; name = strtok_r(NULL, " ", &state)) {
        every_row(&box, name);
        spoilt(&box, name);
        unsafe(&box, name);
    }
    sandbox_remove(&box);
    return tap_done();
}
