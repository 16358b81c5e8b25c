/* SPDX-License-Identifier: MIT
 *
 * sspi certs import -- a file into a store.  What is written is checked first, and is there whole or not at all. */
#include <config.h>

#include "tools/certs.h"

#include "core/cert/place.h"
#include "core/provider.h"

#include <opensspi/extra.h>

#include <stdlib.h>
#include <string.h>
#include <strings.h>

struct material { /* PEM text, the private key in it too: wiped */
    char *text;
    size_t len, room;
    int failed;
};

static int room_for(struct material *m, size_t more)
{
    if (m->room - m->len > more)
        return 0;
    size_t room = 2 * (m->len + more) + 4096;
    char *fresh = malloc(room);
    if (!fresh) {
        m->failed = 1;
        return -1;
    }
    if (m->len)
        memcpy(fresh, m->text, m->len);
    if (m->text)
        SecureZeroMemory(m->text, m->room);
    free(m->text);
    m->text = fresh;
    m->room = room;
    return 0;
}

static void append(struct material *m, const void *bytes, size_t len)
{
    if (m->failed || room_for(m, len + 1))
        return;
    memcpy(m->text + m->len, bytes, len);
    m->len += len;
    m->text[m->len] = 0;
}

static void append_der(struct material *m, struct sspi_bytes der, const char *label)
{
    char line[80];
    DWORD size = 0;
    const DWORD form = CRYPT_STRING_BASE64 | CRYPT_STRING_NOCR;
    if (!CryptBinaryToStringA(der.ptr, (DWORD)der.len, form, NULL, &size) || room_for(m, size + 1)) {
        m->failed = 1;
        return;
    }
    append(m, line, (size_t)snprintf(line, sizeof line, "-----BEGIN %s-----\n", label));
    if (m->failed || room_for(m, size + 1))
        return;
    if (CryptBinaryToStringA(der.ptr, (DWORD)der.len, form, m->text + m->len, &size))
        m->len += size;
    append(m, line, (size_t)snprintf(line, sizeof line, "-----END %s-----\n", label));
}

static void wipe(struct material *m)
{
    if (m->text)
        SecureZeroMemory(m->text, m->room);
    free(m->text);
}

/* ---- PKCS#12, opened by a provider ---- */

static int take(void *ctx, enum sspi_item item, struct sspi_bytes der)
{
    struct material *m = ctx;
    append_der(m, der, item == SSPI_ITEM_KEY ? "PRIVATE KEY" : "CERTIFICATE");
    return m->failed ? -1 : 0;
}

static int open_pkcs12(const struct certs_options *o, struct sspi_bytes bytes, struct material *m)
{
    const struct provider *p = NULL;
    struct sspi_failure failure = {SSPI_WHY_NONE, 0, 0, 0, 0, NULL};
    unsigned char *password = NULL;
    size_t len = 0;
    if (o->password_file && !(password = certs_read(o->password_file, &len)))
        return -1;
    if (password)
        password[strcspn((char *)password, "\r\n")] = 0;
    int result = -1;
    if (provider_select(NULL, SSPI_CAP_IMPORT, &p) != SEC_E_OK) {
        certs_failed("%s: no provider can read PKCS#12", o->words[0]);
    } else {
        struct sspi_import job = {sizeof job, bytes, password ? (char *)password : "", {m, take}};
        if (p->api.cred_import(&job, &failure) == SSPI_OK && !m->failed)
            result = 0;
        else if (failure.why == SSPI_WHY_WRONG_PASSWORD)
            certs_failed("%s: the password does not open it: --password-file names the file with the right one",
                         o->words[0]);
        else
            certs_failed("%s: cannot be read as PKCS#12", o->words[0]);
    }
    if (password)
        SecureZeroMemory(password, len);
    free(password);
    return result;
}

/* ---- what was given, as PEM ---- */

