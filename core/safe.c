/* SPDX-License-Identifier: MIT */
#include <config.h>

#include "core/safe.h"

#include "core/account.h"
#include "core/config.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { LINKS_MAX = 40 };

struct walk {
    int dir;              /* the directory reached, O_PATH */
    char at[PATH_MAX];    /* its name, for messages: "" is the root */
    char rest[PATH_MAX];  /* what is still to walk */
    unsigned links;
    int last_is_link;     /* the path's own last part was a symbolic link */
    char *why;
    size_t why_size;
};

static int refuse(struct walk *walk, int error, const char *fmt, ...) __attribute__((format(printf, 3, 4)));
static int refuse(struct walk *walk, int error, const char *fmt, ...)
{
    va_list args;

    va_start(args, fmt);
    vsnprintf(walk->why, walk->why_size, fmt, args);
    va_end(args);
    errno = error;
    return -1;
}

static int refuse_errno(struct walk *walk, const char *name)
{
    int error = errno;

    if (error == ENOENT && walk->last_is_link)
        error = ENOTDIR; /* a dangling link is not the same as nothing */
    return refuse(walk, error, "%s/%s: %s", walk->at, name, strerror(errno));
}

/* 0 if nobody but root and the effective user can change what `st` describes. */
static int judge(struct walk *walk, const char *name, const struct stat *st, int on_the_way)
{
    mode_t loose = st->st_mode & (S_IWGRP | S_IWOTH);

    uid_t own = impersonate_owner(); /* the account a thread acts as is another */

    if (st->st_uid != 0 && st->st_uid != own)
        return refuse(walk, EPERM, "%s/%s: owned by uid %u, neither root nor uid %u: chown it, or use another folder",
                      walk->at, name, (unsigned)st->st_uid, (unsigned)own);
    if (S_ISLNK(st->st_mode) || !loose || (on_the_way && (st->st_mode & S_ISVTX)))
        return 0;
    return refuse(walk, EPERM, "%s/%s: writable by %s (mode %04o): chmod %s%s-w %s/%s", walk->at, name,
                  loose == S_IWGRP ? "its group" : loose == S_IWOTH ? "others" : "its group and others",
                  (unsigned)(st->st_mode & 07777), loose & S_IWGRP ? "g" : "", loose & S_IWOTH ? "o" : "",
                  walk->at, name);
}

/* Takes the next part off `rest`; 0: none left. */
static int part_next(struct walk *walk, char *name, size_t size)
{
    const char *from = walk->rest + strspn(walk->rest, "/");
    size_t len = strcspn(from, "/");

    if (!len || len >= size)
        return len ? -1 : 0;
    memcpy(name, from, len);
    name[len] = '\0';
    from += len;
    from += strspn(from, "/");
    memmove(walk->rest, from, strlen(from) + 1);
    return 1;
}

/* Puts the target of the symbolic link `fd` in front of what is still to walk. */
static int link_follow(struct walk *walk, int fd, const char *name)
{
    char target[PATH_MAX], joined[PATH_MAX];
    ssize_t len = readlinkat(fd, "", target, sizeof target - 1);
    int n;

    if (len < 0)
        return refuse_errno(walk, name);
    target[len] = '\0';
    if (++walk->links > LINKS_MAX)
        return refuse(walk, ELOOP, "%s/%s: %s", walk->at, name, strerror(ELOOP));
    if (!walk->rest[0])
        walk->last_is_link = 1;
    n = snprintf(joined, sizeof joined, "%s/%s", target, walk->rest);
    if (n < 0 || (size_t)n >= sizeof joined)
        return refuse(walk, ENAMETOOLONG, "%s/%s: %s", walk->at, name, strerror(ENAMETOOLONG));
    memcpy(walk->rest, joined, (size_t)n + 1);
    if (target[0] == '/') {
        int root = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
        if (root < 0)
            return refuse_errno(walk, name);
        close(walk->dir);
        walk->dir = root;
        walk->at[0] = '\0';
    }
    return 0;
}

/* Goes into the directory `fd`, which becomes the walk's. */
static int directory_enter(struct walk *walk, int fd, const char *name)
{
    size_t at = strlen(walk->at);
    char *slash;

    if (!strcmp(name, "..")) {
        slash = strrchr(walk->at, '/');
        if (slash)
            *slash = '\0';
    } else if (strcmp(name, ".")) {
        int n = snprintf(walk->at + at, sizeof walk->at - at, "/%s", name);
        if (n < 0 || (size_t)n >= sizeof walk->at - at)
            return refuse(walk, ENAMETOOLONG, "%.64s...: %s", walk->at, strerror(ENAMETOOLONG));
    }
    close(walk->dir);
    walk->dir = fd;
    return 0;
}

static const char *kind_name(mode_t kind)
{
    return kind == S_IFDIR ? "folder" : "file";
}

/* The last part: opened for reading, and what was opened is judged, not what the name said before. */
static int last_open(struct walk *walk, const char *name, mode_t kind, const struct stat *seen)
{
    struct stat st;
    int fd;

    if ((seen->st_mode & S_IFMT) != kind)
        return refuse(walk, EPERM, "%s/%s: not a regular %s", walk->at, name, kind_name(kind));
    fd = openat(walk->dir, name,
                O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC | (kind == S_IFDIR ? O_DIRECTORY : 0));
    if (fd < 0)
        return refuse_errno(walk, name);
    if (fstat(fd, &st)) {
        refuse_errno(walk, name);
    } else if (st.st_dev != seen->st_dev || st.st_ino != seen->st_ino) {
        refuse(walk, EPERM, "%s/%s: replaced while it was opened", walk->at, name);
    } else if (!judge(walk, name, &st, 0)) {
        return fd;
    }
    kind = (mode_t)errno;
    close(fd);
    errno = (int)kind;
    return -1;
}

