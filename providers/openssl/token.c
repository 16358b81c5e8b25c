/* SPDX-License-Identifier: MIT
 *
 * providers/openssl/token.c -- keys that live in a PKCS#11 token and never leave it: through libp11's engine,
 * or where that is gone through pkcs11-provider, in a library context of our own. */
#include <config.h>

#define OPENSSL_SUPPRESS_DEPRECATED /* engines: the only way to a token in OpenSSL 3.0 */
#include "shared.h"

#include <openssl/engine.h>
#include <openssl/provider.h>
#include <openssl/store.h>
#include <pthread.h>
#include <string.h>
#include <unistd.h>

static int readable(int folder)
{
    const char *name = OPENSSL_info(folder);
    char path[512];
    int n = name ? BIO_snprintf(path, sizeof path, "%s/pkcs11.so", name) : -1;
    return n > 0 && access(path, R_OK) == 0;
}

int token_possible(void)
{
    return readable(OPENSSL_INFO_ENGINES_DIR) || readable(OPENSSL_INFO_MODULES_DIR);
}

static EVP_PKEY *engine_key(const char *uri, const char *pin, const char *module)
{
    EVP_PKEY *key = NULL;
#ifndef OPENSSL_NO_ENGINE
    ENGINE_load_dynamic();
    ENGINE *engine = ENGINE_by_id("pkcs11");
    if (engine)
        ENGINE_ctrl_cmd_string(engine, "QUIET", NULL, 0); /* else it writes to stderr */
    if (engine && (!module || ENGINE_ctrl_cmd_string(engine, "MODULE_PATH", module, 0)) &&
        ENGINE_init(engine)) {
        if (!*pin || ENGINE_ctrl_cmd_string(engine, "PIN", pin, 0))
            key = ENGINE_load_private_key(engine, uri, NULL, NULL);
        ENGINE_ctrl_cmd_string(engine, "PIN", "", 0); /* the engine stays, and would keep it */
        ENGINE_finish(engine); /* the key keeps a reference of its own */
    }
    ENGINE_free(engine);
#else
    (void)uri, (void)pin, (void)module;
#endif
    return key;
}

/* Made once, kept for the life of the process. */
static struct {
    pthread_once_t once;
    OSSL_LIB_CTX *ctx;
} apart = {.once = PTHREAD_ONCE_INIT};

static void apart_make(void)
{
    const char *module = core.option ? core.option(PROVIDER_NAME, "pkcs11-module") : NULL;
    OSSL_LIB_CTX *ctx = OSSL_LIB_CTX_new();
    OSSL_PROVIDER *loaded = NULL;
    if (ctx && OSSL_PROVIDER_load(ctx, "default")) {
#if OPENSSL_VERSION_NUMBER >= 0x30200000L
        OSSL_PARAM params[] = {OSSL_PARAM_utf8_string("pkcs11-module-path", (char *)(module ? module : ""),
                                                      module ? strlen(module) : 0),
                               OSSL_PARAM_END};
        loaded = module ? OSSL_PROVIDER_load_ex(ctx, "pkcs11", params) : OSSL_PROVIDER_load(ctx, "pkcs11");
#else
        loaded = module ? NULL : OSSL_PROVIDER_load(ctx, "pkcs11"); /* cannot be told of a module */
#endif
    }
    if (loaded)
        apart.ctx = ctx;
    else
        OSSL_LIB_CTX_free(ctx);
}

static EVP_PKEY *store_key(const char *uri, const char *pin)
{
    char full[2048];
    size_t n = strlen(uri);
    EVP_PKEY *key = NULL;
    pthread_once(&apart.once, apart_make);
    if (!apart.ctx || n + 16 + 3 * strlen(pin) > sizeof full)
        return NULL;
    memcpy(full, uri, n + 1);
    if (*pin)
        n += (size_t)BIO_snprintf(full + n, sizeof full - n, "%cpin-value=", strchr(uri, '?') ? '&' : '?');
    for (; *pin; pin++)
        n += (size_t)BIO_snprintf(full + n, sizeof full - n, "%%%02x", (unsigned char)*pin);
    OSSL_STORE_CTX *store = OSSL_STORE_open_ex(full, apart.ctx, NULL, NULL, NULL, NULL, NULL, NULL);
    while (store && !key && !OSSL_STORE_eof(store)) {
        OSSL_STORE_INFO *info = OSSL_STORE_load(store);
        if (info && OSSL_STORE_INFO_get_type(info) == OSSL_STORE_INFO_PKEY)
            key = OSSL_STORE_INFO_get1_PKEY(info);
        OSSL_STORE_INFO_free(info);
        if (!info)
            break;
    }
    OSSL_STORE_close(store);
    OPENSSL_cleanse(full, sizeof full);
    return key;
}

EVP_PKEY *token_key(struct sspi_bytes uri, struct sspi_bytes pin)
{
    char name[1024], secret[256];
    const char *module = core.option ? core.option(PROVIDER_NAME, "pkcs11-module") : NULL;
    if (!uri.len || uri.len >= sizeof name || pin.len >= sizeof secret || memchr(uri.ptr, 0, uri.len) ||
        memchr(uri.ptr, '?', uri.len)) /* the core hands over a path and the PIN apart: nothing to load or run */
        return NULL;
    memcpy(name, uri.ptr, uri.len);
    name[uri.len] = 0;
    if (pin.len)
        memcpy(secret, pin.ptr, pin.len);
    secret[pin.len] = 0;
    EVP_PKEY *key =
        readable(OPENSSL_INFO_ENGINES_DIR) ? engine_key(name, secret, module) : store_key(name, secret);
    OPENSSL_cleanse(secret, sizeof secret);
    OPENSSL_cleanse(name, sizeof name); /* a PIN may stand in it */
    return key;
}
