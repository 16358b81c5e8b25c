/* SPDX-License-Identifier: MIT
 *
 * core/cert/file.h -- a whole file in memory for secrets, since a PEM or PKCS#12 file may hold a key. */
#ifndef CORE_CERT_FILE_H
#define CORE_CERT_FILE_H

#include <opensspi/provider.h>

/* Reads what `fd` holds, at most `limit` octets, a regular file or a pipe.  NULL, or why not (one line,
 * static). */
const char *file_read(int fd, size_t limit, struct sspi_bytes *out);
void file_free(struct sspi_bytes); /* wipes */

#endif
