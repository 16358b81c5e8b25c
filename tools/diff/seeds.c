/* SPDX-License-Identifier: MIT
 *
 * Seeds: token streams as text that a person can edit (.tst).
 *
 *   # a comment
 *   role: accept                 the role of whoever is given the tokens: accept or initialize
 *   profile: common              of tools/diff/profile.c; this one where the line is missing
 *   note: where it comes from
 *   > 16 03 01 00 05             a token, in hex; spaces as one likes; further lines with > are further
 * tokens 01000001 00                a line that begins with a space goes on with the last token */
#include <config.h>

#include "tools/diff/chain.h"
#include "tools/diff/profile.h"
#include "tools/diff/suite.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static int digit(char c)
{
    return c >= '0' && c <= '9'   ? c - '0'
           : c >= 'a' && c <= 'f' ? c - 'a' + 10
           : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                  : -1;
}

static int add_hex(struct diff_stimulus *s, const char *text, size_t len)
{
    int half = -1;
    for (size_t i = 0; i < len; i++) {
        if (text[i] == ' ' || text[i] == '\t' || text[i] == '\r')
            continue;
        int value = digit(text[i]);
        if (value < 0)
            return -1;
        if (half < 0) {
            half = value;
            continue;
        }
        uint8_t byte = (uint8_t)(half << 4 | value);
        if (diff_stimulus_add(s, &byte, 1))
            return -1;
        half = -1;
    }
    return half < 0 ? 0 : -1;
}

static char *header_value(const char *line, size_t len, const char *key)
{
    size_t n = strlen(key);
    if (len <= n || strncmp(line, key, n) != 0 || line[n] != ':')
        return NULL;
    for (n++; n < len && line[n] == ' '; n++)
        continue;
    while (len > n && (line[len - 1] == ' ' || line[len - 1] == '\r'))
        len--;
    return strndup(line + n, len - n);
}

struct reading {
    struct diff_base *base;
    int role, token; /* were there */
};

/* NULL, or what is wrong with the line. */
static const char *read_line(struct reading *r, const char *line, size_t len)
{
    struct diff_stimulus *s = &r->base->stimulus;
    char *value;
    if (!len || line[0] == '#')
        return NULL;
    if (line[0] == '>') {
        r->token = 1;
        if (s->len && diff_stimulus_cut(s))
            return "no memory";
        return add_hex(s, line + 1, len - 1) ? "no pairs of hex digits" : NULL;
    }
    if (line[0] == ' ' && !r->token)
        return "goes on with no token";
    if (line[0] == ' ')
        return add_hex(s, line, len) ? "no pairs of hex digits" : NULL;
    if ((value = header_value(line, len, "role")) != NULL) {
        int accept = strcmp(value, "accept") == 0;
        r->role = accept || strcmp(value, "initialize") == 0;
        s->role = accept ? DIFF_ACCEPT : DIFF_INITIALIZE;
        free(value);
        return r->role ? NULL : "a role is accept or initialize";
    }
    if ((value = header_value(line, len, "profile")) != NULL) {
        free(r->base->profile);
        r->base->profile = value;
        return diff_profile_find(value) ? NULL : "no such profile";
    }
    if ((value = header_value(line, len, "kind")) != NULL) {
        int chain = strcmp(value, "chain") == 0;
        r->base->kind = chain ? &diff_chain : r->base->kind;
        free(value);
        return chain ? NULL : "a kind is chain, or not said";
    }
    if (len >= 5 && strncmp(line, "note:", 5) == 0)
        return NULL;
    return "neither a header, a token nor a comment";
}

static int is_chain(const struct diff_stimulus *s)
{
    struct chain_item items[CHAIN_ITEMS_MAX];
    return chain_items(s->bytes, s->len, items) >= 0;
}