static int read_files(const struct certs_options *o, struct material *m)
{
    size_t len = 0, key_len = 0;
    unsigned char *bytes = certs_read(o->words[0], &len), *key = NULL;
    const char *dot = strrchr(o->words[0], '.');
    int result = bytes ? 0 : -1, pfx = dot && (!strcasecmp(dot, ".pfx") || !strcasecmp(dot, ".p12"));
    if (bytes && pfx) {
        result = open_pkcs12(o, (struct sspi_bytes){bytes, len}, m);
    } else if (bytes && len && bytes[0] == 0x30) {
        append_der(m, (struct sspi_bytes){bytes, len}, "CERTIFICATE");
    } else if (bytes) {
        append(m, bytes, len);
        append(m, "\n", 1);
    }
    if (!result && o->key && !(key = certs_read(o->key, &key_len)))
        result = -1;
    if (key) {
        append(m, key, key_len);
        append(m, "\n", 1);
        SecureZeroMemory(key, key_len);
    }
    if (bytes)
        SecureZeroMemory(bytes, len);
    free(bytes);
    free(key);
    if (!result && m->failed)
        result = certs_failed("not enough memory");
    return result ? -1 : 0;
}

static int put(const char *folder, PCCERT_CONTEXT c, const char *text, size_t len, mode_t mode)
{
    struct certs_text t;
    char name[80];
    certs_text(c, &t);
    if (!t.sha256[0])
        return certs_failed("no provider can hash: `sspi providers' says why");
    snprintf(name, sizeof name, "%s.pem", t.sha256);
    if (place_put(folder, name, (struct sspi_bytes){(const uint8_t *)text, len}, mode))
        return EXIT_FAILED; /* which the log has said, on stderr */
    printf("%s/%s\n", folder, name);
    return EXIT_DONE;
}

/* One file with everything: the key's certificate names it. */
static int import_identity(const struct certs_options *o, const char *folder, HCERTSTORE store,
                           const struct material *m)
{
    PCCERT_CONTEXT c =
        CertFindCertificateInStore(store, X509_ASN_ENCODING, 0, CERT_FIND_HAS_PRIVATE_KEY, NULL, NULL);
    if (!c)
        return certs_failed("%s: holds no private key: name its file with --key", o->words[0]);
    int result = put(folder, c, m->text, m->len, 0600);
    CertFreeCertificateContext(c);
    return result;
}

static int import_each(const struct certs_options *o, const char *folder, HCERTSTORE store)
{
    int result = EXIT_DONE;
    PCCERT_CONTEXT with_key =
        CertFindCertificateInStore(store, X509_ASN_ENCODING, 0, CERT_FIND_HAS_PRIVATE_KEY, NULL, NULL);
    if (with_key) {
        CertFreeCertificateContext(with_key);
        return certs_failed("%s: holds a private key, which belongs into MY: --store MY", o->words[0]);
    }
    for (PCCERT_CONTEXT c = NULL; (c = CertEnumCertificatesInStore(store, c)) != NULL;) {
        char *pem = certs_pem(c);
        if (!pem || put(folder, c, pem, strlen(pem), 0644) != EXIT_DONE)
            result = EXIT_FAILED;
        free(pem);
    }
    return result;
}

int certs_import(const struct certs_options *o)
{
    struct material m = {NULL, 0, 0, 0};
    int result = EXIT_FAILED;
    if (!o->store)
        return certs_failed("--store says into which store: MY, CA or ROOT");
    char *folder = certs_folder(o->store, o->machine);
    if (folder && !read_files(o, &m)) {
        CRYPT_DATA_BLOB blob = {(DWORD)m.len, (BYTE *)m.text};
        HCERTSTORE store = CertOpenStore(OPENSSPI_CERT_STORE_PROV_PEM, 0, 0, 0, &blob);
        if (!store)
            certs_failed_error(o->words[0]);
        else
            result = strcasecmp(o->store, "MY") ? import_each(o, folder, store) : import_identity(o, folder, store, &m);
        CertCloseStore(store, 0);
    }
    wipe(&m);
    free(folder);
    return result;
}
