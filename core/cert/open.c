/* SPDX-License-Identifier: MIT
 *
 * CertOpenStore: which kind of store, filled from where. */
#include <config.h>

#include "core/cert/open.h"

#include "core/cert/file.h"
#include "core/cert/system.h"
#include "core/cert/token.h"
#include "core/utf.h"

#include <errno.h>
#include <fcntl.h>
#include <opensspi/extra.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>
#include <windows.h>

#define LOG_AREA "cert"
#include "core/log.h"

#define FILE_MAX (16u << 20) /* octets */

static DWORD error_of(int number)
{
    switch (number) {
    case ENOENT:
    case ENOTDIR:
        return ERROR_FILE_NOT_FOUND;
    case EACCES:
    case EPERM:
        return ERROR_ACCESS_DENIED;
    case ENOMEM:
        return (DWORD)E_OUTOFMEMORY;
    default:
        return ERROR_READ_FAULT;
    }
}

/* Closes what failed, with the error as the last one. */
static HCERTSTORE finish(struct store *s, DWORD error)
{
    if (error == ERROR_SUCCESS)
        return s;
    store_release(s);
    cert_fail(error);
    return NULL;
}

/* ---- from text ---- */

static DWORD fill_from_bytes(struct store *s, struct sspi_bytes bytes, const char *password,
                             const char *origin)
{
    int malformed;
    if (bytes.len == 0 || !bytes.ptr || bytes.ptr[0] != DER_SEQUENCE)
        return open_pem(s, bytes, password, origin);
    struct certificate_data *data = certificate_data_new(bytes, &malformed);
    if (!data && malformed)
        log_error("%s: neither PEM nor a certificate in DER", origin);
    if (!data)
        return malformed ? (DWORD)CRYPT_E_BAD_ENCODE : (DWORD)E_OUTOFMEMORY;
    int failed = store_append(s, data, NULL, NULL);
    certificate_data_drop(data);
    return failed ? (DWORD)E_OUTOFMEMORY : ERROR_SUCCESS;
}

HCERTSTORE open_bytes(struct sspi_bytes bytes, const char *origin)
{
    struct store *s = store_new();
    return finish(s, s ? fill_from_bytes(s, bytes, NULL, origin) : (DWORD)E_OUTOFMEMORY);
}

/* A key that other accounts can read is no secret; the file still serves, as it does elsewhere. */
static void warn_of_readers(struct store *s, const char *path, mode_t mode)
{
    int keys = 0;
    for (struct certificate *c = store_next(s, NULL); c; c = store_next(s, c)) {
        struct key *key = certificate_key(c);
        keys += key != NULL;
        key_drop(key);
    }
    if (keys && mode & (S_IRGRP | S_IROTH))
        log_warning("%s: other accounts can read the private key in it (mode %04o)", path,
                    (unsigned)mode & 07777u);
}

static DWORD fill_from_file(struct store *s, const char *path)
{
    struct sspi_bytes bytes;
    struct stat about = {0};
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    if (fd < 0) {
        DWORD error = error_of(errno);
        log_error("%s: %s", path, strerror(errno));
        return error;
    }
    const char *why = fstat(fd, &about) ? strerror(errno) : file_read(fd, FILE_MAX, &bytes);
    close(fd);
    if (why) {
        log_error("%s: %s", path, why);
        return ERROR_READ_FAULT;
    }
    DWORD error = fill_from_bytes(s, bytes, NULL, path);
    file_free(bytes);
    if (error == ERROR_SUCCESS)
        warn_of_readers(s, path, about.st_mode);
    return error;
}

static HCERTSTORE open_text(const CRYPT_DATA_BLOB *blob, const char *password)
{
    struct store *s;
    if (!blob || (blob->cbData && !blob->pbData)) {
        cert_fail((DWORD)E_INVALIDARG);
        return NULL;
    }
    if (!(s = store_new()))
        return finish(NULL, (DWORD)E_OUTOFMEMORY);
    return finish(s, open_pem(s, (struct sspi_bytes){blob->pbData, blob->cbData}, password, "PEM text"));
}

