/* SPDX-License-Identifier: MIT */
#include <config.h>

#include "core/cert/folder.h"

#include "core/account.h"
#include "core/cert/file.h"
#include "core/cert/open.h"
#include "core/cert/text.h"
#include "core/paths.h"
#include "core/provider.h"
#include "core/safe.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/auxv.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>
#include <windows.h>

#define LOG_AREA "cert"
#include "core/log.h"

#define FILES_MAX 4096u
#define FILE_MAX  (1u << 20) /* octets: a certificate, its chain and key */

/* ---- where ---- */

static char *joined(const char *a, const char *b, const char *c)
{
    size_t size = strlen(a) + strlen(b) + strlen(c) + 1;
    char *out = malloc(size);
    if (out)
        snprintf(out, size, "%s%s%s", a, b, c);
    return out;
}

char *folder_machine(const char *name)
{
    return joined(paths_conf(), "/stores/", name);
}

/* Whose files would be trusted where the thread's effective account is not the one that started the program?
 */
static int account_is_own(void)
{
    return !getauxval(AT_SECURE) && geteuid() == getuid() && !impersonate_active();
}

char *folder_user(const char *name)
{
    char buffer[4096];
    struct passwd entry, *found = NULL;
    if (!account_is_own())
        return NULL;
    if (paths_user())
        return joined(paths_user(), "/", name);
    if (getpwuid_r(getuid(), &entry, buffer, sizeof buffer, &found) || !found || found->pw_dir[0] != '/')
        return NULL;
    return joined(found->pw_dir, "/.config/opensspi/stores/", name);
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
        if (errno == EACCES) /* somebody else's key, as it should be */
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
        s = open_pfx(bytes, "", 0);
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

/* Each part that is missing, as safe_open wants it: writable by its owner alone. */
static int make_folder(const char *folder, char *why, size_t why_size)
{
    char path[PATH_MAX];
    if (folder[0] != '/' || strlen(folder) >= sizeof path)
        return -1;
    strcpy(path, folder);
    for (char *slash = path; slash;) {
        slash = strchr(slash + 1, '/');
        if (slash)
            *slash = 0;
        if (mkdir(path, 0755) && errno != EEXIST) {
            int error = errno;
            snprintf(why, why_size, "%s: %s", path, strerror(error));
            errno = error;
            return -1;
        }
        if (slash)
            *slash = '/';
    }
    return safe_open(folder, S_IFDIR, why, why_size);
}

static int write_all(int fd, struct sspi_bytes bytes)
{
    while (bytes.len) {
        ssize_t n = write(fd, bytes.ptr, bytes.len);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return -1;
        bytes = (struct sspi_bytes){bytes.ptr + n, bytes.len - (size_t)n};
    }
    return 0;
}

static int put_in(int dir, const char *name, struct sspi_bytes bytes, mode_t mode)
{
    char fresh[48];
    uint64_t chance[2];
    if (getrandom(chance, sizeof chance, 0) != (ssize_t)sizeof chance)
        return -1;
    snprintf(fresh, sizeof fresh, ".new-%016llx%016llx", (unsigned long long)chance[0],
             (unsigned long long)chance[1]);
    int fd = openat(dir, fresh, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (fd < 0)
        return -1;
    int failed = write_all(fd, bytes) || fchmod(fd, mode) || fsync(fd);
    int error = errno;
    if (close(fd) && !failed) {
        failed = 1;
        error = errno;
    }
    if (!failed && renameat(dir, fresh, dir, name)) {
        failed = 1;
        error = errno;
    }
    if (failed)
        unlinkat(dir, fresh, 0);
    else
        fsync(dir);
    errno = error;
    return failed ? -1 : 0;
}

int folder_put(const char *folder, const char *name, struct sspi_bytes bytes, mode_t mode)
{
    char why[300] = "it cannot be made";
    int dir = make_folder(folder, why, sizeof why), error = errno;
    if (dir < 0) {
        log_error("%s/%s is not written: %s", folder, name, why);
        errno = error;
        return -1;
    }
    int failed = put_in(dir, name, bytes, mode);
    error = errno;
    close(dir);
    if (failed)
        log_error("%s/%s is not written: %s", folder, name, strerror(error));
    errno = error;
    return failed;
}

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

static int append(struct text *t, struct sspi_bytes der, DWORD form)
{
    char *pem = binary_to_text(der.ptr, (DWORD)der.len, form);
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

static int append_key(struct text *t, struct sspi_bytes key)
{
    static const char begin[] = "-----BEGIN PRIVATE KEY-----\n", end[] = "-----END PRIVATE KEY-----\n";
    if (t->room - t->len < sizeof begin + sizeof end)
        return -1;
    memcpy(t->at + t->len, begin, sizeof begin - 1);
    t->len += sizeof begin - 1;
    if (append(t, key, CRYPT_STRING_BASE64 | CRYPT_STRING_NOCR) || t->room - t->len < sizeof end)
        return -1;
    memcpy(t->at + t->len, end, sizeof end - 1);
    t->len += sizeof end - 1;
    return 0;
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
        failed = append(&t, chain[i]->x.der, CRYPT_STRING_BASE64HEADER | CRYPT_STRING_NOCR);
    failed = failed || (key.len && append_key(&t, key));
    if (failed) {
        secret_free(t.at, t.room);
        return (DWORD)E_OUTOFMEMORY;
    }
    failed = folder_put(folder, name, (struct sspi_bytes){(uint8_t *)t.at, t.len}, key.len ? 0600 : 0644);
    int error = errno;
    secret_free(t.at, t.room);
    if (!failed && path)
        *path = joined(folder, "/", name);
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
    else if (unlink(path))
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
