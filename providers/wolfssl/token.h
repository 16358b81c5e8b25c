/* SPDX-License-Identifier: MIT
 * providers/wolfssl/token.h -- keys on PKCS#11 tokens.  Any thread may call; nothing blocks but the token. */
#ifndef PROVIDERS_WOLFSSL_TOKEN_H
#define PROVIDERS_WOLFSSL_TOKEN_H

#include "providers/wolfssl/wolf.h"

#include <wolfssl/wolfcrypt/wc_pkcs11.h>
#include <wolfssl/wolfcrypt/cryptocb.h>

/* Is there a module at all? */
int wolf_token_possible(void);
/* pkcs11: URI to the key of a certificate; 0, or the library's error.  pin: before the URI's own. */
int wolf_token_open(struct sspi_bytes uri, struct sspi_bytes pin, struct sspi_bytes leaf, struct wolf_token_key *);
void wolf_token_close(struct wolf_token_key *);

#endif
