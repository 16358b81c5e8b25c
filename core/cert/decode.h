/* SPDX-License-Identifier: MIT
 *
 * core/cert/decode.h -- CryptDecodeObject and CryptEncodeObject: DER to Windows' structures and back. */
#ifndef CORE_CERT_DECODE_H
#define CORE_CERT_DECODE_H

#include "core/cert/der.h"

#include <wincrypt.h>

/* A structure and what it points to, in one block.  base NULL never; failed: it did not fit. */
struct arena {
    uint8_t *base;
    size_t used, cap;
    int failed;
};
void *arena_take(struct arena *, size_t size); /* zeroed, aligned for pointers; NULL: full */
CRYPT_DATA_BLOB arena_blob(struct arena *, struct sspi_bytes);
CRYPT_DATA_BLOB arena_reversed(struct arena *, struct sspi_bytes);
LPSTR arena_oid(struct arena *, struct sspi_bytes oid);
LPWSTR arena_wide(struct arena *, struct sspi_bytes utf8, unsigned bits); /* NUL-ended */

/* What one kind of structure is made of: its first allocation is the structure.  0, or -1 malformed. */
typedef int decoder(struct arena *, struct sspi_bytes der, DWORD flags, unsigned bits);
/* By lpszStructType, a small number or an object identifier; NULL: not known. */
decoder *decode_of(LPCSTR type);

BOOL decode_object(DWORD encoding, LPCSTR type, struct sspi_bytes der, DWORD flags,
                   const CRYPT_DECODE_PARA *para, void *out, DWORD *size, unsigned bits);
BOOL encode_object(DWORD encoding, LPCSTR type, const void *in, DWORD flags, const CRYPT_ENCODE_PARA *para,
                   void *out, DWORD *size, unsigned bits);
/* Extension elements as CERT_EXTENSIONS has them, wrapped in a SEQUENCE; 0, -1. */
int encode_extensions(struct bytes *, const CERT_EXTENSIONS *);

/* The numbers whose macros would rename types of TLS libraries (wincrypt.h). */
#define DECODE_EXTENSIONS ((LPCSTR)5)
#define DECODE_NAME       ((LPCSTR)7)

#endif
