/* SPDX-License-Identifier: MIT
 *
 * The rules of a run: where they come from, and which one explains a case. */
#include <config.h>

#include "tools/diff/rules-parts.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

/* ---- versions ---- */

int rules_version_compare(const char *have, const char *wanted)
{
    while (*wanted) {
        if (isdigit((unsigned char)*have) || isdigit((unsigned char)*wanted)) {
            char *have_end, *wanted_end;
            unsigned long h = strtoul(have, &have_end, 10), w = strtoul(wanted, &wanted_end, 10);
            if (h != w)
                return h < w ? -1 : 1;
            have = have_end;
            wanted = wanted_end;
        } else if (*have == *wanted) {
            have++;
            wanted++;
        } else if (!*have && *wanted == '.') {
            wanted++; /* 3 is 3.0 */
        } else {
            return (unsigned char)*have < (unsigned char)*wanted ? -1 : 1;
        }
    }
    return 0;
}

/* ---- is it this one? ---- */

static int feature_present(const struct rules_case *c, const struct rule_token *t)
{
    size_t low = 0, high = c->feature_count;
    while (low < high) { /* the first that is not below the token */
        size_t middle = (low + high) / 2;
        if (strncmp(c->features[middle], t->text, t->len) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low < c->feature_count && !strncmp(c->features[low], t->text, t->len) &&
           (t->prefix || !c->features[low][t->len]);
}

static int when_holds(const struct rule_when *w, const struct rules_case *c)
{
    for (unsigned i = 0; i < w->count; i++)
        if (feature_present(c, &w->token[i]) == w->token[i].absent)
            return 0;
    return 1;
}

static int seen_is(const struct rule_seen *s, const struct diff_observation *o)
{
    unsigned state = o->end == DIFF_CRASH     ? SEEN_CRASH
                     : o->end == DIFF_HANG    ? SEEN_HANG
                     : o->end == DIFF_SKIPPED ? SEEN_SKIP
                                              : o->state;
    if (s->states && !(s->states & 1u << state))
        return 0;
    if (state >= DIFF_STATES)
        return 1;
    /* a class is of those that reject: "wait|reject/parse" */
    if (s->classes && state == DIFF_REJECT && !(s->classes & 1u << o->alert_class))
        return 0;
    for (unsigned i = 0; i < s->status_count; i++)
        if (s->status[i] == (uint32_t)o->status)
            return 1;
    return !s->status_count;
}

static int on_holds(const struct rule *r, unsigned backend, const char *version)
{
    for (unsigned i = 0; i < r->on_count; i++) {
        const struct rule_on *on = &r->on[i];
        if (on->backend != backend)
            continue;
        int way = rules_version_compare(version, on->version);
        if (!((strchr(on->op, '=') && !way) || (*on->op == '<' && way < 0) || (*on->op == '>' && way > 0)))
            return 0;
    }
    return 1;
}

static int differs_lists(const struct rule *r, const char *key, size_t len)
{
    for (unsigned i = 0; i < r->differs_count; i++)
        if (strlen(r->differs[i]) == len && !memcmp(r->differs[i], key, len))
            return 1;
    return 0;
}

int rules_word_in(const char *word, size_t len, const char *text)
{
    while (*text && (strncmp(text, word, len) != 0 || (text[len] && text[len] != ' '))) {
        text += strcspn(text, " ");
        text += *text == ' ';
    }
    return *text != 0;
}

/* Every word of `text`, "key=value" or a word alone, is in `other` too or has a key that the rule lists. */
static int words_within(const struct rule *r, const char *text, const char *other)
{
    for (size_t len; *text; text += len + (text[len] == ' ')) {
        len = strcspn(text, " ");
        if (len && !rules_word_in(text, len, other) && !differs_lists(r, text, strcspn(text, "= ")))
            return 0;
    }
    return 1;
}

static int attributes_within(const struct rule *r, const struct diff_observation *a,
                             const struct diff_observation *b)
{
    return words_within(r, a->attributes, b->attributes) && words_within(r, b->attributes, a->attributes) &&
           (a->granted == b->granted || differs_lists(r, "granted", 7)) &&
           ((a->plain_length == b->plain_length && a->plain_hash == b->plain_hash) ||
            differs_lists(r, "plain", 5));
}

static int attributes_explained(const struct rule *r, const struct diff_result *result)
{
    if (result->verdict != DIFF_ATTR_DIFF)
        return 1;
    for (unsigned i = 1; i < result->count; i++)
        for (unsigned k = 0; k < i; k++)
            if (result->of[i].state == result->of[k].state &&
                !attributes_within(r, &result->of[i], &result->of[k]))
                return 0;
    return 1;
}

/* `of` says which of the pinned each backend of the run is. */
static int rule_explains(const struct rule *r, const struct rules_case *c, const int *of)
{
    unsigned way;
    if (!(r->verdicts & 1u << c->result->verdict))
        return 0;
    for (way = 0; way < r->when_count && !when_holds(&r->when[way], c); way++)
        ;
    if (way == r->when_count)
        return 0;
    for (unsigned i = 0; i < c->result->count; i++)
        if (!on_holds(r, (unsigned)of[i], c->backends[i].version) ||
            (c->result->of[i].broken & ~r->breaks[of[i]]))
            return 0;
    for (way = 0; way < r->see_count; way++) {
        unsigned i;
        for (i = 0; i < c->result->count && seen_is(&r->see[way].of[of[i]], &c->result->of[i]); i++)
            ;
        if (i == c->result->count)
            return attributes_explained(r, c->result);
    }
    return 0;
}

/* -1 where a backend is none of the pinned, or there twice: then nothing is ever explained away. */
static int backends_known(const struct rules *rules, const struct diff_backend *backends, unsigned count,
                          int *of)
{
    unsigned seen = 0;
    if (count > DIFF_BACKENDS_MAX)
        return -1;
    for (unsigned i = 0; i < count; i++) {
        of[i] = rules_backend(rules, backends[i].name, strlen(backends[i].name));
        if (of[i] < 0 || seen & 1u << of[i])
            return -1;
        seen |= 1u << of[i];
    }
    return 0;
}

int rules_match(const struct rules *rules, const struct rules_case *c)
{
    int of[DIFF_BACKENDS_MAX];
    if (c->result->verdict == DIFF_AGREE || c->result->verdict == DIFF_SKIP ||
        backends_known(rules, c->backends, c->result->count, of))
        return -1;
    for (unsigned i = 0; i < rules->count; i++)
        if (rule_explains(rules->rule[i], c, of))
            return (int)i;
    return -1;
}

/* ---- about them ---- */

int rules_backend(const struct rules *rules, const char *name, size_t len)
{
    for (unsigned i = 0; i < rules->pinned_count; i++)
        if (strlen(rules->pinned[i].name) == len && !memcmp(rules->pinned[i].name, name, len))
            return (int)i;
    return -1;
}

unsigned rules_count(const struct rules *rules)
{
    return rules->count;
}

const char *rules_name(const struct rules *rules, unsigned i)
{
    return rules->rule[i]->name;
}

int rules_named(const struct rules *rules, const char *name)
{
    for (unsigned i = 0; i < rules->count; i++)
        if (!strcmp(rules->rule[i]->name, name))
            return (int)i;
    return -1;
}

const char *rules_why(const struct rules *rules, unsigned i)
{
    return rules->rule[i]->why;
}

const char *rules_ref(const struct rules *rules, unsigned i)
{
    return rules->rule[i]->ref;
}

const char *rules_place(const struct rules *rules, unsigned i)
{
    return rules->rule[i]->place;
}

int rules_needs_corpora(const struct rules *rules, unsigned i)
{
    return rules->rule[i]->corpora;
}

int rules_applies(const struct rules *rules, unsigned which, const struct diff_backend *backends,
                  unsigned count)
{
    int of[DIFF_BACKENDS_MAX];
    if (backends_known(rules, backends, count, of))
        return 0;
    for (unsigned i = 0; i < count; i++)
        if (!on_holds(rules->rule[which], (unsigned)of[i], backends[i].version))
            return 0;
    return 1;
}

const char *rules_pinned(const struct rules *rules, const char *backend)
{
    int i = rules_backend(rules, backend, strlen(backend));
    return i < 0 ? NULL : rules->pinned[i].version;
}

int rules_hold(const struct rules *rules, const struct diff_backend *backends, unsigned count)
{
    int of[DIFF_BACKENDS_MAX];
    return !backends_known(rules, backends, count, of);
}

int rules_other_versions(const struct rules *rules, const struct diff_backend *backends, unsigned count)
{
    int of[DIFF_BACKENDS_MAX];
    if (backends_known(rules, backends, count, of))
        return 0;
    for (unsigned i = 0; i < count; i++)
        if (strcmp(rules->pinned[of[i]].version, backends[i].version) != 0)
            return 1;
    return 0;
}

void rules_free(struct rules *rules)
{
    if (!rules)
        return;
    for (unsigned i = 0; i < rules->count; i++)
        free(rules->rule[i]);
    for (unsigned i = 0; i < rules->text_count; i++)
        free(rules->text[i]);
    free(rules->rule);
    free(rules->text);
    free(rules);
}
