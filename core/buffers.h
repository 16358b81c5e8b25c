/* SPDX-License-Identifier: MIT
 *
 * core/buffers.h -- the only file that walks a SecBufferDesc.  Everything a caller passes is checked
 * here once (version, count, types with SECBUFFER_ATTRMASK off, NULL pointers with a size) and handed on
 * by role; nothing is written before every check has passed.  What is handed on is lent: it points into
 * the caller's memory and is good for that call.  Types without a role in a call are passed over. */
#ifndef CORE_BUFFERS_H
#define CORE_BUFFERS_H

#include <opensspi/provider.h>
#include <sspi.h>

#define BUFFERS_MAX 64u /* in one descriptor; more is SEC_E_INVALID_TOKEN everywhere */

/* Input of InitializeSecurityContext and AcceptSecurityContext.  Bytes of length 0 where absent. */
struct buffers_in {
    struct sspi_bytes token; /* the first SECBUFFER_TOKEN; may be empty (K9) */
    int has_token;
    SecBuffer *slot;                /* the first EMPTY one: takes MISSING or EXTRA; NULL: none (K33, W41) */
    struct sspi_bytes alpn;         /* APPLICATION_PROTOCOLS: the RFC 7301 list inside it, entries well
                                     * formed, without its outer length (W46, K36); other lists skipped */
    struct sspi_bytes mtu;          /* DTLS_MTU: u16 in the machine's byte order */
    struct sspi_bytes srtp;         /* SRTP_PROTECTION_PROFILES: u16 each, as on the wire */
    struct sspi_bytes psk;          /* PRESHARED_KEY: the key, at most 256 octets */
    struct sspi_bytes psk_identity; /* PRESHARED_KEY_IDENTITY: the identity */
    struct sspi_bytes peer;         /* EXTRA as input: a sockaddr, as it is */
    struct sspi_bytes target_host;  /* TARGET_HOST: text as it is */
    struct sspi_bytes srtp_mki;     /* SRTP_MASTER_KEY_IDENTIFIER: the identifier */
};
/* desc may be NULL: all empty.  SEC_E_INVALID_TOKEN: wrong version, too many buffers, an EMPTY slot whose
 * cbBuffer is not 0 (W40), one of the types above twice, a NULL pvBuffer with a size, or a structure whose
 * inner length does not fit its buffer; SEC_E_OK otherwise.  *in is written only with SEC_E_OK. */
SECURITY_STATUS buffers_in(SecBufferDesc *desc, struct buffers_in *in);

/* Output.  token: the first TOKEN, else the first EMPTY buffer, which becomes TOKEN when written (K2);
 * alert: the first ALERT, or NULL. */
struct buffers_out {
    SecBuffer *token, *alert;
    int allocate; /* ALLOCATE_MEMORY asked for: what the slots hold is ignored (W26, K3) */
};
/* SEC_E_INVALID_TOKEN: no descriptor (W31), no slot for a token, wrong version.
 * SEC_E_INSUFFICIENT_MEMORY: TOKEN or ALERT with cbBuffer 0 and no ALLOCATE_MEMORY (W24, W67); then *out is
 * written all the same, for a caller that must still set a length of 0. */
SECURITY_STATUS buffers_out(SecBufferDesc *desc, int allocate, struct buffers_out *out);

/* Delivers `len` bytes into a slot as `type`: into fresh memory with `allocate`, or where pvBuffer is
 * NULL (W29); else into the caller's.  SEC_E_INSUFFICIENT_MEMORY: too small or no memory; untouched.  No
 * bytes: as buffers_put_none. */
SECURITY_STATUS buffers_put(SecBuffer *slot, ULONG type, const void *data, size_t len, int allocate);
void buffers_put_none(SecBuffer *slot, ULONG type); /* cbBuffer 0, pvBuffer as it was; slot may be NULL */

/* MISSING into in->slot (cbBuffer = how many more), EXTRA into in->slot (the last `left` bytes of the
 * token, pvBuffer into the caller's memory, W80).  Without a slot, or with nothing left: nothing. */
void buffers_missing(struct buffers_in *in, size_t missing);
void buffers_extra(struct buffers_in *in, size_t left);

/* EncryptMessage: one HEADER, one DATA, one TRAILER in any memory (K20: EMPTY optional), else
 * SEC_E_INVALID_TOKEN.  Buffers marked READONLY do not count. */
struct buffers_seal {
    SecBuffer *header, *data, *trailer;
};
SECURITY_STATUS buffers_seal_any(SecBufferDesc *desc, struct buffers_seal *seal);

/* The same, quickly where the buffers are what nearly every program passes: those three, and perhaps EMPTY. */
static inline SECURITY_STATUS buffers_seal(SecBufferDesc *desc, struct buffers_seal *seal)
{
    struct buffers_seal found;
    SECURITY_STATUS status;
    SecBuffer *at;

    if (desc && desc->ulVersion == SECBUFFER_VERSION && (desc->cBuffers == 4 || desc->cBuffers == 3) &&
        (at = desc->pBuffers) != NULL && at[0].BufferType == SECBUFFER_STREAM_HEADER && at[0].pvBuffer &&
        at[1].BufferType == SECBUFFER_DATA && at[1].pvBuffer && at[2].BufferType == SECBUFFER_STREAM_TRAILER &&
        at[2].pvBuffer && (desc->cBuffers == 3 || at[3].BufferType == SECBUFFER_EMPTY)) {
        *seal = (struct buffers_seal){at, at + 1, at + 2};
        return SEC_E_OK;
    }
    status = buffers_seal_any(desc, &found);
    if (status == SEC_E_OK)
        *seal = found;
    return status;
}

/* DecryptMessage: exactly one DATA and at least three EMPTY (W58 to W61, K22), else SEC_E_INVALID_TOKEN. */
struct buffers_open {
    SecBuffer *slot[4]; /* the DATA buffer, then the EMPTY ones, in the caller's order */
};
SECURITY_STATUS buffers_open_any(SecBufferDesc *desc, struct buffers_open *open);

/* The same, quickly where the buffers are DATA and three EMPTY. */
static inline SECURITY_STATUS buffers_open(SecBufferDesc *desc, struct buffers_open *open)
{
    struct buffers_open found;
    SECURITY_STATUS status;
    SecBuffer *at;

    if (desc && desc->ulVersion == SECBUFFER_VERSION && desc->cBuffers == 4 && (at = desc->pBuffers) != NULL &&
        at[0].BufferType == SECBUFFER_DATA && at[0].pvBuffer &&
        (at[1].BufferType | at[2].BufferType | at[3].BufferType) == SECBUFFER_EMPTY) {
        *open = (struct buffers_open){{at, at + 1, at + 2, at + 3}};
        return SEC_E_OK;
    }
    status = buffers_open_any(desc, &found);
    if (status == SEC_E_OK)
        *open = found;
    return status;
}

/* ApplyControlToken: exactly one buffer, a TOKEN (W69, W72), else SEC_E_INVALID_TOKEN.
 * SEC_E_INTERNAL_ERROR: no descriptor (W71). */
SECURITY_STATUS buffers_control(SecBufferDesc *desc, struct sspi_bytes *token);

#endif
