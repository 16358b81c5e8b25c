/* SPDX-License-Identifier: MIT */
#include <config.h>

#include "tools/config-edit.h"

#include "core/config-parse.h"
#include "core/paths.h"
#include "core/safe.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

enum { FILE_MAX = 65536, EDIT_PATH_MAX = PATH_MAX };

/* The folder and the file in it, while they are changed. */
struct place {
    char path[EDIT_PATH_MAX];
    int folder; /* locked */
    char *text; /* what stands there, ended by NUL */
    size_t len;
    char *why;
    size_t why_size;
};

static int fail(struct place *place, const char *what, const char *reason)
{
    snprintf(place->why, place->why_size, "%s: %s", what, reason);
    return -1;
}

/* ---- the text ---- */

struct lines { /* of the last setting in the section, and of the key itself; 0: none */
    unsigned section, key;
    int as_asked; /* the key reads as it was asked for, or is gone */
};

static int belongs(const struct config_entry *entry, const struct config_edit *edit)
{
    if (edit->program)
        return entry->section == CONFIG_PROGRAM && !strcmp(entry->name, edit->program);
    if (edit->provider)
        return entry->section == CONFIG_PROVIDER && !strcmp(entry->name, edit->provider);
    return entry->section == CONFIG_PACKAGE;
}

static void section_print(FILE *out, const struct config_edit *edit)
{
    if (edit->program || edit->provider)
        fprintf(out, "[%s %s]\n", edit->program ? "program" : "provider",
                edit->program ? edit->program : edit->provider);
    else
        fputs("[package Schannel]\n", out);
}

/* The line that begins the section, as it is written here, when all its settings are gone: else each `set'
 * after an `unset' would begin another.  0: none. */
static unsigned section_empty(const struct place *place, const struct config_edit *edit)
{
    unsigned line = 0, found = 0;
    char *header = NULL;
    size_t len = 0;
    FILE *out = open_memstream(&header, &len);
    const char *at;

    if (!out)
        return 0;
    section_print(out, edit);
    if (fclose(out) == 0) {
        for (at = place->text; *at; at += strcspn(at, "\n") + (at[strcspn(at, "\n")] == '\n')) {
            line++;
            if (!strncmp(at, header, len))
                found = line;
        }
    }
    free(header);
    return found;
}

/* The parser of the library itself says where everything stands, and whether the text is good. */
static int text_read(struct place *place, const struct config_edit *edit, struct lines *lines)
{
    struct config_list list = {0};
    size_t i;
    int result = config_parse(&list, place->path, place->text, place->len, 0, place->why, place->why_size);

    *lines = (struct lines){.as_asked = !edit->value};
    for (i = 0; !result && i < list.count; i++) {
        if (!belongs(&list.entry[i], edit))
            continue;
        lines->section = list.entry[i].value.line;
        if (strcmp(list.entry[i].key, edit->key))
            continue;
        lines->key = list.entry[i].value.line;
        lines->as_asked = edit->value && !strcmp(list.entry[i].value.text, edit->value);
    }
    config_list_free(&list);
    if (!result && !lines->section)
        lines->section = section_empty(place, edit);
    return result;
}

static const char *line_end(const char *text, unsigned line)
{
    while (line-- && *text)
        text += strcspn(text, "\n") + (text[strcspn(text, "\n")] == '\n');
    return text;
}

/* The text with the change made; malloc'ed; NULL: no memory. */
static char *text_make(const struct place *place, const struct config_edit *edit, const struct lines *at,
                       size_t *len)
{
    char *made = NULL;
    FILE *out = open_memstream(&made, len);
    const char *text = place->text, *before, *after;
    int ends = !place->len || text[place->len - 1] == '\n';

    if (!out)
        return NULL;
    if (at->key) {
        before = line_end(text, at->key - 1);
        after = line_end(text, at->key);
    } else {
        before = after = at->section ? line_end(text, at->section) : text + place->len;
    }
    fwrite(text, 1, (size_t)(before - text), out);
    if (edit->value) {
        if (!at->key && before == text + place->len && !ends)
            fputc('\n', out);
        if (!at->key && !at->section) {
            fputs(place->len ? "\n" : "# Written by `sspi config set'.\n", out);
            section_print(out, edit);
        }
        fprintf(out, "%s = %s\n", edit->key, edit->value);
    }
    fwrite(after, 1, (size_t)(text + place->len - after), out);
    if (fclose(out) != 0) {
        free(made);
        return NULL;
    }
    return made;
}

