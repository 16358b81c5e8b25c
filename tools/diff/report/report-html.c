/* SPDX-License-Identifier: MIT
 *
 * A run as one page that needs nothing else: page.html, page.css and page.js (page-text.c), and the run's
 * divergences as data.  Texts that recur, and what was seen of backends, are written once and pointed to;
 * cases that agree are counts. */
#include <config.h>

#include "tools/diff/report/pairs.h"
#include "tools/diff/report/report.h"
#include "tools/diff/report/page-text.h"
#include "tools/diff/report/totals.h"
#include "tools/diff/rules.h"

#include <string.h>

enum { SEEN_SAME_STATE, SEEN_SAME_CLASS, SEEN_SAME, SEEN_LEVELS };

struct page {
    const struct run *run;
    json_t *text_index, *texts; /* text -> place; texts */
    json_t *seen_index, *seen;
    json_t *cases, *groups, *pairs;
    long long alike[RUN_BACKENDS_MAX][RUN_BACKENDS_MAX][SEEN_LEVELS]; /* of pairs that both took part */
    long long together[RUN_BACKENDS_MAX][RUN_BACKENDS_MAX];
    long long odd[RUN_BACKENDS_MAX]; /* all others in one state, this one in another */
    long long microseconds[RUN_BACKENDS_MAX];
    struct totals totals;
};

/* The place of a text in a list without repetitions. */
static json_int_t place_of(json_t *index, json_t *list, const char *key, json_t *value)
{
    json_t *at = json_object_get(index, key);
    if (at) {
        json_decref(value);
        return json_integer_value(at);
    }
    json_int_t place = (json_int_t)json_array_size(list);
    json_object_set_new(index, key, json_integer(place));
    json_array_append_new(list, value);
    return place;
}

static json_t *text_place(struct page *p, const char *text)
{
    return json_integer(place_of(p->text_index, p->texts, text, json_string(text)));
}

static json_t *places(struct page *p, const json_t *list)
{
    json_t *out = json_array(), *one;
    size_t i;
    json_array_foreach(list, i, one)
        json_array_append_new(out, text_place(p, json_is_string(one) ? json_string_value(one) : ""));
    return out;
}

/* What recurs of one backend's part, as [state, status, alert, class, end, reply, attributes, flags]. */
static json_t *seen_place(struct page *p, const json_t *s)
{
    char key[900];
    json_t *alert = json_object_get(s, "alert");
    if (!s)
        return json_integer(-1);
    snprintf(key, sizeof key, "%s|%s|%lld|%s|%s|%s|%s|%s", json_text(s, "state"), json_text(s, "status"),
             json_is_integer(alert) ? json_number(s, "alert") : -1, json_text(s, "class"),
             json_text(s, "end"), json_text(s, "reply"), json_text(s, "attrs"), json_text(s, "flags"));
    json_t *value = json_pack("[s, s, O?, s, s, s, s, s]", json_text(s, "state"), json_text(s, "status"),
                              alert, json_text(s, "class"), json_text(s, "end"), json_text(s, "reply"),
                              json_text(s, "attrs"), json_text(s, "flags"));
    return json_integer(place_of(p->seen_index, p->seen, key, value));
}

/* ---- who agrees with whom ---- */

static int took_part(const json_t *s)
{
    return s && strcmp(json_text(s, "end"), "skipped");
}

static int same_state(const json_t *a, const json_t *b)
{
    return !strcmp(json_text(a, "state"), json_text(b, "state")) &&
           !strcmp(json_text(a, "end"), json_text(b, "end"));
}

static void count_pairs(struct page *p, const struct run_case *c)
{
    unsigned n = p->run->backends;
    for (unsigned i = 0; i < n; i++) {
        unsigned others = 0, like = 0, apart = 0;
        p->microseconds[i] += json_number(c->seen[i], "us");
        for (unsigned k = 0; k < n; k++) {
            const json_t *a = c->seen[i], *b = c->seen[k];
            if (k == i || !took_part(a) || !took_part(b))
                continue;
            int same = same_state(a, b),
                class = same && !strcmp(json_text(a, "class"), json_text(b, "class"));
            p->together[i][k]++;
            p->alike[i][k][SEEN_SAME_STATE] += same;
            p->alike[i][k][SEEN_SAME_CLASS] += class;
            p->alike[i][k][SEEN_SAME] += pairs_alike(a, b);
            others++;
            like += (unsigned)same;
            for (unsigned m = k + 1; m < n; m++)
                apart += m != i && took_part(c->seen[m]) && !same_state(b, c->seen[m]);
        }
        p->odd[i] += others >= 2 && !like && !apart;
    }
}

/* ---- cases ---- */

static json_t *case_row(struct page *p, const struct run_case *c)
{
    json_t *seen = json_array(), *counts = json_array(), *stimulus = json_object_get(c->json, "stimulus");
    for (unsigned i = 0; i < p->run->backends; i++) {
        json_array_append_new(seen, seen_place(p, c->seen[i]));
        json_array_append_new(counts, json_integer(json_number(c->seen[i], "fed")));
        json_array_append_new(counts, json_integer(json_number(c->seen[i], "consumed")));
        json_array_append_new(counts, json_integer(json_number(c->seen[i], "calls")));
    }
    json_t *row =
        json_pack("[s, s, o, o, o, o, i, o, o, o, o]", c->id, c->name, text_place(p, c->kind),
                  places(p, json_object_get(c->json, "ops")), places(p, json_object_get(c->json, "features")),
                  text_place(p, c->verdict), c->gated, c->rule ? text_place(p, c->rule) : json_integer(-1),
                  places(p, json_object_get(c->json, "invariants")), seen, counts);
    if (json_is_string(stimulus))
        json_array_append(row, stimulus);
    return row;
}

