/* SPDX-License-Identifier: MIT
 *
 * Files of transcripts: lines "key: value", then for each transcript its name, its lines, and an empty one.
 */
#include <config.h>

#include "tools/diff/golden.h"
#include "tools/diff/profile.h"

#include <stdlib.h>
#include <string.h>

static const char format[] = "1";

void golden_file_head(FILE *out, const struct diff_options *o, const struct diff_backend *backend)
{
    fprintf(out,
            "# What %s came to under a seed (sspi diff golden --out DIR); --check compares.\n"
            "golden: %s\nprofile: %s\nseed: %llu\nof: %s %s\n",
            backend->name, format, DIFF_PROFILE, (unsigned long long)o->seed, backend->name,
            backend->version);
    for (unsigned i = 0; i < o->backend_count; i++)
        if (strcmp(o->backends[i].name, backend->name) != 0)
            fprintf(out, "of: %s %s\n", o->backends[i].name, o->backends[i].version);
    putc('\n', out);
}

static int take_head(struct golden_file *f, char *line)
{
    char *value = strstr(line, ": ");
    if (!value)
        return -1;
    *value = 0;
    value += 2;
    if (strcmp(line, "golden") == 0)
        return strcmp(value, format) ? -1 : 0;
    if (strcmp(line, "profile") == 0)
        return strcmp(value, DIFF_PROFILE) ? -1 : 0;
    if (strcmp(line, "seed") == 0) {
        f->seed = strtoull(value, NULL, 10);
        return 0;
    }
    char *version = strchr(value, ' ');
    if (strcmp(line, "of") != 0 || !version || f->of_count == DIFF_BACKENDS_MAX)
        return -1;
    *version = 0;
    f->of[f->of_count++] = (struct golden_version){value, version + 1};
    return 0;
}

static void take_line(struct golden_file *f, const char *line)
{
    if (strchr("<>=!", line[0]) && line[1] == ' ' && f->count) {
        f->lines = diff_grow(f->lines, &f->line_cap, f->line_count + 1, sizeof *f->lines);
        f->lines[f->line_count++] = line;
        f->entries[f->count - 1].count++;
        return;
    }
    f->entries = diff_grow(f->entries, &f->cap, f->count + 1, sizeof *f->entries);
    f->entries[f->count++] = (struct golden_entry){.name = line, .line = f->line_count};
}

int golden_file_read(struct golden_file *f, const char *path)
{
    size_t len, number = 0;
    int head = 1;
    *f = (struct golden_file){.seed = 0};
    snprintf(f->path, sizeof f->path, "%s", path);
    f->text = diff_file_read(path, &len);
    if (!f->text)
        return diff_failed("%s: cannot be read", path), -1;
    for (char *at = f->text, *line; (line = golden_line(&at));) {
        number++;
        if (line[0] == '#')
            continue;
        if (!line[0])
            head = 0;
        else if (!head)
            take_line(f, line);
        else if (take_head(f, line))
            return diff_failed("%s:%zu: no transcripts of this version of the tester", path, number), -1;
    }
    return f->of_count && f->seed ? 0 : (diff_failed("%s: whose transcripts are they?", path), -1);
}

void golden_file_free(struct golden_file *f)
{
    free(f->text);
    free(f->lines);
    free(f->entries);
    *f = (struct golden_file){.seed = 0};
}

struct golden_entry *golden_find(struct golden_file *f, const char *name)
{
    for (size_t i = 0; i < f->count; i++)
        if (strcmp(f->entries[i].name, name) == 0)
            return &f->entries[i];
    return NULL;
}

const char *golden_version(const struct golden_file *f, const char *name)
{
    for (unsigned i = 0; i < f->of_count; i++)
        if (strcmp(f->of[i].name, name) == 0)
            return f->of[i].version;
    return NULL;
}
