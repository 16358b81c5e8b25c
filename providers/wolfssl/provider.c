/* SPDX-License-Identifier: MIT
 *
 * providers/wolfssl/provider.c -- the table, what this build of the library can, hashes, threads. */
#include <config.h>
#include "providers/wolfssl/key.h"
#include "providers/wolfssl/token.h"

#include <wolfssl/wolfcrypt/hash.h>
#include <wolfssl/wolfcrypt/ecc.h>

#include <pthread.h>
#include <stdio.h>
#include <string.h>

const struct sspi_core *wolf_core;

/* The library keeps tables of curve points per thread and frees them for nobody: a thread that has computed
 * frees its own when it ends.  The module is never unloaded, so the destructor stays valid. */
static pthread_key_t thread_key;
static int thread_key_made;

static void thread_ends(void *value)
{
    (void)value;
#ifdef FP_ECC
    wc_ecc_fp_free();
#endif
}

void wolf_thread(void)
{
    if (thread_key_made && !pthread_getspecific(thread_key))
        pthread_setspecific(thread_key, &thread_key);
}

static enum sspi_status digest(enum sspi_hash hash, const struct sspi_bytes *parts, unsigned count, uint8_t *out)
{
    static const enum wc_HashType types[] = {WC_HASH_TYPE_SHA, WC_HASH_TYPE_SHA256, WC_HASH_TYPE_SHA384,
                                             WC_HASH_TYPE_SHA512};
    if ((unsigned)hash >= sizeof types / sizeof *types)
        return SSPI_UNSUPPORTED;
    wc_HashAlg state;
    if (wc_HashInit(&state, types[hash]) != 0)
        return SSPI_FAILED;
    int bad = 0;
    for (unsigned i = 0; i < count && !bad; i++)
        if (parts[i].len)
            bad = parts[i].len > UINT32_MAX ||
                  wc_HashUpdate(&state, types[hash], parts[i].ptr, (word32)parts[i].len) != 0;
    if (!bad)
        bad = wc_HashFinal(&state, types[hash], out) != 0;
    wc_HashFree(&state, types[hash]);
    return bad ? SSPI_FAILED : SSPI_OK;
}

static struct sspi_provider provider = {
    .size = sizeof provider,
    .abi = SSPI_ABI,
    .name = WOLF_NAME,
    .cred_new = wolf_cred_new,
    .cred_free = wolf_cred_free,
    .session_new = wolf_session_new,
    .session_free = wolf_session_free,
    .handshake = wolf_handshake,
    .seal = wolf_seal,
    .unseal = wolf_unseal,
    .shutdown = wolf_shutdown,
    .failure = wolf_session_failure,
    .describe = wolf_describe,
    .peer_cert = wolf_peer_cert,
    .digest = digest,
    .set_credential = wolf_set_credential,
    .redo = wolf_redo,
    .key_update = wolf_key_update,
    .export_keys = wolf_export_keys,
    .finished = wolf_finished,
    .ticket_take = wolf_ticket_take,
    .ticket_free = wolf_ticket_free,
    .ticket_save = wolf_ticket_save,
    .ticket_load = wolf_ticket_load,
    .resend = wolf_resend,
    .chain_check = wolf_chain_check,
    .cred_import = wolf_cred_import,
    .cred_generate = wolf_cred_generate,
    .signature_check = wolf_signature_check,
    .password_seal = wolf_password_seal,
};

uint64_t wolf_caps(void)
{
    return provider.caps;
}

/* Is there a method for it, and does a CTX come of it?  A symbol alone proves nothing. */
static int method_works(WOLFSSL_METHOD *method)
{
    WOLFSSL_CTX *ctx = method ? wolfSSL_CTX_new(method) : NULL;
    wolfSSL_CTX_free(ctx);
    return ctx != NULL;
}

static uint64_t probe(void)
{
    uint64_t caps = SSPI_CAP_ISSUER_NAMES | SSPI_CAP_SUSPEND | SSPI_CAP_VERIFY_ALERT | SSPI_CAP_KEY_UPDATE |
                    SSPI_CAP_LATE_CERT | SSPI_CAP_TICKETS | SSPI_CAP_TICKET_KEYS | SSPI_CAP_TICKET_ROTATE |
                    SSPI_CAP_TICKET_BYTES | SSPI_CAP_EXPORT_KEYS | SSPI_CAP_FINISHED | SSPI_CAP_STAPLE | SSPI_CAP_PSK |
                    SSPI_CAP_DTLS_RESEND | SSPI_CAP_CHAIN | SSPI_CAP_IMPORT | SSPI_CAP_GENERATE |
                    SSPI_CAP_SIGNATURE | SSPI_CAP_PASSWORD;
    static const struct {
        WOLFSSL_METHOD *(*method)(void);
        uint64_t cap;
    } methods[] = {{wolfTLSv1_1_client_method, SSPI_CAP_TLS11},
                   {wolfTLSv1_2_client_method, SSPI_CAP_TLS12},
                   {wolfTLSv1_3_client_method, SSPI_CAP_TLS13},
                   {wolfDTLSv1_client_method, SSPI_CAP_DTLS10},
                   {wolfDTLSv1_2_client_method, SSPI_CAP_DTLS12}};
    for (size_t i = 0; i < sizeof methods / sizeof *methods; i++)
        if (method_works(methods[i].method()))
            caps |= methods[i].cap;
    if (wolf_token_possible())
        caps |= SSPI_CAP_PKCS11;
    return caps;
}

const struct sspi_provider *wolfssl_LTX_sspi_provider(const struct sspi_core *core);

__attribute__((visibility("default"))) const struct sspi_provider *
wolfssl_LTX_sspi_provider(const struct sspi_core *core)
{
    if (wolf_core) /* loaded once; a second call is answered with the same table */
        return &provider;
    /* Struct layouts and error numbers are of the headers this was built with. */
    if (wolfSSL_lib_version_hex() != LIBWOLFSSL_VERSION_HEX) {
        core->log(SSPI_LOG_ERROR, WOLF_NAME, "built for wolfSSL %s, found %s", LIBWOLFSSL_VERSION_STRING,
                  wolfSSL_lib_version());
        return NULL;
    }
    if (wolfSSL_Init() != WOLFSSL_SUCCESS) {
        core->log(SSPI_LOG_ERROR, WOLF_NAME, "the library does not initialise");
        return NULL;
    }
    thread_key_made = pthread_key_create(&thread_key, thread_ends) == 0;
    wolf_core = core;
    provider.version = wolfSSL_lib_version();
    provider.caps = probe();
    return &provider;
}