int diff_seed_read(struct diff_suite *suite, const char *name, const char *file, const char *text, char *why,
                   size_t size)
{
    struct reading r = {.base = diff_suite_add(suite, &diff_replay, "%s", name)};
    const char *wrong = r.base ? NULL : "no memory";
    unsigned number = 0;
    for (const char *line = text; !wrong && *line; number++) {
        size_t len = strcspn(line, "\n");
        wrong = read_line(&r, line, len);
        if (!wrong &&
            r.base->stimulus.len > (r.base->kind == &diff_chain ? CHAIN_BYTES_MAX : DIFF_STREAM_MAX))
            wrong = "too many octets";
        line += len + (line[len] == '\n');
    }
    if (!wrong && (!r.role || !r.token))
        wrong = r.role ? "there is no token" : "there is no role";
    if (!wrong && r.base->kind == &diff_chain && !is_chain(&r.base->stimulus))
        wrong = "no chain";
    if (!wrong && r.base->stimulus.len && diff_stimulus_cut(&r.base->stimulus))
        wrong = "no memory";
    if (wrong)
        snprintf(why, size, "%s:%u: %s", file, number ? number : 1, wrong);
    return wrong ? -1 : 0;
}

/* A file's text; NULL with the word in `why`. */
static char *read_text(const char *path, char *why, size_t size)
{
    enum { TEXT_MAX = 1 << 20 };
    char *text = malloc(TEXT_MAX + 1);
    struct stat st;
    int fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
    FILE *in = fd >= 0 && fstat(fd, &st) == 0 && S_ISREG(st.st_mode) ? fdopen(fd, "r") : NULL;
    size_t len = in && text ? fread(text, 1, TEXT_MAX + 1, in) : 0;
    const char *wrong = !text                  ? "no memory"
                        : !in || ferror(in)    ? "cannot be read"
                        : len > TEXT_MAX       ? "too long"
                        : memchr(text, 0, len) ? "is no text"
                                               : NULL;
    if (in)
        fclose(in);
    else if (fd >= 0)
        close(fd);
    if (!wrong) {
        text[len] = '\0';
        return text;
    }
    snprintf(why, size, "%s: %s", path, wrong);
    free(text);
    return NULL;
}

/* FOLDER/NAME.tst as PREFIX/NAME.  Other files are nothing to us. */
static int load_file(struct diff_suite *suite, const char *prefix, const char *path, unsigned mutations,
                     char *why, size_t size)
{
    const char *own = strrchr(path, '/') ? strrchr(path, '/') + 1 : path;
    size_t len = strlen(own);
    char name[DIFF_NAME_MAX];
    if (len < 5 || strcmp(own + len - 4, ".tst") != 0)
        return 0;
    len -= 4;
    if (len > 120 || strspn(own, DIFF_STREAM_NAME) < len) {
        snprintf(why, size, "%s: no name for a stream", path);
        return -1;
    }
    snprintf(name, sizeof name, "%s/%.*s", prefix, (int)len, own);
    char *text = read_text(path, why, size);
    int failed = !text || diff_seed_read(suite, name, path, text, why, size);
    free(text);
    if (!failed)
        suite->bases[suite->count - 1]->mutations = mutations;
    return failed ? -1 : 0;
}

static int load_folder(struct diff_suite *suite, const char *prefix, const char *folder, unsigned mutations,
                       char *why, size_t size)
{
    char path[4096 + 300];
    DIR *dir = opendir(folder);
    if (!dir) {
        snprintf(why, size, "%s: cannot be read", folder);
        return -1;
    }
    int failed = 0;
    for (struct dirent *entry; !failed && (entry = readdir(dir)) != NULL;) {
        snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
        failed = load_file(suite, prefix, path, mutations, why, size);
    }
    closedir(dir);
    return failed ? -1 : 0;
}

int diff_seeds_load(struct diff_suite *suite, unsigned mutations, char *why, size_t size)
{
    char folder[4096];
    snprintf(folder, sizeof folder, "%s/seeds", diff_data());
    return load_folder(suite, "seed", folder, mutations, why, size);
}

int diff_guided_load(struct diff_suite *suite, char *why, size_t size)
{
    char folder[4096];
    struct stat st;
    snprintf(folder, sizeof folder, "%s/seeds/guided", diff_data());
    return stat(folder, &st) ? 0 : load_folder(suite, "guided", folder, 0, why, size);
}

int diff_streams_load(struct diff_suite *suite, const char *path, unsigned mutations, char *why, size_t size)
{
    struct stat st;
    size_t before = suite->count;
    int folder = stat(path, &st) == 0 && S_ISDIR(st.st_mode);
    if (folder ? load_folder(suite, "stream", path, mutations, why, size)
               : load_file(suite, "stream", path, mutations, why, size))
        return -1;
    if (suite->count > before)
        return 0;
    snprintf(why, size, "%s: %s", path, folder ? "no .tst file is there" : "no .tst file");
    return -1;
}
