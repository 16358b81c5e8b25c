/* SPDX-License-Identifier: MIT
 *
 * tools/describe.h -- what was negotiated, in words. */
#ifndef TOOLS_DESCRIBE_H
#define TOOLS_DESCRIBE_H

#include "tools/win.h"

#include <stdio.h>

struct description {
    char version[16]; /* "TLS 1.3" */
    char suite[96];   /* IANA name */
    char alpn[256];   /* "" where none was agreed */
    char account[64]; /* the client's, by its certificate; "" where there is none */
};
/* "?" where an attribute does not answer. */
void describe(CtxtHandle *, struct description *);
/* The peer's certificates, leaf first: subject, issuer, end of validity; lines start with `indent`. */
void describe_chain(FILE *, CtxtHandle *, const char *indent);
/* {"version":...,"suite":...,"alpn":...,"chain":[{"subject":...}]} without a newline. */
void describe_json(FILE *, CtxtHandle *, const char *provider);

#endif
