/* SPDX-License-Identifier: MIT
 *
 * Rules that are refused: those that name cases instead of what a stimulus is, give no reason that can be
 * looked up, or explain the gravest findings in general words. */
#include <config.h>

#include "tools/diff/rules-parts.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum { WHY_MIN = 20 };

static int refuse(char *why, size_t size, const char *fmt, ...) __attribute__((format(printf, 3, 4)));
static int refuse(char *why, size_t size, const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    vsnprintf(why, size, fmt, args);
    va_end(args);
    return -1;
}

/* ---- tokens ---- */

/* Eight or more hexadecimal digits in one component, a digit among them: an id or a hash. */
static int looks_hashed(const char *text, size_t len)
{
    for (size_t start = 0, i = 0; i <= len; i++) {
        if (i < len && text[i] != '.' && text[i] != '-' && text[i] != '_')
            continue;
        size_t hex = 0, digits = 0;
        for (size_t k = start; k < i; k++) {
            hex += isxdigit((unsigned char)text[k]) != 0;
            digits += isdigit((unsigned char)text[k]) != 0;
        }
        if (hex == i - start && hex >= 8 && digits)
            return 1;
        start = i + 1;
    }
    return 0;
}

int rule_token_check(const struct rule_token *t, char *why, size_t size)
{
    static const char *const cases[] = {"id.", "name.", "case.", "hash.", "base.", "seed.", "sha256."};
    int len = (int)t->len;
    if (!t->len)
        return refuse(why, size, t->prefix ? "'*' alone matches every case" : "an empty token");
    for (size_t i = 0; i < t->len; i++)
        if (!isalnum((unsigned char)t->text[i]) && !strchr(".-_+", t->text[i]))
            return refuse(why, size, "'%.*s' is no token: a rule names what a stimulus is, never a case", len,
                          t->text);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        if (!strncmp(t->text, cases[i], strlen(cases[i])) ||
            (t->len == strlen(cases[i]) - 1 && !strncmp(t->text, cases[i], t->len)))
            return refuse(why, size, "'%.*s' names a case; a rule names what a stimulus is", len, t->text);
    if (looks_hashed(t->text, t->len))
        return refuse(why, size, "'%.*s' looks like an id or a hash; a rule names what a stimulus is", len,
                      t->text);
    return 0;
}

/* Tokens that half of all cases have, or half of those of a kind, say nothing about a stimulus: what kind it
 * is, who speaks, in which version and with which key, how it is delivered. */
static int token_says_little(const struct rule_token *t)
{
    static const char *const general[] = {
        "ch",         "ch.tls12",    "ch.tls13",     "first.handshake", "more.after.ch", "sh",
        "chain",      "live",        "live.any",     "live.tls12",      "live.tls13",    "live.ecdsa",
        "live.rsa",   "live.fresh",  "live.ed25519", "live.whole",      "live.bytes",    "live.records",
        "live.small", "live.memory", "op.at.flight", "secret",          "op.at.sealed"};
    static const char *const families[] = {"role.", "kind.", "first.", "profile.", "live.peer.", "secret."};
    if (t->absent || t->prefix)
        return 1;
    for (size_t i = 0; i < sizeof general / sizeof *general; i++)
        if (t->len == strlen(general[i]) && !strncmp(t->text, general[i], t->len))
            return 1;
    for (size_t i = 0; i < sizeof families / sizeof *families; i++)
        if (!strncmp(t->text, families[i], strlen(families[i])) && strncmp(t->text, "first.alert", 11))
            return 1;
    return 0;
}

static int names_stimulus(const struct rule_when *w)
{
    for (unsigned i = 0; i < w->count; i++)
        if (!token_says_little(&w->token[i]))
            return 1;
    return 0;
}

/* ---- references ---- */

static int is_url(const char *s, size_t len)
{
    size_t scheme = !strncmp(s, "https://", 8) ? 8 : !strncmp(s, "http://", 7) ? 7 : 0;
    return scheme && len > scheme + 3 && memchr(s + scheme, '.', len - scheme) && !memchr(s, ' ', len);
}

