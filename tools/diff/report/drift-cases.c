/* SPDX-License-Identifier: MIT */
#include <config.h>

#include "tools/diff/report/drift.h"
#include "tools/diff/report/totals.h"
#include "tools/diff/rules.h"

#include <stdlib.h>
#include <string.h>

enum { TEXT_MAX = 700 };

/* ---- one backend in one case, as lines of text: a part each ---- */

static void observed(const json_t *seen, char *out, size_t size)
{
    const char *end = json_text(seen, "end"), *class = json_text(seen, "class");
    char alert[40] = "no alert";
    if (strcmp(class, "none"))
        snprintf(alert, sizeof alert, "%s/%lld", class, json_number(seen, "alert"));
    snprintf(out, size, "%s\n%s\n%s\n%s flags=%s%s%s\n%lld\n%s",
             *end && strcmp(end, "fine") ? end : json_text(seen, "state"), alert, json_text(seen, "status"),
             json_text(seen, "attrs"), json_text(seen, "flags"), *json_text(seen, "plain") ? " plain=" : "",
             json_text(seen, "plain"), json_number(seen, "consumed"), json_text(seen, "reply"));
}

/* The lines of a text, ended in place. */
static void take_parts(char *text, const char *part[DRIFT_PARTS])
{
    for (unsigned i = 0; i < DRIFT_PARTS; i++) {
        size_t len = strcspn(text, "\n");
        int more = text[len] == '\n';
        part[i] = text;
        text[len] = 0;
        text += len + (size_t)more;
    }
}

/* The words of `text` that `other` has not. */
static void words_alone(const char *text, const char *other, char *out, size_t size)
{
    size_t used = 0;
    *out = 0;
    for (size_t len; *text; text += len + (text[len] == ' ')) {
        len = strcspn(text, " ");
        if (len && !rules_word_in(text, len, other) && used < size)
            used += (size_t)snprintf(out + used, size - used, "%s%.*s", used ? " " : "", (int)len, text);
    }
    if (!*out)
        snprintf(out, size, "nothing");
}

/* Not the same words in another order or number. */
static int other_words(const char *a, const char *b)
{
    char only[2][200];
    words_alone(a, b, only[0], sizeof only[0]);
    words_alone(b, a, only[1], sizeof only[1]);
    return strcmp(only[0], only[1]) != 0;
}

static void with_alert(const char *const part[DRIFT_PARTS], char *out, size_t size)
{
    int rejects = strcmp(part[DRIFT_STATE], "reject") == 0;
    snprintf(out, size, "%s%s%s", part[DRIFT_STATE], rejects ? " " : "", rejects ? part[DRIFT_ALERT] : "");
}

/* "wait -> reject parse/47" */
static void describe(enum drift_part which, const char *const was[DRIFT_PARTS],
                     const char *const is[DRIFT_PARTS], char *out, size_t size)
{
    char from[200], to[200];
    if (which == DRIFT_STATE) {
        with_alert(was, from, sizeof from);
        with_alert(is, to, sizeof to);
    } else if (which == DRIFT_ATTRIBUTES || (which == DRIFT_MESSAGES && other_words(was[which], is[which]))) {
        words_alone(was[which], is[which], from, sizeof from);
        words_alone(is[which], was[which], to, sizeof to);
    } else if (which == DRIFT_CONSUMED) {
        snprintf(from, sizeof from, "%s", strcmp(was[which], "0") ? "some" : "none");
        snprintf(to, sizeof to, "%s", strcmp(is[which], "0") ? "some" : "none");
    } else {
        snprintf(from, sizeof from, "%s", *was[which] ? was[which] : "nothing");
        snprintf(to, sizeof to, "%s", *is[which] ? is[which] : "nothing");
    }
    snprintf(out, size, "%s -> %s", from, to);
}

/* ---- groups ---- */

/* One more case in a group; the shortest name stands for it. */
static void join(json_t *groups, const char *key, const struct run_case *c)
{
    json_t *group = json_object_get(groups, key), *one;
    size_t i;
    if (!group)
        json_object_set_new(groups, key, group = json_pack("{s:{}, s:s}", "features", "name", c->name));
    totals_count(group, "cases", 1);
    if (strlen(c->name) < strlen(json_text(group, "name")))
        json_object_set_new(group, "name", json_string(c->name));
    json_array_foreach(json_object_get(c->json, "features"), i, one)
        totals_count(json_object_get(group, "features"), json_string_value(one), 1);
}

