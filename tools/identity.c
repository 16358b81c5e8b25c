/* SPDX-License-Identifier: MIT */
#include <config.h>

#include "tools/identity.h"
#include "tools/serving.h"

#include <opensspi/extra.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <unistd.h>

#define FILE_MAX (1u << 20) /* a certificate file is a few KiB; a mistyped name may be anything */

/* What lies on a token has a URI (RFC 7512) instead of a file. */
static int identity_is_uri(const char *file)
{
    return file && strncmp(file, "pkcs11:", 7) == 0;
}

/* As messages name it: a URI may carry a PIN. */
static const char *identity_name(const char *file)
{
    return identity_is_uri(file) ? "the pkcs11: URI" : file;
}

static int identity_error(const struct identity_options *o, const char *file, const char *why)
{
    fprintf(stderr, "sspi %s: %s: %s\n", o->command, identity_name(file), why);
    return -1;
}

/* Appends the file to a blob, which may come to hold a key: free it with identity_wipe. */
static int identity_read(const struct identity_options *o, const char *file, CRYPT_DATA_BLOB *blob)
{
    FILE *f = fopen(file, "rb");
    BYTE *grown;
    size_t got;

    if (!f)
        return identity_error(o, file, strerror(errno));
    grown = malloc(blob->cbData + FILE_MAX + 2);
    if (!grown) {
        fclose(f);
        return identity_error(o, file, "not enough memory");
    }
    if (blob->cbData) {
        memcpy(grown, blob->pbData, blob->cbData);
        SecureZeroMemory(blob->pbData, blob->cbData);
    }
    free(blob->pbData);
    blob->pbData = grown;
    got = fread(grown + blob->cbData, 1, FILE_MAX + 1, f);
    if (ferror(f) || got > FILE_MAX) {
        int failed = ferror(f);
        fclose(f);
        return identity_error(o, file,
                              failed ? "cannot be read" : "longer than 1 MiB: not a certificate file");
    }
    fclose(f);
    blob->cbData += (DWORD)got;
    grown[blob->cbData++] = '\n'; /* so that the next file starts on a line of its own */
    return 0;
}

static void identity_wipe(CRYPT_DATA_BLOB *blob)
{
    if (blob->pbData)
        SecureZeroMemory(blob->pbData, blob->cbData);
    free(blob->pbData);
    blob->pbData = NULL;
    blob->cbData = 0;
}

const char *identity_status(SECURITY_STATUS status, char *out, size_t size)
{
    char text[160] = "";
    DWORD length = FormatMessageA(FORMAT_MESSAGE_FROM_SYSTEM | FORMAT_MESSAGE_IGNORE_INSERTS, NULL,
                                  (DWORD)status, 0, text, sizeof text, NULL);

    while (length && (text[length - 1] == '\n' || text[length - 1] == '\r'))
        text[--length] = '\0';
    snprintf(out, size, "0x%08X%s%s", (unsigned)status, length ? " " : "", text);
    return out;
}

/* The first certificate of the store, told where its key is. */
static PCCERT_CONTEXT identity_on_token(HCERTSTORE store, const char *uri)
{
    WCHAR wide[1100] = {0};
    CRYPT_KEY_PROV_INFO info = {.pwszContainerName = wide};
    PCCERT_CONTEXT certificate = CertEnumCertificatesInStore(store, NULL);

    if (certificate &&
        (MultiByteToWideChar(CP_UTF8, 0, uri, -1, wide, 1100) <= 0 ||
         !CertSetCertificateContextProperty(certificate, CERT_KEY_PROV_INFO_PROP_ID, 0, &info))) {
        CertFreeCertificateContext(certificate);
        certificate = NULL;
    }
    SecureZeroMemory(wide, sizeof wide); /* it may carry a PIN */
    return certificate;
}

/* The certificate comes with those that issued it, as far as they are on its token, and knows that its key is
 * the same URI's, unless --key names another. */