/* "RFC 8446 4.2.8" or "RFC 8446 D.4": a document and a clause. */
static int is_clause(const char *s, size_t len)
{
    char word[64];
    unsigned number;
    int used = 0;
    if (len >= sizeof word)
        return 0;
    memcpy(word, s, len);
    word[len] = '\0';
    if (sscanf(word, "RFC %u %n", &number, &used) != 1 || !used || !word[used])
        return 0;
    const char *clause = word + used;
    return (isdigit((unsigned char)*clause) ||
            (isupper((unsigned char)*clause) && (!clause[1] || clause[1] == '.'))) &&
           strspn(clause, "0123456789.ABCDEFGHIJKLMNOPQRSTUVWXYZ") == strlen(clause);
}

/* "gnutls 3.7.9 lib/buffers.c:1234": a library, its version, a file and a line. */
static int is_source(const char *s, size_t len)
{
    char word[160], file[120], version[24], library[24], tail;
    unsigned line;
    if (len >= sizeof word)
        return 0;
    memcpy(word, s, len);
    word[len] = '\0';
    return sscanf(word, "%23s %23s %119[^: ]:%u%c", library, version, file, &line, &tail) == 4 &&
           isalpha((unsigned char)*library) && isdigit((unsigned char)*version) && strchr(file, '.') && line;
}

static int ref_check(const struct rule *r, char *why, size_t size)
{
    if (!r->ref || !*r->ref)
        return refuse(why, size, "[%s] has no ref: an RFC's clause, a URL, or a library's source line",
                      r->name);
    for (const char *at = r->ref; *at;) {
        size_t len = strcspn(at, ";"), end = len;
        size_t lead = strspn(at, " \t");
        while (end && strchr(" \t", at[end - 1]))
            end--;
        const char *item = at + lead;
        size_t item_len = end > lead ? end - lead : 0;
        if (!item_len ||
            (!is_url(item, item_len) && !is_clause(item, item_len) && !is_source(item, item_len)))
            return refuse(
                why, size,
                "[%s] ref '%.*s' is none of: RFC NUMBER CLAUSE, https://..., LIBRARY VERSION FILE:LINE",
                r->name, (int)item_len, item);
        at += len + (at[len] == ';');
    }
    return 0;
}

/* ---- the whole ---- */

int rule_check(const struct rule *r, char *why, size_t size)
{
    const unsigned gravest = 1u << DIFF_ACCEPT_DIFF | 1u << DIFF_CRASH_FOUND | 1u << DIFF_HANG_FOUND;
    if (!r->when_count)
        return refuse(why, size, "[%s] has no when", r->name);
    if (!r->see_count)
        return refuse(why, size, "[%s] has no see", r->name);
    if (!r->verdicts)
        return refuse(why, size, "[%s] has no class", r->name);
    if (!r->why || strlen(r->why) < WHY_MIN)
        return refuse(why, size, "[%s] has no why that a reader could follow", r->name);
    if (ref_check(r, why, size))
        return -1;
    for (unsigned i = 0; i < r->when_count; i++) {
        unsigned positive = 0;
        for (unsigned k = 0; k < r->when[i].count; k++)
            positive += !r->when[i].token[k].absent;
        if (!positive)
            return refuse(why, size, "[%s] when: names nothing that a stimulus has", r->name);
        if (r->verdicts & gravest && !names_stimulus(&r->when[i]))
            return refuse(why, size, "[%s] explains %s, and its when: does not name the stimulus", r->name,
                          r->verdicts & 1u << DIFF_ACCEPT_DIFF ? "ACCEPT_DIFF" : "a crash or hang");
    }
    if (!!(r->verdicts & 1u << DIFF_INVARIANT) != r->has_breaks)
        return refuse(why, size, "[%s] 'breaks' and class INVARIANT go together", r->name);
    if (!!(r->verdicts & 1u << DIFF_ATTR_DIFF) != (r->differs_count > 0))
        return refuse(why, size, "[%s] 'differs' and class ATTR_DIFF go together", r->name);
    return 0;
}