static HCERTSTORE open_text_with_password(const OPENSSPI_PEM *pem)
{
    int known = pem && pem->cbSize >= sizeof *pem;
    return open_text(known ? &pem->text : NULL, known ? pem->password : NULL);
}

/* A file of such a name is ./pkcs11:... */
static HCERTSTORE open_file(const char *path)
{
    struct store *s = store_new();
    return finish(s, !s                   ? (DWORD)E_OUTOFMEMORY
                     : token_is_uri(path) ? open_token(s, path)
                                          : fill_from_file(s, path));
}

/* ---- by provider ---- */

static HCERTSTORE open_named(LPCSTR name, DWORD flags, const void *para, unsigned bits)
{
    static const struct {
        const char *name;
        LPCSTR provider;
    } names[] = {{sz_CERT_STORE_PROV_MEMORY, CERT_STORE_PROV_MEMORY},
                 {sz_CERT_STORE_PROV_FILENAME_W, CERT_STORE_PROV_FILENAME_W},
                 {sz_CERT_STORE_PROV_SYSTEM_W, CERT_STORE_PROV_SYSTEM_W},
                 {sz_CERT_STORE_PROV_COLLECTION, CERT_STORE_PROV_COLLECTION}};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (!strcasecmp(name, names[i].name))
            return open_store(names[i].provider, flags, para, bits);
    cert_fail(ERROR_FILE_NOT_FOUND);
    return NULL;
}

static HCERTSTORE open_by_text(LPCSTR provider, DWORD flags, const void *para, unsigned bits)
{
    int wide = provider == CERT_STORE_PROV_FILENAME_W || provider == CERT_STORE_PROV_SYSTEM_W, bad = 0;
    if (!para) {
        cert_fail((DWORD)E_INVALIDARG);
        return NULL;
    }
    char *text = wide ? utf8_from_wide(para, bits, (size_t)-1, &bad) : strdup(para);
    if (!text) {
        cert_fail(bad ? ERROR_NO_UNICODE_TRANSLATION : (DWORD)E_OUTOFMEMORY);
        return NULL;
    }
    int file = provider == CERT_STORE_PROV_FILENAME_A || provider == CERT_STORE_PROV_FILENAME_W;
    HCERTSTORE opened = file ? open_file(text) : open_system(text, flags);
    explicit_bzero(text, strlen(text)); /* a URI may carry a PIN */
    free(text);
    return opened;
}

static HCERTSTORE open_plain(int collection)
{
    struct store *s = store_new();
    if (s)
        s->collection = collection;
    return finish(s, s ? ERROR_SUCCESS : (DWORD)E_OUTOFMEMORY);
}

HCERTSTORE open_store(LPCSTR provider, DWORD flags, const void *para, unsigned bits)
{
    HCERTSTORE opened = NULL;
    if ((uintptr_t)provider > 0xffff)
        return open_named(provider, flags, para, bits);
    if (flags & CERT_STORE_DELETE_FLAG) {
        cert_fail((DWORD)E_ACCESSDENIED);
        return NULL;
    }
    if (provider == CERT_STORE_PROV_MEMORY || provider == CERT_STORE_PROV_COLLECTION)
        opened = open_plain(provider == CERT_STORE_PROV_COLLECTION);
    else if (provider == OPENSSPI_CERT_STORE_PROV_PEM)
        opened = open_text(para, NULL);
    else if (provider == OPENSSPI_CERT_STORE_PROV_PEM_PASSWORD)
        opened = open_text_with_password(para);
    else if (provider == CERT_STORE_PROV_FILENAME_A || provider == CERT_STORE_PROV_FILENAME_W ||
             provider == CERT_STORE_PROV_SYSTEM_A || provider == CERT_STORE_PROV_SYSTEM_W)
        opened = open_by_text(provider, flags, para, bits);
    else
        cert_fail(ERROR_FILE_NOT_FOUND);
    if (opened && flags & CERT_STORE_READONLY_FLAG)
        ((struct store *)opened)->read_only = 1;
    return opened;
}
