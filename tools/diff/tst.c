/* SPDX-License-Identifier: MIT */
#include <config.h>

#include "tools/diff/tst.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { LINE_OCTETS = 48, NAME_MOST = 100, NUMBERS = 100000 };

/* The length of the record that begins here, all of which is there; 0: only its beginning is; `len`: it is
 * none. */
static size_t record(const uint8_t *at, size_t len)
{
    if (at[0] < 20 || at[0] > 24 || (len > 1 && at[1] != 3))
        return len;
    size_t whole = len < 5 ? 5 : 5 + ((size_t)at[3] << 8 | at[4]);
    return whole > len ? 0 : whole;
}

/* ---- text ---- */

static void print_token(FILE *out, const uint8_t *at, size_t len)
{
    const char *lead = "> ";
    if (!len)
        fputs(">\n", out);
    while (len) {
        size_t left = record(at, len);
        left = left ? left : len;
        len -= left;
        while (left) {
            size_t line = left < LINE_OCTETS ? left : LINE_OCTETS;
            fputs(lead, out);
            for (size_t i = 0; i < line; i++)
                fprintf(out, "%02x", at[i]);
            putc('\n', out);
            at += line;
            left -= line;
            lead = "  ";
        }
    }
}

/* Out of a note, which may hold a file's name: one line of it. */
static void print_note(FILE *out, const char *note)
{
    fputs("note: ", out);
    for (; *note; note++)
        putc((unsigned char)*note < ' ' || *note == 0x7f ? '?' : *note, out);
    putc('\n', out);
}

void diff_stimulus_print(FILE *out, const struct diff_stimulus *s, const char *profile, const char *note)
{
    size_t at = 0;
    fprintf(out, "role: %s\n", s->role == DIFF_ACCEPT ? "accept" : "initialize");
    if (profile)
        fprintf(out, "profile: %s\n", profile);
    if (note)
        print_note(out, note);
    for (size_t i = 0; i < s->cut_count; at = s->cuts[i++])
        print_token(out, s->bytes + at, s->cuts[i] - at);
}

/* ---- files ---- */

int diff_tst_folder(const char *folder)
{
    struct stat st;
    if (mkdir(folder, 0777) == 0 || (errno == EEXIST && stat(folder, &st) == 0 && S_ISDIR(st.st_mode)))
        return 0;
    diff_failed("%s: %s", folder, errno == EEXIST ? "is no folder" : strerror(errno));
    return -1;
}

static int new_file(const char *folder, const char *name, char *path, size_t size)
{
    char own[NAME_MOST + 1];
    int fd = -1;
    snprintf(own, sizeof own, "%s", *name ? name : "_");
    for (size_t at = 0; own[at += strspn(own + at, DIFF_STREAM_NAME)];)
        own[at] = '_';
    for (unsigned n = 1; fd < 0 && n < NUMBERS; n++) {
        if (n == 1)
            snprintf(path, size, "%s/%s.tst", folder, own);
        else
            snprintf(path, size, "%s/%s-%u.tst", folder, own, n);
        fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
        if (fd < 0 && errno != EEXIST)
            break;
    }
    return fd;
}

int diff_tst_save(const char *folder, const char *name, const char *profile, const char *note,
                  const struct diff_stimulus *s)
{
    char path[4096];
    int fd = new_file(folder, name, path, sizeof path);
    FILE *out = fd < 0 ? NULL : fdopen(fd, "w");
    if (!out) {
        diff_failed("%s: %s", path, strerror(errno));
        if (fd >= 0)
            close(fd);
        return -1;
    }
    diff_stimulus_print(out, s, profile, note);
    int failed = fflush(out) || ferror(out);
    failed |= fclose(out) != 0;
    if (failed) {
        unlink(path);
        diff_failed("%s: cannot be written", path);
        return -1;
    }
    printf("%s\n", path);
    return 0;
}

/* ---- captures ---- */

static int take(struct diff_capture *c, size_t len)
{
    if (!len)
        return 0;
    if (diff_stimulus_add(&c->stimulus, buffer_bytes(&c->begun), len) || diff_stimulus_cut(&c->stimulus))
        return -1;
    buffer_drop(&c->begun, len);
    return 0;
}

int diff_capture_add(struct diff_capture *c, const void *bytes, size_t len)
{
    size_t room = DIFF_STREAM_MAX - c->stimulus.len - buffer_length(&c->begun), at = 0;
    c->full |= len > room;
    if (buffer_append(&c->begun, bytes, len > room ? room : len))
        return -1;
    for (size_t have = buffer_length(&c->begun), next; at < have; at += next)
        if (!(next = record(buffer_bytes(&c->begun) + at, have - at)))
            break;
    return take(c, at);
}

int diff_capture_end(struct diff_capture *c)
{
    return take(c, buffer_length(&c->begun));
}

void diff_capture_free(struct diff_capture *c)
{
    diff_stimulus_free(&c->stimulus);
    buffer_free(&c->begun);
}
