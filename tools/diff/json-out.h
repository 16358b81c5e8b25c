/* SPDX-License-Identifier: MIT
 *
 * tools/diff/json-out.h -- a run as lines of JSON: a manifest, the cases in their order, a summary. */
#ifndef DIFF_JSON_OUT_H
#define DIFF_JSON_OUT_H

#include "tools/diff/options.h"
#include "tools/diff/rules.h"

#include <stdio.h>

/* A quoted string; what is not printable ASCII is escaped. */
void diff_json_string(FILE *, const char *);
/* `rules`: whose versions are pinned; NULL: nobody's. */
void diff_json_manifest(FILE *, const struct diff_options *, const struct diff_suite *, size_t cases,
                        const struct rules *);
void diff_json_case(FILE *, const struct diff_case *, const struct diff_result *,
                    const struct diff_backend *);

#endif
