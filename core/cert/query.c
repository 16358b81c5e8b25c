/* SPDX-License-Identifier: MIT
 *
 * CryptQueryObject: what is in a file or in bytes -- a certificate or a revocation list, in DER or PEM. */
#include <config.h>

#include "core/cert/open.h"
#include "core/cert/query.h"

#include "core/cert/base64.h"
#include "core/cert/file.h"
#include "core/utf.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <windows.h>

#define FILE_MAX (16u << 20)

struct answer {
    DWORD content, format;
    const void *context;
};

static int try_der(struct sspi_bytes der, const struct query *q, struct answer *out)
{
    if (der.len > UINT32_MAX)
        return 0;
    if (q->content & CERT_QUERY_CONTENT_FLAG_CERT &&
        (out->context = CertCreateCertificateContext(X509_ASN_ENCODING, der.ptr, (DWORD)der.len)) != NULL)
        out->content = CERT_QUERY_CONTENT_CERT;
    else if (q->content & CERT_QUERY_CONTENT_FLAG_CRL &&
             (out->context = CertCreateCRLContext(X509_ASN_ENCODING, der.ptr, (DWORD)der.len)) != NULL)
        out->content = CERT_QUERY_CONTENT_CRL;
    return out->context != NULL;
}

/* The first PEM block that is one of what is looked for, or base64 alone. */
static int try_text(struct sspi_bytes text, const struct query *q, struct answer *out)
{
    struct pem_block block;
    struct sspi_bytes in = text;
    uint8_t *der = malloc(BASE64_ROOM(text.len));
    size_t len;
    int found = 0, any = 0, more;
    while (der && !found && (more = pem_next(&in, &block)) != 0) {
        any = 1;
        found = more == 1 && !block.encrypted && !pem_decode(&block, der, &len) &&
                try_der((struct sspi_bytes){der, len}, q, out);
    }
    if (der && !found && !any)
        found = !base64_decode((const char *)text.ptr, text.len, der, &len) && len &&
                try_der((struct sspi_bytes){der, len}, q, out);
    free(der);
    return found;
}

static int look(struct sspi_bytes bytes, const struct query *q, struct answer *out)
{
    if (bytes.len && q->format & CERT_QUERY_FORMAT_FLAG_BINARY && try_der(bytes, q, out))
        out->format = CERT_QUERY_FORMAT_BINARY;
    else if (bytes.len && q->format & CERT_QUERY_FORMAT_FLAG_BASE64_ENCODED && try_text(bytes, q, out))
        out->format = CERT_QUERY_FORMAT_BASE64_ENCODED;
    return out->context ? 0 : -1;
}

static DWORD look_in_file(const void *path, unsigned bits, const struct query *q, struct answer *out)
{
    struct sspi_bytes bytes;
    int bad = 0;
    char *name = utf8_from_wide(path, bits, (size_t)-1, &bad);
    if (!name)
        return bad ? ERROR_NO_UNICODE_TRANSLATION : (DWORD)E_OUTOFMEMORY;
    int fd = open(name, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    free(name);
    if (fd < 0)
        return errno == EACCES ? ERROR_ACCESS_DENIED : ERROR_FILE_NOT_FOUND;
    const char *why = file_read(fd, FILE_MAX, &bytes);
    close(fd);
    if (why)
        return ERROR_READ_FAULT;
    int found = look(bytes, q, out);
    file_free(bytes);
    return found ? (DWORD)CRYPT_E_NO_MATCH : ERROR_SUCCESS;
}

static void free_context(const struct answer *a)
{
    if (a->content == CERT_QUERY_CONTENT_CERT)
        CertFreeCertificateContext(a->context);
    else if (a->content == CERT_QUERY_CONTENT_CRL)
        CertFreeCRLContext(a->context);
}

static HCERTSTORE store_with(const struct answer *a)
{
    HCERTSTORE store = store_new();
    if (store && !(a->content == CERT_QUERY_CONTENT_CERT
                       ? CertAddCertificateContextToStore(store, a->context, CERT_STORE_ADD_ALWAYS, NULL)
                       : CertAddCRLContextToStore(store, a->context, CERT_STORE_ADD_ALWAYS, NULL))) {
        CertCloseStore(store, 0);
        store = NULL;
    }
    return store;
}

BOOL query_object(const struct query *q, unsigned bits)
{
    struct answer a = {0, 0, NULL};
    DWORD error = (DWORD)E_INVALIDARG;
    const CERT_BLOB *blob = q->object;
    if (q->message)
        *q->message = NULL;
    if (q->type == CERT_QUERY_OBJECT_BLOB && blob && blob->pbData)
        error = look((struct sspi_bytes){blob->pbData, blob->cbData}, q, &a) ? (DWORD)CRYPT_E_NO_MATCH
                                                                             : ERROR_SUCCESS;
    else if (q->type == CERT_QUERY_OBJECT_FILE && q->object)
        error = look_in_file(q->object, bits, q, &a);
    if (error == ERROR_SUCCESS && q->store && !(*q->store = store_with(&a)))
        error = (DWORD)E_OUTOFMEMORY;
    if (error != ERROR_SUCCESS) {
        free_context(&a);
        return cert_fail(error);
    }
    if (q->encoding)
        *q->encoding = X509_ASN_ENCODING;
    if (q->found_content)
        *q->found_content = a.content;
    if (q->found_format)
        *q->found_format = a.format;
    if (q->context)
        *q->context = a.context;
    else
        free_context(&a);
    return TRUE;
}
