/* SPDX-License-Identifier: MIT
 *
 * Transcripts against those that were kept: what differs is gathered by where it differs first. */
#include <config.h>

#include "tools/diff/golden.h"

#include <stdlib.h>
#include <string.h>

struct group { /* of transcripts that differ first at the same place */
    char place[128];
    int drift;
    size_t count;
    const struct diff_base *base; /* the first of them */
    size_t at;                    /* the line */
    char *kept, *full;
};
struct golden_tally {
    const struct diff_backend *all;
    unsigned backends;
    size_t same, differ, drift, unknown;
    struct group *groups;
    size_t count, cap;
};

struct golden_tally *golden_tally_new(const struct diff_backend *all, unsigned count)
{
    struct golden_tally *t = calloc(1, sizeof *t);
    if (!t)
        abort();
    t->all = all;
    t->backends = count;
    return t;
}

/* Another version of the library, or of its peer's, took part. */
static int other_versions(const struct golden_tally *t, const struct golden_file *f, const char *name)
{
    const char *kept = golden_version(f, name);
    for (unsigned i = 0; i < t->backends; i++)
        if (strcmp(t->all[i].name, name) == 0)
            return !kept || strcmp(kept, t->all[i].version) != 0;
    return 1;
}

static int sent_by_client(const struct diff_base *base, const char *line)
{
    return (golden_role(base) == DIFF_INITIALIZE) == (line[0] == '<');
}

static void differs(struct golden_tally *t, const struct diff_base *base, size_t at, const char *kept,
                    const char *full, int drift)
{
    char piece[64], place[128];
    golden_piece(kept, full, sent_by_client(base, full), piece, sizeof piece);
    snprintf(place, sizeof place, "%s, %s",
             full[0] == '<'   ? "what it sends"
             : full[0] == '>' ? "what its peer sends"
                              : "the end",
             piece);
    *(drift ? &t->drift : &t->differ) += 1;
    for (size_t i = 0; i < t->count; i++)
        if (t->groups[i].drift == drift && strcmp(t->groups[i].place, place) == 0) {
            t->groups[i].count++;
            return;
        }
    t->groups = diff_grow(t->groups, &t->cap, t->count + 1, sizeof *t->groups);
    struct group *g = &t->groups[t->count++];
    *g = (struct group){
        .drift = drift, .count = 1, .base = base, .at = at, .kept = strdup(kept), .full = strdup(full)};
    memcpy(g->place, place, sizeof place);
}

void golden_compare(struct golden_tally *t, struct golden_file *f, struct golden_entry *e,
                    const struct diff_base *base, const struct diff_backend *backend, char *full)
{
    const char *peer = golden_peer(base);
    int drift = other_versions(t, f, backend->name) || (peer && other_versions(t, f, peer));
    if (!e) {
        t->unknown++;
        return;
    }
    e->met = 1;
    size_t at = 0;
    for (char *line, *rest = full;; at++) {
        const char *kept = at < e->count ? f->lines[e->line + at] : NULL;
        line = golden_line(&rest);
        if (!line && !kept) {
            t->same++;
            return;
        }
        if (line && kept && golden_same(kept, line, sent_by_client(base, line)))
            continue;
        differs(t, base, at, kept ? kept : "(no more)", line ? line : "(no more)", drift);
        return;
    }
}

static int by_count(const void *a, const void *b)
{
    const struct group *x = a, *y = b;
    return (x->count < y->count) - (x->count > y->count);
}

int golden_tally_say(struct golden_tally *t, const struct golden_file *f, const struct diff_backend *backend)
{
    const char *kept = golden_version(f, backend->name);
    printf("%s %s", backend->label, backend->version);
    if (kept && strcmp(kept, backend->version) != 0)
        printf(" (kept with %s)", kept);
    printf(": %zu transcripts are as they were kept", t->same);
    if (t->differ)
        printf(", %zu are not", t->differ);
    if (t->drift)
        printf(", %zu drifted with other versions", t->drift);
    if (t->unknown)
        printf(", %zu were not kept", t->unknown);
    putchar('\n');
    if (t->count)
        qsort(t->groups, t->count, sizeof *t->groups, by_count);
    for (size_t i = 0; i < t->count; i++) {
        struct group *g = &t->groups[i];
        printf("  %6zu first differ in %s%s\n         %s, line %zu:\n", g->count, g->place,
               g->drift ? " (drift)" : "", g->base->name, g->at + 1);
        golden_explain(stdout, g->kept, g->full, sent_by_client(g->base, g->full));
        free(g->kept);
        free(g->full);
    }
    int found = t->differ > 0;
    free(t->groups);
    free(t);
    return found;
}
