/* SPDX-License-Identifier: MIT */
#include <config.h>

#include "core/config-parse.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* Every key there is.  A key is added here, in opensspi.conf(5) and in conf/opensspi.conf. */
static const struct config_key keys[] = {
    {"providers", CONFIG_PACKAGE | CONFIG_PROGRAM, CONFIG_NAMES, NULL, "openssl gnutls wolfssl",
     "the providers to try, best first"},
    {"fallback", CONFIG_PACKAGE | CONFIG_PROGRAM, CONFIG_WORD, "yes no", "yes",
     "whether the next provider may stand in for one that is missing, of another ABI or not able"},
    {"profile", CONFIG_PACKAGE | CONFIG_PROGRAM, CONFIG_WORD, "default legacy strict approved-only", "default",
     "the protocols and algorithms that programs may ask for"},
    {"client-certificate", CONFIG_PACKAGE | CONFIG_PROGRAM, CONFIG_WORD, "request require", "request",
     "whether a client asked for a certificate may go on without one"},
    {"revocation", CONFIG_PACKAGE | CONFIG_PROGRAM, CONFIG_WORD, "available require", "available",
     "whether a certificate passes whose revocation was asked for and cannot be judged by what is at hand"},
    {"crls", CONFIG_PACKAGE | CONFIG_PROGRAM, CONFIG_PATH, NULL, NULL,
     "a folder of revocation lists, besides the one beside opensspi.conf"},
    {"account-map", CONFIG_PACKAGE | CONFIG_PROGRAM, CONFIG_PATH, NULL, NULL,
     "the file that maps clients' certificates to local accounts"},
    {"ticket-keys", CONFIG_PACKAGE | CONFIG_PROGRAM, CONFIG_PATH, NULL, NULL,
     "the file of keys that servers share so that each resumes the others' sessions"},
    {"store-writes", CONFIG_PACKAGE | CONFIG_PROGRAM, CONFIG_WORD, "yes no", "no",
     "whether trust anchors that a program adds are written to the machine's, or count in its process alone"},
    {"locked", CONFIG_PACKAGE, CONFIG_WORD, "yes no", "no",
     "whether programs and their users are held to the list of providers"},
    {"log", CONFIG_PACKAGE, CONFIG_WORD, "syslog stderr none", "syslog",
     "where errors and warnings go, unless OPENSSPI_LOG is set"},
    {"module", CONFIG_MANIFEST, CONFIG_MODULE, NULL, NULL, "the module's file name; empty: not to be used"},
    {"abi", CONFIG_MANIFEST, CONFIG_NUMBER, NULL, NULL, "the provider ABI the module was built for"},
    {"policy", CONFIG_PROVIDER | CONFIG_MANIFEST, CONFIG_FREE, NULL, "@SYSTEM",
     "the library's own policy: may narrow what is offered, never widen it"},
    {"isolate", CONFIG_PROVIDER | CONFIG_MANIFEST, CONFIG_WORD, "yes no", "no",
     "whether the module prefers its own libraries' symbols to the program's (RTLD_DEEPBIND)"},
    {"pkcs11-module", CONFIG_PROVIDER | CONFIG_MANIFEST, CONFIG_PATH, NULL, NULL,
     "the PKCS#11 module behind pkcs11: keys, where the provider does not find it by itself"},
};
enum { KEY_COUNT = sizeof keys / sizeof keys[0] };

static const struct {
    const char *word;
    enum config_section section;
} section_words[] = {
    {"package", CONFIG_PACKAGE}, {"program", CONFIG_PROGRAM}, {"provider", CONFIG_PROVIDER}};

struct parser {
    struct config_list *list;
    const char *file;
    unsigned line;
    int manifest;
    enum config_section section; /* 0: none yet */
    const char *name;
    unsigned sections;
    char *why;
    size_t why_size;
};

const struct config_key *config_key_at(size_t i)
{
    return i < KEY_COUNT ? &keys[i] : NULL;
}

const char *config_section_word(enum config_section section)
{
    size_t i;

    for (i = 0; i < sizeof section_words / sizeof section_words[0]; i++) {
        if (section_words[i].section == section)
            return section_words[i].word;
    }
    return "";
}

/* ---- the list ---- */

int config_list_add(struct config_list *list, const struct config_entry *entry)
{
    if (list->count == list->cap) {
        size_t cap = list->cap ? list->cap * 2 : 32;
        struct config_entry *more;

        if (list->count >= CONFIG_ENTRIES_MAX) {
            errno = EINVAL;
            return -1;
        }
        more = reallocarray(list->entry, cap, sizeof *more);
        if (!more)
            return -1;
        list->entry = more;
        list->cap = cap;
    }
    list->entry[list->count++] = *entry;
    return 0;
}

const char *config_list_text(struct config_list *list, const char *text, size_t len)
{
    struct config_text *block = malloc(sizeof *block + len + 1);

    if (!block)
        return NULL;
    memcpy(block->bytes, text, len);
    block->bytes[len] = '\0';
    block->next = list->texts;
    list->texts = block;
    return block->bytes;
}

