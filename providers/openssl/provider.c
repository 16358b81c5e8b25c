/* SPDX-License-Identifier: MIT
 *
 * providers/openssl/provider.c -- the table.  Its only state is filled by the first call of the entry
 * function, which the core makes once, and read ever after. */
#include <config.h>

#include "shared.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <string.h>

struct sspi_core core;

static enum sspi_status digest(enum sspi_hash hash, const struct sspi_bytes *parts, unsigned count,
                               uint8_t *out)
{
    const EVP_MD *md = hash == SSPI_SHA1     ? EVP_sha1()
                       : hash == SSPI_SHA256 ? EVP_sha256()
                       : hash == SSPI_SHA384 ? EVP_sha384()
                       : hash == SSPI_SHA512 ? EVP_sha512()
                                             : NULL;
    EVP_MD_CTX *ctx = EVP_MD_CTX_new();
    int good = md && ctx && EVP_DigestInit_ex(ctx, md, NULL) == 1;
    for (unsigned i = 0; good && i < count; i++)
        good = EVP_DigestUpdate(ctx, parts[i].ptr, parts[i].len) == 1;
    good = good && EVP_DigestFinal_ex(ctx, out, NULL) == 1;
    EVP_MD_CTX_free(ctx);
    if (good)
        return SSPI_OK;
    ERR_clear_error();
    return md ? SSPI_FAILED : SSPI_UNSUPPORTED;
}

static const struct sspi_failure *failure(sspi_session *s)
{
    return &s->failure;
}

/* Builds leave old versions out: those that this one can be told to speak. */
static uint64_t spoken(void)
{
    uint64_t caps = 0;
    for (int datagram = 0; datagram < 2; datagram++) {
        SSL_CTX *ctx = SSL_CTX_new(datagram ? DTLS_method() : TLS_method());
        for (size_t i = 0; ctx && i < 6; i++)
            if (datagram == (i >= 4) && SSL_CTX_set_min_proto_version(ctx, versions[i].version) &&
                SSL_CTX_set_max_proto_version(ctx, versions[i].version))
                caps |= versions[i].cap;
        SSL_CTX_free(ctx);
    }
    ERR_clear_error();
    return caps;
}

static struct sspi_provider table = {
    .size = sizeof table,
    .abi = SSPI_ABI,
    .name = PROVIDER_NAME,
    .cred_new = credential_new,
    .cred_free = credential_free,
    .session_new = session_new,
    .session_free = session_free,
    .handshake = session_handshake,
    .seal = session_seal,
    .unseal = session_unseal,
    .shutdown = session_shutdown,
    .failure = failure,
    .describe = connection_describe,
    .peer_cert = connection_peer_cert,
    .digest = digest,
    .set_credential = credential_set,
    .issuer = connection_issuer,
    .redo = connection_redo,
    .key_update = connection_key_update,
    .export_keys = connection_export,
    .finished = connection_finished,
    .ticket_take = ticket_take,
    .ticket_free = ticket_free,
    .ticket_save = ticket_save,
    .ticket_load = ticket_load,
    .resend = session_resend,
    .set_mtu = session_set_mtu,
    .chain_check = judge_chain,
    .cred_import = import_read,
    .cred_generate = import_generate,
    .signature_check = signature_check,
    .password_seal = password_seal,
};

/* Clear: SEND_ALERT (libssl has no call for it), DTLS_RESEND (its timer alone decides; resend() serves that),
 * EMPTY_RECORD (a write of nothing makes no record). */
#define ALWAYS                                                                                               \
    (SSPI_CAP_VERIFY_ALERT | SSPI_CAP_RENEGOTIATE | SSPI_CAP_LATE_CERT | SSPI_CAP_SUSPEND |                  \
     SSPI_CAP_ISSUERS_13 | SSPI_CAP_ISSUER_NAMES | SSPI_CAP_KEY_UPDATE | SSPI_CAP_TICKETS |                  \
     SSPI_CAP_TICKET_KEYS | SSPI_CAP_TICKET_ROTATE | SSPI_CAP_TICKET_BYTES | SSPI_CAP_EXPORT_KEYS |          \
     SSPI_CAP_FINISHED | SSPI_CAP_KEYLOG | SSPI_CAP_STAPLE | SSPI_CAP_STAPLE_RAW | SSPI_CAP_PSK |            \
     SSPI_CAP_SRTP | SSPI_CAP_DTLS_MTU | SSPI_CAP_CHAIN | SSPI_CAP_IMPORT | SSPI_CAP_GENERATE |         \
     SSPI_CAP_SIGNATURE | SSPI_CAP_PASSWORD)

__attribute__((visibility("default"))) const struct sspi_provider *
openssl_LTX_sspi_provider(const struct sspi_core *);
const struct sspi_provider *openssl_LTX_sspi_provider(const struct sspi_core *lent)
{
    if (!lent || lent->abi >> 16 != SSPI_ABI_MAJOR ||
        OpenSSL_version_num() >> 28 != OPENSSL_VERSION_NUMBER >> 28 || OpenSSL_version_num() < 0x30000000L)
        return NULL;
    memcpy(&core, lent, lent->size < sizeof core ? lent->size : sizeof core);
    /* A module is never unloaded; libcrypto's exit handler would run among other threads' last calls.  No
     * effect where the application has initialised it before. */
    if (OPENSSL_init_crypto(OPENSSL_INIT_NO_ATEXIT, NULL) != 1 || OPENSSL_init_ssl(0, NULL) != 1)
        return NULL;
    table.version = OpenSSL_version(OPENSSL_VERSION_STRING);
    table.caps = spoken() | ALWAYS | (token_possible() ? SSPI_CAP_PKCS11 : 0u);
    if (!transport_method())
        return NULL;
    return &table;
}
