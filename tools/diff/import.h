/* SPDX-License-Identifier: MIT
 *
 * tools/diff/import.h -- connections out of a capture of a network. */
#ifndef DIFF_IMPORT_H
#define DIFF_IMPORT_H

#include "tools/diff/case.h"

/* Gets the first flight of one side of connection `number`, as one token.  0, or -1: enough. */
typedef int diff_pcap_found(void *user, unsigned number, const struct diff_stimulus *);

/* Of each connection (to `port`, unless that is 0) that was captured from its beginning and begins with TLS:
 * the first flight of its client, and that of its server where there is one.  TCP is put in order; all is
 * bounded. 0, or -1 with a word in `why` ("" where `found` had enough). */
int diff_pcap_read(const char *path, unsigned port, diff_pcap_found *found, void *user, char *why,
                   size_t size);

#endif
