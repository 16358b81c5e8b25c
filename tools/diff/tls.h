/* SPDX-License-Identifier: MIT
 *
 * tools/diff/tls.h -- a stream of octets as a tree: runs of handshake records, their messages, fields and
 * extensions. Tolerant: what does not parse stays as octets ("rest"), and an untouched tree is written back
 * octet by octet as it was read, whatever that was.  Bounded: long lists end in a rest.
 *
 * Records are no nodes of the tree.  A handshake run keeps where its records were cut, relative to its
 * messages, so that a message may grow, shrink, move or vanish while its neighbours keep their fragmentation.
 */
#ifndef DIFF_TLS_H
#define DIFF_TLS_H

#include "tools/diff/bytes.h"

enum diff_what {
    DIFF_ROOT,
    DIFF_RUN,       /* handshake records in a row; first_cut, cut_count */
    DIFF_RECORD,    /* one record of another type: value, version */
    DIFF_MESSAGE,   /* of the handshake: value is its type */
    DIFF_EXTENSION, /* value is its type */
    DIFF_FIELD,     /* a fixed field or a vector */
    DIFF_GROUP,     /* an item of several fields */
    DIFF_REST       /* octets that do not parse */
};

struct diff_node {
    const char *name;           /* of a field, static; "" where it has none */
    uint32_t first, last, next; /* children and sibling, by index; 0: none */
    uint32_t offset, len;       /* without children: its octets in the stream's text.  RUN: its cuts */
    int32_t skew;               /* what the written length says beyond the truth */
    uint16_t value, version;
    uint8_t what;    /* enum diff_what */
    uint8_t head;    /* octets of `value` written in front */
    uint8_t prefix;  /* octets of length written before the content */
    uint8_t damaged; /* MESSAGE, EXTENSION: its form is none that is known; it holds a rest */
};

struct diff_cut {      /* where a handshake record begins: `at` octets into what `node` writes */
    uint32_t node, at; /* DIFF_AT_END: behind it */
    uint32_t len;      /* of the fragment as it was read */
    int32_t skew;
    uint16_t version;
    uint8_t type;
};
#define DIFF_AT_END UINT32_MAX

struct diff_stream {         /* zeroed: nothing */
    int client;              /* 1: a client sent it */
    uint64_t salt;           /* of the octets: what a seed means depends on it */
    struct diff_node *nodes; /* [0] is the root */
    size_t count, node_cap;
    struct diff_cut *cuts;
    size_t cut_count, cut_cap;
    struct diff_bytes text; /* what leaves refer to */
};

/* Reads; `client`: who sent it.  The octets are copied. */
void diff_parse(struct diff_stream *, int client, const void *bytes, size_t len);
void diff_stream_copy(struct diff_stream *, const struct diff_stream *from); /* `to` zeroed or in use */
void diff_stream_free(struct diff_stream *);

/* How a record that is protected departs from what is due (ops-seal.c); zeroed: it does not. */
enum diff_how_flag {
    DIFF_BARE = 1 << 0,  /* zeros alone inside, no content type */
    DIFF_CLEAR = 1 << 1, /* not protected */
    DIFF_AGAIN = 1 << 2, /* the same octets twice */
    DIFF_KEEP = 1 << 3,  /* the key stays behind a KeyUpdate */
    DIFF_FULL = 1 << 4   /* `pad` counts from the most that is allowed */
};
enum diff_how_key { DIFF_KEY_DUE, DIFF_KEY_HANDSHAKE, DIFF_KEY_DATA, DIFF_KEY_NEXT, DIFF_KEY_BACK };
struct diff_how {
    uint16_t pad;   /* zeros behind the content type */
    uint16_t grow;  /* zeros behind the tag */
    uint16_t flip;  /* this octet, counted from the end, from 1 */
    int16_t number; /* added to the sequence number */
    uint8_t outer;  /* another type in the header */
    uint8_t key;    /* enum diff_how_key */
    uint8_t flags;
};

