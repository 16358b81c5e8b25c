/* SPDX-License-Identifier: MIT */
#include <config.h>

#include "core/config.h"
#include "core/provider.h"
#include "core/safe.h"
#include "t/sandbox.h"
#include "t/tap.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

const struct provider_callbacks context_callbacks = {NULL, NULL, NULL, NULL};

enum { NOBODY = 65534 };

/* ---- files, one by one ---- */

struct way {
    const char *claim;
    const char *change[3]; /* a path in the sandbox to change */
    mode_t mode[3];
    int owner[3]; /* uid to give it; 0: leave */
    const char *open;
    const char *why; /* NULL: opens */
};

static const struct way ways[] = {
    {"a file of ours", {0}, {0}, {0}, "a/b/file", NULL},
    {"mode 0600", {"a/b/file"}, {0600}, {0}, "a/b/file", NULL},
    {"a file that its group may write", {"a/b/file"}, {0664}, {0}, "a/b/file", "file: writable by its group (mode 0664): chmod g-w /"},
    {"a file that others may write", {"a/b/file"}, {0646}, {0}, "a/b/file", "file: writable by others (mode 0646): chmod o-w /"},
    {"a file that all may write", {"a/b/file"}, {0666}, {0}, "a/b/file", "writable by its group and others (mode 0666): chmod go-w /"},
    {"a sticky bit does not help a file", {"a/b/file"}, {01666}, {0}, "a/b/file", "writable by its group and others"},
    {"a folder that its group may write", {"a/b"}, {0775}, {0}, "a/b/file", "/a/b: writable by its group (mode 0775): chmod g-w /"},
    {"a folder above it that others may write", {"a"}, {0757}, {0}, "a/b/file", "/a: writable by others (mode 0757): chmod o-w /"},
    {"a sticky folder on the way", {"a", "a/b"}, {01777, 01775}, {0}, "a/b/file", NULL},
    {"a file in a sticky folder that is another's", {"a/b", "a/b/file"}, {01777, 0644}, {0, NOBODY}, "a/b/file",
     "file: owned by uid 65534, neither root nor uid 0"},
    {"a file that is another's", {"a/b/file"}, {0644}, {NOBODY}, "a/b/file", "owned by uid 65534"},
    {"a folder that is another's", {"a"}, {0755}, {NOBODY}, "a/b/file", "/a: owned by uid 65534"},
    {"a link that we made, relative", {0}, {0}, {0}, "a/link", NULL},
    {"a link that we made, absolute", {0}, {0}, {0}, "a/absolute", NULL},
    {"a link to a folder", {0}, {0}, {0}, "a/folder/file", NULL},
    {"a link through a folder that others may write", {"loose"}, {0777}, {0}, "a/around", "/loose: writable by"},
    {"a link that is another's, in a sticky folder", {"a", "a/link"}, {01777, 0}, {0, NOBODY}, "a/link", "/link: owned by uid 65534"},
    {"a link to a file that its group may write", {"a/b/file"}, {0664}, {0}, "a/link", "/a/b/file: writable by its group"},
    {"a link to itself", {0}, {0}, {0}, "a/loop", "Too many levels"},
    {"a link to nothing", {0}, {0}, {0}, "a/dangling", "No such file"},
    {"nothing", {0}, {0}, {0}, "a/b/nothing", "No such file"},
    {"a folder where a file is due", {0}, {0}, {0}, "a/b", "/a/b: not a regular file"},
    {"a FIFO where a file is due", {0}, {0}, {0}, "a/fifo", "/a/fifo: not a regular file"},
    {"a file as a folder", {0}, {0}, {0}, "a/b/file/x", "Not a directory"},
    {"dots and slashes", {0}, {0}, {0}, "a//b/.././b/./file", NULL},
};

static void way_make(const struct sandbox *box)
{
    sandbox_write(box, "a/b/file", "text");
    sandbox_write(box, "loose/file", "text");
    if (symlink("b/file", sandbox_path(box, "a/link")) || symlink("loop", sandbox_path(box, "a/loop")) ||
        symlink("b/nothing", sandbox_path(box, "a/dangling")) ||
        symlink("../loose/../a/b/file", sandbox_path(box, "a/around")) || symlink("b", sandbox_path(box, "a/folder")) ||
        symlink(sandbox_path(box, "a/b/file"), sandbox_path(box, "a/absolute")) ||
        mkfifo(sandbox_path(box, "a/fifo"), 0600))
        exit(99);
}

static void try_way(const struct way *way)
{
    struct sandbox box;
    char why[1024] = "", text[8] = "";
    int fd, i, needs_root = 0, error;

    for (i = 0; i < 3; i++)
        needs_root |= way->owner[i];
    if (needs_root && geteuid() != 0) {
        skip("giving a file away needs root", "%s", way->claim);
        return;
    }
    sandbox_make(&box);
    way_make(&box);
    for (i = 0; i < 3 && way->change[i]; i++) {
        if (way->mode[i])
            sandbox_chmod(&box, way->change[i], way->mode[i]);
        if (way->owner[i] && lchown(sandbox_path(&box, way->change[i]), (uid_t)way->owner[i], (gid_t)-1))
            exit(99);
    }
    fd = config_open_safe(sandbox_path(&box, way->open), why, sizeof why);
    error = errno;
    if (!way->why) {
        ok(fd >= 0 && read(fd, text, 7) == 4 && !strcmp(text, "text"), "%s is opened", way->claim);
        ok(fd >= 0 && fcntl(fd, F_GETFD) == FD_CLOEXEC, "%s: and not inherited", way->claim);
    } else if (!ok(fd < 0 && strstr(why, way->why) && !strchr(why, '\n'), "%s is refused: %s", way->claim, way->why))
        diag("got %d '%s'", fd, why);
    if (way->why) /* ENOENT is taken for `not configured`: only where nothing stands at all */
        is_int(error == ENOENT, !strcmp(way->claim, "nothing"), "%s: is %snothing", way->claim,
               strcmp(way->claim, "nothing") ? "not " : "");
    if (fd >= 0)
        close(fd);
    sandbox_remove(&box);
}

