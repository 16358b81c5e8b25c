/* SPDX-License-Identifier: MIT */
#include <config.h>

#include "core/cert/place.h"

#include "core/paths.h"
#include "core/safe.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#define LOG_AREA "cert"
#include "core/log.h"

char *place_join(const char *a, const char *b, const char *c)
{
    size_t size = strlen(a) + strlen(b) + strlen(c) + 1;
    char *out = malloc(size);
    if (out)
        snprintf(out, size, "%s%s%s", a, b, c);
    return out;
}

char *place_machine(const char *kind, const char *name)
{
    return place_join(paths_conf(), kind, name);
}

static int account_is_own(void)
{
    return !getauxval(AT_SECURE) && geteuid() == getuid();
}

char *place_user(const char *name)
{
    char buffer[4096];
    struct passwd entry, *found = NULL;
    if (!account_is_own())
        return NULL;
    if (paths_user())
        return place_join(paths_user(), "/", name);
    if (getpwuid_r(getuid(), &entry, buffer, sizeof buffer, &found) || !found || found->pw_dir[0] != '/')
        return NULL;
    return place_join(found->pw_dir, "/.config/opensspi/stores/", name);
}

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

static int put_in(int dir, const char *name, struct sspi_bytes bytes, mode_t mode, int replace)
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
    if (!failed && (replace ? renameat(dir, fresh, dir, name) : linkat(dir, fresh, dir, name, 0))) {
        failed = 1;
        error = errno;
    }
    if (failed || !replace)
        unlinkat(dir, fresh, 0);
    if (!failed)
        fsync(dir);
    errno = error;
    return failed ? -1 : 0;
}

static int put(const char *folder, const char *name, struct sspi_bytes bytes, mode_t mode, int replace)
{
    char why[300] = "it cannot be made";
    int dir = make_folder(folder, why, sizeof why), error = errno;
    if (dir < 0) {
        log_error("%s/%s is not written: %s", folder, name, why);
        errno = error;
        return -1;
    }
    int failed = put_in(dir, name, bytes, mode, replace);
    error = errno;
    close(dir);
    if (failed && (replace || error != EEXIST))
        log_error("%s/%s is not written: %s", folder, name, strerror(error));
    errno = error;
    return failed;
}

int place_put(const char *folder, const char *name, struct sspi_bytes bytes, mode_t mode)
{
    return put(folder, name, bytes, mode, 1);
}

int place_put_new(const char *folder, const char *name, struct sspi_bytes bytes, mode_t mode)
{
    return put(folder, name, bytes, mode, 0);
}