static void count_rule(json_t *rules, const char *verdict, const char *rule)
{
    char key[120];
    snprintf(key, sizeof key, rule ? "[%s]" : "unexplained %s", rule ? rule : verdict);
    totals_count(rules, key, 1);
}

static json_t *record_of(struct drift *d, const struct run_case *c)
{
    json_t *record = json_pack("[s, s?, b]", c->verdict, c->rule, c->gated);
    for (unsigned i = 0; i < d->old->backends; i++) {
        char text[TEXT_MAX];
        observed(c->seen[i], text, sizeof text);
        json_array_append_new(record, json_string(text));
    }
    return record;
}

static int read_old(struct drift *d)
{
    struct run_case c;
    int got;
    while ((got = run_next(d->old, &c)) > 0)
        json_object_set_new(d->before, c.id, record_of(d, &c));
    return got;
}

/* 1: backend i does otherwise. */
static int compare_backend(struct drift *d, unsigned i, const json_t *was, const struct run_case *c)
{
    char old[TEXT_MAX], new[TEXT_MAX], key[480];
    const char *before[DRIFT_PARTS], *now[DRIFT_PARTS];
    snprintf(old, sizeof old, "%s", json_string_value(json_array_get(was, 3 + i)));
    observed(c->seen[i], new, sizeof new);
    if (!strcmp(old, new))
        return 0;
    take_parts(old, before);
    take_parts(new, now);
    for (unsigned part = 0; part < DRIFT_PARTS; part++)
        if (strcmp(before[part], now[part])) {
            describe((enum drift_part)part, before, now, key, sizeof key);
            join(d->groups[i][part], key, c);
            break;
        }
    d->moved[i]++;
    return 1;
}

static void compare(struct drift *d, const json_t *was, const struct run_case *c)
{
    char key[480], tuple[400];
    const char *verdict = json_string_value(json_array_get(was, 0)),
               *rule = json_string_value(json_array_get(was, 1));
    int gated = json_is_true(json_array_get(was, 2)), moved = 0;
    json_t *one;
    size_t i;
    d->common++;
    json_array_foreach(json_object_get(c->json, "features"), i, one)
        totals_count(d->features, json_string_value(one), 1);
    for (unsigned k = 0; k < d->old->backends; k++)
        moved |= compare_backend(d, k, was, c);
    d->changed += moved || strcmp(verdict, c->verdict);
    if (!moved && strcmp(verdict, c->verdict)) {
        snprintf(key, sizeof key, "%s -> %s", verdict, c->verdict);
        join(d->judged, key, c);
    }
    d->gated[0] += gated;
    d->gated[1] += c->gated;
    if (gated)
        count_rule(d->rules[0], verdict, rule);
    if (c->gated)
        count_rule(d->rules[1], c->verdict, c->rule);
    if (!run_unexplained(c))
        return;
    run_tuple(d->new, c, tuple, sizeof tuple);
    snprintf(key, sizeof key, "%s: %s", c->verdict, tuple);
    join(d->open, key, c);
}

int drift_gather(struct drift *d, struct run *old, struct run *new)
{
    struct run_case c;
    int got;
    *d = (struct drift){.old = old,
                        .new = new,
                        .before = json_object(),
                        .features = json_object(),
                        .judged = json_object(),
                        .open = json_object(),
                        .rules = {json_object(), json_object()}};
    for (unsigned i = 0; i < old->backends; i++)
        for (unsigned part = 0; part < DRIFT_PARTS; part++)
            d->groups[i][part] = json_object();
    if (read_old(d) < 0)
        return -1;
    while ((got = run_next(new, &c)) > 0) {
        const json_t *was = json_object_get(d->before, c.id);
        if (was)
            compare(d, was, &c);
    }
    return got;
}

void drift_free(struct drift *d)
{
    json_decref(d->before);
    json_decref(d->features);
    json_decref(d->judged);
    json_decref(d->open);
    for (unsigned i = 0; i < 2; i++)
        json_decref(d->rules[i]);
    for (unsigned i = 0; i < RUN_BACKENDS_MAX; i++)
        for (unsigned part = 0; part < DRIFT_PARTS; part++)
            json_decref(d->groups[i][part]);
}
