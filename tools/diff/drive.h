/* SPDX-License-Identifier: MIT
 *
 * tools/diff/drive.h -- one end of a connection, driven by AcceptSecurityContext or InitializeSecurityContext
 * and DecryptMessage, watched at every step: the observation, and the accounting of buffers (I4, I6, I8). */
#ifndef DIFF_DRIVE_H
#define DIFF_DRIVE_H

#include "tools/diff/profile.h"

/* How bytes reach the end.  What a caller sees in the end must be the same (I1, I7). */
enum diff_delivery {
    DIFF_WHOLE,     /* all at once */
    DIFF_BYTES,     /* one octet more with every call */
    DIFF_RECORDS,   /* record by record */
    DIFF_CUTS,      /* cut anywhere */
    DIFF_SMALL,     /* into too little room first */
    DIFF_COALESCED, /* with the beginning of a later record behind it */
    DIFF_MEMORY,    /* into the caller's memory */
    DIFF_DELIVERIES
};
const char *diff_delivery_name(unsigned); /* "whole", "bytes", ... */

struct diff_driver {
    CredHandle *credential;
    const struct diff_profile *profile;
    enum diff_role role;
    CtxtHandle context;
    int has_context, was_open; /* was_open: DecryptMessage was called */
    enum diff_delivery delivery;
    uint8_t *out;                      /* everything it sent */
    size_t out_len, out_cap, out_read; /* out_read: the owner's mark of what it has taken */
    struct diff_observation *seen;
};

/* `seen` is zeroed and filled from here on; an initializer makes its first token. */
void diff_driver_open(struct diff_driver *, CredHandle *, const struct diff_profile *, enum diff_role,
                      enum diff_delivery, struct diff_observation *seen);
/* Gives it bytes, over as many calls as it takes.  How many were taken; the rest is to be passed again with
 * more behind it.  The state stands in `seen`. */
size_t diff_driver_feed(struct diff_driver *, const uint8_t *bytes, size_t len);
/* Reply, alert and attributes of `seen`; the context goes. */
void diff_driver_close(struct diff_driver *);

/* A whole stimulus, delivered so.  `seed` places random cuts; 0: every octet of DIFF_BYTES by itself. */
void diff_drive(CredHandle *, const struct diff_profile *, const struct diff_stimulus *, enum diff_delivery,
                uint64_t seed, struct diff_observation *out);
/* Runs all deliveries of the set (bits 1 << DIFF_BYTES ...) and the repetition behind the whole one, and
 * marks in `out` what they break. */
void diff_drive_all(CredHandle *, const struct diff_profile *, const struct diff_stimulus *,
                    unsigned deliveries, uint64_t seed, struct diff_observation *out);

#endif
