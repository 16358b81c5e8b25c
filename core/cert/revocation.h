/* SPDX-License-Identifier: MIT
 *
 * core/cert/revocation.h -- D10: what lists and stapled answers say about the certificates of a path. Nothing
 * is fetched; one rule for all providers, who only check signatures. */
#ifndef CORE_CERT_REVOCATION_H
#define CORE_CERT_REVOCATION_H

#include "core/cert/path.h"

/* `revocation = require`. */
int revocation_required(void);
/* Adds PATH_REVOKED, PATH_REVOCATION_UNKNOWN, and PATH_OTHER where what is at hand could not be judged. */
void revocation_judge(const struct path_job *, struct path *);
/* The search is over: with `available`, what is unknown is logged and no longer held against the path. */
void revocation_settle(const struct path_job *, struct path *);

#endif