void config_list_free(struct config_list *list)
{
    while (list->texts) {
        struct config_text *next = list->texts->next;
        free(list->texts);
        list->texts = next;
    }
    free(list->entry);
    memset(list, 0, sizeof *list);
}

/* ---- values ---- */

int config_name_valid(const char *name, size_t len)
{
    if (!len || len > CONFIG_NAME_MAX || name[0] == '-' || name[0] == '_')
        return 0;
    return strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789-_") >= len;
}

size_t config_word(const char **list, const char **word)
{
    size_t len;

    *word = *list + strspn(*list, " \t");
    len = strcspn(*word, " \t");
    *list = *word + len;
    return len;
}

static int word_in(const char *list, const char *word, size_t len)
{
    const char *other;
    size_t n;

    while ((n = config_word(&list, &other)) != 0) {
        if (n == len && !memcmp(other, word, len))
            return 1;
    }
    return 0;
}

static int names_check(const char *text, char *why, size_t why_size)
{
    const char *rest = text, *word;
    size_t len, count = 0;

    while ((len = config_word(&rest, &word)) != 0) {
        if (!config_name_valid(word, len)) {
            snprintf(why, why_size, "'%.*s' is not a provider's name (blanks stand between names)",
                     (int)(len > 64 ? 64 : len), word);
            return -1;
        }
        if (word_in(rest, word, len)) {
            snprintf(why, why_size, "'%.*s' is named twice", (int)len, word);
            return -1;
        }
        if (++count > CONFIG_PROVIDERS_MAX) {
            snprintf(why, why_size, "more than %d providers", CONFIG_PROVIDERS_MAX);
            return -1;
        }
    }
    if (!count)
        snprintf(why, why_size, "names no provider");
    return count ? 0 : -1;
}

static int module_check(const char *text, char *why, size_t why_size)
{
    size_t len = strlen(text);

    if (!len || (len > 3 && !strcmp(text + len - 3, ".so") && config_name_valid(text, len - 3)))
        return 0;
    snprintf(why, why_size, "'%.64s' is not a plain file name ending in .so", text);
    return -1;
}

int config_value_check(const struct config_key *key, const char *text, char *why, size_t why_size)
{
    size_t len = strlen(text);

    switch (key->kind) {
    case CONFIG_NAMES:
        return names_check(text, why, why_size);
    case CONFIG_MODULE:
        return module_check(text, why, why_size);
    case CONFIG_NUMBER:
        if (len && len <= 5 && strspn(text, "0123456789") == len)
            return 0;
        snprintf(why, why_size, "'%.64s' is not a number from 0 to 99999", text);
        return -1;
    case CONFIG_WORD:
        if (len && word_in(key->words, text, len))
            return 0;
        snprintf(why, why_size, "'%.64s' is none of: %s", text, key->words);
        return -1;
    case CONFIG_PATH:
        if (text[0] == '/')
            return 0;
        snprintf(why, why_size, "'%.64s' is not an absolute path", text);
        return -1;
    case CONFIG_FREE:
        break;
    }
    return 0;
}

/* ---- lines ---- */

