/* SPDX-License-Identifier: MIT
 *
 * core/attributes.h -- the getters and setters behind the table of core/attributes.c.  Called with the lock
 * of the context held, after completion; `out` has the attribute's own size, and is written only with
 * SEC_E_OK. */
#ifndef CORE_ATTRIBUTES_H
#define CORE_ATTRIBUTES_H

#include "core/context.h"
#include "core/forms.h"

/* What the tables of core/attributes.c (contexts) and core/credential-query.c (credentials) hold, for
 * doc/attributes.md and its test.  1, or 0 past the end. */
struct attribute_row {
    ULONG id;
    const char *title; /* without SECPKG_ATTR_ */
    int get, set, early;
    const char *refused; /* why neither; NULL: one of them works */
};
int attributes_row(size_t i, struct attribute_row *);
int credential_attributes_row(size_t i, struct attribute_row *);

/* ---- core/attributes-connection.c: what was negotiated ---- */
SECURITY_STATUS attribute_sizes(struct context *, void *out, enum form form);
SECURITY_STATUS attribute_stream_sizes(struct context *, void *out, enum form form);
SECURITY_STATUS attribute_connection_info(struct context *, void *out, enum form form);
SECURITY_STATUS attribute_cipher_info(struct context *, void *out, enum form form);
SECURITY_STATUS attribute_connection_info_ex(struct context *, void *out, enum form form);
SECURITY_STATUS attribute_application_protocol(struct context *, void *out, enum form form);
SECURITY_STATUS attribute_session_info(struct context *, void *out, enum form form);
SECURITY_STATUS attribute_key_info(struct context *, void *out, enum form form);

SECURITY_STATUS attribute_srtp(struct context *, void *out, enum form form);

/* ---- core/attributes-names.c: what has a name, and the program's own data ---- */
/* Text that FreeContextBuffer takes back, in units of 8 (UTF-8), 16 or 32 bits; NULL: no memory. */
void *attributes_hand_text(const char *utf8, unsigned bits);
SECURITY_STATUS attribute_package_info(struct context *, void *out, enum form form);
SECURITY_STATUS attribute_proto_info(struct context *, void *out, enum form form);
SECURITY_STATUS attribute_tls_extensions(struct context *, void *out, enum form form);
SECURITY_STATUS attribute_flags(struct context *, void *out, enum form form);
SECURITY_STATUS attribute_lifespan(struct context *, void *out, enum form form);
SECURITY_STATUS attribute_names(struct context *, void *out, enum form form);
SECURITY_STATUS attribute_client_target(struct context *, void *out, enum form form);
SECURITY_STATUS attribute_authority(struct context *, void *out, enum form form);
SECURITY_STATUS attribute_local_cert_info(struct context *, void *out, enum form form);
SECURITY_STATUS attribute_app_data(struct context *, void *out, enum form form);
SECURITY_STATUS attribute_app_data_set(struct context *, const void *in);

/* ---- core/attributes-issuers.c: for the choice of a certificate; during the handshake too ---- */
SECURITY_STATUS attribute_issuers(struct context *, void *out, enum form form);
SECURITY_STATUS attribute_signatures(struct context *, void *out, enum form form);

/* ---- core/attributes-certs.c: PCCERT_CONTEXTs for CertFreeCertificateContext, and what is known of them */
SECURITY_STATUS attribute_remote_cert(struct context *, void *out, enum form form);
SECURITY_STATUS attribute_local_cert(struct context *, void *out, enum form form);
SECURITY_STATUS attribute_remote_certs(struct context *, void *out, enum form form);
SECURITY_STATUS attribute_root_store(struct context *, void *out, enum form form); /* CertCloseStore */
SECURITY_STATUS attribute_cert_check(struct context *, void *out, enum form form);

/* ---- core/account-token.c: a token of the peer's account that goes with the context, not for CloseHandle
 * ---- */
SECURITY_STATUS attribute_access_token(struct context *, void *out, enum form form);

/* ---- core/keying.c: what is made of the connection's secrets ---- */

/* RFC 5929 and RFC 9266, as a SEC_CHANNEL_BINDINGS for FreeContextBuffer (W54, W55, D20).
 * SEC_E_UNSUPPORTED_FUNCTION: neither version nor library gives one that is unique. */
SECURITY_STATUS keying_unique(struct context *, void *out, enum form form);
SECURITY_STATUS keying_endpoint(struct context *, void *out, enum form form);

/* SECPKG_ATTR_KEYING_MATERIAL_INFO: label, context and length to export with (RFC 5705), kept with the
 * context; SECPKG_ATTR_KEYING_MATERIAL: the bytes, for FreeContextBuffer. */
SECURITY_STATUS keying_set(struct context *, const void *in);
SECURITY_STATUS keying_material(struct context *, void *out, enum form form);
SECURITY_STATUS keying_inproc(struct context *, void *out, enum form form); /* `out` asks and is answered */

/* SECPKG_ATTR_EAP_PRF_INFO and SECPKG_ATTR_EAP_KEY_BLOCK. */
SECURITY_STATUS keying_eap_set(struct context *, const void *in);
SECURITY_STATUS keying_eap(struct context *, void *out, enum form form);

#endif
