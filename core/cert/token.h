/* SPDX-License-Identifier: MIT
 *
 * core/cert/token.h -- pkcs11: URIs (RFC 7512) that name a private key or a certificate.  A program may take one from
 * anywhere, so it is read here, once for all, and who looks for the object is handed nothing but what finds
 * it: the path, attribute by attribute as they are known, and the PIN apart.  What would load code
 * (module-path, module-name), run a command (pin-source=|command) or is not known is refused: modules come
 * from p11-kit's configuration. */
#ifndef CORE_CERT_TOKEN_H
#define CORE_CERT_TOKEN_H

#include <opensspi/provider.h>

#define TOKEN_URI_MAX 1024u
#define TOKEN_PIN_MAX 255u

enum token_kind { TOKEN_PRIVATE, TOKEN_CERTIFICATE };
struct token_name { /* both secret_new'ed: token_name_free, or hand them on */
    struct sspi_bytes uri, pin; /* the URI says its type */
    int typed;                  /* it did so as it came */
};
enum token_state { TOKEN_GOOD, TOKEN_REFUSED, TOKEN_MEMORY };

/* Does this text claim to be such a URI? */
int token_is_uri(const char *text);
/* Reads one that names an object of this kind, or of none; a refusal is logged, without a word of the URI. */
enum token_state token_read(const char *text, enum token_kind, struct token_name *);
void token_name_free(struct token_name *);

#endif
