/* SPDX-License-Identifier: MIT
 *
 * core/forms.h -- what stands between the exported functions (core/table.c, core/wide.c) and the rooms
 * behind them.  Strings are UTF-8 here; `form` tells how the caller sees text, because structures such as
 * CIPHER_INFO carry WCHAR whatever the function's suffix. */
#ifndef CORE_FORMS_H
#define CORE_FORMS_H

#include <sspi.h>

enum form { /* two bits */
    FORM_A16 = 0, /* char * strings, WCHAR of 16 bits in structures */
    FORM_W16 = 1,
    FORM_A32 = 2,
    FORM_W32 = 3
};
/* The form of the functions that core/wide.c defines, once for each SSPI_WCHAR_BITS. */
#ifdef SSPI_WCHAR_BITS
#define FORM_A (SSPI_WCHAR_BITS == 16 ? FORM_A16 : FORM_A32)
#define FORM_W (SSPI_WCHAR_BITS == 16 ? FORM_W16 : FORM_W32)
#endif
#define FORM_IS_WIDE(form) ((form) & 1)
#define FORM_BITS(form) ((form) & 2 ? 32u : 16u)

/* core/credential.c */
SECURITY_STATUS credential_acquire(const char *package, ULONG use, const void *auth_data, enum form form,
                                   CredHandle *credential, TimeStamp *expiry);
SECURITY_STATUS credential_free(const CredHandle *credential);
SECURITY_STATUS credential_query(const CredHandle *credential, ULONG attribute, void *out, ULONG size,
                                 enum form form); /* size 0: the attribute's own */
SECURITY_STATUS credential_set(const CredHandle *credential, ULONG attribute, const void *in, ULONG size,
                               enum form form);

/* A caller's ULONG that may be the low half of an `unsigned long`: the only type such a value is stored
 * through, because strict aliasing drops any other store when the library is linked statically. */
typedef ULONG ulong_alias __attribute__((__may_alias__));

/* core/context.c.  `attributes` points to a ULONG of the entry point's own, 0 before the call, which goes to
 * the caller on every return (D1); `expiry` may be NULL. */
SECURITY_STATUS context_initialize(const CredHandle *credential, const CtxtHandle *context,
                                   const char *target, ULONG request, SecBufferDesc *input,
                                   CtxtHandle *new_context, SecBufferDesc *output, ULONG *attributes,
                                   TimeStamp *expiry);
SECURITY_STATUS context_accept(const CredHandle *credential, const CtxtHandle *context,
                               SecBufferDesc *input, ULONG request, CtxtHandle *new_context,
                               SecBufferDesc *output, ULONG *attributes, TimeStamp *expiry);
SECURITY_STATUS context_delete(const CtxtHandle *context);

/* core/move.c.  `out` gets memory for FreeContextBuffer; `in` is copied. */
SECURITY_STATUS context_export(const CtxtHandle *context, ULONG flags, SecBuffer *out, void **token);
SECURITY_STATUS context_import(const char *package, const SecBuffer *in, CtxtHandle *out);

/* core/token.c */
SECURITY_STATUS token_apply(const CtxtHandle *context, SecBufferDesc *input);

/* core/message.c */
SECURITY_STATUS message_encrypt(const CtxtHandle *context, ULONG qop, SecBufferDesc *message);
SECURITY_STATUS message_decrypt(const CtxtHandle *context, SecBufferDesc *message);

/* core/attributes.c */
SECURITY_STATUS attributes_query(const CtxtHandle *context, ULONG attribute, void *out, ULONG size,
                                 enum form form);
SECURITY_STATUS attributes_set(const CtxtHandle *context, ULONG attribute, const void *in, ULONG size,
                               enum form form);

#endif