/* The key stands where it did, once, or is gone wherever it stood. */
static int text_change(struct place *place, const struct config_edit *edit, struct lines *lines)
{
    do {
        size_t len = 0;
        char *made = text_make(place, edit, lines, &len);
        if (!made)
            return fail(place, place->path, strerror(ENOMEM));
        free(place->text);
        place->text = made;
        place->len = len;
        if (text_read(place, edit, lines) != 0)
            return -1;
    } while (!edit->value && lines->key);
    return lines->as_asked ? 0
                           : fail(place, edit->key,
                                  "names and values have no line ends, comments or blanks at their ends");
}

/* ---- the file ---- */

static int place_open(struct place *place, const struct config_edit *edit)
{
    char folder[EDIT_PATH_MAX];
    char why[512] = "";
    int len = snprintf(folder, sizeof folder, "%s/conf.d", paths_conf());

    if (len < 0 || (size_t)len >= sizeof folder ||
        (size_t)snprintf(place->path, sizeof place->path, "%s/%s", folder, edit->file) >= sizeof place->path)
        return fail(place, edit->file, strerror(ENAMETOOLONG));
    if (mkdir(folder, 0755) != 0 && errno != EEXIST)
        return fail(place, folder, strerror(errno));
    place->folder = safe_open(folder, S_IFDIR, why, sizeof why);
    if (place->folder < 0) {
        snprintf(place->why, place->why_size, "%s", why);
        return -1;
    }
    if (flock(place->folder, LOCK_EX) != 0)
        return fail(place, folder, strerror(errno));
    if (safe_read(place->path, FILE_MAX, &place->text, &place->len, why, sizeof why) == 0)
        return 0;
    if (errno != ENOENT) {
        snprintf(place->why, place->why_size, "%s", why);
        return -1;
    }
    place->len = 0;
    place->text = strdup("");
    return place->text ? 0 : fail(place, place->path, strerror(ENOMEM));
}

static int write_all(int fd, const char *text, size_t len)
{
    while (len) {
        ssize_t wrote = write(fd, text, len);
        if (wrote < 0 && errno == EINTR)
            continue;
        if (wrote <= 0)
            return -1;
        text += wrote;
        len -= (size_t)wrote;
    }
    return 0;
}

/* A new file takes the old one's place: readers see the one or the other, also after a power failure. */
static int place_write(struct place *place, const char *name)
{
    char temporary[NAME_MAX + 1];
    int fd, result, error;

    /* a name that begins with a dot is passed over by readers */
    if ((size_t)snprintf(temporary, sizeof temporary, ".%s.new", name) >= sizeof temporary)
        return fail(place, name, strerror(ENAMETOOLONG));
    (void)unlinkat(place->folder, temporary, 0); /* left by one that was killed; the lock is ours */
    fd = openat(place->folder, temporary, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0644);
    if (fd < 0)
        return fail(place, place->path, errno == EACCES ? "only root may change it" : strerror(errno));
    result = write_all(fd, place->text, place->len) || fchmod(fd, 0644) || fsync(fd);
    error = errno;
    close(fd);
    if (!result && renameat(place->folder, temporary, place->folder, name) != 0) {
        result = -1;
        error = errno;
    }
    if (result) {
        (void)unlinkat(place->folder, temporary, 0);
        return fail(place, place->path, strerror(error));
    }
    (void)fsync(place->folder);
    return 0;
}

int config_edit(const struct config_edit *edit, char *path, size_t path_size, unsigned *line, char *why,
                size_t why_size)
{
    struct place place = {.folder = -1, .why = why, .why_size = why_size};
    struct lines lines = {0};
    int result = place_open(&place, edit);

    if (!result)
        result = text_read(&place, edit, &lines);
    if (!result && (edit->value || lines.key)) {
        result = text_change(&place, edit, &lines);
        if (!result)
            result = place_write(&place, edit->file);
    }
    snprintf(path, path_size, "%s", place.path);
    *line = result ? 0 : lines.key;
    free(place.text);
    if (place.folder >= 0)
        close(place.folder);
    return result;
}
