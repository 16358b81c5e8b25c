/* SPDX-License-Identifier: MIT
 *
 * t/cert-kit.h -- what tests of certificates share: files of t/pki, read through the library itself. */
#ifndef T_CERT_KIT_H
#define T_CERT_KIT_H

#include "t/tap.h"

#include <opensspi/provider.h>
#include <windows.h>

/* t/pki/NAME of the build folder; static storage, four at a time. */
__attribute__((unused)) static const char *pki(const char *name)
{
    static char path[4][512];
    static unsigned turn;
    const char *top = getenv("top_builddir");
    char *out = path[turn++ % 4];
    snprintf(out, sizeof path[0], "%s/t/pki/%s", top ? top : ".", name);
    return out;
}

/* A whole file; malloc'd, with a NUL behind it. */
__attribute__((unused)) static struct sspi_bytes slurp(const char *path)
{
    FILE *f = fopen(path, "rb");
    uint8_t *bytes = malloc(1 << 20);
    size_t len = f && bytes ? fread(bytes, 1, (1 << 20) - 1, f) : 0;
    if (!len) {
        printf("Bail out! %s cannot be read\n", path);
        exit(99);
    }
    fclose(f);
    bytes[len] = 0;
    return (struct sspi_bytes){bytes, len};
}

__attribute__((unused)) static HCERTSTORE open_pki(const char *name)
{
    return CertOpenStore(CERT_STORE_PROV_FILENAME_A, X509_ASN_ENCODING, 0, CERT_STORE_READONLY_FLAG,
                         pki(name));
}

/* The first certificate of a file. */
__attribute__((unused)) static PCCERT_CONTEXT first_of(const char *name)
{
    HCERTSTORE store = open_pki(name);
    PCCERT_CONTEXT c = store ? CertEnumCertificatesInStore(store, NULL) : NULL;
    CertCloseStore(store, 0);
    return c;
}

#endif