struct diff_flat { /* a record as it goes out; raw: octets without a header */
    size_t offset, len;
    int32_t skew;
    uint16_t version;
    uint8_t type, raw;
    struct diff_how how; /* while it is protected; for nobody else */
};
struct diff_records { /* zeroed: none */
    struct diff_flat *of;
    size_t count, cap;
    struct diff_bytes text;
};
/* Writes in two steps; what changes records stands between them.  Handshake fragments that grew beyond 2^14
 * octets are cut there, so that a long extension is no accident of the record layer. */
void diff_flatten(const struct diff_stream *, struct diff_records *out);
void diff_write(const struct diff_records *, struct diff_bytes *out);
void diff_records_free(struct diff_records *);
/* Both steps. */
void diff_serialise(const struct diff_stream *, struct diff_bytes *out);

/* ---- the tree (grammar.c) ---- */
struct diff_field;
/* A node at the end of its parent's children. */
uint32_t diff_node_add(struct diff_stream *, uint32_t parent, enum diff_what, const char *name);
/* Writes one node with head and length. */
void diff_node_write(const struct diff_stream *, uint32_t node, struct diff_bytes *out);
/* What is written for its content, without head and length. */
void diff_node_content(const struct diff_stream *, uint32_t node, struct diff_bytes *out);
/* Reads the octets [offset, offset + len) of the text as a handshake message's content. */
void diff_message_parse(struct diff_stream *, uint32_t message, uint32_t offset, uint32_t len);
/* The same for an extension of a message of this type. */
void diff_extension_parse(struct diff_stream *, uint32_t extension, unsigned message_type, uint32_t offset,
                          uint32_t len);

uint32_t diff_child(const struct diff_stream *, uint32_t node, const char *name); /* 0: none */
uint32_t diff_child_at(const struct diff_stream *, uint32_t node, unsigned index);
unsigned diff_child_count(const struct diff_stream *, uint32_t node);
/* The n-th handshake message of the whole stream, and the first extension of a message with this type; 0:
 * none. */
uint32_t diff_message_at(const struct diff_stream *, unsigned index);
uint32_t diff_extension_of(const struct diff_stream *, uint32_t message, unsigned type);
/* A leaf's octets as a number; up to 8 octets. */
uint64_t diff_leaf_number(const struct diff_stream *, uint32_t node);
const uint8_t *diff_leaf(const struct diff_stream *, uint32_t node);

/* A short name of an extension, "ALPN"; NULL: unknown.  diff_extension_types lists those that have one. */
const char *diff_extension_name(unsigned type);
unsigned diff_extension_types(const uint16_t **types);
int diff_message_known(unsigned type);
int diff_is_grease(unsigned value); /* RFC 8701, of 16 bits */

/* Of handshake messages and records, RFC 8446 4 and 5.1. */
enum {
    DIFF_HELLO_REQUEST = 0,
    DIFF_CLIENT_HELLO = 1,
    DIFF_SERVER_HELLO = 2,
    DIFF_NEW_TICKET = 4,
    DIFF_END_OF_EARLY = 5,
    DIFF_ENCRYPTED_EXTENSIONS = 8,
    DIFF_CERTIFICATE = 11,
    DIFF_KEY_EXCHANGE = 12,
    DIFF_CERTIFICATE_REQUEST = 13,
    DIFF_HELLO_DONE = 14,
    DIFF_CERTIFICATE_VERIFY = 15,
    DIFF_CLIENT_KEY = 16,
    DIFF_FINISHED = 20,
    DIFF_CERTIFICATE_STATUS = 22,
    DIFF_KEY_UPDATE = 24,
    DIFF_T_CCS = 20,
    DIFF_T_ALERT = 21,
    DIFF_T_HANDSHAKE = 22,
    DIFF_T_DATA = 23
};

#endif
