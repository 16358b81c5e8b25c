/* SPDX-License-Identifier: MIT */
#include <config.h>

#include "tools/diff/report/drift.h"
#include "tools/diff/report/totals.h"

#include <stdlib.h>
#include <string.h>

enum { GROUPS = 8, WORDS = 8 };

static const char *const part_names[DRIFT_PARTS] = {
    [DRIFT_STATE] = "goes on, or not",
    [DRIFT_ALERT] = "sends another alert",
    [DRIFT_STATUS] = "answers another status",
    [DRIFT_ATTRIBUTES] = "agrees on something else",
    [DRIFT_CONSUMED] = "consumes otherwise",
    [DRIFT_MESSAGES] = "sends other messages, or of another length",
};

static const char *version(const struct run *r, unsigned i)
{
    return json_text(json_object_get(r->manifest, "backends"), r->backend[i]);
}

static void print_versions(FILE *out, const struct run *r)
{
    for (unsigned i = 0; i < r->backends; i++)
        fprintf(out, "%s%s %s", i ? ", " : "", r->backend[i], version(r, i));
}

/* ---- a group ---- */

struct word {
    const char *name;
    double lift;
};

static int by_lift(const void *a, const void *b)
{
    const struct word *x = a, *y = b;
    return x->lift != y->lift ? (x->lift < y->lift) - (x->lift > y->lift) : strcmp(x->name, y->name);
}

/* What tells the stimuli of a group from all others: words that nearly all of them have, rare ones first. */
static void print_words(FILE *out, const struct drift *d, const struct totals_counter *group)
{
    json_t *features = json_object_get(group->value, "features"), *n;
    struct word *words = calloc(json_object_size(features) + 1, sizeof *words);
    const char *name;
    size_t count = 0;
    if (!words)
        return;
    json_object_foreach(features, name, n)
    {
        double here = (double)json_integer_value(n) / (double)group->count;
        double there = (double)json_number(d->features, name) / (double)d->common;
        if (here >= 0.9 && there < 0.5)
            words[count++] = (struct word){name, here / there};
    }
    qsort(words, count, sizeof *words, by_lift);
    for (size_t i = 0; i < count && i < WORDS; i++)
        fprintf(out, "%s%s", i ? " " : "              when: ", words[i].name);
    if (count)
        putc('\n', out);
    free(words);
}

static void print_groups(FILE *out, const struct drift *d, json_t *groups, int all)
{
    size_t count;
    long long left = 0;
    struct totals_counter *list = totals_sorted(groups, "cases", &count);
    for (size_t i = 0; list && i < count; i++) {
        if (i >= GROUPS && !all) {
            left += list[i].count;
            continue;
        }
        fprintf(out, "    %7lld  %s\n", list[i].count, list[i].name);
        print_words(out, d, &list[i]);
        fprintf(out, "              sspi diff repro '%s'\n", json_text(list[i].value, "name"));
    }
    if (left)
        fprintf(out, "    %7lld  in %zu smaller groups (--all)\n", left, count - GROUPS);
    free(list);
}

/* ---- what each library does otherwise ---- */

static void print_backend(FILE *out, const struct drift *d, unsigned i, int all)
{
    fprintf(out, "%s %s", d->old->backend[i], version(d->old, i));
    if (strcmp(version(d->old, i), version(d->new, i)))
        fprintf(out, " -> %s", version(d->new, i));
    fprintf(out, ": does otherwise in %lld cases\n", d->moved[i]);
    for (unsigned part = 0; part < DRIFT_PARTS; part++) {
        const char *key;
        json_t *group;
        long long cases = 0;
        json_object_foreach(d->groups[i][part], key, group) cases += json_number(group, "cases");
        if (!cases)
            continue;
        fprintf(out, "  %s: %lld cases\n", part_names[part], cases);
        print_groups(out, d, d->groups[i][part], all);
    }
    putc('\n', out);
}

/* ---- what that did to the divergences ---- */

