/* SPDX-License-Identifier: MIT
 *
 * t/judge -- judges the chains that a script feeds it, one case after another, by cert_judge.  Lines:
 *   provider NAME | time SECONDS | host NAME | usage OID | anchor BASE64 | cert BASE64 | crl BASE64 | go ID
 * "go" judges what was said since the last one and prints "ID good" or "ID bad WHY ALERT". */
#include <config.h>

#include "core/cert/cert.h"

#include <schannel.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <windows.h>

struct one {
    struct sspi_bytes cert[256];
    unsigned count;
    HCERTSTORE anchors;
    char host[512], usage[64];
    int64_t time;
    int crls;
};

static struct sspi_bytes octets(const char *base64)
{
    DWORD size = 0;
    BYTE *der = NULL;
    if (CryptStringToBinaryA(base64, 0, CRYPT_STRING_BASE64, NULL, &size, NULL, NULL) &&
        (der = malloc(size + 1)))
        CryptStringToBinaryA(base64, 0, CRYPT_STRING_BASE64, der, &size, NULL, NULL);
    return (struct sspi_bytes){der, der ? size : 0};
}

static void begin(struct one *o)
{
    for (unsigned i = 0; i < o->count; i++)
        free((void *)(uintptr_t)o->cert[i].ptr);
    CertCloseStore(o->anchors, 0);
    memset(o, 0, sizeof *o);
    o->anchors = CertOpenStore(CERT_STORE_PROV_MEMORY, 0, 0, 0, NULL);
}

static void judge(const struct provider *p, struct one *o, const char *id)
{
    struct cert_anchors *anchors = NULL;
    struct sspi_verdict verdict;
    if (cert_anchors_of_store(o->anchors, &anchors) != SEC_E_OK)
        exit(2);
    struct sspi_chain chain = {.size = sizeof chain, .count = o->count, .cert = o->cert};
    struct cert_judgement want = {.anchors = anchors,
                                  .server_name = o->host[0] ? o->host : NULL,
                                  .usage_oid = o->usage[0] ? o->usage : NULL,
                                  .time = o->time,
                                  .flags = o->crls ? SCH_CRED_REVOCATION_CHECK_CHAIN : 0};
    if (cert_judge(p, &chain, &want, &verdict) == 0)
        printf("%s good\n", id);
    else
        printf("%s bad %d %d\n", id, (int)verdict.why, verdict.alert);
    cert_anchors_release(anchors);
}

static void add(struct one *o, const char *kind, const char *base64)
{
    struct sspi_bytes der = octets(base64);
    if (!strcmp(kind, "cert") && o->count < 256) {
        o->cert[o->count++] = der;
        return;
    }
    if (!strcmp(kind, "anchor"))
        CertAddEncodedCertificateToStore(o->anchors, X509_ASN_ENCODING, der.ptr, (DWORD)der.len,
                                         CERT_STORE_ADD_ALWAYS, NULL);
    PCCRL_CONTEXT crl =
        strcmp(kind, "crl") ? NULL : CertCreateCRLContext(X509_ASN_ENCODING, der.ptr, (DWORD)der.len);
    if (crl)
        o->crls += CertAddCRLContextToStore(o->anchors, crl, CERT_STORE_ADD_ALWAYS, NULL);
    CertFreeCRLContext(crl);
    free((void *)(uintptr_t)der.ptr);
}

int main(void)
{
    static char line[1 << 20];
    const struct provider *p = provider_default();
    struct one o = {.count = 0};
    begin(&o);
    while (fgets(line, sizeof line, stdin)) {
        const char *why = NULL;
        line[strcspn(line, "\n")] = 0;
        char *word = strchr(line, ' ');
        if (!word)
            continue;
        *word++ = 0;
        if (!strcmp(line, "provider")) {
            if (!(p = provider_load(word, &why)))
                return fprintf(stderr, "%s: %s\n", word, why), 1;
        } else if (!strcmp(line, "time")) {
            o.time = strtoll(word, NULL, 10);
        } else if (!strcmp(line, "host")) {
            snprintf(o.host, sizeof o.host, "%s", word);
        } else if (!strcmp(line, "usage")) {
            snprintf(o.usage, sizeof o.usage, "%s", word);
        } else if (!strcmp(line, "go")) {
            judge(p, &o, word);
            begin(&o);
        } else {
            add(&o, line, word);
        }
    }
    begin(&o);
    CertCloseStore(o.anchors, 0);
    return 0;
}
