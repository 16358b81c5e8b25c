/* SPDX-License-Identifier: MIT
 *
 * Certificates in words. */
#include <config.h>

#include "tools/certs.h"

#include <stdlib.h>
#include <string.h>

static void time_text(FILETIME when, char *out, size_t size)
{
    SYSTEMTIME t;
    if (FileTimeToSystemTime(&when, &t))
        snprintf(out, size, "%04u-%02u-%02uT%02u:%02u:%02uZ", t.wYear, t.wMonth, t.wDay, t.wHour, t.wMinute,
                 t.wSecond);
    else
        snprintf(out, size, "?");
}

static void hex(const BYTE *bytes, DWORD len, char *out, size_t size)
{
    out[0] = 0;
    for (DWORD i = 0; i < len && 2 * (size_t)i + 2 < size; i++)
        snprintf(out + 2 * i, 3, "%02x", bytes[i]);
}

static void hash_text(PCCERT_CONTEXT c, DWORD id, char *out, size_t size)
{
    BYTE hash[32];
    DWORD len = sizeof hash;
    out[0] = 0;
    if (CertGetCertificateContextProperty(c, id, hash, &len))
        hex(hash, len, out, size);
}

/* What ROOT says of its members (core/cert/system.c), and maybe a program of its own. */
void certs_origin(PCCERT_CONTEXT c, char *out, size_t size)
{
    WCHAR wide[96];
    DWORD len = sizeof wide - sizeof *wide;
    out[0] = 0;
    memset(wide, 0, sizeof wide);
    if (CertGetCertificateContextProperty(c, CERT_DESCRIPTION_PROP_ID, wide, &len) &&
        WideCharToMultiByte(CP_UTF8, 0, wide, -1, out, (int)size, NULL, NULL) <= 0)
        out[0] = 0;
}

void certs_text(PCCERT_CONTEXT c, struct certs_text *t)
{
    DWORD style = CERT_X500_NAME_STR;
    BYTE serial[40];
    DWORD len = c->pCertInfo->SerialNumber.cbData;
    memset(t, 0, sizeof *t);
    CertGetNameStringA(c, CERT_NAME_RDN_TYPE, 0, &style, t->subject, sizeof t->subject);
    CertGetNameStringA(c, CERT_NAME_RDN_TYPE, CERT_NAME_ISSUER_FLAG, &style, t->issuer, sizeof t->issuer);
    time_text(c->pCertInfo->NotBefore, t->from, sizeof t->from);
    time_text(c->pCertInfo->NotAfter, t->until, sizeof t->until);
    len = len > sizeof serial ? sizeof serial : len;
    for (DWORD i = 0; i < len; i++) /* Windows has it the other way round */
        serial[i] = c->pCertInfo->SerialNumber.pbData[len - 1 - i];
    hex(serial, len, t->serial, sizeof t->serial);
    hash_text(c, CERT_SHA1_HASH_PROP_ID, t->sha1, sizeof t->sha1);
    hash_text(c, CERT_SHA256_HASH_PROP_ID, t->sha256, sizeof t->sha256);
    certs_origin(c, t->origin, sizeof t->origin);
}

int certs_has_key(HCERTSTORE store, PCCERT_CONTEXT c)
{
    int found = 0;
    for (PCCERT_CONTEXT k = NULL;
         (k = CertFindCertificateInStore(store, X509_ASN_ENCODING, 0, CERT_FIND_HAS_PRIVATE_KEY, NULL, k)) !=
         NULL;)
        found |= k == c;
    return found;
}

/* Names are whoever's: what is not printable ASCII is shown as \xNN. */
static void put(const char *text)
{
    for (; *text; text++) {
        unsigned char b = (unsigned char)*text;
        if (b < 0x20 || b > 0x7e || b == '\\')
            printf("\\x%02x", b);
        else
            putchar(b);
    }
}

void certs_print(PCCERT_CONTEXT c, int key, const char *indent)
{
    struct certs_text t;
    certs_text(c, &t);
    printf("%s", indent);
    put(t.subject[0] ? t.subject : "(no subject)");
    printf("\n%s  issuer  ", indent);
    put(t.issuer);
    printf("\n%s  valid   %s to %s\n%s  serial  %s\n%s  sha1    %s\n%s  sha256  %s\n", indent, t.from,
           t.until, indent, t.serial, indent, t.sha1[0] ? t.sha1 : "-", indent, t.sha256[0] ? t.sha256 : "-");
    if (key >= 0)
        printf("%s  key     %s\n", indent, key ? "yes" : "no");
    if (t.origin[0]) {
        printf("%s  origin  ", indent);
        put(t.origin);
        printf("\n");
    }
}

static void member(const char *name, const char *value)
{
    printf("\"%s\": ", name);
    json_string(stdout, value);
    printf(", ");
}

void certs_json(PCCERT_CONTEXT c, int key)
{
    struct certs_text t;
    certs_text(c, &t);
    member("subject", t.subject);
    member("issuer", t.issuer);
    member("not_before", t.from);
    member("not_after", t.until);
    member("serial", t.serial);
    member("sha1", t.sha1);
    printf("\"sha256\": ");
    json_string(stdout, t.sha256);
    if (key >= 0)
        printf(", \"key\": %s", key ? "true" : "false");
    if (t.origin[0]) {
        printf(", \"origin\": ");
        json_string(stdout, t.origin);
    }
}

char *certs_pem(PCCERT_CONTEXT c)
{
    DWORD size = 0;
    const DWORD form = CRYPT_STRING_BASE64HEADER | CRYPT_STRING_NOCR;
    if (!CryptBinaryToStringA(c->pbCertEncoded, c->cbCertEncoded, form, NULL, &size))
        return NULL;
    char *text = malloc(size);
    if (text && !CryptBinaryToStringA(c->pbCertEncoded, c->cbCertEncoded, form, text, &size)) {
        free(text);
        text = NULL;
    }
    return text;
}
