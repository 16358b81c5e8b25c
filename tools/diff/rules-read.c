/* SPDX-License-Identifier: MIT
 *
 * The format of rules:
 *     pinned: openssl 3.0.22, gnutls 3.7.9
 *     [name]
 *     key: value            # a line that begins with blanks continues the value; '#' begins a line of
 * comment */
#include <config.h>

#include "tools/diff/rules-parts.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

struct reader {
    struct rules *rules;
    const char *file;
    unsigned line;     /* that the value began on */
    struct rule *rule; /* the open one */
    char *why;
    size_t size;
};

static int fail(struct reader *, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
static int fail(struct reader *r, const char *fmt, ...)
{
    char text[400];
    va_list args;
    va_start(args, fmt);
    vsnprintf(text, sizeof text, fmt, args);
    va_end(args);
    snprintf(r->why, r->size, "%s:%u: %s", r->file, r->line, text);
    return -1;
}

/* The next word, ended in place; NULL: none is left. */
static char *next_word(char **rest)
{
    char *word = *rest + strspn(*rest, " \t");
    size_t len = strcspn(word, " \t");
    if (!len)
        return NULL;
    *rest = word + len + (word[len] != '\0');
    word[len] = '\0';
    return word;
}

static char *next_part(char **rest, char at)
{
    char *part = *rest;
    if (!part)
        return NULL;
    *rest = strchr(part, at);
    if (*rest)
        *(*rest)++ = '\0';
    return part;
}

/* ---- values ---- */

static int read_when(struct reader *r, char *value)
{
    struct rule *rule = r->rule;
    char why[300], *word;
    if (rule->when_count == RULE_WAYS_MAX)
        return fail(r, "[%s] has more than %d lines of when", rule->name, RULE_WAYS_MAX);
    struct rule_when *w = &rule->when[rule->when_count++];
    while ((word = next_word(&value))) {
        struct rule_token *t = &w->token[w->count];
        if (w->count++ == RULE_TOKENS_MAX)
            return fail(r, "more than %d tokens", RULE_TOKENS_MAX);
        t->absent = *word == '!';
        t->text = word + t->absent;
        t->len = strlen(t->text);
        t->prefix = t->len && t->text[t->len - 1] == '*';
        t->len -= (size_t)t->prefix;
        if (rule_token_check(t, why, sizeof why))
            return fail(r, "%s", why);
    }
    return 0;
}

static int read_status(struct reader *r, struct rule_seen *seen, const char *part)
{
    char *end;
    errno = 0;
    unsigned long value = strtoul(part, &end, 16);
    if (strncmp(part, "0x", 2) || end == part + 2 || *end || errno || value > 0xffffffffUL)
        return fail(r, "'%s' is no status: 0x and hexadecimal digits", part);
    if (seen->status_count == RULE_STATUSES_MAX)
        return fail(r, "more than %d statuses", RULE_STATUSES_MAX);
    seen->status[seen->status_count++] = (uint32_t)value;
    return 0;
}

static int state_named(const char *word)
{
    static const char *const ends[] = {"crash", "hang", "skip"};
    for (unsigned i = 0; i < sizeof ends / sizeof *ends; i++)
        if (!strcmp(word, ends[i]))
            return (int)(SEEN_CRASH + i);
    return diff_state_named(word);
}

/* STATE[/CLASS[/STATUS]], each of them with alternatives between '|', or '*'. */
static int read_seen(struct reader *r, struct rule_seen *seen, char *text)
{
    for (int field = 0; text && field < 3; field++) {
        char *part = next_part(&text, '/');
        if (!strcmp(part, "*"))
            continue;
        for (char *one; (one = next_part(&part, '|'));) {
            int value = field == 0 ? state_named(one) : field == 1 ? diff_class_named(one) : 0;
            if (value < 0)
                return fail(r, "'%s' is no %s", one, field ? "class of alerts" : "state");
            if (field == 2 && read_status(r, seen, one))
                return -1;
            if (field == 0)
                seen->states |= 1u << value;
            else if (field == 1)
                seen->classes |= 1u << value;
        }
    }
    return text ? fail(r, "'%s' is behind STATE/CLASS/STATUS", text) : 0;
}

static int read_see(struct reader *r, char *value)
{
    struct rule *rule = r->rule;
    unsigned named = 0;
    char *word;
    if (rule->see_count == RULE_WAYS_MAX)
        return fail(r, "[%s] has more than %d lines of see", rule->name, RULE_WAYS_MAX);
    struct rule_see *see = &rule->see[rule->see_count++];
    while ((word = next_word(&value))) {
        char *equals = strchr(word, '=');
        int backend = equals ? rules_backend(r->rules, word, (size_t)(equals - word)) : -1;
        if (backend < 0)
            return fail(r, "'%s' is not BACKEND=STATE of a pinned backend", word);
        if (named & 1u << backend)
            return fail(r, "'%s' is seen twice", r->rules->pinned[backend].name);
        named |= 1u << backend;
        if (read_seen(r, &see->of[backend], equals + 1))
            return -1;
    }
    for (unsigned i = 0; i < r->rules->pinned_count; i++)
        if (!(named & 1u << i))
            return fail(r, "see: says nothing of %s; '%s=*' is any", r->rules->pinned[i].name,
                        r->rules->pinned[i].name);
    return 0;
}

static int read_on(struct reader *r, char *value)
{
    struct rule *rule = r->rule;
    char *word;
    while ((word = next_word(&value))) {
        size_t name = strcspn(word, "<>="), op = strspn(word + name, "<>=");
        const char *version = word + name + op;
        int backend = rules_backend(r->rules, word, name);
        if (backend < 0)
            return fail(r, "on: '%s' is of no pinned backend", word);
        if (!op || op > 2 || (op == 2 && (word[name] == '=' || word[name + 1] != '=')) ||
            !isdigit((unsigned char)*version))
            return fail(r, "on: '%s' has not the form BACKEND<VERSION, <= = >= >", word);
        if (rule->on_count == RULE_ONS_MAX)
            return fail(r, "more than %d versions", RULE_ONS_MAX);
        struct rule_on *on = &rule->on[rule->on_count++];
        on->backend = (unsigned)backend;
        on->version = version;
        memcpy(on->op, word + name, op);
    }
    return 0;
}

static int read_class(struct reader *r, char *value)
{
    char *word;
    while ((word = next_word(&value))) {
        int verdict = diff_verdict_named(word);
        if (verdict < 0)
            return fail(r, "'%s' is no class of verdicts", word);
        if (verdict == DIFF_AGREE || verdict == DIFF_SKIP)
            return fail(r, "%s needs no rule", word);
        r->rule->verdicts |= 1u << verdict;
    }
    return 0;
}

/* BACKEND=I1|I5 ... */
static int read_breaks(struct reader *r, char *value)
{
    char *word;
    while ((word = next_word(&value))) {
        char *equals = strchr(word, '='), *one, *rest = equals ? equals + 1 : NULL;
        int backend = equals ? rules_backend(r->rules, word, (size_t)(equals - word)) : -1;
        if (backend < 0)
            return fail(r, "'%s' is not BACKEND=I1 of a pinned backend", word);
        while ((one = next_part(&rest, '|'))) {
            if (*one != 'I' || one[1] < '1' || one[1] > '0' + DIFF_INVARIANTS || one[2])
                return fail(r, "'%s' is no invariant: I1 to I%d", one, DIFF_INVARIANTS);
            r->rule->breaks[backend] |= 1u << (one[1] - '1');
        }
        r->rule->has_breaks = 1;
    }
    return 0;
}

static int read_differs(struct reader *r, char *value)
{
    char *word;
    while ((word = next_word(&value))) {
        if (r->rule->differs_count == RULE_KEYS_MAX)
            return fail(r, "more than %d attributes", RULE_KEYS_MAX);
        r->rule->differs[r->rule->differs_count++] = word;
    }
    return 0;
}

static int read_why(struct reader *r, char *value)
{
    r->rule->why = value;
    return 0;
}

static int read_ref(struct reader *r, char *value)
{
    r->rule->ref = value;
    return 0;
}

static int read_needs(struct reader *r, char *value)
{
    if (strcmp(value, "corpora") != 0)
        return fail(r, "needs: '%s' is not 'corpora'", value);
    r->rule->corpora = 1;
    return 0;
}

static int read_pinned(struct reader *r, char *value)
{
    struct rules *rules = r->rules;
    for (char *one; (one = next_part(&value, ','));) {
        char *name = next_word(&one), *version = next_word(&one);
        if (!name || !version || next_word(&one) || !isdigit((unsigned char)*version))
            return fail(r, "pinned: BACKEND VERSION, BACKEND VERSION...");
        if (rules_backend(rules, name, strlen(name)) >= 0)
            return fail(r, "%s is pinned twice", name);
        if (rules->pinned_count == RULE_BACKENDS)
            return fail(r, "more than %d backends", RULE_BACKENDS);
        rules->pinned[rules->pinned_count].name = name;
        rules->pinned[rules->pinned_count++].version = version;
    }
    return 0;
}

static const struct {
    const char *name;
    int (*read)(struct reader *, char *value);
    int once;
} keys[] = {
    {"when", read_when, 0},     {"on", read_on, 1},           {"class", read_class, 1},
    {"see", read_see, 0},       {"why", read_why, 1},         {"ref", read_ref, 1},
    {"breaks", read_breaks, 1}, {"differs", read_differs, 1}, {"needs", read_needs, 1},
};
enum { KEYS = sizeof keys / sizeof *keys };

/* ---- lines ---- */

static int rule_end(struct reader *r)
{
    char why[300];
    if (!r->rule)
        return 0;
    unsigned line = r->line;
    r->line = r->rule->line;
    if (rule_check(r->rule, why, sizeof why))
        return fail(r, "%s", why);
    r->line = line;
    r->rule = NULL;
    return 0;
}

static int rule_begin(struct reader *r, char *line)
{
    struct rules *rules = r->rules;
    size_t len = strlen(line);
    if (rule_end(r))
        return -1;
    if (len < 3 || line[len - 1] != ']' ||
        strspn(line + 1, "abcdefghijklmnopqrstuvwxyz0123456789-.") != len - 2)
        return fail(r, "a rule begins with [name]: small letters, digits, '-' and '.'");
    if (!rules->pinned_count)
        return fail(r, "'pinned:' comes before the first rule");
    line[len - 1] = '\0';
    if (rules_named(rules, line + 1) >= 0)
        return fail(r, "there is a rule [%s] already", line + 1);
    if (rules->count == RULES_MAX)
        return fail(r, "more than %d rules: they explain cases one by one", RULES_MAX);
    if (!(r->rule = calloc(1, sizeof *r->rule)))
        return fail(r, "not enough memory");
    r->rule->name = line + 1;
    r->rule->line = r->line;
    const char *base = strrchr(r->file, '/');
    snprintf(r->rule->place, sizeof r->rule->place, "%s:%u", base ? base + 1 : r->file, r->line);
    rules->rule[rules->count++] = r->rule;
    return 0;
}

/* One line with those that continue it, without the blanks around. */
static int read_line(struct reader *r, char *line, unsigned *had)
{
    if (*line == '[') {
        *had = 0;
        return rule_begin(r, line);
    }
    char *colon = strchr(line, ':');
    if (!colon)
        return fail(r, "neither [name] nor 'key: value'");
    *colon = '\0';
    char *value = colon + 1 + strspn(colon + 1, " \t");
    if (!*value)
        return fail(r, "'%s:' says nothing", line);
    if (!strcmp(line, "pinned"))
        return r->rules->count ? fail(r, "'pinned:' comes before the first rule") : read_pinned(r, value);
    for (unsigned i = 0; i < KEYS; i++) {
        if (strcmp(line, keys[i].name) != 0)
            continue;
        if (!r->rule)
            return fail(r, "'%s:' belongs to a rule, and none has begun", line);
        if (keys[i].once && *had & 1u << i)
            return fail(r, "'%s:' stands in a rule once", line);
        *had |= 1u << i;
        return keys[i].read(r, value);
    }
    if (!strcmp(line, "id") || !strcmp(line, "name") || !strcmp(line, "hash") || !strcmp(line, "case") ||
        !strcmp(line, "base"))
        return fail(r, "'%s:' would match single cases; a rule names what a stimulus is", line);
    return fail(r, "'%.40s:' is no key of a rule", line);
}

/* Ends the line at `at` in place, joined with the lines that continue it; returns the next one, NULL at the
 * end. */
static char *take_line(char *at, unsigned *lines)
{
    char *end = at + strcspn(at, "\n");
    *lines = 1;
    while (*end && (end[1] == ' ' || end[1] == '\t') && *at != '#') {
        size_t blank = strspn(end + 1, " \t");
        if (end[1 + blank] == '\n' || !end[1 + blank])
            break;
        *end = ' ';
        (*lines)++;
        end += strcspn(end, "\n");
    }
    char *next = *end ? end + 1 : NULL;
    while (end > at && strchr(" \t\r", end[-1]))
        end--;
    *end = '\0';
    char *to = at;
    for (const char *c = at; *c; c++) /* blanks count once */
        if (!strchr(" \t", *c) || (to > at && to[-1] != ' '))
            *to++ = *c == '\t' ? ' ' : *c;
    *to = '\0';
    return next;
}

static int read_text(struct reader *r, char *text)
{
    unsigned had = 0, lines = 0, next_line = 1;
    for (char *line = text, *next; line; line = next, next_line += lines) {
        next = take_line(line, &lines);
        r->line = next_line;
        if (*line && *line != '#' && strspn(line, " ") != strlen(line) && read_line(r, line, &had))
            return -1;
    }
    return rule_end(r);
}

static int text_add(struct rules *rules, const char *name, char *text, char *why, size_t size)
{
    struct reader r = {.rules = rules, .file = name, .line = 1, .why = why, .size = size};
    char **more = realloc(rules->text, (rules->text_count + 1) * sizeof *more);
    if (more)
        rules->text = more;
    if (!more || !text) {
        free(text);
        return fail(&r, "not enough memory");
    }
    rules->text[rules->text_count++] = text;
    return read_text(&r, text);
}

static struct rules *rules_new(void)
{
    struct rules *rules = calloc(1, sizeof *rules);
    if (rules && !(rules->rule = calloc(RULES_MAX, sizeof *rules->rule))) {
        free(rules);
        return NULL;
    }
    return rules;
}

struct rules *rules_parse(const char *name, const char *text, char *why, size_t size)
{
    struct rules *rules = rules_new();
    snprintf(why, size, "not enough memory");
    if (rules && text_add(rules, name, strdup(text), why, size)) {
        rules_free(rules);
        return NULL;
    }
    return rules;
}

/* ---- files ---- */

static int file_add(struct rules *rules, const char *path, char *why, size_t size)
{
    FILE *in = fopen(path, "re");
    char *text = in ? malloc(RULES_TEXT_MAX + 1) : NULL;
    size_t len = text ? fread(text, 1, RULES_TEXT_MAX + 1, in) : 0;
    int broken = !text || ferror(in) || len > RULES_TEXT_MAX || memchr(text, '\0', len);
    if (broken)
        snprintf(why, size, "%s: %s", path,
                 !in ? strerror(errno) : "cannot be read: no text, or too much of it");
    if (in)
        fclose(in);
    if (broken) {
        free(text);
        return -1;
    }
    text[len] = '\0';
    return text_add(rules, path, text, why, size);
}

static int is_rules(const struct dirent *entry)
{
    size_t len = strlen(entry->d_name);
    return *entry->d_name != '.' && len > 6 && !strcmp(entry->d_name + len - 6, ".rules");
}

static int folder_add(struct rules *rules, const char *path, char *why, size_t size)
{
    struct dirent **names;
    int count = scandir(path, &names, is_rules, alphasort), bad = count <= 0;
    if (bad)
        snprintf(why, size, "%s: %s", path, count < 0 ? strerror(errno) : "no *.rules are here");
    for (int i = 0; i < count; i++) {
        char file[4096];
        snprintf(file, sizeof file, "%s/%s", path, names[i]->d_name);
        bad = bad || file_add(rules, file, why, size);
        free(names[i]);
    }
    if (count >= 0)
        free(names);
    return bad ? -1 : 0;
}

struct rules *rules_load(const char *path, char *why, size_t size)
{
    struct stat st;
    struct rules *rules = rules_new();
    snprintf(why, size, "not enough memory");
    int folder = !stat(path, &st) && S_ISDIR(st.st_mode);
    if (rules && (folder ? folder_add : file_add)(rules, path, why, size)) {
        rules_free(rules);
        return NULL;
    }
    return rules;
}
