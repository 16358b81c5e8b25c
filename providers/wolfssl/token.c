/* SPDX-License-Identifier: MIT
 *
 * providers/wolfssl/token.c -- keys on PKCS#11 tokens.
 *
 * The library signs through a crypto callback, found by a number in a small table of the process.  Its own
 * callback would send key agreement and more to the token as well, so ours stands before it and lets
 * signatures alone through.  A token stays logged in while a credential uses it; its one session is guarded
 * by a lock, and opened anew in a child of fork().  The PKCS#11 module is p11-kit's, or the one that the
 * configuration names; a URI may not name one.  It is never finalised: the application may use it too. */
#include <config.h>
#include "providers/wolfssl/token.h"

#include <dlfcn.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#ifndef CKR_CRYPTOKI_ALREADY_INITIALIZED
#define CKR_CRYPTOKI_ALREADY_INITIALIZED 0x191UL
#endif
#ifndef CKR_USER_ALREADY_LOGGED_IN
#define CKR_USER_ALREADY_LOGGED_IN 0x100UL
#endif
#define DEVICE_FIRST 0x4f535350 /* far from numbers that an application would choose */
enum { TOKENS = 4 };            /* the library's table has eight places, for everybody */

static struct token {
    pthread_mutex_t lock;
    Pkcs11Token token;
    unsigned refs;
    pid_t pid;
    char pin[128];
} tokens[TOKENS];
static pthread_mutex_t tokens_lock = PTHREAD_MUTEX_INITIALIZER;
static CK_FUNCTION_LIST *module; /* once loaded */
static pid_t module_pid;

static void *module_open(void)
{
    const char *path = wolf_core->option ? wolf_core->option(WOLF_NAME, "pkcs11-module") : NULL;
    void *handle = dlopen(path ? path : "p11-kit-proxy.so", RTLD_NOW | RTLD_LOCAL);
    return handle || path ? handle : dlopen("libp11-kit.so.0", RTLD_NOW | RTLD_LOCAL); /* the same under another name */
}

int wolf_token_possible(void)
{
    return module_open() != NULL;
}

static CK_FUNCTION_LIST *module_load(void)
{
    void *handle = module_open(), *symbol = handle ? dlsym(handle, "C_GetFunctionList") : NULL;
    CK_C_GetFunctionList get;
    CK_FUNCTION_LIST *list = NULL;
    memcpy(&get, &symbol, sizeof get);
    return symbol && get(&list) == CKR_OK ? list : NULL;
}

/* Under tokens_lock.  A child must initialise again. */
static int module_ready(void)
{
    CK_C_INITIALIZE_ARGS args;
    if (!module && !(module = module_load()))
        return -1;
    if (module_pid == getpid())
        return 0;
    memset(&args, 0, sizeof args);
    args.flags = CKF_OS_LOCKING_OK;
    CK_RV rv = module->C_Initialize(&args);
    if (rv != CKR_OK && rv != CKR_CRYPTOKI_ALREADY_INITIALIZED)
        return -1;
    module_pid = getpid();
    return 0;
}

/* ---- the URI, RFC 7512 ---- */
struct uri {
    char token[33], serial[17], manufacturer[33], model[17], object[128], pin[128];
    uint8_t id[64];
    size_t id_len;
    int has_token, has_serial, has_manufacturer, has_model, has_object;
};

/* Percent-decoded; its length, or -1: too long, or not well formed. */
static int decode(const char *from, size_t len, char *to, size_t cap)
{
    size_t n = 0;
    for (size_t i = 0; i < len; i++) {
        int c = (unsigned char)from[i];
        if (c == '%') {
            char hex[3] = {0};
            char *end;
            if (len - i < 3)
                return -1;
            memcpy(hex, from + i + 1, 2);
            c = (int)strtoul(hex, &end, 16);
            if (end != hex + 2)
                return -1;
            i += 2;
        }
        if (n + 1 > cap)
            return -1;
        to[n++] = (char)c;
    }
    return (int)n;
}

