/* SPDX-License-Identifier: MIT
 *
 * core/cert/text.h -- bytes as text and back: base64, PEM, hexadecimal. */
#ifndef CORE_CERT_TEXT_H
#define CORE_CERT_TEXT_H

#include <wincrypt.h>

/* CryptStringToBinary of text that is one octet a character.  *skip and *used may be NULL. */
BOOL text_to_binary(const char *text, size_t len, DWORD flags, BYTE *out, DWORD *out_len, DWORD *skip,
                    DWORD *used);
/* CryptBinaryToString: malloc'd ASCII, NUL-ended; NULL: last error set. */
char *binary_to_text(const BYTE *bytes, DWORD len, DWORD flags);

/* PKCS#8 as a PRIVATE KEY block of PEM: malloc'd, NUL-ended, the caller's to wipe; NULL: no memory. */
char *key_to_pem(const BYTE *pkcs8, size_t len);

#endif
