/* SPDX-License-Identifier: MIT
 *
 * tools/diff/mutate.h -- changes of a stream that know its grammar, each with a text that says it and makes
 * it again.
 *
 * Operations are separated by "; ".  Those of messages, extensions and fields come first, in order, then
 * those of records ("rec."), in order: a record operation always meets the records as they would go out.  An
 * operation whose place is gone does nothing, so a minimiser may drop any of them.  Lengths follow the
 * content unless an operation names a length.
 *
 *   rec.split 0 5          cuts record 0 behind 5 octets         hs.len 0 +1      message 0 says one octet
 * more ext.dup 13             repeats signature_algorithms          ext.body 16 0000 gives ALPN this content
 *   field.set 0/version 0300, item.drop 0/ext.51/shares/0, point.bad 0/ext.51/shares/0/key offcurve
 *
 * A place is a message's number and a way down: names of fields, ext.TYPE, numbers of items (tls.h).  Octets
 * are hex, "61*300" repeated, "0c+61*12" joined, "-" none. */
#ifndef DIFF_MUTATE_H
#define DIFF_MUTATE_H

#include "tools/diff/tls.h"

/* One to three operations that follow from the seed: the octets are added to `out`, the text to `ops` (at
 * least 512). The number of operations; 0: nothing can be changed, `out` holds the base. */
int diff_mutate(const struct diff_stream *base, uint64_t seed, struct diff_bytes *out, char *ops,
                size_t ops_size);

/* The octets that a text of operations makes of a base, added to `out`.  How many of them found their place;
 * -1: no such operation, `out` is as it was. */
int diff_apply(const struct diff_stream *base, const char *ops, struct diff_bytes *out);

/* The two halves of it, for who stands between them: every operation of a text for whichever layer is given.
 * How many were done, -1: one is none. */
int diff_ops_pass(const char *ops, struct diff_stream *, struct diff_records *);
/* The operations that stand behind "at.sealed 1" (where, at) up to the next "at.", added to nothing; their
 * length, 0: none. */
size_t diff_ops_section(const char *ops, const char *where, unsigned at, char *out, size_t size);

/* 1 where every operation of the text is one that no peer may notice: GREASE, unknown extensions, another
 * order of extensions.  0 for "" too. */
int diff_ops_neutral(const char *ops);

/* The features of operations, "op.ext.dup", by index; NULL behind the last. */
const char *diff_op_token(unsigned index);
/* The n-th operation's of a text; NULL: no more. */
const char *diff_ops_token(const char *ops, unsigned n);

/* ---- for the files of mutation alone ---- */
enum { DIFF_ARGS_MAX = 4, DIFF_OP_MAX = 160 };
struct diff_args {
    const char *word[DIFF_ARGS_MAX];
    size_t len[DIFF_ARGS_MAX];
    unsigned count;
};
struct diff_op {
    const char *token, *name; /* "op.rec.split" of features.h, "rec.split" */
    /* 1: done; 0: its place is gone. */
    int (*tree)(struct diff_stream *, const struct diff_args *);
    int (*records)(struct diff_records *, const struct diff_args *);
    unsigned args; /* at least */
    int neutral;
};
#define DIFF_OP(name) "op." name, name
extern const struct diff_op diff_record_ops[], diff_message_ops[],
    diff_field_ops[], diff_seal_ops[]; /* ended by a NULL name */
/* Applies one operation's text to whichever is given; 1 done, 0 place gone or not of this layer, -1 no such.
 */
int diff_op_apply(const char *text, size_t len, struct diff_stream *, struct diff_records *);

long diff_arg_number(const struct diff_args *, unsigned index, long otherwise);        /* 13, 0x0d */
int diff_arg_octets(const struct diff_args *, unsigned index, struct diff_bytes *out); /* 0 or -1 */
int diff_arg_is(const struct diff_args *, unsigned index, const char *word);
/* What a length ("+1", "-4", "=0") means for something this long: its skew. */
int32_t diff_arg_skew(const struct diff_args *, unsigned index, size_t length);

/* A place: the node and its parent.  0: gone. */
struct diff_place {
    uint32_t node, parent;
};
int diff_place_find(const struct diff_stream *, const char *text, size_t len, struct diff_place *out);
void diff_unlink(struct diff_stream *, struct diff_place);
void diff_link_behind(struct diff_stream *, uint32_t parent, uint32_t before,
                      uint32_t node); /* before 0: first */
void diff_swap(struct diff_stream *, uint32_t parent, uint32_t a, uint32_t b);
uint32_t diff_clone(struct diff_stream *, uint32_t node); /* linked nowhere; 0: too large */
uint32_t diff_new(struct diff_stream *, enum diff_what, const void *bytes, size_t len); /* linked nowhere */
/* Gives a node other content, as plain octets. */
void diff_set(struct diff_stream *, uint32_t node, const void *bytes, size_t len);

/* Contents of extensions worth trying: the n-th for a type (taken modulo their number), as hex; NULL: none.
 */
const char *diff_dictionary(unsigned type, unsigned n);

#endif