static int text(const char *from, size_t len, char *to, size_t cap)
{
    int n = decode(from, len, to, cap - 1);
    if (n < 0 || memchr(to, 0, (size_t)n))
        return -1;
    to[n] = 0;
    return 0;
}

static int attribute(struct uri *u, const char *name, size_t name_len, const char *value, size_t len)
{
#define IS(s) (name_len == sizeof(s) - 1 && memcmp(name, s, sizeof(s) - 1) == 0)
    if (IS("token"))
        return u->has_token = 1, text(value, len, u->token, sizeof u->token);
    if (IS("serial"))
        return u->has_serial = 1, text(value, len, u->serial, sizeof u->serial);
    if (IS("manufacturer"))
        return u->has_manufacturer = 1, text(value, len, u->manufacturer, sizeof u->manufacturer);
    if (IS("model"))
        return u->has_model = 1, text(value, len, u->model, sizeof u->model);
    if (IS("object"))
        return u->has_object = 1, text(value, len, u->object, sizeof u->object);
    if (IS("pin-value"))
        return text(value, len, u->pin, sizeof u->pin);
    if (IS("id")) {
        int n = decode(value, len, (char *)u->id, sizeof u->id);
        u->id_len = n > 0 ? (size_t)n : 0;
        return n > 0 ? 0 : -1;
    }
    if (IS("type"))
        return len == 7 && memcmp(value, "private", 7) == 0 ? 0 : -1;
    return -1; /* module-path, pin-source and what else could lead elsewhere */
#undef IS
}

static int parse(struct uri *u, struct sspi_bytes uri)
{
    const char *p = (const char *)uri.ptr + 7, *end = (const char *)uri.ptr + uri.len;
    memset(u, 0, sizeof *u);
    while (p < end) {
        const char *stop = p, *equals;
        while (stop < end && *stop != ';' && *stop != '?' && *stop != '&')
            stop++;
        equals = memchr(p, '=', (size_t)(stop - p));
        if (!equals || attribute(u, p, (size_t)(equals - p), equals + 1, (size_t)(stop - equals - 1)) != 0)
            return -1;
        p = stop + 1;
    }
    return u->has_object || u->id_len ? 0 : -1;
}

/* ---- slot, session, object ---- */
static int field_is(const CK_UTF8CHAR *field, size_t size, const char *want)
{
    size_t len = strlen(want);
    if (len > size || memcmp(field, want, len) != 0)
        return 0;
    for (; len < size; len++)
        if (field[len] != ' ' && field[len] != 0)
            return 0;
    return 1;
}

static int slot_find(const struct uri *u, CK_SLOT_ID *slot)
{
    CK_SLOT_ID list[64];
    CK_ULONG count = sizeof list / sizeof *list;
    if (module->C_GetSlotList(CK_TRUE, list, &count) != CKR_OK || count > sizeof list / sizeof *list)
        return -1;
    for (CK_ULONG i = 0; i < count; i++) {
        CK_TOKEN_INFO info;
        if (module->C_GetTokenInfo(list[i], &info) != CKR_OK)
            continue;
        if ((!u->has_token || field_is(info.label, sizeof info.label, u->token)) &&
            (!u->has_serial || field_is((CK_UTF8CHAR *)info.serialNumber, sizeof info.serialNumber, u->serial)) &&
            (!u->has_model || field_is(info.model, sizeof info.model, u->model)) &&
            (!u->has_manufacturer ||
             field_is(info.manufacturerID, sizeof info.manufacturerID, u->manufacturer))) {
            *slot = list[i];
            return 0;
        }
    }
    return -1;
}

