/* SPDX-License-Identifier: MIT
 *
 * core/cert/anchors.h -- trust anchors taken apart, to be found by name. */
#ifndef CORE_CERT_ANCHORS_H
#define CORE_CERT_ANCHORS_H

#include "core/cert/cert.h"
#include "core/cert/certificate.h"
#include "core/cert/limits.h"

enum anchor_origin { ANCHOR_PROGRAM, ANCHOR_DISTRIBUTION, ANCHOR_ADMINISTRATOR };
struct anchor {
    struct certificate_data *data; /* both held by the list it stands in */
    struct anchor_limits *limits;
    enum anchor_origin origin;
};
struct cert_anchors {    /* immutable once made */
    unsigned references; /* atomic */
    unsigned count;
    struct anchor *anchor;  /* ordered by subject */
    struct sspi_bytes *der; /* in the same order */
    unsigned crl_count;
    struct sspi_bytes *crl; /* lists the store held with them; owned */
    const char *source; /* of the distribution's among them: "p11-kit", or the bundle's path; static, or NULL */
    struct distrust *distrust; /* certificates that are refused wherever these anchors are asked; may be NULL */
};

/* Making a list: empty; one more, whose data and limits it holds anew; less those that are distrusted; put in
 * order once all are there, before anybody else has it.  NULL or -1: no memory, or too many. */
struct cert_anchors *anchors_new(void);
int anchors_append(struct cert_anchors *, struct anchor);
void anchors_leave_out(struct cert_anchors *, const struct distrust *);
int anchors_settle(struct cert_anchors *);

/* The machine's, read anew: the distribution's and the administrator's.  orphaned: in the child of a fork that
 * caught another thread reading, whose locks in p11-kit nobody gives back.  NULL: none; logged. */
struct cert_anchors *distribution_read(int orphaned);
/* What the administrator refuses whoever the anchors are (the store Disallowed of the machine), read once; held
 * anew.  *failed: for want of memory it cannot be told. */
struct distrust *distrust_machine(int *failed);

/* Anchors of a store: with `roots_only` those that signed themselves, with `within_only` those that `within`
 * (may be NULL: none) holds too. */
SECURITY_STATUS anchors_filtered(HCERTSTORE, int roots_only, const struct cert_anchors *within,
                                 int within_only, struct cert_anchors **out);
/* Those whose subject is `name`: the first's index in *first; how many. */
unsigned anchors_named(const struct cert_anchors *, struct sspi_bytes name, unsigned *first);
/* One more anchor or list of the distribution's, for this process; one that was added goes again.  0, or -1: no
 * memory, or no such. */
int anchors_add(struct certificate_data *);
int anchors_add_list(struct sspi_bytes crl);
int anchors_remove(const struct certificate_data *);
/* Is this very certificate an anchor?  And within which limits; NULL: none, or no anchor. */
int anchors_hold(const struct cert_anchors *, const struct x509 *);
const struct anchor_limits *anchors_limits(const struct cert_anchors *, const struct x509 *);

#endif