static void print_rules(FILE *out, const struct drift *d)
{
    json_t *both = json_object(), *value;
    const char *key;
    size_t count, same = 0;
    for (unsigned i = 0; i < 2; i++)
        json_object_foreach(d->rules[i], key, value)
        {
            long long was = json_number(d->rules[0], key), is = json_number(d->rules[1], key);
            json_object_set_new(both, key, json_integer(was > is ? was - is : is - was));
        }
    struct totals_counter *list = totals_sorted(both, NULL, &count);
    fprintf(out, "divergences that need a reason: %lld -> %lld\n   before      now\n", d->gated[0],
            d->gated[1]);
    for (size_t i = 0; list && i < count; i++) {
        long long was = json_number(d->rules[0], list[i].name), is = json_number(d->rules[1], list[i].name);
        if (was != is)
            fprintf(out, "  %7lld  %7lld  %s%s\n", was, is, list[i].name,
                    !was  ? " (new)"
                    : !is ? " (gone)"
                          : "");
        else
            same++;
    }
    if (same)
        fprintf(out, "           and %zu rules as often as before\n", same);
    free(list);
    json_decref(both);
}

int drift_print(struct run *old, struct run *new, int all, FILE *out)
{
    struct drift d;
    int got = drift_gather(&d, old, new);
    if (got == 0) {
        for (unsigned i = 0; i < old->backends; i++)
            if (d.moved[i])
                print_backend(out, &d, i, all);
        if (json_object_size(d.judged)) {
            fprintf(out, "every backend does the same, and the verdict is another:\n");
            print_groups(out, &d, d.judged, all);
            putc('\n', out);
        }
        if (d.changed)
            print_rules(out, &d);
        if (json_object_size(d.open)) {
            fprintf(out, "\nunexplained now, by what was seen:\n");
            print_groups(out, &d, d.open, all);
        }
        if (d.changed)
            fprintf(out, "\nboth sides of a case: sspi diff drift %s %s NAME\n", old->path, new->path);
        fprintf(out, "%lld of %lld cases came out differently: ", d.changed, d.common);
        print_versions(out, old);
        fputs(" -> ", out);
        print_versions(out, new);
        putc('\n', out);
    }
    int changed = d.changed > 0;
    drift_free(&d);
    return got < 0 ? -1 : changed;
}

/* ---- one case ---- */

/* 1: found, and printed. */
static int show_one(struct run *r, const char *word, int with_stimulus, FILE *out)
{
    struct run_case c;
    json_t *one;
    size_t i;
    int got;
    while ((got = run_next(r, &c)) > 0 && strcmp(c.id, word) && strcmp(c.name, word))
        ;
    if (got <= 0)
        return got;
    if (with_stimulus) {
        fprintf(out, "%s  %s  %s\n", c.id, c.name, c.kind);
        json_array_foreach(json_object_get(c.json, "ops"), i, one)
            fprintf(out, "%s%s", i ? "; " : "operations: ", json_string_value(one));
        fputs(i ? "\nfeatures:" : "features:", out);
        json_array_foreach(json_object_get(c.json, "features"), i, one)
            fprintf(out, " %s", json_string_value(one));
        if (*json_text(c.json, "stimulus"))
            fprintf(out, "\nstimulus: %s", json_text(c.json, "stimulus"));
        putc('\n', out);
    }
    fprintf(out, "%s%s%s%s%s\n", c.verdict, c.rule ? " [" : "", c.rule ? c.rule : "", c.rule ? "]" : "",
            run_unexplained(&c) ? ", unexplained" : "");
    for (unsigned k = 0; k < r->backends; k++) {
        const json_t *s = c.seen[k];
        const char *end = json_text(s, "end");
        fprintf(out, "  %-8s %-8s %-7s %s", r->backend[k], version(r, k),
                *end && strcmp(end, "fine") ? end : json_text(s, "state"), json_text(s, "status"));
        if (strcmp(json_text(s, "class"), "none"))
            fprintf(out, " alert %lld/%s", json_number(s, "alert"), json_text(s, "class"));
        fprintf(out, " [%s] %s\n", json_text(s, "reply"), json_text(s, "attrs"));
    }
    return 1;
}

int drift_show(struct run *old, struct run *new, const char *word, FILE *out)
{
    int before = show_one(old, word, 1, out), now = before < 0 ? 0 : show_one(new, word, 0, out);
    if (before == 0)
        snprintf(old->why, sizeof old->why, "%s: no such case in %s", word, old->path);
    else if (before > 0 && now == 0)
        snprintf(new->why, sizeof new->why, "%s: no such case in %s", word, new->path);
    return before > 0 && now > 0 ? 0 : -1;
}
