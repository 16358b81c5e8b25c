/* SPDX-License-Identifier: MIT
 *
 * `sspi diff import`: streams out of files of octets, folders of them, and captures of a network. */
#include <config.h>

#include "tools/diff/import.h"
#include "tools/diff/tst.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { DEPTH = 16, PATH_MOST = 4096 };

struct importing {
    const struct diff_options *o;
    const char *path, *name; /* of the file that is read */
    unsigned made;
};

/* The magic numbers of pcap, either way round, in microseconds or nanoseconds, and of pcapng. */
static int is_capture(const uint8_t *bytes, size_t len)
{
    static const char magic[][5] = {"\xa1\xb2\xc3\xd4", "\xd4\xc3\xb2\xa1", "\xa1\xb2\x3c\x4d",
                                    "\x4d\x3c\xb2\xa1", "\x0a\x0d\x0d\x0a"};
    for (size_t i = 0; len >= 4 && i < sizeof magic / sizeof *magic; i++)
        if (memcmp(bytes, magic[i], 4) == 0)
            return 1;
    return 0;
}

static int found(void *user, unsigned number, const struct diff_stimulus *s)
{
    struct importing *im = user;
    char name[512], note[PATH_MOST + 100];
    const char *who = s->role == DIFF_ACCEPT ? "client" : "server";
    snprintf(name, sizeof name, "%.80s-%u-%s", im->name, number, who);
    snprintf(note, sizeof note, "first flight of the %s in connection %u of %s", who, number, im->path);
    im->made++;
    return diff_tst_save(im->o->out, name, NULL, note, s);
}

static int import_capture(struct importing *im)
{
    char why[512];
    unsigned before = im->made;
    if (diff_pcap_read(im->path, im->o->port, found, im, why, sizeof why)) {
        if (why[0])
            diff_failed("%s: %s", im->path, why);
        return -1;
    }
    if (im->made == before)
        fprintf(stderr, "sspi diff: %s: no connection that begins with TLS\n", im->path);
    return 0;
}

static int import_raw(const struct importing *im, const uint8_t *bytes, size_t len)
{
    struct diff_stimulus s = {.role = DIFF_ACCEPT};
    char note[PATH_MOST + 20];
    const char *wrong = !len                                ? "is empty"
                        : len > DIFF_STREAM_MAX             ? "longer than 128 KiB"
                        : !im->o->role                      ? "--role is to say who is given it"
                        : diff_stimulus_add(&s, bytes, len) ? "no memory"
                        : diff_stimulus_cut(&s)             ? "no memory"
                                                            : NULL;
    if (wrong)
        diff_failed("%s: %s", im->path, wrong);
    else if (strcmp(im->o->role, "initialize") == 0)
        s.role = DIFF_INITIALIZE;
    snprintf(note, sizeof note, "%s", im->path);
    int failed = wrong || diff_tst_save(im->o->out, im->name, NULL, note, &s);
    diff_stimulus_free(&s);
    return failed ? -1 : 0;
}

static int import_file(struct importing *im)
{
    uint8_t *bytes = malloc(DIFF_STREAM_MAX + 1);
    FILE *in = fopen(im->path, "rbe");
    size_t len = in && bytes ? fread(bytes, 1, DIFF_STREAM_MAX + 1, in) : 0;
    int failed = -1;
    if (!bytes || !in || ferror(in))
        diff_failed("%s: %s", im->path, bytes ? strerror(errno) : "no memory");
    else
        failed = is_capture(bytes, len) ? import_capture(im) : import_raw(im, bytes, len);
    if (in)
        fclose(in);
    free(bytes);
    return failed;
}

static int import_path(struct importing *im, const char *path, const char *name, unsigned depth);

static int import_folder(struct importing *im, const char *path, const char *name, unsigned depth)
{
    struct dirent **entries = NULL;
    char inner[PATH_MOST], own[PATH_MOST];
    int count = depth < DEPTH ? scandir(path, &entries, NULL, alphasort) : -1, failed = count < 0;
    if (failed)
        diff_failed("%s: %s", path, depth < DEPTH ? strerror(errno) : "too deep");
    for (int i = 0; i < count; i++) {
        const char *entry = entries[i]->d_name;
        struct stat st;
        int fits = (size_t)snprintf(inner, sizeof inner, "%s/%s", path, entry) < sizeof inner &&
                   (size_t)snprintf(own, sizeof own, "%s%s%s", name, *name ? "-" : "", entry) < sizeof own;
        if (!failed && fits && entry[0] != '.' && lstat(inner, &st) == 0 && !S_ISLNK(st.st_mode))
            failed = import_path(im, inner, own, depth + 1);
        free(entries[i]);
    }
    free(entries);
    return failed ? -1 : 0;
}

/* `name`: what the streams will be called after, with the file's ending still. */
static int import_path(struct importing *im, const char *path, const char *name, unsigned depth)
{
    struct stat st;
    if (stat(path, &st)) {
        diff_failed("%s: %s", path, strerror(errno));
        return -1;
    }
    if (S_ISDIR(st.st_mode))
        return import_folder(im, path, depth ? name : "", depth);
    const char *end = strrchr(name, '.');
    if (!S_ISREG(st.st_mode) || (end && strcmp(end, ".tst") == 0)) {
        diff_failed("%s: %s", path, S_ISREG(st.st_mode) ? "is a stream already" : "is no file");
        return -1;
    }
    char *own = strndup(name, end && end > name ? (size_t)(end - name) : strlen(name));
    im->path = path;
    im->name = own ? own : "_";
    int failed = import_file(im);
    free(own);
    return failed;
}

static int import(struct diff_options *o)
{
    struct importing im = {.o = o};
    int failed = 0;
    if (!o->out || !o->word_count)
        return diff_failed("import takes --out DIR and files");
    if (diff_tst_folder(o->out))
        return DIFF_EXIT_USAGE;
    for (int i = 0; i < o->word_count && !failed; i++) {
        const char *slash = strrchr(o->words[i], '/');
        failed = import_path(&im, o->words[i], slash ? slash + 1 : o->words[i], 0);
    }
    return failed ? DIFF_EXIT_USAGE : DIFF_EXIT_FINE;
}

const struct diff_command diff_import_command = {
    .name = "import",
    .run = import,
    .usage = "import [--role accept|initialize] [--port PORT] --out DIR FILE...",
};
