/* SPDX-License-Identifier: MIT */
#include <config.h>

#include "tools/diff/json-out.h"

#include <string.h>
#include <sys/utsname.h>

enum { STIMULUS_MAX = 4096 };

void diff_json_string(FILE *out, const char *text)
{
    putc('"', out);
    for (; *text; text++) {
        unsigned char c = (unsigned char)*text;
        if (c == '"' || c == '\\')
            fprintf(out, "\\%c", c);
        else if (c < 0x20 || c >= 0x7f)
            fprintf(out, "\\u%04x", c);
        else
            putc(c, out);
    }
    putc('"', out);
}

/* What a reader needs to tell drift from failures: the versions that the rules are of. */
static void json_pinned(FILE *out, const struct diff_options *o, const struct rules *rules)
{
    if (!rules || !rules_hold(rules, o->backends, o->backend_count))
        return;
    fputs("},\"pinned\":{", out);
    for (unsigned i = 0; i < o->backend_count; i++) {
        fputs(i ? "," : "", out);
        diff_json_string(out, o->backends[i].label);
        putc(':', out);
        diff_json_string(out, rules_pinned(rules, o->backends[i].name));
    }
}

void diff_json_manifest(FILE *out, const struct diff_options *o, const struct diff_suite *suite, size_t cases,
                        const struct rules *rules)
{
    struct utsname name;
    if (uname(&name))
        memset(&name, 0, sizeof name);
    fprintf(out, "{\"manifest\":{\"format\":1,\"profile\":\"%s\",\"backends\":{", DIFF_PROFILE);
    for (unsigned i = 0; i < o->backend_count; i++) {
        fputs(i ? "," : "", out);
        diff_json_string(out, o->backends[i].label);
        putc(':', out);
        diff_json_string(out, o->backends[i].version);
    }
    json_pinned(out, o, rules);
    fputs("},\"kernel\":", out);
    diff_json_string(out, name.release);
    fprintf(out, ",\"shard\":\"%u/%u\",\"cases\":%zu,\"seed\":%llu,\"corpora\":%s}}\n", o->shard, o->shards,
            cases, (unsigned long long)o->shuffle, suite->corpora ? "true" : "false");
}

static void json_ops(FILE *out, const char *ops)
{
    fputs(",\"ops\":[", out);
    for (int first = 1; *ops; first = 0) {
        char word[DIFF_OPS_MAX];
        size_t len = strcspn(ops, ";");
        snprintf(word, sizeof word, "%.*s", (int)len, ops);
        fputs(first ? "" : ",", out);
        diff_json_string(out, word);
        ops += len + (ops[len] == ';');
        ops += strspn(ops, " ");
    }
    putc(']', out);
}

static void json_invariants(FILE *out, const struct diff_result *r, const struct diff_backend *backends)
{
    int first = 1;
    fputs(",\"invariants\":[", out);
    for (unsigned i = 0; i < r->count; i++)
        for (int bit = 0; bit < DIFF_INVARIANTS; bit++) {
            char text[200];
            if (!(r->of[i].broken & 1u << bit))
                continue;
            snprintf(text, sizeof text, "%s I%d %s", backends[i].label, bit + 1, r->of[i].why);
            fputs(first ? "" : ",", out);
            diff_json_string(out, text);
            first = 0;
        }
    putc(']', out);
}

/* For readers: what the backends were sent, where it is a finding and not too long. */
static void json_stimulus(FILE *out, const struct diff_stimulus *s)
{
    fputs(",\"stimulus\":\"", out);
    for (size_t i = 0; i < s->len; i++)
        fprintf(out, "%02x", s->bytes[i]);
    putc('"', out);
}

static void json_backend(FILE *out, const struct diff_observation *o)
{
    fprintf(out, "{\"state\":\"%s\",\"status\":\"0x%08x\",\"alert\":", diff_state_name(o->state),
            (unsigned)o->status);
    if (o->alert_level)
        fprintf(out, "%u", o->alert);
    else
        fputs("null", out);
    fprintf(out,
            ",\"class\":\"%s\",\"fed\":%u,\"consumed\":%u,\"calls\":%u,\"missing\":%u,\"flags\":\"0x%x\""
            ",\"reply\":",
            diff_class_name(o->alert_class), o->fed, o->consumed, o->calls, o->missing, o->granted);
    diff_json_string(out, o->reply);
    fputs(",\"attrs\":", out);
    diff_json_string(out, o->attributes);
    if (o->plain_length)
        fprintf(out, ",\"plain\":\"%u:%016llx\"", o->plain_length, (unsigned long long)o->plain_hash);
    if (o->end == DIFF_CRASH)
        fprintf(out, ",\"signal\":%u", o->signal);
    fprintf(out, ",\"end\":\"%s\",\"us\":%u}", diff_end_name(o->end), o->us);
}

void diff_json_case(FILE *out, const struct diff_case *c, const struct diff_result *r,
                    const struct diff_backend *backends)
{
    fprintf(out, "{\"id\":\"%s\",\"name\":", c->id);
    diff_json_string(out, c->name);
    fprintf(out, ",\"kind\":\"%s\"", c->base->kind->name);
    json_ops(out, c->ops);
    fputs(",\"features\":[", out);
    for (size_t i = 0; i < c->feature_count; i++) {
        fputs(i ? "," : "", out);
        diff_json_string(out, c->features[i]);
    }
    fprintf(out, "],\"verdict\":\"%s\",\"gated\":%s,\"rule\":", diff_verdict_name(r->verdict),
            r->gated ? "true" : "false");
    if (r->rule)
        diff_json_string(out, r->rule);
    else
        fputs("null", out);
    json_invariants(out, r, backends);
    fputs(",\"backends\":{", out);
    for (unsigned i = 0; i < r->count; i++) {
        fputs(i ? "," : "", out);
        diff_json_string(out, backends[i].label);
        putc(':', out);
        json_backend(out, &r->of[i]);
    }
    putc('}', out);
    if (r->gated && c->stimulus.len && c->stimulus.len <= STIMULUS_MAX)
        json_stimulus(out, &c->stimulus);
    fputs("}\n", out);
}
