/* SPDX-License-Identifier: MIT */
#include <config.h>

#include "t/sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static void give_up(const char *what)
{
    fprintf(stderr, "sandbox: %s: %s\n", what, strerror(errno));
    exit(99);
}

void sandbox_make(struct sandbox *box)
{
    const char *tmp = secure_getenv("TMPDIR");

    umask(022);
    snprintf(box->root, sizeof box->root, "%.200s/opensspi-t.XXXXXX", tmp && *tmp ? tmp : "/tmp");
    if (!mkdtemp(box->root) || chmod(box->root, 0755))
        give_up(box->root);
    sandbox_mkdir(box, "conf");
    sandbox_mkdir(box, "manifests");
    sandbox_mkdir(box, "providers");
}

static int remove_one(const char *path, const struct stat *st, int kind, struct FTW *where)
{
    (void)st, (void)kind, (void)where;
    return remove(path);
}

void sandbox_remove(struct sandbox *box)
{
    nftw(box->root, remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

const char *sandbox_path(const struct sandbox *box, const char *name)
{
    static char path[4][PATH_MAX];
    static unsigned next;
    char *mine = path[next++ % 4];

    snprintf(mine, PATH_MAX, "%s/%s", box->root, name);
    return mine;
}

static void parents_make(const struct sandbox *box, const char *name)
{
    char path[PATH_MAX], *slash;

    snprintf(path, sizeof path, "%s/%s", box->root, name);
    for (slash = path + strlen(box->root) + 1; (slash = strchr(slash, '/')) != NULL; slash++) {
        *slash = '\0';
        if (mkdir(path, 0755) && errno != EEXIST)
            give_up(path);
        *slash = '/';
    }
}

void sandbox_write_bytes(const struct sandbox *box, const char *name, const void *bytes, size_t len)
{
    const char *path = sandbox_path(box, name);
    FILE *file;

    parents_make(box, name);
    file = fopen(path, "w");
    if (!file || fwrite(bytes, 1, len, file) != len || fclose(file) || chmod(path, 0644))
        give_up(path);
}

void sandbox_write(const struct sandbox *box, const char *name, const char *text)
{
    sandbox_write_bytes(box, name, text, strlen(text));
}

void sandbox_copy(const struct sandbox *box, const char *name, const char *from)
{
    FILE *file = fopen(from, "r");
    char *bytes = NULL;
    long size = -1;

    if (!file || fseek(file, 0, SEEK_END) || (size = ftell(file)) < 0 || fseek(file, 0, SEEK_SET))
        give_up(from);
    bytes = malloc((size_t)size + 1);
    if (!bytes || fread(bytes, 1, (size_t)size, file) != (size_t)size)
        give_up(from);
    fclose(file);
    sandbox_write_bytes(box, name, bytes, (size_t)size);
    free(bytes);
}

void sandbox_mkdir(const struct sandbox *box, const char *name)
{
    const char *path = sandbox_path(box, name);

    parents_make(box, name);
    if (mkdir(path, 0755) && errno != EEXIST)
        give_up(path);
}

void sandbox_chmod(const struct sandbox *box, const char *name, mode_t mode)
{
    const char *path = sandbox_path(box, name);

    if (chmod(path, mode))
        give_up(path);
}

static void child_environment(const struct sandbox *box, const char *const *environment)
{
    static const char *const cleared[] = {"OPENSSPI_PROVIDER", "OPENSSPI_LOG", "OPENSSPI_CHECK"};
    size_t i;

    for (i = 0; i < sizeof cleared / sizeof cleared[0]; i++)
        unsetenv(cleared[i]);
    setenv("OPENSSPI_CONFDIR", sandbox_path(box, "conf"), 1);
    setenv("OPENSSPI_MANIFESTDIR", sandbox_path(box, "manifests"), 1);
    setenv("OPENSSPI_PROVIDERDIR", sandbox_path(box, "providers"), 1);
    for (; environment && *environment; environment++) {
        char *name = strdup(*environment), *value = name ? strchr(name, '=') : NULL;
        if (!value)
            _exit(98);
        *value++ = '\0';
        setenv(name, value, 1);
        free(name);
    }
}

static void slurp(FILE *file, char *text, size_t size)
{
    size_t len = 0;

    if (text && size) {
        rewind(file);
        len = fread(text, 1, size - 1, file);
        text[len] = '\0';
    }
    fclose(file);
}

int sandbox_run(const struct sandbox *box, const char *const *environment, void (*fn)(const void *arg, FILE *out),
                const void *arg, char *text, size_t size, char *errors, size_t errors_size)
{
    FILE *out = tmpfile(), *err = tmpfile();
    int status = 0;
    pid_t pid = -1;

    fflush(stdout);
    if (!out || !err || (pid = fork()) < 0)
        give_up("tmpfile or fork");
    if (!pid) {
        alarm(120);
        child_environment(box, environment);
        if (errors)
            dup2(fileno(err), STDERR_FILENO);
        fn(arg, out);
        if (fflush(out))
            _exit(98);
        exit(0); /* with whatever a sanitizer has to say */
    }
    while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
        continue;
    slurp(out, text, size);
    slurp(err, errors, errors_size);
    return WIFSIGNALED(status) ? -WTERMSIG(status) : WEXITSTATUS(status);
}
