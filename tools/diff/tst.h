/* SPDX-License-Identifier: MIT
 *
 * tools/diff/tst.h -- streams written as text (seeds.c says how it reads), and tokens that end with a record.
 */
#ifndef DIFF_TST_H
#define DIFF_TST_H

#include "tools/buffer.h"
#include "tools/diff/options.h"

/* The form of a seed, each record on a line of its own; NULL: no such line. */
void diff_stimulus_print(FILE *, const struct diff_stimulus *, const char *profile, const char *note);
/* A new file FOLDER/NAME.tst, or FOLDER/NAME-2.tst where that is taken, and so on; its path on stdout.  What
 * a name may not hold is made a "_".  0, or -1, said on stderr. */
int diff_tst_save(const char *folder, const char *name, const char *profile, const char *note,
                  const struct diff_stimulus *);
/* The folder is there, or made.  0, or -1, said on stderr. */
int diff_tst_folder(const char *folder);

/* What one side sends, as it comes.  Zeroed: nothing yet, for AcceptSecurityContext. */
struct diff_capture {
    struct diff_stimulus stimulus;
    struct buffer begun; /* of a record */
    int full;            /* what came further is not here */
};
/* 0, or -1: no memory. */
int diff_capture_add(struct diff_capture *, const void *bytes, size_t len);
int diff_capture_end(struct diff_capture *); /* a record that was begun is a token too */
void diff_capture_free(struct diff_capture *);

#endif
