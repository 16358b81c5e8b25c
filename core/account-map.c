/* SPDX-License-Identifier: MIT
 *
 * The grammar of the account map, and which rule takes a certificate. */
#include <config.h>

#include "core/account-map.h"

#include "core/account-pattern.h"

#define LOG_AREA "account"
#include "core/log.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum { RULE_CERTIFICATE, RULE_CA };

struct rule {
    int pin; /* RULE_ */
    uint8_t digest[32];
    int any;
    enum map_kind kind;
    char *pattern; /* NULL: none */
    const char *target;
    int deny;
};

static const char *const kind_words[MAP_KINDS] = {"subject", "email", "upn", "dns"};

const char *map_kind_word(enum map_kind kind)
{
    return kind_words[kind];
}

static int fail(struct map_answer *, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
static int fail(struct map_answer *answer, const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    vsnprintf(answer->why, sizeof answer->why, fmt, args);
    va_end(args);
    answer->outcome = MAP_FAULTY;
    answer->account[0] = '\0';
    return -1;
}

/* ---- one line ---- */

static char *trim(char *text)
{
    text += strspn(text, " \t");
    size_t len = strlen(text);
    while (len && (text[len - 1] == ' ' || text[len - 1] == '\t'))
        text[--len] = '\0';
    return text;
}

/* Takes the next word off the line; NULL: no more. */
static char *word_next(char **rest)
{
    char *word = *rest + strspn(*rest, " \t");
    size_t len = strcspn(word, " \t");
    if (!len)
        return NULL;
    *rest = word + len + (word[len] != '\0');
    word[len] = '\0';
    return word;
}

static int nibble(char c)
{
    return c >= '0' && c <= '9'   ? c - '0'
           : c >= 'a' && c <= 'f' ? c - 'a' + 10
           : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                  : -1;
}

/* 64 hexadecimal digits, with or without colons between the octets. */
static int digest_read(const char *text, uint8_t out[32])
{
    for (unsigned i = 0; i < 32; i++) {
        if (i && *text == ':')
            text++;
        int high = nibble(*text), low = high < 0 ? -1 : nibble(text[1]);
        if (low < 0)
            return -1;
        out[i] = (uint8_t)(high << 4 | low);
        text += 2;
    }
    return *text ? -1 : 0;
}

int map_account_plain(const char *name)
{
    static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_0123456789.-";
    size_t len = strlen(name);
    return len && len <= MAP_ACCOUNT_MAX && strspn(name, letters) == len && !strchr("0123456789.-", name[0]);
}

/* The account's name, where $1 to $9 stand for what the pattern's groups caught. */
static int target_check(struct rule *rule, unsigned groups, struct map_answer *answer)
{
    char bare[MAP_LINE_MAX + 1];
    size_t len = 0;
    int captures = 0;
    for (const char *at = rule->target; *at; at++) {
        if (*at != '$') {
            bare[len++] = *at;
            continue;
        }
        if (at[1] < '1' || at[1] > '9')
            return fail(answer, "'$' is followed by the number of a group, 1 to 9");
        if ((unsigned)(*++at - '0') > groups)
            return fail(answer, "the pattern has no group %c", *at);
        captures = 1;
        bare[len++] = 'x';
    }
    bare[len] = '\0';
    if (!map_account_plain(bare))
        return fail(answer, "'%.64s' is not the name of an account: letters, digits, . _ -", rule->target);
    if (!captures && !strcmp(rule->target, "root"))
        return fail(answer, "no certificate speaks for root");
    return 0;
}

static int condition_read(struct rule *rule, char *rest, struct map_answer *answer)
{
    char *kind = word_next(&rest);
    rest = trim(rest);
    if (rule->pin == RULE_CERTIFICATE)
        return kind ? fail(answer, "nothing stands between the digest and '=>'") : 0;
    if (!kind)
        return fail(answer, "'any', or a kind of name and a pattern, is missing after the digest");
    rule->any = !strcmp(kind, "any");
    if (rule->any)
        return *rest ? fail(answer, "'any' takes no pattern") : 0;
    for (rule->kind = 0; rule->kind < MAP_KINDS && strcmp(kind, kind_words[rule->kind]); rule->kind++)
        ;
    if (rule->kind == MAP_KINDS)
        return fail(answer, "'%.32s' is none of: any subject email upn dns", kind);
    if (!*rest)
        return fail(answer, "no pattern after '%s'", kind);
    rule->pattern = rest;
    return 0;
}

/* Splits at " => ", which stands in a line once. */
static int rule_read(char *line, struct rule *rule, struct map_answer *answer)
{
    memset(rule, 0, sizeof *rule);
    char *arrow = strstr(line, "=>");
    if (!arrow || arrow == line || !strchr(" \t", arrow[-1]) || (arrow[2] && !strchr(" \t", arrow[2])))
        return fail(answer, "a rule has the form: ca|certificate SHA256 ... => ACCOUNT");
    if (strstr(arrow + 2, "=>"))
        return fail(answer, "'=>' stands in a rule once; in a pattern write =[>]");
    *arrow = '\0';
    char *rest = line, *pin = word_next(&rest), *digest = word_next(&rest);
    rule->target = trim(arrow + 2);
    rule->deny = !strcmp(rule->target, "deny");
    if (!pin || (strcmp(pin, "ca") && strcmp(pin, "certificate")))
        return fail(answer, "a rule begins with 'ca' or 'certificate'");
    rule->pin = strcmp(pin, "ca") ? RULE_CERTIFICATE : RULE_CA;
    if (!digest || digest_read(digest, rule->digest))
        return fail(answer, "'%s' is followed by a SHA-256 digest: 64 hexadecimal digits", pin);
    return condition_read(rule, rest, answer);
}

/* ---- does it match? ---- */

/* A certificate may carry several names of a kind.  Any of them is enough to deny; for an account there must
 * be exactly one, or a holder of two could choose. */
static const char *value_matching(const struct rule *rule, const struct map_names *names,
                                  const struct pattern *pattern, struct pattern_match *match)
{
    if (!rule->deny && (names->broken || names->count != 1))
        return NULL;
    for (unsigned i = 0; i < names->count; i++)
        if (pattern_match(pattern, names->value[i], match))
            return names->value[i];
    return NULL;
}

/* What the rule makes of the groups; 0, or -1: not the name of an account. */
static int target_expand(const struct rule *rule, const char *value, const struct pattern_match *match,
                         char *out)
{
    size_t len = 0;
    for (const char *at = rule->target; *at; at++) {
        const char *from = at;
        size_t count = 1;
        if (*at == '$') {
            const struct pattern_span *span = &match->group[*++at - '0'];
            from = value + span->start;
            count = span->end - span->start;
        }
        if (count > MAP_ACCOUNT_MAX - len)
            return -1;
        memcpy(out + len, from, count);
        len += count;
    }
    out[len] = '\0';
    return map_account_plain(out) && strcmp(out, "root") ? 0 : -1;
}

static void take(const struct rule *rule, const char *value, const struct pattern_match *match,
                 struct map_answer *answer)
{
    char shown[128];
    log_escape(shown, sizeof shown, value ? value : "", value ? strlen(value) : 0);
    if (value)
        snprintf(answer->why, sizeof answer->why, "%s %s, issued by the CA of the rule",
                 kind_words[rule->kind], shown);
    else
        snprintf(answer->why, sizeof answer->why, "%s",
                 rule->pin == RULE_CA ? "issued by the CA of the rule" : "the certificate of the rule");
    answer->outcome = rule->deny ? MAP_DENY : MAP_ACCOUNT;
    if (rule->deny || target_expand(rule, value, match, answer->account) == 0)
        return;
    answer->outcome = MAP_DENY;
    answer->account[0] = '\0';
    snprintf(answer->why, sizeof answer->why,
             "%s %s: what the rule makes of it is not the name of an account", kind_words[rule->kind], shown);
}

/* 1: decided, in *answer. */
static int rule_apply(const struct rule *rule, const struct pattern *pattern, const struct map_certificate *c,
                      struct map_answer *answer)
{
    struct pattern_match match;
    const char *value = NULL;
    if (rule->pin == RULE_CERTIFICATE ? memcmp(rule->digest, c->digest, 32) != 0
                                      : !c->has_issuer || memcmp(rule->digest, c->issuer, 32) != 0)
        return 0;
    if (rule->pattern) {
        const struct map_names *names = &c->names[rule->kind];
        value = value_matching(rule, names, pattern, &match);
        if (!value && !(rule->deny && names->broken))
            return 0;
        if (!value) { /* what was to be denied cannot be told: nobody speaks for an account then */
            snprintf(answer->why, sizeof answer->why, "a rule that denies cannot read its %s names",
                     kind_words[rule->kind]);
            return 1;
        }
    }
    take(rule, value, &match, answer);
    return 1;
}

static int line_apply(char *line, const struct map_certificate *c, int *decided, struct map_answer *answer)
{
    struct rule rule;
    struct pattern pattern = {0};
    char why[128];
    if (rule_read(line, &rule, answer))
        return -1;
    if (rule.pattern) {
        int failed = pattern_read(&pattern, rule.pattern, why, sizeof why);
        if (failed) {
            (void)fail(answer, "%s", why);
            answer->outcome = failed == PATTERN_MEMORY ? MAP_MEMORY : MAP_FAULTY;
            return -1;
        }
    }
    int result = rule.deny ? 0 : target_check(&rule, pattern.groups, answer);
    if (result == 0 && c && !*decided)
        *decided = rule_apply(&rule, &pattern, c, answer);
    pattern_free(&pattern);
    return result;
}

/* A line's bytes, checked and ended by a NUL; "" for a comment.  NULL: faulty. */
static char *line_clean(const char *bytes, size_t len, char *line, struct map_answer *answer)
{
    if (len && bytes[len - 1] == '\r')
        len--;
    if (len > MAP_LINE_MAX) {
        (void)fail(answer, "line longer than %d bytes", MAP_LINE_MAX);
        return NULL;
    }
    for (size_t i = 0; i < len; i++) {
        unsigned char byte = (unsigned char)bytes[i];
        if ((byte < 0x20 && byte != '\t') || byte == 0x7f) {
            (void)fail(answer, "byte 0x%02x in column %zu", byte, i + 1);
            return NULL;
        }
    }
    memcpy(line, bytes, len);
    line[len] = '\0';
    line = trim(line);
    if (*line == '#')
        *line = '\0';
    return line;
}

void map_decide(const char *text, size_t len, const struct map_certificate *c, struct map_answer *answer)
{
    struct map_answer found = {.outcome = MAP_NONE, .why = "no rule matches"};
    char line[MAP_LINE_MAX + 1];
    int decided = 0;
    unsigned number = 1;
    memset(answer, 0, sizeof *answer);
    if (len > MAP_FILE_MAX) {
        (void)fail(answer, "longer than %d bytes", MAP_FILE_MAX);
        return;
    }
    if (!len || text[len - 1] != '\n') {
        (void)fail(answer,
                   len ? "the last line does not end: is the file whole?" : "empty: is the file whole?");
        return;
    }
    for (size_t at = 0; at < len; number++) {
        size_t size = (size_t)((const char *)memchr(text + at, '\n', len - at) - (text + at));
        int before = decided;
        answer->line = number;
        char *clean = line_clean(text + at, size, line, answer);
        if (!clean || (*clean && line_apply(clean, c, &decided, answer)))
            return; /* the fault, whatever was decided before */
        if (decided && !before)
            found = *answer;
        at += size + 1;
    }
    *answer = found;
}