/* Under the token's lock: its session, logged in; the application may have done that already. */
static int session_open(struct token *t)
{
    CK_SESSION_HANDLE session;
    if (t->pid == getpid() && t->token.handle)
        return 0;
    t->token.handle = 0;
    t->pid = getpid();
    if (module->C_OpenSession(t->token.slotId, CKF_SERIAL_SESSION, NULL, NULL, &session) != CKR_OK)
        return -1;
    CK_RV rv = t->pin[0] ? module->C_Login(session, CKU_USER, (CK_UTF8CHAR_PTR)t->pin, strlen(t->pin)) : CKR_OK;
    if (rv != CKR_OK && rv != CKR_USER_ALREADY_LOGGED_IN) {
        module->C_CloseSession(session);
        return -1;
    }
    t->token.handle = session;
    return 0;
}

static void session_close(struct token *t)
{
    if (t->token.handle && t->pid == getpid())
        module->C_CloseSession(t->token.handle);
    t->token.handle = 0;
}

static CK_ULONG objects(struct token *t, CK_OBJECT_CLASS class, const struct uri *u, CK_OBJECT_HANDLE found[2])
{
    CK_ATTRIBUTE want[3] = {{CKA_CLASS, &class, sizeof class}};
    CK_ULONG count = 0, n = 1;
    if (u->id_len)
        want[n++] = (CK_ATTRIBUTE){CKA_ID, (void *)(uintptr_t)u->id, u->id_len};
    if (u->has_object)
        want[n++] = (CK_ATTRIBUTE){CKA_LABEL, (void *)(uintptr_t)u->object, strlen(u->object)};
    if (module->C_FindObjectsInit(t->token.handle, want, n) != CKR_OK)
        return 0;
    CK_RV rv = module->C_FindObjects(t->token.handle, found, 2, &count);
    module->C_FindObjectsFinal(t->token.handle);
    return rv == CKR_OK ? count : 0;
}

/* The public half (RSA: modulus; EC: the point, less its DER and form octets) must stand in the certificate. */
static int public_half_in(struct token *t, CK_ATTRIBUTE_TYPE type, CK_OBJECT_HANDLE object, struct sspi_bytes leaf)
{
    uint8_t value[RSA_MAX_SIZE / 8];
    CK_ATTRIBUTE got = {type, value, sizeof value};
    if (module->C_GetAttributeValue(t->token.handle, object, &got, 1) != CKR_OK || got.ulValueLen < 33 ||
        got.ulValueLen > sizeof value)
        return -1;
    size_t len = type == CKA_EC_POINT ? (got.ulValueLen - 3) & ~(size_t)1 : got.ulValueLen; /* 04 len 04 X Y */
    return memmem(leaf.ptr, leaf.len, value + got.ulValueLen - len, len) != NULL;
}

static int key_find(struct token *t, const struct uri *u, struct sspi_bytes leaf, struct wolf_token_key *key)
{
    CK_OBJECT_HANDLE object[2], public[2];
    CK_ATTRIBUTE got[2] = {{CKA_ID, key->id, sizeof key->id}, {CKA_LABEL, key->label, sizeof key->label - 1}};
    if (objects(t, CKO_PRIVATE_KEY, u, object) != 1 || /* none, or more than one could be meant */
        module->C_GetAttributeValue(t->token.handle, object[0], got, 2) != CKR_OK ||
        got[0].ulValueLen > sizeof key->id || got[1].ulValueLen > sizeof key->label - 1)
        return WC_HW_E;
    key->id_len = got[0].ulValueLen;
    key->label[got[1].ulValueLen] = 0;
    int fits = public_half_in(t, CKA_MODULUS, object[0], leaf);
    if (fits < 0 && objects(t, CKO_PUBLIC_KEY, u, public) == 1)
        fits = public_half_in(t, CKA_EC_POINT, public[0], leaf);
    if (fits == 0) /* where the token does not show it, the first handshake tells */
        return PUBLIC_KEY_E;
    return key->id_len || key->label[0] ? 0 : WC_HW_E;
}

