/* SPDX-License-Identifier: MIT */
#include <config.h>

#include "core/cert/folder.h"

#include "core/account.h"
#include "core/cert/file.h"
#include "core/cert/open.h"
#include "core/cert/place.h"
#include "core/cert/text.h"
#include "core/provider.h"
#include "core/safe.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>
#include <windows.h>

#define LOG_AREA "cert"
#include "core/log.h"

#define FILES_MAX 4096u
#define FILE_MAX  (1u << 20) /* octets: a certificate, its chain and key */

/* ---- where ---- */

char *folder_machine(const char *name)
{
    return place_machine("/stores/", name);
}

/* Whose files would be trusted where the thread's effective account is not the one that started the program?
 */
char *folder_user(const char *name)
{
    return impersonate_active() ? NULL : place_user(name);
}

int folder_exists(const char *folder)
{
    struct stat st;
    return folder && !stat(folder, &st) && S_ISDIR(st.st_mode);
}

/* ---- reading ---- */

static const struct {
    const char *end;
    int pfx;
} kinds[] = {{".pem", 0}, {".crt", 0}, {".cer", 0}, {".der", 0}, {".pfx", 1}, {".p12", 1}};

/* What a file's name says it is; -1: not ours. */
static int kind_of(const char *name)
{
    const char *dot = strrchr(name, '.');
    for (size_t i = 0; dot && name[0] != '.' && i < sizeof kinds / sizeof *kinds; i++)
        if (!strcasecmp(dot, kinds[i].end))
            return kinds[i].pfx;
    return -1;
}

static int has_key(struct store *s)
{
    int keys = 0;
    for (struct certificate *c = store_next(s, NULL); c; c = store_next(s, c)) {
        struct key *key = certificate_key(c);
        keys |= key != NULL;
        key_drop(key);
    }
    return keys;
}

/* A store of what one file holds; NULL with *error, a line logged where it says anything. */
static struct store *open_one(const char *path, int pfx, DWORD *error)
{
    char why[300];
    struct sspi_bytes bytes;
    struct stat about;
    struct store *s = NULL;
    *error = ERROR_ACCESS_DENIED;
    int fd = safe_open(path, S_IFREG, why, sizeof why);
    if (fd < 0) {
        if (errno == EACCES || errno == ENOENT) /* somebody else's key, as it should be; just deleted */
            log_info("certificate left out: %s: %s", path, why);
        else
            log_warning("certificate left out: %s: %s", path, why);
        if (safe_error_passes(errno))
            *error = (DWORD)E_OUTOFMEMORY;
        return NULL;
    }
    const char *reason = fstat(fd, &about) ? strerror(errno) : file_read(fd, FILE_MAX, &bytes);
    close(fd);
    if (reason) {
        log_warning("certificate left out: %s: %s", path, reason);
        *error = strcmp(reason, "no memory") ? ERROR_READ_FAULT : (DWORD)E_OUTOFMEMORY;
        return NULL;
    }
    if (pfx)
        s = open_pfx(bytes, "", CRYPT_EXPORTABLE);
    else
        s = open_bytes(bytes, path);
    file_free(bytes);
    if (!s) {
        *error = GetLastError();
        log_warning("certificate left out: %s: it cannot be read: mend it, or delete it", path);
    } else if ((pfx || has_key(s)) && about.st_mode & (S_IRWXG | S_IRWXO)) {
        log_warning("certificate left out: %s: its private key is open to others (mode %04o): chmod 600 %s",
                    path, (unsigned)about.st_mode & 07777u, path);
        store_release(s);
        s = NULL;
    }
    return s;
}

static int move_members(struct store *to, struct store *from)
{
    int failed = 0;
    struct certificate *c = store_next(from, NULL);
    for (; c && !failed; c = store_next(from, c)) {
        struct key *key = certificate_key(c);
        failed = store_append(to, c->data, key, NULL);
        key_drop(key);
    }
    certificate_release(c);
    return failed;
}

static int read_one(const char *path, int pfx, struct store *into)
{
    DWORD error = ERROR_SUCCESS;
    struct store *s = open_one(path, pfx, &error);
    int failed = s ? move_members(into, s) : error == (DWORD)E_OUTOFMEMORY;
    store_release(s);
    return failed;
}

/* Runs `each` on the files of a folder until it gives something else than 0; -1: the folder cannot be read.
 */
