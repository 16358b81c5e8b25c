/* SPDX-License-Identifier: MIT
 *
 * Certificates that a credential names by their SHA-1 (dwCredFormat): they lie in a system store. */
#include <config.h>

#include "core/cert/cert.h"

#include "core/cert/find.h"
#include "core/cert/system.h"
#include "core/utf.h"

#include <schannel.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <windows.h>

#define LOG_AREA "credential"
#include "core/log.h"

#define HASH_OCTETS 20u

static SECURITY_STATUS capture(const char *store, DWORD where, const uint8_t *hash, struct cert_identity *out)
{
    CRYPT_HASH_BLOB blob = {HASH_OCTETS, (BYTE *)(uintptr_t)hash};
    HCERTSTORE opened = open_system(store, where);
    PCCERT_CONTEXT found = opened ? find_certificate(opened, 0, CERT_FIND_SHA1_HASH, &blob, NULL, 16) : NULL;
    SECURITY_STATUS status = found                                    ? cert_identity(found, out)
                             : GetLastError() == (DWORD)E_OUTOFMEMORY ? SEC_E_INSUFFICIENT_MEMORY
                                                                      : SEC_E_UNKNOWN_CREDENTIALS;
    CertFreeCertificateContext(found);
    CertCloseStore(opened, 0);
    return status;
}

static void say_missing(const uint8_t *hash, const char *store)
{
    char hex[2 * HASH_OCTETS + 1];
    for (unsigned i = 0; i < HASH_OCTETS; i++)
        snprintf(hex + 2 * i, 3, "%02x", hash[i]);
    log_error("no certificate with the SHA-1 %s is in the store %s", hex, store);
}

/* CERT_HASH_STORE; two sizes, for its text is in units of 16 or 32 bits. */
static SECURITY_STATUS of_store(const void *credential, unsigned bits, struct cert_identity *out)
{
    SCHANNEL_CERT_HASH_STORE head;
    const size_t text_at = offsetof(SCHANNEL_CERT_HASH_STORE, pwszStoreName);
    const size_t whole = text_at + SCH_CRED_MAX_STORE_NAME_SIZE * bits / 8, align = sizeof(void *) - 1;
    const uint8_t *text = (const uint8_t *)credential + text_at;
    static const uint32_t nul;
    size_t units = 0;
    int bad;
    memcpy(&head, credential, text_at);
    if (head.dwLength != ((whole + align) & ~align))
        return SEC_E_UNKNOWN_CREDENTIALS;
    while (units < SCH_CRED_MAX_STORE_NAME_SIZE && memcmp(text + units * bits / 8, &nul, bits / 8) != 0)
        units++;
    if (units == SCH_CRED_MAX_STORE_NAME_SIZE)
        return SEC_E_UNKNOWN_CREDENTIALS;
    char *store = utf8_from_wide(text, bits, units, &bad);
    if (!store)
        return bad ? SEC_E_UNKNOWN_CREDENTIALS : SEC_E_INSUFFICIENT_MEMORY;
    SECURITY_STATUS status = capture(store,
                                     head.dwFlags & SCH_MACHINE_CERT_HASH ? CERT_SYSTEM_STORE_LOCAL_MACHINE
                                                                          : CERT_SYSTEM_STORE_CURRENT_USER,
                                     head.ShaHash, out);
    if (status == SEC_E_UNKNOWN_CREDENTIALS)
        say_missing(head.ShaHash, store);
    free(store);
    return status;
}

SECURITY_STATUS cert_identity_by_hash(const void *credential, DWORD format, unsigned bits,
                                      struct cert_identity *out)
{
    *out = (struct cert_identity){0};
    if (format == SCH_CRED_FORMAT_CERT_HASH_STORE)
        return of_store(credential, bits, out);
    if (format != SCH_CRED_FORMAT_CERT_HASH)
        return SEC_E_UNKNOWN_CREDENTIALS;
    /* Twenty octets; Windows looks into the machine's MY alone, whose keys a program here can seldom read. */
    SECURITY_STATUS status = capture("MY", CERT_SYSTEM_STORE_LOCAL_MACHINE, credential, out);
    if (status == SEC_E_UNKNOWN_CREDENTIALS)
        status = capture("MY", CERT_SYSTEM_STORE_CURRENT_USER, credential, out);
    if (status == SEC_E_UNKNOWN_CREDENTIALS)
        say_missing(credential, "MY");
    return status;
}