static int identity_store_token(struct identity *id, const struct identity_options *o)
{
    char text[200];

    if (o->key && !identity_is_uri(o->key))
        return identity_error(o, o->key, "the key of a certificate on a token is on one too: a pkcs11: URI");
    id->store = CertOpenStore(CERT_STORE_PROV_FILENAME_A, X509_ASN_ENCODING, 0, 0, o->cert);
    return id->store ? 0
                     : identity_error(o, o->cert,
                                      identity_status((SECURITY_STATUS)GetLastError(), text, sizeof text));
}

/* PEM files go in as one blob through our own store provider; a PFX through PFXImportCertStore. */
static int identity_store_pem(struct identity *id, const struct identity_options *o)
{
    CRYPT_DATA_BLOB blob = {0, NULL};
    char text[200];
    int rc = identity_read(o, o->cert, &blob);

    if (rc == 0 && o->key && !identity_is_uri(o->key))
        rc = identity_read(o, o->key, &blob);
    if (rc == 0) {
        id->store = CertOpenStore(OPENSSPI_CERT_STORE_PROV_PEM, 0, 0, 0, &blob);
        if (!id->store)
            rc = identity_error(o, o->cert,
                                GetLastError() == (DWORD)CRYPT_E_NO_MATCH
                                    ? "holds no certificate"
                                    : identity_status((SECURITY_STATUS)GetLastError(), text, sizeof text));
    }
    identity_wipe(&blob);
    return rc;
}

static int identity_store_pfx(struct identity *id, const struct identity_options *o)
{
    CRYPT_DATA_BLOB blob = {0, NULL}, password = {0, NULL};
    WCHAR wide[256] = {0};
    char text[200];
    size_t i;
    int rc = identity_read(o, o->pfx, &blob);

    if (rc == 0 && o->password_file)
        rc = identity_read(o, o->password_file, &password);
    if (rc == 0) {
        int length;
        for (i = 0; i < password.cbData && password.pbData[i] != '\n' && password.pbData[i] != '\r'; i++)
            ;
        length = i ? MultiByteToWideChar(CP_UTF8, 0, (const char *)password.pbData, (int)i, wide, 255) : 0;
        if (i && length <= 0)
            rc = identity_error(o, o->password_file, "not UTF-8, or longer than 255 characters");
    }
    if (rc == 0) {
        blob.cbData--; /* the newline that identity_read put there */
        id->store = PFXImportCertStore(&blob, wide, 0);
        if (!id->store)
            rc = identity_error(o, o->pfx,
                                identity_status((SECURITY_STATUS)GetLastError(), text, sizeof text));
    }
    SecureZeroMemory(wide, sizeof wide);
    identity_wipe(&password);
    identity_wipe(&blob);
    return rc;
}

static int identity_roots(struct identity *id, const struct identity_options *o)
{
    CRYPT_DATA_BLOB blob = {0, NULL};
    PCCERT_CONTEXT first = NULL;
    char text[200];
    int rc = identity_read(o, o->ca, &blob);

    if (rc == 0) {
        id->roots = CertOpenStore(OPENSSPI_CERT_STORE_PROV_PEM, 0, 0, 0, &blob);
        if (!id->roots)
            rc =
                identity_error(o, o->ca, identity_status((SECURITY_STATUS)GetLastError(), text, sizeof text));
        else if (!(first = CertEnumCertificatesInStore(id->roots, NULL)))
            rc = identity_error(o, o->ca, "holds no certificate");
        if (first)
            CertFreeCertificateContext(first);
    }
    identity_wipe(&blob);
    return rc;
}

static int identity_store(struct identity *id, const struct identity_options *o)
{
    if (o->pfx)
        return identity_store_pfx(id, o);
    return identity_is_uri(o->cert) ? identity_store_token(id, o) : identity_store_pem(id, o);
}