static int walk(const char *folder, int (*each)(const char *path, int pfx, void *), void *arg)
{
    char why[300], path[PATH_MAX];
    struct dirent *found;
    unsigned seen = 0;
    int result = 0, fd = safe_open(folder, S_IFDIR, why, sizeof why);
    if (fd < 0) {
        int passes = safe_error_passes(errno);
        if (errno != ENOENT)
            log_warning("certificate store: %s", why);
        return passes ? -1 : 0;
    }
    DIR *dir = fdopendir(fd);
    if (!dir) {
        close(fd);
        return -1;
    }
    while (!result && (found = readdir(dir)) != NULL) {
        int pfx = kind_of(found->d_name);
        if (pfx < 0)
            continue;
        if (++seen > FILES_MAX) {
            log_warning("certificate store: %s: more than %u files: the rest is left out", folder, FILES_MAX);
            break;
        }
        int n = snprintf(path, sizeof path, "%s/%s", folder, found->d_name);
        if (n > 0 && (size_t)n < sizeof path)
            result = each(path, pfx, arg);
    }
    closedir(dir);
    return result;
}

static int read_each(const char *path, int pfx, void *store)
{
    return read_one(path, pfx, store) ? -1 : 0;
}

int folder_read(const char *folder, struct store *s)
{
    return walk(folder, read_each, s);
}

/* ---- writing ---- */

static int name_of(const struct certificate_data *data, char *out, size_t size)
{
    const struct provider *p = provider_default();
    uint8_t digest[32];
    if (!p || p->api.digest(SSPI_SHA256, &data->x.der, 1, digest) != SSPI_OK)
        return -1;
    for (size_t i = 0; i < sizeof digest && 2 * i + 2 < size; i++)
        snprintf(out + 2 * i, size - 2 * i, "%02x", digest[i]);
    strcpy(out + 64, ".pem");
    return 0;
}

/* Text that may hold a key lives in memory of its own. */
struct text {
    char *at;
    size_t len, room;
};

/* The text is wiped, and freed; NULL is no memory. */
static int append(struct text *t, char *pem)
{
    size_t len = pem ? strlen(pem) : 0;
    int failed = !pem || len > t->room - t->len;
    if (!failed) {
        memcpy(t->at + t->len, pem, len);
        t->len += len;
    }
    if (pem)
        explicit_bzero(pem, len);
    free(pem);
    return failed;
}

DWORD folder_write(const char *folder, struct certificate_data *const *chain, unsigned count,
                   struct sspi_bytes key, char **path)
{
    struct text t = {NULL, 0, 2 * (size_t)FILE_MAX};
    char name[80];
    int failed = name_of(chain[0], name, sizeof name);
    if (failed) {
        log_error("%s: a certificate is not written: no provider to name it", folder);
        return (DWORD)NTE_FAIL;
    }
    failed = !(t.at = secret_new(t.room));
    for (unsigned i = 0; i < count && !failed; i++)
        failed = append(&t, binary_to_text(chain[i]->x.der.ptr, (DWORD)chain[i]->x.der.len,
                                           CRYPT_STRING_BASE64HEADER | CRYPT_STRING_NOCR));
    failed = failed || (key.len && append(&t, key_to_pem(key.ptr, key.len)));
    if (failed) {
        secret_free(t.at, t.room);
        return (DWORD)E_OUTOFMEMORY;
    }
    failed = place_put(folder, name, (struct sspi_bytes){(uint8_t *)t.at, t.len}, key.len ? 0600 : 0644);
    int error = errno;
    secret_free(t.at, t.room);
    if (!failed && path)
        *path = place_join(folder, "/", name);
    return !failed ? ERROR_SUCCESS : error == ENOMEM ? (DWORD)E_OUTOFMEMORY : ERROR_ACCESS_DENIED;
}

/* ---- taking away ---- */

struct search {
    const struct certificate_data *data;
    DWORD error;
};

static int remove_if(const char *path, int pfx, void *arg)
{
    struct search *search = arg;
    DWORD error;
    unsigned count = 0, mine = 0;
    struct store *s = open_one(path, pfx, &error);
    for (struct certificate *c = s ? store_next(s, NULL) : NULL; c; c = store_next(s, c)) {
        count++;
        mine += der_equal(c->data->x.der, search->data->x.der);
    }
    int leaf = 0; /* its first: what else is there is its chain */
    struct certificate *first = s ? store_next(s, NULL) : NULL;
    if (first)
        leaf = der_equal(first->data->x.der, search->data->x.der);
    certificate_release(first);
    store_release(s);
    if (!mine)
        return 0;
    search->error = ERROR_ACCESS_DENIED;
    if (count != mine && !leaf)
        log_error("%s: holds the certificate with others: edit it by hand", path);
    else if (unlink(path) && errno != ENOENT)
        log_error("%s: %s", path, strerror(errno));
    else
        search->error = ERROR_SUCCESS;
    return 1;
}

DWORD folder_remove(const char *folder, const struct certificate_data *data)
{
    struct search search = {data, (DWORD)CRYPT_E_NOT_FOUND};
    return walk(folder, remove_if, &search) < 0 ? (DWORD)E_OUTOFMEMORY : search.error;
}
