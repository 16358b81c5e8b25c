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

#include "tools/diff/profile.h"
#include "tools/diff/suite.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

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
        uint8_t byte = (uint8_t)(half < 0 ? 0 : half << 4 | value);
        if (value < 0)
            return -1;
        if (half < 0) {
            half = value;
            continue;
        }
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

/* NULL, or what is wrong with the line. */
static const char *read_line(struct diff_base *base, const char *line, size_t len)
{
    struct diff_stimulus *s = &base->stimulus;
    char *value;
    if (!len || line[0] == '#')
        return NULL;
    if (line[0] == '>') {
        if (s->len && diff_stimulus_cut(s))
            return "no memory";
        return add_hex(s, line + 1, len - 1) ? "no pairs of hex digits" : NULL;
    }
    if (line[0] == ' ')
        return add_hex(s, line, len) ? "no pairs of hex digits" : NULL;
    if ((value = header_value(line, len, "role")) != NULL) {
        int accept = strcmp(value, "accept") == 0, known = accept || strcmp(value, "initialize") == 0;
        s->role = accept ? DIFF_ACCEPT : DIFF_INITIALIZE;
        free(value);
        return known ? NULL : "a role is accept or initialize";
    }
    if ((value = header_value(line, len, "profile")) != NULL) {
        free(base->profile);
        base->profile = value;
        return diff_profile_find(value) ? NULL : "no such profile";
    }
    if ((value = header_value(line, len, "note")) != NULL) {
        free(value);
        return NULL;
    }
    return "neither a header, a token nor a comment";
}

int diff_seed_read(struct diff_suite *suite, const char *name, const char *text, char *why, size_t size)
{
    struct diff_base *base = diff_suite_add(suite, &diff_replay, "%s", name);
    unsigned number = 1;
    if (!base) {
        snprintf(why, size, "no memory");
        return -1;
    }
    for (const char *line = text; *line; number++) {
        size_t len = strcspn(line, "\n");
        const char *wrong = read_line(base, line, len);
        if (wrong) {
            snprintf(why, size, "%s:%u: %s", name, number, wrong);
            return -1;
        }
        line += len + (line[len] == '\n');
    }
    if (base->stimulus.len && diff_stimulus_cut(&base->stimulus)) {
        snprintf(why, size, "no memory");
        return -1;
    }
    return 0;
}

int diff_seeds_load(struct diff_suite *suite, unsigned mutations, char *why, size_t size)
{
    char folder[4096], name[DIFF_NAME_MAX], file[300];
    snprintf(folder, sizeof folder, "%s/seeds", diff_data());
    DIR *dir = opendir(folder);
    if (!dir) {
        snprintf(why, size, "%s: cannot be read", folder);
        return -1;
    }
    int failed = 0;
    for (struct dirent *entry; !failed && (entry = readdir(dir)) != NULL;) {
        size_t len = strlen(entry->d_name), text_len;
        if (len < 5 || strcmp(entry->d_name + len - 4, ".tst") != 0)
            continue;
        snprintf(file, sizeof file, "seeds/%s", entry->d_name);
        snprintf(name, sizeof name, "seed/%.*s", (int)(len - 4 > 120 ? 120 : len - 4), entry->d_name);
        char *text = diff_data_read(file, &text_len);
        if (!text)
            snprintf(why, size, "%s: cannot be read", file);
        failed = !text || diff_seed_read(suite, name, text, why, size);
        free(text);
        if (!failed)
            suite->bases[suite->count - 1]->mutations = mutations;
    }
    closedir(dir);
    return failed ? -1 : 0;
}