/* ---- the callback ---- */
static int signs(const wc_CryptoInfo *info)
{
    if (info->algo_type != WC_ALGO_TYPE_PK)
        return 0;
    if (info->pk.type == WC_PK_TYPE_RSA)
        return info->pk.rsa.type == RSA_PRIVATE_ENCRYPT || info->pk.rsa.type == RSA_PRIVATE_DECRYPT;
    return info->pk.type == WC_PK_TYPE_ECDSA_SIGN;
}

static int device(int id, wc_CryptoInfo *info, void *ctx)
{
    struct token *t = ctx;
    int rc = WC_HW_E;
    if (!signs(info))
        return CRYPTOCB_UNAVAILABLE;
    pthread_mutex_lock(&tokens_lock);
    int ready = module_ready();
    pthread_mutex_unlock(&tokens_lock);
    pthread_mutex_lock(&t->lock);
    for (int try = 0; ready == 0 && try < 2 && rc == WC_HW_E; try++) {
        if (session_open(t) != 0)
            break;
        rc = wc_Pkcs11_CryptoDevCb(id, info, &t->token);
        if (rc == WC_HW_E) /* the token may have been taken out and put back */
            session_close(t);
    }
    pthread_mutex_unlock(&t->lock);
    return rc;
}

/* Under tokens_lock: the token's place, referenced. */
static struct token *token_get(CK_SLOT_ID slot, const char *pin)
{
    struct token *free_one = NULL;
    for (int i = 0; i < TOKENS; i++) {
        struct token *t = &tokens[i];
        if (t->refs && t->token.slotId == slot && strcmp(t->pin, pin) == 0) {
            t->refs++;
            return t;
        }
        if (!t->refs && !free_one)
            free_one = t;
    }
    if (!free_one)
        return NULL;
    memset(&free_one->token, 0, sizeof free_one->token);
    memcpy(free_one->pin, pin, strlen(pin) + 1);
    free_one->token.func = module;
    free_one->token.slotId = slot;
    pthread_mutex_init(&free_one->lock, NULL);
    if (wc_CryptoCb_RegisterDevice(DEVICE_FIRST + (int)(free_one - tokens), device, free_one) != 0)
        return NULL;
    free_one->refs = 1;
    return free_one;
}

int wolf_token_open(struct sspi_bytes uri, struct sspi_bytes pin, struct sspi_bytes leaf, struct wolf_token_key *key)
{
    struct uri u;
    CK_SLOT_ID slot;
    struct token *t = NULL;
    memset(key, 0, sizeof *key);
    if (parse(&u, uri) != 0 || pin.len >= sizeof u.pin) {
        explicit_bzero(&u, sizeof u);
        return BAD_FUNC_ARG;
    }
    if (pin.len) {
        memcpy(u.pin, pin.ptr, pin.len);
        u.pin[pin.len] = 0;
    }
    pthread_mutex_lock(&tokens_lock);
    if (module_ready() == 0 && slot_find(&u, &slot) == 0)
        t = token_get(slot, u.pin);
    pthread_mutex_unlock(&tokens_lock);
    if (!t) {
        explicit_bzero(&u, sizeof u);
        return WC_HW_E;
    }
    key->device = DEVICE_FIRST + (int)(t - tokens);
    pthread_mutex_lock(&t->lock);
    int rc = session_open(t) == 0 ? key_find(t, &u, leaf, key) : WC_HW_E;
    pthread_mutex_unlock(&t->lock);
    explicit_bzero(&u, sizeof u);
    if (rc != 0)
        wolf_token_close(key);
    return rc;
}

void wolf_token_close(struct wolf_token_key *key)
{
    if (!key->device)
        return;
    struct token *t = &tokens[key->device - DEVICE_FIRST];
    pthread_mutex_lock(&tokens_lock);
    if (--t->refs == 0) {
        wc_CryptoCb_UnRegisterDevice(key->device);
        session_close(t);
        explicit_bzero(&t->token, sizeof t->token);
        explicit_bzero(t->pin, sizeof t->pin);
        pthread_mutex_destroy(&t->lock);
    }
    pthread_mutex_unlock(&tokens_lock);
    memset(key, 0, sizeof *key);
}
