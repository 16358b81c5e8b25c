/* SPDX-License-Identifier: MIT */
#include <config.h>

#include "core/log.h"

#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>
#include <unistd.h>

enum { LINE_MAX_BYTES = 1024, AREAS_MAX = 16, AREA_BYTES = 32, LEVEL_NONE = -1 };
enum target { TARGET_SYSLOG, TARGET_STDERR, TARGET_NONE };

/* Where messages go when OPENSSPI_LOG does not say: the configuration's `log`.  Process-wide. */
static atomic_int target = TARGET_SYSLOG;

/* OPENSSPI_LOG, read once per process and constant afterwards. */
static pthread_once_t environment_once = PTHREAD_ONCE_INIT;
static struct {
    int given;
    int all; /* level for areas that are not named */
    unsigned count;
    struct {
        char name[AREA_BYTES];
        int level;
    } area[AREAS_MAX];
} environment;

static const struct {
    const char *word;
    int level;
} level_words[] = {
    {"none", LEVEL_NONE},           {"error", SSPI_LOG_ERROR}, {"warning", SSPI_LOG_WARNING},
    {"info", SSPI_LOG_INFO},        {"debug", SSPI_LOG_DEBUG},
};

static const char *const target_words[] = {
    [TARGET_SYSLOG] = "syslog",
    [TARGET_STDERR] = "stderr",
    [TARGET_NONE] = "none",
};

static int level_of(const char *word, size_t len, int *level)
{
    size_t i;

    for (i = 0; i < sizeof level_words / sizeof level_words[0]; i++) {
        if (strlen(level_words[i].word) == len && !memcmp(level_words[i].word, word, len)) {
            *level = level_words[i].level;
            return 0;
        }
    }
    return -1;
}

static void environment_item(const char *item, size_t len)
{
    const char *plus = memchr(item, '+', len);
    size_t name_len = plus ? (size_t)(plus - item) : 0;
    int level;

    if (!plus || !name_len || name_len >= AREA_BYTES ||
        level_of(plus + 1, len - name_len - 1, &level)) /* a misspelt word must not stop the program */
        return;
    if (name_len == 3 && !memcmp(item, "all", 3)) {
        environment.all = level;
    } else if (environment.count < AREAS_MAX) {
        memcpy(environment.area[environment.count].name, item, name_len);
        environment.area[environment.count++].level = level;
    }
}

static void environment_read(void)
{
    const char *text = secure_getenv("OPENSSPI_LOG");

    environment.all = SSPI_LOG_WARNING;
    if (!text || !*text)
        return;
    environment.given = 1;
    while (*text) {
        size_t len = strcspn(text, ",");
        environment_item(text, len);
        text += len + (text[len] == ',');
    }
}

/* Where a message goes; TARGET_NONE: nowhere. */
static enum target target_for(enum sspi_log level, const char *area)
{
    int limit;
    unsigned i;

    pthread_once(&environment_once, environment_read);
    if (!environment.given) {
        if (level > SSPI_LOG_WARNING)
            return TARGET_NONE;
        return (enum target)atomic_load_explicit(&target, memory_order_relaxed);
    }
    limit = environment.all;
    for (i = 0; i < environment.count; i++) { /* a later word about the same area wins */
        if (!strcmp(environment.area[i].name, area))
            limit = environment.area[i].level;
    }
    return (int)level <= limit ? TARGET_STDERR : TARGET_NONE;
}

int log_wanted(enum sspi_log level, const char *area)
{
    return target_for(level, area) != TARGET_NONE;
}

int log_set_target(const char *word)
{
    size_t i;

    for (i = 0; i < sizeof target_words / sizeof target_words[0]; i++) {
        if (!strcmp(target_words[i], word)) {
            atomic_store_explicit(&target, (int)i, memory_order_relaxed);
            return 0;
        }
    }
    return -1;
}

const char *log_escape(char *out, size_t size, const void *bytes, size_t len)
{
    static const char hex[] = "0123456789abcdef";
    const unsigned char *in = bytes;
    size_t i, at = 0;

    if (!size)
        return out;
    for (i = 0; i < len; i++) {
        if (in[i] >= 0x20 && in[i] < 0x7f) {
            if (size - at < 2)
                break;
            out[at++] = (char)in[i];
        } else {
            if (size - at < 5)
                break;
            out[at++] = '\\';
            out[at++] = 'x';
            out[at++] = hex[in[i] >> 4];
            out[at++] = hex[in[i] & 15];
        }
    }
    out[at] = '\0';
    return out;
}

static void write_stderr(enum sspi_log level, const char *area, const char *message)
{
    char line[LINE_MAX_BYTES + 128];
    const char *word = level <= SSPI_LOG_ERROR     ? "error"
                       : level <= SSPI_LOG_WARNING ? "warning"
                       : level <= SSPI_LOG_INFO    ? "info"
                                                   : "debug";
    int len = snprintf(line, sizeof line, "opensspi: %.31s: %s: %s\n", area, word, message);

    /* One write, so that lines of several threads do not mix.  Nobody to tell if it fails. */
    if (len > 0 && write(STDERR_FILENO, line, (size_t)len) < 0)
        return;
}

void log_writev(enum sspi_log level, const char *area, const char *fmt, va_list args)
{
    char raw[LINE_MAX_BYTES], message[LINE_MAX_BYTES];
    enum target where;
    int saved = errno;

    if (!area)
        area = "?";
    where = target_for(level, area);
    if (where != TARGET_NONE) {
        if (vsnprintf(raw, sizeof raw, fmt, args) < 0)
            raw[0] = '\0';
        log_escape(message, sizeof message, raw, strlen(raw)); /* whatever slipped in: one line stays one */
        if (where == TARGET_STDERR)
            write_stderr(level, area, message);
        else
            syslog((int)level, "opensspi: %.31s: %s", area, message);
    }
    errno = saved;
}

void log_write(enum sspi_log level, const char *area, const char *fmt, ...)
{
    va_list args;

    va_start(args, fmt);
    log_writev(level, area, fmt, args);
    va_end(args);
}