/* ---- where the library looks ---- */

static const struct {
    const char *path;
    mode_t mode;
    int is_module; /* a load fails, not the configuration */
} places[] = {
    {"conf", 0775, 0},
    {"conf/opensspi.conf", 0666, 0},
    {"conf/conf.d", 0777, 0},
    {"conf/conf.d", 01777, 0}, /* a folder that is read must be ours alone */
    {"conf/conf.d/50-a.conf", 0664, 0},
    {"conf/providers.d", 0775, 0},
    {"conf/providers.d/60-b.provider", 0666, 0},
    {"manifests", 0775, 0},
    {"manifests/50-good.provider", 0664, 0},
    {"", 0775, 0},
    {"providers", 0775, 1},
    {"providers/good.so", 0775, 1},
};

static void choose(const void *arg, FILE *out)
{
    const struct provider *provider = NULL;
    const char *why = "";
    SECURITY_STATUS status = provider_select(NULL, 0, &provider);

    (void)arg;
    fprintf(out, "%08x %s|%d|%s", (unsigned)status, provider ? provider->name : "-", config_get(&why) != NULL,
            provider ? "" : why);
    if (!provider && !*why)
        provider_load("good", &why);
    fprintf(out, "%s", why);
}

static void good_make(const struct sandbox *box)
{
    const char *builddir = secure_getenv("top_builddir");
    char from[PATH_MAX];

    snprintf(from, sizeof from, "%s/t/mock/good.so", builddir ? builddir : ".");
    sandbox_copy(box, "providers/good.so", from);
    snprintf(from, sizeof from, "%s/t/mock/slow.so", builddir ? builddir : ".");
    sandbox_copy(box, "providers/slow.so", from);
    sandbox_write(box, "manifests/50-good.provider", "[provider good]\nmodule = good.so\nabi = 1\n");
    sandbox_write(box, "manifests/50-slow.provider", "[provider slow]\nmodule = slow.so\nabi = 1\n");
    sandbox_write(box, "conf/opensspi.conf", "[package Schannel]\nproviders = good slow\nlog = stderr\n");
    sandbox_write(box, "conf/conf.d/50-a.conf", "");
    sandbox_write(box, "conf/providers.d/60-b.provider", "[provider b]\nmodule =\n");
}

static void try_places(void)
{
    struct sandbox box;
    char text[2048], errors[2048], want[PATH_MAX];
    size_t i;

    sandbox_make(&box);
    good_make(&box);
    sandbox_run(&box, NULL, choose, NULL, text, sizeof text, errors, sizeof errors);
    ok(!strncmp(text, "00000000 good|1|", 16), "what only we can change is used");
    sandbox_remove(&box);
    for (i = 0; i < sizeof places / sizeof places[0]; i++) {
        sandbox_make(&box);
        good_make(&box);
        sandbox_chmod(&box, places[i].path, places[i].mode);
        sandbox_run(&box, NULL, choose, NULL, text, sizeof text, errors, sizeof errors);
        snprintf(want, sizeof want, "80090304 -|%d|", places[i].is_module);
        ok(!strncmp(text, want, strlen(want)), "%s with mode %04o: Acquire fails, no other provider stands in",
           *places[i].path ? places[i].path : "the folder above", (unsigned)places[i].mode);
        snprintf(want, sizeof want, "%s%s%s: writable by ", box.root, *places[i].path ? "/" : "", places[i].path);
        if (!ok(strstr(text, want) && strstr(text, ": chmod "), "... and the reason names it and the remedy"))
            diag("got '%s'", text);
        sandbox_remove(&box);
    }
}

static void try_reading(void)
{
    struct sandbox box;
    char why[512], *bytes = NULL;
    size_t len = 0;

    sandbox_make(&box);
    sandbox_write_bytes(&box, "a", "12\0 4", 5);
    ok(!safe_read(sandbox_path(&box, "a"), 5, &bytes, &len, why, sizeof why) && len == 5 && !memcmp(bytes, "12\0 4", 6),
       "a file of just the limit is read whole, NULs too");
    free(bytes);
    ok(safe_read(sandbox_path(&box, "a"), 4, &bytes, &len, why, sizeof why) && strstr(why, "longer than 4 bytes"),
       "a longer one is refused");
    ok(safe_open("relative", S_IFREG, why, sizeof why) < 0 && strstr(why, "not an absolute path"), "a relative path is refused");
    ok(safe_open("", S_IFREG, why, sizeof why) < 0, "an empty path is refused");
    ok(safe_open("/", S_IFDIR, why, sizeof why) < 0, "the root is not a folder to read");
    ok(safe_open(sandbox_path(&box, "conf"), S_IFDIR, why, 8) >= 0, "a folder is opened");
    ok(safe_open(sandbox_path(&box, "a"), S_IFDIR, why, 8) < 0 && strlen(why) == 7, "a reason is cut to its room");
    sandbox_remove(&box);
}

int main(void)
{
    size_t i;

    for (i = 0; i < sizeof ways / sizeof ways[0]; i++)
        try_way(&ways[i]);
    try_reading();
    try_places();
    return tap_done();
}
