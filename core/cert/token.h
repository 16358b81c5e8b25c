/* SPDX-License-Identifier: MIT
 *
 * core/cert/token.h -- pkcs11: URIs (RFC 7512) that name a private key.  A program may take one from
 * anywhere, so it is read here, once for all providers, and a provider is handed nothing but what finds the
 * key: the path, attribute by attribute as they are known, and the PIN apart.  What would load code
 * (module-path, module-name), run a command (pin-source=|command) or is not known is refused: modules come
 * from p11-kit's configuration. */
#ifndef CORE_CERT_TOKEN_H
#define CORE_CERT_TOKEN_H

#include <opensspi/provider.h>

#define TOKEN_URI_MAX 1024u
#define TOKEN_PIN_MAX 255u

struct token_key { /* both secret_new'ed: token_key_free, or hand them on */
    struct sspi_bytes uri, pin;
};
enum token_state { TOKEN_GOOD, TOKEN_REFUSED, TOKEN_MEMORY };

/* Does this text claim to be such a URI? */
int token_is_uri(const char *text);
/* Reads one; a refusal is logged, without a word of the URI. */
enum token_state token_read(const char *text, struct token_key *);
void token_key_free(struct token_key *);

#endif
