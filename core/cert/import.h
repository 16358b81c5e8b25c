/* SPDX-License-Identifier: MIT
 *
 * core/cert/import.h -- PKCS#12 and encrypted PKCS#8, opened by a provider.  A file says itself how many
 * rounds its password goes through, and no library asks whether that is decent; the core does, once for all.
 */
#ifndef CORE_CERT_IMPORT_H
#define CORE_CERT_IMPORT_H

#include "core/provider.h"

#define IMPORT_ROUNDS_MAX 5000000u /* of all key derivations of a file together: some seconds */
#define IMPORT_DEPTH_MAX  32u      /* elements inside elements */

/* How many rounds it asks for where it can be seen without the password, saturating.  -1: it is no BER, or
 * nested beyond IMPORT_DEPTH_MAX.  -2: no memory. */
int64_t import_rounds(struct sspi_bytes);

/* The provider's cred_import, unless the file asks for too much: then SSPI_WHY_BAD_CREDENTIAL. */
enum sspi_status import_sealed(const struct provider *, const struct sspi_import *, struct sspi_failure *);

#endif
