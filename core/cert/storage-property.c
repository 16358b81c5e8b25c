/* SPDX-License-Identifier: MIT
 *
 * NCryptGetProperty and NCryptSetProperty. */
#include <config.h>

#include "core/cert/storage.h"

#include "core/cert/container.h"
#include "core/cert/registry.h"
#include "core/utf.h"

#include <stdlib.h>
#include <string.h>
#include <windows.h>

#define RSA_MIN           1024u
#define RSA_MAX           16384u
#define INTERFACE_VERSION 0x10000u

static const char *const algorithm_names[] = {[SSPI_KEY_RSA] = "RSA",
                                              [SSPI_KEY_P256] = "ECDSA_P256",
                                              [SSPI_KEY_P384] = "ECDSA_P384",
                                              [SSPI_KEY_ED25519] = NULL,
                                              [SSPI_KEY_P521] = "ECDSA_P521"};

struct facts {
    enum sspi_key_type type;
    unsigned bits;
};

/* 0, or -1: a kind that has no name on Windows. */
static int facts_of(const struct key *key, struct facts *out)
{
    registry_lock();
    int to_make = registry_has(REGISTRY_DRAFT, key) && !key->bytes.len;
    if (to_make)
        *out = (struct facts){key->draft->type, key->draft->bits};
    registry_unlock();
    return to_make ? 0 : key_kind(key, &out->type, &out->bits);
}

static SECURITY_STATUS give_number(DWORD number, BYTE *out, DWORD room, DWORD *len)
{
    return storage_give((struct sspi_bytes){(const uint8_t *)&number, sizeof number}, out, room, len);
}

/* With its NUL. */
static SECURITY_STATUS give_text(const char *text, BYTE *out, DWORD room, DWORD *len, unsigned bits)
{
    int bad;
    size_t units;
    if (!text)
        return NTE_NOT_SUPPORTED;
    void *wide = utf8_to_wide(text, bits, &units, &bad);
    if (!wide)
        return NTE_NO_MEMORY;
    SECURITY_STATUS status = storage_give((struct sspi_bytes){wide, (units + 1) * bits / 8}, out, room, len);
    free(wide);
    return status;
}

/* A handle of its own, which the caller frees. */
static SECURITY_STATUS give_provider(BYTE *out, DWORD room, DWORD *len)
{
    ULONG_PTR handle = 0;
    SECURITY_STATUS status = SEC_E_OK;
    if (out && room >= sizeof handle)
        status = storage_open(&handle, NULL);
    return status == SEC_E_OK
               ? storage_give((struct sspi_bytes){(const uint8_t *)&handle, sizeof handle}, out, room, len)
               : status;
}

enum property {
    ALGORITHM,
    GROUP,
    LENGTH,
    POLICY,
    USAGE,
    NAME,
    UNIQUE_NAME,
    KEY_TYPE,
    IMPLEMENTATION,
    PROVIDER,
    WINDOW,
    CONTEXT
};
static const char *const properties[] = {
    [ALGORITHM] = "Algorithm Name", [GROUP] = "Algorithm Group", [LENGTH] = "Length",
    [POLICY] = "Export Policy",     [USAGE] = "Key Usage",       [NAME] = "Name",
    [UNIQUE_NAME] = "Unique Name",  [KEY_TYPE] = "Key Type",     [IMPLEMENTATION] = "Impl Type",
    [PROVIDER] = "Provider Handle", [WINDOW] = "HWND Handle",    [CONTEXT] = "Use Context"};
enum { PROPERTY_COUNT = sizeof properties / sizeof *properties };

static int property_of(const char *name)
{
    int i = 0;
    while (i < PROPERTY_COUNT && strcmp(properties[i], name) != 0)
        i++;
    return i;
}

static DWORD usage_of(const struct key *key, const struct facts *facts)
{
    unsigned set = __atomic_load_n(&key->usage, __ATOMIC_RELAXED);
    return set                           ? set
           : facts->type == SSPI_KEY_RSA ? NCRYPT_ALLOW_DECRYPT_FLAG | NCRYPT_ALLOW_SIGNING_FLAG
                                         : NCRYPT_ALLOW_SIGNING_FLAG;
}

