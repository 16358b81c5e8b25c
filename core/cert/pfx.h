/* SPDX-License-Identifier: MIT
 *
 * core/cert/pfx.h -- a store written as PKCS#12 (open.h has the other way). */
#ifndef CORE_CERT_PFX_H
#define CORE_CERT_PFX_H

#include <wincrypt.h>

/* PFXExportCertStoreEx with its password in UTF-8 (NULL: the empty one). */
BOOL pfx_export(HCERTSTORE, CRYPT_DATA_BLOB *pfx, const char *password, DWORD flags);

#endif
