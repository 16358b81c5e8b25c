/* SPDX-License-Identifier: MIT
 *
 * tools/diff/golden.h -- transcripts that are kept: all that one base and one backend came to under a seed,
 * as lines of text.  In full:
 *
 *     < 16030300..    octets the backend sent
 *     > 16030300..    octets its peer sent (live pairs; what is replayed is the base itself)
 *     = open 0x00000000 0x1001c tls13 ..    how a connection ended: state, status, flags, attributes
 *     ! signal 11     the process ended
 *
 * Kept, the octets are "LENGTH HASH PIECES": a piece is "NAME.LENGTH.HASH" of a message in the clear, or
 * "NAME.LENGTH" of a record.  Where octets differ between two runs of one library they are "* SKELETON". */
#ifndef DIFF_GOLDEN_H
#define DIFF_GOLDEN_H

#include "tools/diff/bytes.h"
#include "tools/diff/options.h"

/* Marks the bases of a suite that transcripts are made of: all that is replayed; of live pairs one fresh and
 * one resumed connection for each peer, role, version and key.  malloc'ed, one octet for each. */
uint8_t *golden_choose(const struct diff_suite *);
/* Runs a base with one backend in a child, seeded, with credentials of its own.  malloc'ed text in full;
 * NULL: no child could be started. */
char *golden_run(const struct diff_options *, const struct diff_base *, const struct diff_backend *);
/* Who else took part: "openssl" of a live pair; NULL: nobody. */
const char *golden_peer(const struct diff_base *);
/* The role of the backend. */
enum diff_role golden_role(const struct diff_base *);

/* The next line of a text, ended there; NULL behind the last. */
char *golden_line(char **at);
/* A line, without its end, as it is kept, or without what differs from run to run; `client`: its octets are a
 * client's.  malloc'ed. */
char *golden_short(const char *line, int client);
char *golden_normal(const char *line);
/* 1: a line that was kept, in whatever form, is this one in full. */
int golden_same(const char *kept, const char *full, int client);
/* Two lines, of which the first was kept: where they differ, for a reader.  `piece`: a word for it,
 * "ServerHello". */
void golden_explain(FILE *, const char *kept, const char *full, int client);
void golden_piece(const char *kept, const char *full, int client, char *piece, size_t size);

/* ---- files of transcripts (golden-file.c) ---- */
struct golden_entry {
    const char *name;
    size_t line, count; /* its lines: where they begin in golden_file.lines, and how many */
    int met;            /* it was compared */
};
struct golden_file {
    char path[4096], *text;
    uint64_t seed;
    struct golden_version {
        const char *name, *version;
    } of[DIFF_BACKENDS_MAX]; /* the backend, and every library that took part as a peer */
    unsigned of_count;
    const char **lines;
    size_t line_count, line_cap;
    struct golden_entry *entries;
    size_t count, cap;
};
/* 0, or -1 said on stderr; free it, whatever was said. */
int golden_file_read(struct golden_file *, const char *path);
void golden_file_free(struct golden_file *);
struct golden_entry *golden_find(struct golden_file *, const char *name);
const char *golden_version(const struct golden_file *, const char *name); /* NULL: it took no part */
void golden_file_head(FILE *, const struct diff_options *, const struct diff_backend *);

/* ---- what a comparison comes to (golden-report.c) ---- */
struct golden_tally;
/* One transcript in full against the one that was kept (NULL: none was). */
void golden_compare(struct golden_tally *, struct golden_file *, struct golden_entry *,
                    const struct diff_base *, const struct diff_backend *, char *full);
struct golden_tally *golden_tally_new(const struct diff_backend *all, unsigned count);
/* Says what came out for one backend; 1: something differs that no version excuses. */
int golden_tally_say(struct golden_tally *, const struct golden_file *, const struct diff_backend *);

#endif
