/* SPDX-License-Identifier: MIT */
#include <config.h>

#include "tools/diff/report/run.h"

#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

static int fail(struct run *, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
static int fail(struct run *r, const char *fmt, ...)
{
    char text[300];
    va_list args;
    va_start(args, fmt);
    vsnprintf(text, sizeof text, fmt, args);
    va_end(args);
    if (r->number)
        snprintf(r->why, sizeof r->why, "%s:%lu: %s", r->path, r->number, text);
    else
        snprintf(r->why, sizeof r->why, "%s: %s", r->path, text);
    return -1;
}

const char *json_text(const json_t *object, const char *key)
{
    const char *text = json_string_value(json_object_get(object, key));
    return text ? text : "";
}

long long json_number(const json_t *object, const char *key)
{
    return (long long)json_number_value(json_object_get(object, key));
}

/* The next line as an object in `current`: 1, 0 at the end, -1. */
static int read_line(struct run *r)
{
    json_error_t error;
    ssize_t len = getline(&r->line, &r->cap, r->in);
    json_decref(r->current);
    r->current = NULL;
    if (len < 0)
        return ferror(r->in) ? fail(r, "%s", strerror(errno)) : 0;
    r->number++;
    if (len > RUN_LINE_MAX)
        return fail(r, "a line of more than %d octets", RUN_LINE_MAX);
    r->current = json_loadb(r->line, (size_t)len, JSON_REJECT_DUPLICATES, &error);
    if (!json_is_object(r->current))
        return fail(r, "no JSON object: %s", r->current ? "something else" : error.text);
    return 1;
}

int run_open(struct run *r, const char *path)
{
    *r = (struct run){.path = path};
    r->in = strcmp(path, "-") ? fopen(path, "re") : stdin;
    if (!r->in)
        return fail(r, "%s", strerror(errno));
    int got = read_line(r);
    if (got < 0)
        return -1;
    json_t *manifest = got ? json_object_get(r->current, "manifest") : NULL;
    json_t *backends = json_object_get(manifest, "backends");
    if (json_number(manifest, "format") != 1 || !json_is_object(backends) || !json_object_size(backends))
        return fail(r, "no run of sspi diff: its first line is no manifest of format 1");
    if (json_object_size(backends) > RUN_BACKENDS_MAX)
        return fail(r, "more than %d backends", RUN_BACKENDS_MAX);
    r->manifest = json_incref(manifest);
    const char *label;
    json_t *version;
    json_object_foreach(backends, label, version) r->backend[r->backends++] = label;
    return 0;
}

static int take_case(struct run *r, struct run_case *c)
{
    json_t *backends = json_object_get(r->current, "backends"), *rule = json_object_get(r->current, "rule");
    *c = (struct run_case){.id = json_text(r->current, "id"),
                           .name = json_text(r->current, "name"),
                           .kind = json_text(r->current, "kind"),
                           .verdict = json_text(r->current, "verdict"),
                           .rule = json_string_value(rule),
                           .gated = json_is_true(json_object_get(r->current, "gated")),
                           .json = r->current};
    if (!*c->id || !*c->name || !*c->verdict || !json_is_object(backends))
        return fail(r, "a case has an id, a name, a verdict and backends");
    for (unsigned i = 0; i < r->backends; i++)
        c->seen[i] = json_object_get(backends, r->backend[i]);
    return 1;
}

int run_next(struct run *r, struct run_case *c)
{
    int got = read_line(r);
    if (got <= 0)
        return got;
    if (r->summary)
        return fail(r, "something stands behind the summary");
    json_t *summary = json_object_get(r->current, "summary");
    if (!summary)
        return take_case(r, c);
    if (!json_is_object(summary))
        return fail(r, "the summary is no object");
    r->summary = json_incref(summary);
    return run_next(r, c);
}

void run_close(struct run *r)
{
    if (r->in && r->in != stdin)
        fclose(r->in);
    free(r->line);
    json_decref(r->current);
    json_decref(r->manifest);
    json_decref(r->summary);
    *r = (struct run){0};
}

/* ---- about a case ---- */

void run_group(const struct run_case *c, char *out, size_t size)
{
    const char *end = strrchr(c->name, '/');
    snprintf(out, size, "%.*s", end ? (int)(end - c->name) : (int)strcspn(c->name, "~"), c->name);
}

int run_unexplained(const struct run_case *c)
{
    return c->gated && !c->rule;
}

int run_drifts(const struct run *r)
{
    const json_t *pinned = json_object_get(r->manifest, "pinned"),
                 *backends = json_object_get(r->manifest, "backends");
    for (unsigned i = 0; pinned && i < r->backends; i++)
        if (strcmp(json_text(pinned, r->backend[i]), json_text(backends, r->backend[i])) != 0)
            return 1;
    return 0;
}

int run_grave(const struct run *r, const struct run_case *c)
{
    int grave = json_array_size(json_object_get(c->json, "invariants")) > 0 ||
                strcmp(c->verdict, "CONSUME_DIFF") == 0;
    for (unsigned i = 0; i < r->backends && !grave; i++) {
        const char *end = json_text(c->seen[i], "end");
        grave = !strcmp(end, "crash") || !strcmp(end, "hang");
    }
    return grave && run_unexplained(c);
}

json_t *run_stale(const struct run *r)
{
    return run_drifts(r) ? NULL : json_object_get(r->summary, "stale");
}

void run_tuple(const struct run *r, const struct run_case *c, char *out, size_t size)
{
    size_t used = 0;
    out[0] = '\0';
    for (unsigned i = 0; i < r->backends && used < size; i++) {
        const json_t *s = c->seen[i];
        const char *end = json_text(s, "end");
        if (!s)
            continue;
        used += (size_t)snprintf(out + used, size - used, "%s%s %s", used ? ", " : "", r->backend[i],
                                 *end && strcmp(end, "fine") ? end : json_text(s, "state"));
        if (used < size && strcmp(json_text(s, "class"), "none"))
            used += (size_t)snprintf(out + used, size - used, "/%s/%lld", json_text(s, "class"),
                                     json_number(s, "alert"));
    }
}