static void add_case(struct page *p, const struct run *r, const struct run_case *c)
{
    char group[200];
    run_group(c, group, sizeof group);
    json_t *g = json_object_get(p->groups, group);
    if (!g)
        json_object_set_new(p->groups, group, g = json_object());
    totals_count(g, c->verdict, 1);
    totals_add(&p->totals, r, c);
    count_pairs(p, c);
    pairs_add(p->pairs, p->run, c);
    if (strcmp(c->verdict, "AGREE") && strcmp(c->verdict, "SKIP"))
        json_array_append_new(p->cases, case_row(p, c));
}

/* ---- the whole ---- */

static json_t *backend_list(const struct page *p)
{
    json_t *out = json_array();
    for (unsigned i = 0; i < p->run->backends; i++) {
        json_t *pairs = json_array();
        for (unsigned k = 0; k < p->run->backends; k++)
            json_array_append_new(pairs, json_pack("[I, I, I, I]", (json_int_t)p->together[i][k],
                                                   (json_int_t)p->alike[i][k][SEEN_SAME_STATE],
                                                   (json_int_t)p->alike[i][k][SEEN_SAME_CLASS],
                                                   (json_int_t)p->alike[i][k][SEEN_SAME]));
        json_array_append_new(out, json_pack("{s:s, s:I, s:I, s:o}", "label", p->run->backend[i], "odd",
                                             (json_int_t)p->odd[i], "us", (json_int_t)p->microseconds[i],
                                             "pairs", pairs));
    }
    return out;
}

/* {name: {count, why, ref, place}}: of the rules that the run used, and of those it did not. */
static json_t *rule_list(const struct page *p, const char *path)
{
    char why[400];
    const char *name;
    json_t *out = json_object(), *count;
    struct rules *rules = rules_load(path, why, sizeof why);
    json_object_foreach(p->totals.rules, name, count)
    {
        int at = rules ? rules_named(rules, name) : -1;
        json_object_set_new(out, name,
                            at < 0 ? json_pack("{s:O}", "count", count)
                                   : json_pack("{s:O, s:s, s:s, s:s}", "count", count, "why",
                                               rules_why(rules, (unsigned)at), "ref",
                                               rules_ref(rules, (unsigned)at), "place",
                                               rules_place(rules, (unsigned)at)));
    }
    rules_free(rules);
    return out;
}

/* JSON inside a script element: no '<' that could end it. */
static int write_char(const char *bytes, size_t len, void *data)
{
    FILE *out = data;
    for (size_t i = 0; i < len; i++)
        if (bytes[i] == '<')
            fputs("\\u003c", out);
        else
            putc(bytes[i], out);
    return ferror(out) ? -1 : 0;
}

static int write_page(json_t *data, FILE *out)
{
    int failed = 0;
    for (size_t i = 0; page_text[i]; i++) {
        if (!strcmp(page_text[i], "@data@\n"))
            failed |= !data || json_dump_callback(data, write_char, out, JSON_COMPACT | JSON_ENSURE_ASCII);
        else
            fputs(page_text[i], out);
    }
    return failed ? -1 : 0;
}

static int page_begin(struct page *p, const struct run *r)
{
    memset(p, 0, sizeof *p);
    p->run = r;
    json_t **parts[] = {&p->text_index, &p->texts,  &p->seen_index, &p->seen,
                        &p->cases,      &p->groups, &p->pairs};
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        *parts[i] = i == 1 || i == 3 || i == 4 ? json_array() : json_object();
    return totals_begin(&p->totals) || !p->groups || !p->cases || !p->pairs ? -1 : 0;
}

static void page_end(struct page *p)
{
    json_t *parts[] = {p->text_index, p->texts, p->seen_index, p->seen, p->cases, p->groups, p->pairs};
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        json_decref(parts[i]);
    totals_end(&p->totals);
}

static json_t *page_data(struct page *p, const struct run *r, json_t *drift, const char *rules)
{
    return json_pack("{s:O, s:O, s:O?, s:o, s:o, s:O, s:O, s:O, s:O, s:O, s:O?}", "manifest", r->manifest,
                     "verdicts", p->totals.verdicts, "summary", r->summary, "backends", backend_list(p),
                     "rules", rule_list(p, rules), "texts", p->texts, "seen", p->seen, "cases", p->cases,
                     "groups", p->groups, "live", p->pairs, "drift", drift);
}

int report_html(struct run *r, struct run *old, const char *rules, FILE *out)
{
    struct page p;
    struct run_case c;
    struct run again = {0};
    json_t *drift = NULL;
    int got = -1;
    if (page_begin(&p, r))
        snprintf(r->why, sizeof r->why, "not enough memory");
    else
        while ((got = run_next(r, &c)) > 0)
            add_case(&p, r, &c);
    if (!got && old) {
        got = run_open(&again, r->path) || !(drift = drift_between(old, &again)) ? -1 : 0;
        if (got)
            snprintf(r->why, sizeof r->why, "%s", *old->why ? old->why : again.why);
    }
    json_t *data = got ? NULL : page_data(&p, r, drift, rules);
    if (!got && write_page(data, out)) {
        snprintf(r->why, sizeof r->why, "%s: the page cannot be written", r->path);
        got = -1;
    }
    json_decref(data);
    json_decref(drift);
    run_close(&again);
    page_end(&p);
    return got;
}