/* One part of the way.  1: walk on; 0: *out is the descriptor; -1: refused. */
static int part_walk(struct walk *walk, const char *name, mode_t kind, int *out)
{
    struct stat st;
    int fd = openat(walk->dir, name, O_PATH | O_NOFOLLOW | O_CLOEXEC), last = !walk->rest[0], result = -1;

    if (fd < 0)
        return refuse_errno(walk, name);
    if (fstat(fd, &st)) {
        refuse_errno(walk, name);
    } else if (S_ISLNK(st.st_mode)) {
        if (!judge(walk, name, &st, 1) && !link_follow(walk, fd, name))
            result = 1;
    } else if (last) {
        *out = last_open(walk, name, kind, &st);
        result = *out < 0 ? -1 : 0;
    } else if (!S_ISDIR(st.st_mode)) {
        refuse(walk, ENOTDIR, "%s/%s: %s", walk->at, name, strerror(ENOTDIR));
    } else if (!judge(walk, name, &st, 1)) {
        if (!directory_enter(walk, fd, name))
            return 1;
    }
    if (result) {
        int error = errno;
        close(fd);
        errno = error;
    } else {
        close(fd);
    }
    return result;
}

static int walk_all(struct walk *walk, mode_t kind, int *out)
{
    char name[NAME_MAX + 1];
    struct stat st;
    int result;

    if (fstat(walk->dir, &st))
        return refuse_errno(walk, "");
    if (judge(walk, "", &st, 1))
        return -1;
    for (;;) {
        result = part_next(walk, name, sizeof name);
        if (result < 0)
            return refuse(walk, ENAMETOOLONG, "%s: %s", walk->at, strerror(ENAMETOOLONG));
        if (!result) /* the root itself, or a link to a folder that ends in a slash */
            return refuse(walk, EPERM, "%s/: not a %s", walk->at, kind_name(kind));
        result = part_walk(walk, name, kind, out);
        if (result <= 0)
            return result;
    }
}

int safe_open(const char *path, mode_t kind, char *why, size_t why_size)
{
    struct walk walk = {.why = why, .why_size = why_size, .dir = -1};
    int fd = -1, error;

    if (path[0] != '/')
        return refuse(&walk, EINVAL, "%s: not an absolute path", path);
    if (strlen(path) >= sizeof walk.rest)
        return refuse(&walk, ENAMETOOLONG, "%.64s...: %s", path, strerror(ENAMETOOLONG));
    memcpy(walk.rest, path, strlen(path) + 1);
    walk.dir = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (walk.dir < 0)
        return refuse_errno(&walk, "");
    if (walk_all(&walk, kind, &fd))
        fd = -1;
    error = errno;
    close(walk.dir);
    errno = error;
    return fd;
}

int safe_error_passes(int error)
{
    return error == ENOMEM || error == EMFILE || error == ENFILE || error == EINTR;
}

int config_open_safe(const char *path, char *why, size_t why_size)
{
    return safe_open(path, S_IFREG, why, why_size);
}

/* Fills `bytes`, which has room for max + 1.  The length, or -1 with errno (EFBIG: more than max). */
static ssize_t read_all(int fd, char *bytes, size_t max)
{
    size_t len = 0;

    while (len <= max) {
        ssize_t n = read(fd, bytes + len, max + 1 - len);
        if (!n)
            return (ssize_t)len;
        if (n < 0 && errno != EINTR)
            return -1;
        if (n > 0)
            len += (size_t)n;
    }
    errno = EFBIG;
    return -1;
}

/* Takes the descriptor over. */
static int read_open(int fd, const char *path, size_t max, char **bytes, size_t *len, char *why, size_t why_size)
{
    char *room = malloc(max + 2);
    ssize_t n = room ? read_all(fd, room, max) : -1;
    int error = room ? errno : ENOMEM;

    close(fd);
    if (n < 0) {
        if (error == EFBIG)
            snprintf(why, why_size, "%s: longer than %zu bytes", path, max);
        else
            snprintf(why, why_size, "%s: %s", path, strerror(error));
        if (room)
            explicit_bzero(room, max + 2);
        free(room);
        errno = error == ENOENT ? EIO : error;
        return -1;
    }
    room[n] = '\0';
    *bytes = room;
    *len = (size_t)n;
    return 0;
}

int safe_read(const char *path, size_t max, char **bytes, size_t *len, char *why, size_t why_size)
{
    int fd = safe_open(path, S_IFREG, why, why_size);

    return fd < 0 ? -1 : read_open(fd, path, max, bytes, len, why, why_size);
}

int safe_read_secret(const char *path, size_t max, char **bytes, size_t *len, char *why, size_t why_size)
{
    int fd = safe_open(path, S_IFREG, why, why_size);
    struct stat st;

    if (fd < 0)
        return -1;
    if (fstat(fd, &st) == 0 && !(st.st_mode & (S_IRWXG | S_IRWXO)))
        return read_open(fd, path, max, bytes, len, why, why_size);
    close(fd);
    snprintf(why, why_size, "%s: a secret that others can read (mode %04o): chmod go= %s", path,
             (unsigned)(st.st_mode & 07777), path);
    errno = EPERM;
    return -1;
}