static int fail(struct parser *parser, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
static int fail(struct parser *parser, const char *fmt, ...)
{
    char what[320];
    va_list args;

    va_start(args, fmt);
    vsnprintf(what, sizeof what, fmt, args);
    va_end(args);
    snprintf(parser->why, parser->why_size, "%s:%u: %s", parser->file, parser->line, what);
    errno = EINVAL;
    return -1;
}

static int fail_memory(struct parser *parser)
{
    if (errno == EINVAL)
        return fail(parser, "more than %d settings in all", CONFIG_ENTRIES_MAX);
    snprintf(parser->why, parser->why_size, "%s: %s", parser->file, strerror(ENOMEM));
    errno = ENOMEM;
    return -1;
}

/* Blanks off both ends, in place. */
static char *trim(char *text)
{
    size_t len;

    text += strspn(text, " \t");
    len = strlen(text);
    while (len && strchr(" \t\r", text[len - 1]))
        text[--len] = '\0';
    return text;
}

/* A comment starts at a # that begins the line or follows a blank. */
static void comment_cut(char *line)
{
    char *at = line;

    while ((at = strchr(at, '#')) != NULL) {
        if (at == line || at[-1] == ' ' || at[-1] == '\t') {
            *at = '\0';
            return;
        }
        at++;
    }
}

static int name_check(struct parser *parser, char *name)
{
    switch (parser->section) {
    case CONFIG_PACKAGE:
        if (strcasecmp(name, "Schannel"))
            return fail(parser, "unknown package '%.64s': there is Schannel", name);
        return 0;
    case CONFIG_PROVIDER:
        if (!config_name_valid(name, strlen(name)))
            return fail(parser, "'%.64s' is not a provider's name", name);
        return 0;
    default:
        if (!*name || strchr(name, '/') || strlen(name) > 255)
            return fail(parser, "'%.64s' is not the file name of a program", name);
        return 0;
    }
}

static int section_line(struct parser *parser, char *line)
{
    size_t len = strlen(line), i, word;
    char *name;

    if (line[len - 1] != ']')
        return fail(parser, "a section ends with ']'");
    line[len - 1] = '\0';
    line = trim(line + 1);
    word = strcspn(line, " \t");
    name = trim(line + word);
    for (i = 0; i < sizeof section_words / sizeof section_words[0]; i++) {
        if (strlen(section_words[i].word) == word && !memcmp(section_words[i].word, line, word))
            break;
    }
    if (i == sizeof section_words / sizeof section_words[0])
        return fail(parser, "unknown section [%.64s]: there are [package Schannel], [program NAME] and [provider NAME]",
                    line);
    parser->section = section_words[i].section;
    if (name_check(parser, name))
        return -1;
    if (parser->manifest && (parser->section != CONFIG_PROVIDER || parser->sections))
        return fail(parser, "a manifest has one section, [provider NAME]");
    parser->sections++;
    parser->name = config_list_text(parser->list, name, strlen(name));
    return parser->name ? 0 : fail_memory(parser);
}

static const struct config_key *key_find(const char *name)
{
    size_t i;

    for (i = 0; i < KEY_COUNT; i++) {
        if (!strcmp(keys[i].name, name))
            return &keys[i];
    }
    return NULL;
}

/* The key's rule, and that the key may stand in this section. */
static int key_check(struct parser *parser, const char *name, const char *text)
{
    const struct config_key *key = key_find(name);
    unsigned where = parser->manifest ? (unsigned)CONFIG_MANIFEST : (unsigned)parser->section;
    char what[256];

    if (!strncmp(name, "x-", 2) && strlen(name) <= 64)
        return 0;
    if (!key)
        return fail(parser, "unknown key '%.64s'", name);
    if (!(key->where & where) && key->where == CONFIG_MANIFEST)
        return fail(parser, "'%s' belongs in a manifest, providers.d/*.provider", name);
    if (!(key->where & where))
        return fail(parser, "'%s' cannot stand in [%s %.64s]", name, config_section_word(parser->section),
                    parser->name);
    if (config_value_check(key, text, what, sizeof what))
        return fail(parser, "%s: %s", name, what);
    return 0;
}

static int setting_line(struct parser *parser, char *line)
{
    char *equals = strchr(line, '='), *text;
    struct config_entry entry = {.section = parser->section, .name = parser->name};

    if (!equals)
        return fail(parser, "neither [section] nor 'key = value'");
    *equals = '\0';
    text = trim(equals + 1);
    line = trim(line);
    if (!parser->section)
        return fail(parser, "'%.64s' stands before the first section", line);
    if (!*line)
        return fail(parser, "no key before '='");
    if (key_check(parser, line, text))
        return -1;
    entry.key = config_list_text(parser->list, line, strlen(line));
    entry.value.text = config_list_text(parser->list, text, strlen(text));
    entry.value.file = parser->file;
    entry.value.line = parser->line;
    if (!entry.key || !entry.value.text) {
        errno = ENOMEM;
        return fail_memory(parser);
    }
    return config_list_add(parser->list, &entry) ? fail_memory(parser) : 0;
}

static int line_parse(struct parser *parser, const char *bytes, size_t len)
{
    char line[CONFIG_LINE_MAX + 1], *text;
    size_t i;

    if (len > CONFIG_LINE_MAX)
        return fail(parser, "line longer than %d bytes", CONFIG_LINE_MAX);
    for (i = 0; i < len; i++) {
        unsigned char c = (unsigned char)bytes[i];
        if ((c < 0x20 && c != '\t' && !(c == '\r' && i == len - 1)) || c == 0x7f)
            return fail(parser, "byte 0x%02x in column %zu", c, i + 1);
    }
    memcpy(line, bytes, len);
    line[len] = '\0';
    comment_cut(line);
    text = trim(line);
    if (!*text)
        return 0;
    return *text == '[' ? section_line(parser, text) : setting_line(parser, text);
}

int config_parse(struct config_list *list, const char *file, const char *bytes, size_t len, int manifest, char *why,
                 size_t why_size)
{
    struct parser parser = {.list = list, .manifest = manifest, .why = why, .why_size = why_size};
    size_t at = 0;

    parser.file = config_list_text(list, file, strlen(file));
    if (!parser.file) {
        parser.file = file;
        return fail_memory(&parser);
    }
    if (len > CONFIG_FILE_MAX)
        return fail(&parser, "file longer than %d bytes", CONFIG_FILE_MAX);
    while (at < len) {
        const char *end = memchr(bytes + at, '\n', len - at);
        size_t line_len = end ? (size_t)(end - bytes) - at : len - at;

        parser.line++;
        if (line_parse(&parser, bytes + at, line_len))
            return -1;
        at += line_len + 1;
    }
    if (manifest && !parser.sections)
        return fail(&parser, "a manifest needs a section [provider NAME]");
    return 0;
}
