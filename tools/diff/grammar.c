/* SPDX-License-Identifier: MIT
 *
 * The forms of messages and extensions, as tables, and one reader for all of them (RFC 8446 4, RFC 5246 7.4).
 */
#include <config.h>

#include "tools/diff/extensions.h"
#include "tools/diff/tls.h"

#include <string.h>

/* A list's items and the stream's nodes are bounded: a hello of 65,000 one-octet items stays one rest. */
enum { ITEMS_MAX = 512, NODES_MAX = 16384 };

enum how { END, FIXED, VECTOR, LIST, EXTENSIONS, REST };
struct diff_field {
    const char *name;
    uint8_t how, size; /* octets of a FIXED field, of the length of the others */
    uint8_t optional;  /* may be missing with all that follows */
    const struct diff_field *item;
};
#define F(name, size)                                                                                        \
    {                                                                                                        \
        name, FIXED, size, 0, NULL                                                                           \
    }
#define V(name, size)                                                                                        \
    {                                                                                                        \
        name, VECTOR, size, 0, NULL                                                                          \
    }
#define L(name, size, item)                                                                                  \
    {                                                                                                        \
        name, LIST, size, 0, item                                                                            \
    }
#define X(name, size)                                                                                        \
    {                                                                                                        \
        name, EXTENSIONS, size, 0, NULL                                                                      \
    }
#define X_OPTIONAL(name, size)                                                                               \
    {                                                                                                        \
        name, EXTENSIONS, size, 1, NULL                                                                      \
    }
#define E                                                                                                    \
    {                                                                                                        \
        NULL, END, 0, 0, NULL                                                                                \
    }
#define FORM(name, ...) static const struct diff_field name[] = {__VA_ARGS__, E}

FORM(u8, F("", 1));
FORM(u16, F("", 2));
FORM(opaque8, V("", 1));
FORM(opaque16, V("", 2));
FORM(opaque24, V("", 3));
static const struct diff_field nothing[] = {E};
FORM(any, {"body", REST, 0, 0, NULL});

/* ---- messages ---- */
FORM(client_hello, F("version", 2), F("random", 32), V("session", 1), L("suites", 2, u16),
     L("compression", 1, u8), X_OPTIONAL("extensions", 2));
FORM(server_hello, F("version", 2), F("random", 32), V("session", 1), F("suite", 2), F("compression", 1),
     X_OPTIONAL("extensions", 2));
FORM(ticket_12, F("lifetime", 4), V("ticket", 2));
FORM(ticket_13, F("lifetime", 4), F("age_add", 4), V("nonce", 1), V("ticket", 2), X("extensions", 2));
FORM(encrypted_extensions, X("extensions", 2));
FORM(certificate_12, L("chain", 3, opaque24));
FORM(entry, V("certificate", 3), X("extensions", 2));
FORM(certificate_13, V("context", 1), L("chain", 3, entry));
FORM(key_exchange, F("curve_type", 1), F("group", 2), V("point", 1), F("scheme", 2), V("signature", 2));
FORM(key_exchange_dh, V("p", 2), V("g", 2), V("y", 2), F("scheme", 2), V("signature", 2));
FORM(request_12, L("types", 1, u8), L("schemes", 2, u16), L("names", 2, opaque16));
FORM(request_13, V("context", 1), X("extensions", 2));
FORM(certificate_verify, F("scheme", 2), V("signature", 2));
FORM(client_key, V("point", 1));
FORM(client_key_rsa, V("secret", 2));
FORM(certificate_status, F("type", 1), V("response", 3));
FORM(key_update, F("update", 1));

/* Several forms of one type: the first that fits, else the first. */
static const struct {
    uint8_t type;
    const struct diff_field *form;
} messages[] = {
    {DIFF_HELLO_REQUEST, nothing},
    {DIFF_CLIENT_HELLO, client_hello},
    {DIFF_SERVER_HELLO, server_hello},
    {DIFF_NEW_TICKET, ticket_13},
    {DIFF_NEW_TICKET, ticket_12},
    {DIFF_END_OF_EARLY, nothing},
    {DIFF_ENCRYPTED_EXTENSIONS, encrypted_extensions},
    {DIFF_CERTIFICATE, certificate_12},
    {DIFF_CERTIFICATE, certificate_13},
    {DIFF_KEY_EXCHANGE, key_exchange},
    {DIFF_KEY_EXCHANGE, key_exchange_dh},
    {DIFF_CERTIFICATE_REQUEST, request_12},
    {DIFF_CERTIFICATE_REQUEST, request_13},
    {DIFF_HELLO_DONE, nothing},
    {DIFF_CERTIFICATE_VERIFY, certificate_verify},
    {DIFF_CLIENT_KEY, client_key},
    {DIFF_CLIENT_KEY, client_key_rsa},
    {DIFF_FINISHED, any},
    {DIFF_CERTIFICATE_STATUS, certificate_status},
    {DIFF_KEY_UPDATE, key_update},
};