static SECURITY_STATUS get_of_key(const struct key *key, int property, BYTE *out, DWORD room, DWORD *len,
                                  unsigned bits)
{
    struct facts facts = {SSPI_KEY_ED25519, 0};
    int unnamed = facts_of(key, &facts);
    switch (property) {
    case ALGORITHM:
        return give_text(unnamed ? NULL : algorithm_names[facts.type], out, room, len, bits);
    case GROUP:
        return give_text(unnamed || !algorithm_names[facts.type] ? NULL
                         : facts.type == SSPI_KEY_RSA            ? "RSA"
                                                                 : "ECDSA",
                         out, room, len, bits);
    case LENGTH:
        return unnamed ? NTE_NOT_SUPPORTED : give_number(facts.bits, out, room, len);
    case POLICY:
        return give_number(key_policy(key) & ~(DWORD)KEY_POLICY_OPEN, out, room, len);
    case USAGE:
        return give_number(usage_of(key, &facts), out, room, len);
    case NAME:
    case UNIQUE_NAME:
        return give_text(key->name, out, room, len, bits);
    case KEY_TYPE:
        return give_number(key->place == KEY_MACHINE ? NCRYPT_MACHINE_KEY_FLAG : 0, out, room, len);
    case IMPLEMENTATION:
        return give_number(NCRYPT_IMPL_SOFTWARE_FLAG, out, room, len);
    case PROVIDER:
        return give_provider(out, room, len);
    default:
        return NTE_NOT_SUPPORTED;
    }
}

SECURITY_STATUS storage_get(ULONG_PTR handle, const char *name, BYTE *out, DWORD room, DWORD *len,
                            unsigned bits)
{
    int is_draft;
    struct key *key = storage_key(handle, &is_draft);
    if (!key && !storage_is_provider(handle))
        return NTE_INVALID_HANDLE;
    if (!key)
        return !strcmp(name, "Name")
                   ? give_text("Microsoft Software Key Storage Provider", out, room, len, bits)
               : !strcmp(name, "Impl Type") ? give_number(NCRYPT_IMPL_SOFTWARE_FLAG, out, room, len)
               : !strcmp(name, "Version")   ? give_number(INTERFACE_VERSION, out, room, len)
                                            : NTE_NOT_SUPPORTED;
    SECURITY_STATUS status = get_of_key(key, property_of(name), out, room, len, bits);
    key_drop(key);
    return status;
}

/* ---- setting ---- */

static int length_fits(const struct draft *draft, DWORD bits)
{
    return draft->type == SSPI_KEY_RSA ? bits >= RSA_MIN && bits <= RSA_MAX && bits % 64 == 0
                                       : bits == draft->bits;
}

/* Under the lock. */
static SECURITY_STATUS set_number(struct key *key, int property, DWORD number)
{
    int making = registry_has(REGISTRY_DRAFT, key);
    if (making ? key->draft->busy : !(key_policy(key) & KEY_POLICY_OPEN))
        return NTE_BAD_KEY_STATE;
    switch (property) {
    case LENGTH:
        if (!making || key->bytes.len)
            return NTE_BAD_KEY_STATE;
        if (!length_fits(key->draft, number))
            return NTE_INVALID_PARAMETER;
        key->draft->bits = number;
        return SEC_E_OK;
    case POLICY:
        if (number & ~(DWORD)(NCRYPT_ALLOW_EXPORT_FLAG | NCRYPT_ALLOW_PLAINTEXT_EXPORT_FLAG |
                              NCRYPT_ALLOW_ARCHIVING_FLAG | NCRYPT_ALLOW_PLAINTEXT_ARCHIVING_FLAG))
            return NTE_INVALID_PARAMETER;
        key_set_policy(key, number | (key_policy(key) & KEY_POLICY_OPEN));
        return SEC_E_OK;
    default: /* USAGE */
        __atomic_store_n(&key->usage, number, __ATOMIC_RELAXED);
        return SEC_E_OK;
    }
}

SECURITY_STATUS storage_set(ULONG_PTR handle, const char *name, const BYTE *in, DWORD len)
{
    int is_draft, property = property_of(name);
    struct key *key = storage_key(handle, &is_draft);
    SECURITY_STATUS status = NTE_NOT_SUPPORTED;
    DWORD number;
    if (!key)
        return storage_is_provider(handle) ? NTE_NOT_SUPPORTED : NTE_INVALID_HANDLE;
    if (property == WINDOW || property == CONTEXT) {
        status = SEC_E_OK; /* nobody is ever asked */
    } else if (property == LENGTH || property == POLICY || property == USAGE) {
        status = NTE_INVALID_PARAMETER;
        if (len == sizeof number) {
            memcpy(&number, in, sizeof number);
            registry_lock();
            status = set_number(key, property, number);
            registry_unlock();
        }
    }
    key_drop(key);
    return status;
}
