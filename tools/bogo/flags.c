/* SPDX-License-Identifier: MIT */
#include <config.h>

#include "tools/bogo/flags.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum kind {
    SWITCH,
    NUMBER,
    WIDE, /* 64 bits */
    TEXT,
    LIST,
    NOTHING,     /* says nothing to SSPI: it behaves so anyway */
    NOTHING_WITH /* the same, with a value */
};

struct flag {
    const char *name;
    enum kind kind;
    size_t at;
};

#define AT(member) offsetof(struct bogo_config, member)

static const struct flag flags[] = {
    {"port", NUMBER, AT(port)},
    {"shim-id", WIDE, AT(id)},
    {"ipv6", SWITCH, AT(ipv6)},
    {"provider", TEXT, AT(provider)},
    {"server", SWITCH, AT(server)},
    {"resume-count", NUMBER, AT(resume_count)},
    {"cert-file", TEXT, AT(cert)},
    {"key-file", TEXT, AT(key)},
    {"trust-cert", TEXT, AT(trust)},
    {"min-version", NUMBER, AT(min_version)},
    {"max-version", NUMBER, AT(max_version)},
    {"no-tls1", SWITCH, AT(no_tls1)},
    {"no-tls11", SWITCH, AT(no_tls11)},
    {"no-tls12", SWITCH, AT(no_tls12)},
    {"no-tls13", SWITCH, AT(no_tls13)},
    {"verify-peer", SWITCH, AT(verify_peer)},
    {"require-any-client-certificate", SWITCH, AT(require_certificate)},
    {"curves", LIST, AT(curves)},
    {"host-name", TEXT, AT(host)},
    {"advertise-alpn", TEXT, AT(advertise_alpn)},
    {"select-alpn", TEXT, AT(select_alpn)},
    {"async", SWITCH, AT(async)},
    {"renegotiate-once", SWITCH, AT(renegotiate_once)},
    {"renegotiate-freely", SWITCH, AT(renegotiate_freely)},
    {"expect-alpn", TEXT, AT(expect_alpn)},
    {"expect-peer-cert-file", TEXT, AT(expect_peer_cert)},
    {"expect-no-peer-cert", SWITCH, AT(expect_no_peer_cert)},
    {"expect-version", NUMBER, AT(expect_version)},
    {"expect-cipher", NUMBER, AT(expect_cipher)},
    {"expect-total-renegotiations", NUMBER, AT(expect_renegotiations)},
    {"expect-session-miss", SWITCH, AT(expect_miss)},
    {"export-keying-material", NUMBER, AT(export_length)},
    {"export-label", TEXT, AT(export_label)},
    {"export-context", TEXT, AT(export_context)},
    {"use-export-context", SWITCH, AT(export_with_context)},
    {"tls-unique", SWITCH, AT(unique_binding)},
    {"shim-writes-first", SWITCH, AT(writes_first)},
    {"shim-initial-write", TEXT, AT(initial_write)},
    {"repeat-shim-initial-write", NUMBER, AT(repeat_write)},
    {"write-different-record-sizes", SWITCH, AT(record_sizes)},
    {"send-alert", SWITCH, AT(send_alert)},
    {"read-size", NUMBER, AT(read_size)},
    {"shim-shuts-down", SWITCH, AT(shuts_down)},
    {"check-close-notify", SWITCH, AT(check_close_notify)},
    {"decline-alpn", NOTHING, 0},         /* a server that names no protocols declines */
    {"expect-verify-result", NOTHING, 0}, /* a chain that does not verify ends the handshake */
    {"server-preference", NOTHING, 0},    /* the only way there is */
    {"implicit-handshake", NOTHING, 0},   /* records are fed the same way before and after */
    {"use-early-callback", NOTHING, 0},   /* callbacks that decide nothing */
    {"install-ddos-callback", NOTHING, 0},
    {"use-old-client-cert-callback", NOTHING, 0},
    {"use-custom-verify-callback", NOTHING, 0},
    {"allow-hint-mismatch", NOTHING, 0}, /* of a handshake in two processes: the runner is told of none */
    {"handshaker-path", NOTHING_WITH, 0},
};