/* ---- extensions ---- */
FORM(sni_entry, F("type", 1), V("name", 2));
FORM(names, L("names", 2, sni_entry));
FORM(one8, F("code", 1));
FORM(one16, F("value", 2));
FORM(one32, F("value", 4));
FORM(list8_u8, L("list", 1, u8));
FORM(list8_u16, L("list", 1, u16));
FORM(list16_u16, L("list", 2, u16));
FORM(list16_opaque8, L("list", 2, opaque8));
FORM(list16_opaque16, L("list", 2, opaque16));
FORM(one_opaque8, V("value", 1));
FORM(one_opaque16, V("value", 2));
FORM(status_request, F("type", 1), L("responders", 2, opaque16), V("extensions", 2));
FORM(status_response, F("type", 1), V("response", 3));
FORM(identity, V("ticket", 2), F("age", 4));
FORM(psk_offer, L("identities", 2, identity), L("binders", 2, opaque8));
FORM(share, F("group", 2), V("key", 2));
FORM(shares, L("shares", 2, share));
FORM(filter, V("oid", 1), V("values", 2));
FORM(filters, L("filters", 2, filter));
FORM(type_list, L("list", 1, u8));

static const struct {
    uint16_t type;
    const char *name;
    const struct diff_field *ask, *answer, *answer_too;
} extensions[] = {
#define ROW(type, name, ask, answer, answer_too) {type, #name, ask, answer, answer_too},
    DIFF_EXTENSIONS(ROW)
#undef ROW
};
#define COUNT(a) (sizeof(a) / sizeof(a)[0])

const char *diff_extension_name(unsigned type)
{
    for (unsigned i = 0; i < COUNT(extensions); i++)
        if (extensions[i].type == type)
            return extensions[i].name;
    return NULL;
}

unsigned diff_extension_types(const uint16_t **types)
{
    static uint16_t all[COUNT(extensions)];
    for (unsigned i = 0; i < COUNT(extensions); i++)
        all[i] = extensions[i].type;
    *types = all;
    return COUNT(extensions);
}

int diff_message_known(unsigned type)
{
    for (unsigned i = 0; i < COUNT(messages); i++)
        if (messages[i].type == type)
            return 1;
    return 0;
}

int diff_is_grease(unsigned value)
{
    return (value & 0x0F0F) == 0x0A0A && value >> 8 == (value & 0xFF);
}

/* ---- the reader ---- */
struct span {
    uint32_t at, end;
};

static uint32_t leaf(struct diff_stream *s, uint32_t parent, enum diff_what what, const char *name,
                     uint32_t at, uint32_t len)
{
    uint32_t node = diff_node_add(s, parent, what, name);
    s->nodes[node].offset = at;
    s->nodes[node].len = len;
    return node;
}

static int read_fields(struct diff_stream *, uint32_t parent, const struct diff_field *, unsigned message,
                       struct span *);

static int read_list(struct diff_stream *s, uint32_t list, const struct diff_field *item, unsigned message,
                     struct span in)
{
    int single = item[1].how == END;

    for (unsigned i = 0; in.at < in.end; i++) {
        uint32_t parent = list;
        if (i == ITEMS_MAX || s->count >= NODES_MAX) {
            leaf(s, list, DIFF_REST, "rest", in.at, in.end - in.at);
            return 1; /* long, not damaged */
        }
        if (!single)
            parent = diff_node_add(s, list, DIFF_GROUP, "");
        if (!read_fields(s, parent, item, message, &in))
            return 0;
    }
    return 1;
}

static int read_extensions(struct diff_stream *s, uint32_t list, unsigned message, struct span in)
{
    int good = 1;

    for (unsigned i = 0; in.at < in.end; i++) {
        uint32_t left = in.end - in.at,
                 len = left < 4 ? 0 : (uint32_t)diff_number(s->text.ptr + in.at + 2, 2);
        if (left < 4 || len > left - 4 || i == ITEMS_MAX || s->count >= NODES_MAX) {
            leaf(s, list, DIFF_REST, "rest", in.at, left);
            return i == ITEMS_MAX || s->count >= NODES_MAX;
        }
        uint32_t node = diff_node_add(s, list, DIFF_EXTENSION, "");
        s->nodes[node].value = (uint16_t)diff_number(s->text.ptr + in.at, 2);
        s->nodes[node].head = 2;
        s->nodes[node].prefix = 2;
        diff_extension_parse(s, node, message, in.at + 4, len);
        in.at += 4 + len;
    }
    return good;
}

