/* SPDX-License-Identifier: MIT
 *
 * tools/diff/secret/middle.h -- a man in the middle of a live pair who holds the peer's key log.  What the
 * peer protected is opened, changed by operations and protected again under the same keys; what the backend
 * under test protected is opened, so that its alerts are seen and a Finished can be made that fits what was
 * said.
 *
 * A batch is what the peer sends under one key in one flight: in TLS 1.3 a server's batch 0 is
 * EncryptedExtensions to Finished, batch 1 what follows.  "at.sealed 0; hs.drop 2" is meant for batch 0,
 * "at.flight 1; hs.drop 2" for what flight 1 has in the clear. */
#ifndef DIFF_SECRET_MIDDLE_H
#define DIFF_SECRET_MIDDLE_H

#include "tools/diff/case.h"
#include "tools/diff/mutate.h"
#include "tools/diff/secret/log.h"

enum secret_epoch { SECRET_CLEAR, SECRET_HANDSHAKE, SECRET_DATA };

struct secret_way { /* one direction */
    int server;     /* who writes */
    enum secret_epoch epoch;
    struct seal read;          /* as the writer has it; without a suite until its secret is told */
    struct diff_bytes message; /* of the handshake, not yet whole */
};
struct secret_middle { /* zeroed by secret_begin */
    const struct secret_log *log;
    const char *ops;
    const struct seal_suite *suite; /* NULL before the ServerHello */
    uint8_t server_random[32];
    struct diff_bytes transcript; /* as the backend has it */
    struct secret_way peer, backend;
    struct diff_bytes queue; /* of the backend's, not yet opened: its secrets may come late */
    struct diff_bytes batch; /* of the peer's, opened: records as if in the clear */
    enum secret_epoch batch_epoch, write_epoch;
    struct seal write;         /* as the backend has to read it */
    struct diff_bytes written; /* of the handshake, not yet whole */
    unsigned batches;
    int finished; /* a Finished was made: what the peer says of it later is not for the backend */
    int silent;
    uint8_t alert_level, alert; /* the backend's first fatal one under protection */
    int more;                   /* it sent something behind that */
};
void secret_begin(struct secret_middle *, const struct secret_log *, int peer_serves, const char *ops);
/* For struct live_middle. */
void secret_pass(void *middle, unsigned flight, struct diff_bytes *bytes);
void secret_back(void *middle, struct diff_bytes *bytes);
/* The backend's alert goes into what was seen of it.  Frees. */
void secret_end(struct secret_middle *, struct diff_observation *);

/* ---- for the files of this folder alone ---- */
/* A direction's key of an epoch; 0, or -1: not told. */
int secret_key(const struct secret_middle *, int server, enum secret_epoch, struct seal *out);
/* The length of the first message where it is whole, else 0; octets at the front are done with. */
size_t secret_message(const struct diff_bytes *gathered);
void secret_forget(struct diff_bytes *gathered, size_t len);
/* Changes the batch, protects it, adds it to `out`; the transcript grows. (batch.c) */
void secret_flush(struct secret_middle *, struct diff_bytes *out);

#endif