static int identity_certificate(struct identity *id, const struct identity_options *o)
{
    const char *file = o->pfx ? o->pfx : o->cert;

    if (identity_store(id, o) != 0)
        return -1;
    if (identity_is_uri(o->key))
        id->certificate = identity_on_token(id->store, o->key);
    else
        id->certificate = CertFindCertificateInStore(id->store, X509_ASN_ENCODING, 0,
                                                     CERT_FIND_HAS_PRIVATE_KEY, NULL, NULL);
    if (!id->certificate)
        return identity_error(o, file,
                              o->key || o->pfx ? "holds no certificate that the private key belongs to"
                                               : "holds no private key: name it with --key");
    return 0;
}

static int identity_acquire(struct identity *id, const struct identity_options *o, ULONG use)
{
    TLS_PARAMETERS parameters = {0};
    SCH_CREDENTIALS auth = {0};
    char package[128], text[200];
    SECURITY_STATUS status;

    auth.dwVersion = SCH_CREDENTIALS_VERSION;
    auth.cCreds = id->certificate ? 1 : 0;
    auth.paCred = &id->certificate;
    auth.hRootStore = id->roots;
    auth.dwFlags = o->flags;
    if (o->tls) {
        auth.cTlsParameters = 1;
        auth.pTlsParameters = &parameters;
        parameters.grbitDisabledProtocols =
            (DWORD) ~(strcmp(o->tls, "1.3") == 0 ? SP_PROT_TLS1_3_SERVER | SP_PROT_TLS1_3_CLIENT
                                                 : SP_PROT_TLS1_2_SERVER | SP_PROT_TLS1_2_CLIENT);
    }
    snprintf(package, sizeof package, "Schannel%s%s", o->provider ? ":" : "", o->provider ? o->provider : "");
    status = AcquireCredentialsHandleA(NULL, package, use, NULL, &auth, NULL, NULL, &id->credential, NULL);
    if (status != SEC_E_OK) {
        if (!serving_refusal(o->command, o->provider))
            fprintf(stderr, "sspi %s: no credential%s%s: %s\n", o->command,
                    o->provider ? " from provider " : "", o->provider ? o->provider : "",
                    identity_status(status, text, sizeof text));
        return -1;
    }
    id->have_credential = 1;
    return 0;
}

/* One write per line: lines of several processes do not mix in a file opened for appending. */
static void identity_keylog_line(void *user, const char *line)
{
    const struct identity *id = user;
    char text[512];
    int length = snprintf(text, sizeof text, "%s\n", line);

    if (length > 0 && (size_t)length < sizeof text && write(id->keylog, text, (size_t)length) != length)
        perror("sspi: key log");
    SecureZeroMemory(text, sizeof text);
}

static int identity_keylog(struct identity *id, const struct identity_options *o)
{
    OPENSSPI_KEYLOG log = {sizeof log, identity_keylog_line, id};
    char text[200];
    SECURITY_STATUS status;

    if (getauxval(AT_SECURE))
        return identity_error(o, o->keylog, "no key log in a setuid program");
    id->keylog = open(o->keylog, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (id->keylog < 0)
        return identity_error(o, o->keylog, strerror(errno));
    status = SetCredentialsAttributesA(&id->credential, OPENSSPI_CRED_ATTR_KEYLOG, &log, sizeof log);
    if (status != SEC_E_OK)
        return identity_error(o, o->keylog, identity_status(status, text, sizeof text));
    return 0;
}

int identity_open(struct identity *id, const struct identity_options *o, ULONG use)
{
    memset(id, 0, sizeof *id);
    id->keylog = -1;
    if (((o->cert || o->pfx) && identity_certificate(id, o) != 0) || (o->ca && identity_roots(id, o) != 0) ||
        identity_acquire(id, o, use) != 0 || (o->keylog && identity_keylog(id, o) != 0)) {
        identity_close(id);
        return -1;
    }
    return 0;
}

void identity_close(struct identity *id)
{
    if (id->have_credential)
        FreeCredentialsHandle(&id->credential);
    if (id->certificate)
        CertFreeCertificateContext(id->certificate);
    if (id->store)
        CertCloseStore(id->store, 0);
    if (id->roots)
        CertCloseStore(id->roots, 0);
    if (id->keylog >= 0)
        close(id->keylog);
    memset(id, 0, sizeof *id);
    id->keylog = -1;
}