/* One field; 0: it does not fit, and what is left became a rest. */
static int read_field(struct diff_stream *s, uint32_t parent, const struct diff_field *f, unsigned message,
                      struct span *in)
{
    uint32_t left = in->end - in->at, len, node;
    int good = 1;

    if (f->how == REST) {
        leaf(s, parent, DIFF_FIELD, f->name, in->at, left);
        in->at = in->end;
        return 1;
    }
    len = f->how == FIXED  ? f->size
          : left < f->size ? 0
                           : (uint32_t)diff_number(s->text.ptr + in->at, f->size);
    if (left < f->size || (f->how != FIXED && len > left - f->size) || s->count >= NODES_MAX) {
        leaf(s, parent, DIFF_REST, "rest", in->at, left);
        in->at = in->end;
        return 0;
    }
    if (f->how != FIXED)
        in->at += f->size;
    node = leaf(s, parent, DIFF_FIELD, f->name, in->at, len);
    s->nodes[node].prefix = f->how == FIXED ? 0 : f->size;
    if (f->how == LIST)
        good = read_list(s, node, f->item, message, (struct span){in->at, in->at + len});
    else if (f->how == EXTENSIONS)
        good = read_extensions(s, node, message, (struct span){in->at, in->at + len});
    in->at += len;
    return good;
}

static int read_fields(struct diff_stream *s, uint32_t parent, const struct diff_field *f, unsigned message,
                       struct span *in)
{
    int good = 1;

    for (; f->how != END; f++) {
        if (f->optional && in->at == in->end)
            return good;
        int fits = read_field(s, parent, f, message, in);
        good = good && fits;
        if (s->nodes[s->nodes[parent].last].what == DIFF_REST)
            return 0; /* nothing is left for what follows */
    }
    return good;
}

/* A whole content: what stands behind the form is a rest. */
static int read_form(struct diff_stream *s, uint32_t node, const struct diff_field *form, unsigned message,
                     uint32_t offset, uint32_t len)
{
    struct span in = {offset, offset + len};
    int good = read_fields(s, node, form, message, &in);

    if (in.at < in.end) {
        leaf(s, node, DIFF_REST, "rest", in.at, in.end - in.at);
        good = 0;
    }
    s->nodes[node].damaged = !good;
    return good;
}

/* Takes back what a form that did not fit had built. */
static void forget(struct diff_stream *s, uint32_t node, size_t count)
{
    s->count = count;
    s->nodes[node].first = s->nodes[node].last = 0;
}

static void read_forms(struct diff_stream *s, uint32_t node, const struct diff_field *const *forms,
                       unsigned count, unsigned message, uint32_t offset, uint32_t len)
{
    size_t before = s->count;

    for (unsigned i = 0; i < count; i++) {
        if (read_form(s, node, forms[i], message, offset, len))
            return;
        forget(s, node, before);
    }
    read_form(s, node, forms[0], message, offset, len);
}

void diff_message_parse(struct diff_stream *s, uint32_t message, uint32_t offset, uint32_t len)
{
    const struct diff_field *forms[4];
    unsigned count = 0, type = s->nodes[message].value;

    s->nodes[message].offset = offset;
    s->nodes[message].len = len;
    for (unsigned i = 0; i < COUNT(messages); i++)
        if (messages[i].type == type)
            forms[count++] = messages[i].form;
    if (count)
        read_forms(s, message, forms, count, type, offset, len);
}

void diff_extension_parse(struct diff_stream *s, uint32_t extension, unsigned message, uint32_t offset,
                          uint32_t len)
{
    int asks = message == DIFF_CLIENT_HELLO || message == DIFF_CERTIFICATE_REQUEST;
    unsigned type = s->nodes[extension].value;

    s->nodes[extension].offset = offset;
    s->nodes[extension].len = len;
    for (unsigned i = 0; i < COUNT(extensions); i++) {
        if (extensions[i].type != type)
            continue;
        const struct diff_field *forms[] = {asks ? extensions[i].ask : extensions[i].answer,
                                            extensions[i].answer_too};
        if (forms[0])
            read_forms(s, extension, forms, !asks && forms[1] ? 2 : 1, message, offset, len);
    }
}