static int unimplemented(const char *what)
{
    fprintf(stderr, "no such thing in SSPI: %s\n", what);
    return BOGO_UNIMPLEMENTED;
}

static const struct flag *find(const char *name)
{
    for (size_t i = 0; i < sizeof flags / sizeof flags[0]; i++)
        if (!strcmp(flags[i].name, name))
            return &flags[i];
    return NULL;
}

static int begins(const char **text, const char *prefix)
{
    size_t len = strlen(prefix);
    if (strncmp(*text, prefix, len) != 0)
        return 0;
    *text += len;
    return 1;
}

/* "-on-resume-expect-alpn": which connections it is for, bits of their indices, and the name behind all that.
 */
static unsigned connections(const char **name)
{
    unsigned which = 3;
    for (;;) {
        if (begins(name, "on-initial-"))
            which &= 1;
        else if (begins(name, "on-resume-"))
            which &= 2;
        else if (begins(name, "on-handshaker-"))
            which = 0;
        else if (!begins(name, "on-shim-"))
            return which;
    }
}

static int store(struct bogo_config *config, const struct flag *flag, const char *value)
{
    char *at = (char *)config + flag->at, *end = NULL;
    unsigned long long number = 0;

    if (flag->kind == NUMBER || flag->kind == WIDE || flag->kind == LIST) {
        number = strtoull(value, &end, 10);
        if (!*value || *end || (flag->kind != WIDE && number > 0xffffffffu))
            return -1;
    }
    switch (flag->kind) {
    case SWITCH:
        *(int *)(void *)at = 1;
        break;
    case NUMBER:
        *(unsigned *)(void *)at = (unsigned)number;
        break;
    case WIDE:
        *(unsigned long long *)(void *)at = number;
        break;
    case TEXT:
        *(const char **)(void *)at = value;
        break;
    case LIST:
        ((struct bogo_list *)(void *)at)->count++;
        ((struct bogo_list *)(void *)at)->last = (unsigned)number;
        break;
    case NOTHING:
    case NOTHING_WITH:
        break;
    }
    return 0;
}

unsigned bogo_versions(const struct bogo_config *c)
{
    const int off[] = {c->no_tls1, c->no_tls11, c->no_tls12, c->no_tls13};
    unsigned left = 0;

    for (unsigned i = 0; i < 4; i++)
        if (!off[i] && 0x0301 + i >= c->min_version && (!c->max_version || 0x0301 + i <= c->max_version))
            left |= 1u << i;
    return left;
}

/* What is asked for by values. */
static int check(const struct bogo_config *c)
{
    if (!bogo_versions(c))
        return unimplemented("no version");
    if (c->curves.count > 1)
        return unimplemented("an order of groups");
    if (c->curves.count && c->curves.last != 23 && c->curves.last != 24 && c->curves.last != 29)
        return unimplemented("a group that the profile leaves out");
    if (c->export_length && (!c->export_label || !*c->export_label))
        return unimplemented("an exporter without a label");
    return 0;
}

int bogo_flags(int argc, char **argv, struct bogo_config config[2])
{
    for (int i = 1; i < argc; i++) {
        const char *name = argv[i], *value = NULL;
        unsigned which;
        const struct flag *flag;

        if (*name++ != '-') {
            fprintf(stderr, "not a flag: %s\n", argv[i]);
            return 1;
        }
        which = connections(&name);
        flag = find(name);
        if (!flag)
            return unimplemented(argv[i]);
        if (flag->kind != SWITCH && flag->kind != NOTHING && !(value = argv[++i])) {
            fprintf(stderr, "-%s lacks its value\n", name);
            return 1;
        }
        for (unsigned k = 0; k < 2; k++)
            if (which >> k & 1 && store(&config[k], flag, value) != 0) {
                fprintf(stderr, "-%s: not a number: %s\n", name, value);
                return 1;
            }
    }
    return check(&config[0]) != 0 || check(&config[1]) != 0 ? BOGO_UNIMPLEMENTED : 0;
}
