/* SPDX-License-Identifier: MIT */
#include <config.h>

#include "core/cert/lists.h"

#include "core/cert/registry.h"
#include "core/config.h"
#include "core/paths.h"
#include "core/safe.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define LOG_AREA "cert"
#include "core/log.h"

enum { FOLDERS = 2 };

struct stamp { /* a folder as it was: files arrive in it by rename, which changes its time */
    dev_t device;
    ino_t inode;
    struct timespec changed;
};

/* ---- one file ---- */

/* 0 taken, 1 left out with a line in the log, -1 no memory. */
static int read_file(struct list_file *out, const char *path)
{
    char why[300], *bytes = NULL;
    const char *reason = NULL;
    size_t size = 0, len = 0;
    memset(out, 0, sizeof *out);
    if (safe_read(path, LIST_FILE_MAX, &bytes, &size, why, sizeof why)) {
        if (errno == ENOMEM)
            return -1;
        log_warning("revocation list left out: %s", why);
        return 1;
    }
    uint8_t *der = crl_decode((struct sspi_bytes){(const uint8_t *)bytes, size}, &len, &reason);
    free(bytes);
    out->der = (struct sspi_bytes){der, len};
    if (der && crl_parse(out->der, &out->crl)) {
        free(der);
        der = NULL;
        reason = "it is malformed";
    }
    if (!der) {
        if (!strcmp(reason, "no memory"))
            return -1;
        log_warning("revocation list left out: %s: %s: delete it, or fetch it anew", path, reason);
        return 1;
    }
    out->name = strdup(path);
    if (!out->name)
        free(der);
    return out->name ? 0 : -1;
}

/* ---- the folders ---- */

static int compare(const void *a, const void *b)
{
    struct sspi_bytes x = ((const struct list_file *)a)->crl.issuer,
                      y = ((const struct list_file *)b)->crl.issuer;
    int order = memcmp(x.ptr, y.ptr, x.len < y.len ? x.len : y.len);
    return order ? order : (x.len > y.len) - (x.len < y.len);
}

unsigned lists_named(const struct lists *l, struct sspi_bytes name, unsigned *first)
{
    struct list_file wanted = {.crl = {.issuer = name}};
    unsigned low = 0, high = l ? l->count : 0, count = 0;
    while (low < high) {
        unsigned middle = low + (high - low) / 2;
        if (compare(&l->file[middle], &wanted) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    *first = low;
    while (l && low + count < l->count && compare(&l->file[low + count], &wanted) == 0)
        count++;
    return count;
}

void lists_release(struct lists *l)
{
    if (!l || __atomic_sub_fetch(&l->references, 1, __ATOMIC_ACQ_REL))
        return;
    for (unsigned i = 0; i < l->count; i++) {
        free((void *)(uintptr_t)l->file[i].der.ptr);
        free(l->file[i].name);
    }
    free(l->file);
    free(l);
}

static int add_file(struct lists *l, const char *path)
{
    if ((l->count & (l->count - 1)) == 0) {
        struct list_file *grown = realloc(l->file, (l->count ? 2 * (size_t)l->count : 1) * sizeof *grown);
        if (!grown)
            return -1;
        l->file = grown;
    }
    int result = read_file(&l->file[l->count], path);
    l->count += result == 0;
    return result < 0 ? -1 : 0;
}

static int read_folder(struct lists *l, const char *folder)
{
    char why[300], path[PATH_MAX];
    struct dirent *found;
    unsigned seen = 0;
    int failed = 0, fd = safe_open(folder, S_IFDIR, why, sizeof why);
    if (fd < 0) {
        if (errno != ENOENT)
            log_error("revocation lists: %s", why);
        return errno == ENOMEM ? -1 : 0;
    }
    DIR *dir = fdopendir(fd);
    if (!dir) {
        close(fd);
        return -1;
    }
    while (!failed && (found = readdir(dir)) != NULL) {
        const char *dot = strrchr(found->d_name, '.');
        if (found->d_name[0] == '.' || !dot ||
            (strcmp(dot, ".crl") != 0 && strcmp(dot, ".pem") != 0 && strcmp(dot, ".der") != 0))
            continue;
        if (++seen > LIST_FILES_MAX) {
            log_error("%s: more than %u revocation lists: the rest is left out", folder, LIST_FILES_MAX);
            break;
        }
        int n = snprintf(path, sizeof path, "%s/%s", folder, found->d_name);
        failed = n < 0 || (size_t)n >= sizeof path || add_file(l, path);
    }
    closedir(dir);
    return failed;
}

static int folder_at(unsigned i, char *out, size_t size)
{
    const char *why = "";
    const struct config *config = config_get(&why);
    struct config_value extra = {.text = NULL};
    if (config)
        extra = config_package(config, "crls");
    if (i && (!extra.text || !extra.text[0]))
        return -1;
    int n = i ? snprintf(out, size, "%s", extra.text) : snprintf(out, size, "%s/crls", paths_conf());
    return n < 0 || (size_t)n >= size ? -1 : 0;
}

static struct lists *read_all(void)
{
    struct lists *l = calloc(1, sizeof *l);
    char folder[PATH_MAX];
    int failed = !l;
    if (l)
        l->references = 1;
    for (unsigned i = 0; i < FOLDERS && !failed; i++)
        if (!folder_at(i, folder, sizeof folder))
            failed = read_folder(l, folder);
    if (failed) {
        lists_release(l);
        return NULL;
    }
    if (l->count)
        qsort(l->file, l->count, sizeof *l->file, compare);
    return l;
}

/* ---- kept ---- */

/* Process-wide on purpose; under the registry's lock.  Swapped whole, so a fork at any moment finds one that
 * can be used. */
static struct lists *kept;
static struct stamp kept_stamp[FOLDERS];
static int kept_settled; /* no change since could carry the time that the stamp has */

static void look(struct stamp *stamp)
{
    char folder[PATH_MAX];
    struct stat st;
    memset(stamp, 0, FOLDERS * sizeof *stamp);
    for (unsigned i = 0; i < FOLDERS; i++)
        if (!folder_at(i, folder, sizeof folder) && !stat(folder, &st)) {
            stamp[i].device = st.st_dev;
            stamp[i].inode = st.st_ino;
            stamp[i].changed = st.st_mtim;
        }
}

static int same(const struct stamp *a, const struct stamp *b)
{
    for (unsigned i = 0; i < FOLDERS; i++)
        if (a[i].device != b[i].device || a[i].inode != b[i].inode ||
            a[i].changed.tv_sec != b[i].changed.tv_sec || a[i].changed.tv_nsec != b[i].changed.tv_nsec)
            return 0;
    return 1;
}

struct lists *lists_get(void)
{
    struct stamp now[FOLDERS];
    struct lists *l = NULL, *old = NULL;
    look(now);
    registry_lock();
    if (kept && kept_settled && same(now, kept_stamp)) {
        l = kept;
        __atomic_add_fetch(&l->references, 1, __ATOMIC_RELAXED);
    }
    registry_unlock();
    if (l || !(l = read_all()))
        return l;
    int settled = 1;
    time_t clock = time(NULL);
    for (unsigned i = 0; i < FOLDERS; i++)
        settled &= now[i].changed.tv_sec + 2 < clock;
    __atomic_add_fetch(&l->references, 1, __ATOMIC_RELAXED);
    registry_lock();
    old = kept;
    kept = l;
    memcpy(kept_stamp, now, sizeof now);
    kept_settled = settled;
    registry_unlock();
    lists_release(old);
    return l;
}
