/* SPDX-License-Identifier: MIT
 *
 * Patterns stand on the C library's regcomp, which takes more than a map needs: back-references make matching
 * exponential, counts of counts make memory explode, classes and ranges follow the program's locale.  So the
 * text is read first, and what is compiled holds none of these. */
#include <config.h>

#include "core/account-pattern.h"

#include "core/account-map.h"

#include <locale.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum last { LAST_NOTHING, LAST_ATOM, LAST_WIDE, LAST_GROUP, LAST_REPEATED };

struct reader {
    const char *at;
    unsigned groups, depth, counts; /* counts: of all repetitions together */
    enum last last;                 /* what a repetition would apply to */
    char *why;
    size_t why_size;
};

static int fail(struct reader *r, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
static int fail(struct reader *r, const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    vsnprintf(r->why, r->why_size, fmt, args);
    va_end(args);
    return PATTERN_BAD;
}

/* [...], with [:class:] inside. */
static int bracket(struct reader *r)
{
    r->at++;
    if (*r->at == '^')
        r->at++;
    for (int first = 1; *r->at != ']' || first; first = 0) {
        unsigned char c = (unsigned char)*r->at;
        if (!c)
            return fail(r, "'[' without ']'");
        if (c > 0x7e)
            return fail(r, "a character outside ASCII between '[' and ']'");
        if (c == '[' && (r->at[1] == '.' || r->at[1] == '='))
            return fail(r, "'[%c' is not understood", r->at[1]);
        if (c == '[' && r->at[1] == ':') {
            const char *end = strstr(r->at + 2, ":]");
            if (!end)
                return fail(r, "'[:' without ':]'");
            r->at = end + 1;
        }
        r->at++;
    }
    r->at++;
    r->last = LAST_ATOM;
    return 0;
}

static int count_read(struct reader *r, unsigned *out)
{
    const char *from = r->at;
    for (*out = 0; *r->at >= '0' && *r->at <= '9' && r->at - from < 3; r->at++)
        *out = *out * 10 + (unsigned)(*r->at - '0');
    return r->at == from ? -1 : 0;
}

static int repetition(struct reader *r)
{
    char sign = *r->at++;
    if (r->last == LAST_NOTHING || r->last == LAST_REPEATED)
        return fail(r, "nothing to repeat before '%c'", sign);
    if (r->last == LAST_WIDE)
        return fail(r, "'%c' after a character outside ASCII", sign);
    if (r->last == LAST_GROUP && sign != '?')
        return fail(r, "'%c' after a group: only '?' may stand there", sign);
    r->last = LAST_REPEATED;
    if (sign != '{')
        return 0;
    unsigned low, high;
    if (count_read(r, &low))
        return fail(r, "'{' without a number");
    high = low;
    if (*r->at == ',') {
        r->at++;
        if (count_read(r, &high))
            high = low;
    }
    if (*r->at++ != '}')
        return fail(r, "'{' without '}'");
    r->counts += high;
    return low > high || r->counts > PATTERN_REPEAT
               ? fail(r, "counts go from 0 to %d, all of a pattern together", PATTERN_REPEAT)
               : 0;
}

static int group(struct reader *r)
{
    if (*r->at++ == '(') {
        r->last = LAST_NOTHING;
        if (++r->groups > PATTERN_GROUPS || ++r->depth > PATTERN_DEPTH)
            return fail(r, "more than %d groups, or %d one inside another", PATTERN_GROUPS, PATTERN_DEPTH);
        return *r->at == ')' ? fail(r, "an empty group") : 0;
    }
    r->last = LAST_GROUP;
    return r->depth-- ? 0 : fail(r, "')' without '('");
}

static int step(struct reader *r)
{
    unsigned char c = (unsigned char)*r->at;
    switch (c) {
    case '[':
        return bracket(r);
    case '(':
    case ')':
        return group(r);
    case '*':
    case '+':
    case '?':
    case '{':
        return repetition(r);
    case '\\':
        c = (unsigned char)*++r->at;
        if (c < 0x20 || c > 0x7e || (c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z'))
            return fail(r, "'\\' is followed by the sign that stands for itself");
        break;
    case '|':
    case '^':
    case '$':
        r->at++;
        r->last = LAST_NOTHING;
        return 0;
    default:
        break;
    }
    r->at++;
    r->last = c > 0x7e ? LAST_WIDE : LAST_ATOM;
    return 0;
}

static int check(struct reader *r, const char *text)
{
    r->at = text;
    if (strlen(text) > MAP_PATTERN_MAX)
        return fail(r, "pattern longer than %d bytes", MAP_PATTERN_MAX);
    while (*r->at) {
        int failed = step(r);
        if (failed)
            return failed;
    }
    return r->depth ? fail(r, "'(' without ')'") : 0;
}

/* The C locale for this thread alone: the program's own must not decide what [a-z] holds. */
static locale_t locale_plain(void)
{
    locale_t plain = newlocale(LC_ALL_MASK, "C", (locale_t)0); /* a static object of the C library */
    return plain ? uselocale(plain) : (locale_t)0;
}

static void locale_back(locale_t before)
{
    if (before)
        uselocale(before);
}

int pattern_read(struct pattern *p, const char *text, char *why, size_t why_size)
{
    struct reader r = {.why = why, .why_size = why_size};
    char whole[MAP_PATTERN_MAX + 5];
    int failed = check(&r, text);
    p->made = 0;
    if (failed)
        return failed;
    snprintf(whole, sizeof whole, "^(%s)$", text);
    locale_t before = locale_plain();
    int error = before ? regcomp(&p->regex, whole, REG_EXTENDED) : REG_ESPACE;
    locale_back(before);
    if (error == REG_ESPACE)
        return PATTERN_MEMORY;
    if (error) {
        size_t len = (size_t)snprintf(why, why_size, "pattern: ");
        regerror(error, NULL, why + len, why_size - len);
        return PATTERN_BAD;
    }
    p->groups = r.groups;
    p->made = 1;
    return 0;
}

int pattern_match(const struct pattern *p, const char *value, struct pattern_match *match)
{
    regmatch_t spans[PATTERN_GROUPS + 2];
    size_t len = strlen(value);
    memset(match, 0, sizeof *match);
    if (len > MAP_VALUE_MAX)
        return 0;
    locale_t before = locale_plain();
    int found = before && regexec(&p->regex, value, PATTERN_GROUPS + 2, spans, 0) == 0;
    locale_back(before);
    if (!found || spans[0].rm_so != 0 || (size_t)spans[0].rm_eo != len)
        return 0;
    for (unsigned i = 1; i <= p->groups; i++)
        if (spans[i + 1].rm_so >= 0)
            match->group[i] = (struct pattern_span){(size_t)spans[i + 1].rm_so, (size_t)spans[i + 1].rm_eo};
    return 1;
}

void pattern_free(struct pattern *p)
{
    if (p->made)
        regfree(&p->regex);
    p->made = 0;
}
