/* SPDX-License-Identifier: MIT */
#include <config.h>

#include "tools/diff/observe.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

static const char *const state_names[] = {"wait", "open", "reject", "closed"};
static const char *const class_names[] = {"none", "parse", "negotiation", "state", "crypto", "cert", "other"};
static const char *const end_names[] = {"fine", "crash", "hang", "skipped"};

#define COUNT(list) (sizeof(list) / sizeof *(list))

static const char *name_of(const char *const *names, size_t count, unsigned i)
{
    return i < count ? names[i] : "?";
}

static int named(const char *const *names, size_t count, const char *name)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(names[i], name) == 0)
            return (int)i;
    return -1;
}

const char *diff_state_name(unsigned i)
{
    return name_of(state_names, COUNT(state_names), i);
}

const char *diff_class_name(unsigned i)
{
    return name_of(class_names, COUNT(class_names), i);
}

const char *diff_end_name(unsigned i)
{
    return name_of(end_names, COUNT(end_names), i);
}

int diff_state_named(const char *name)
{
    return named(state_names, COUNT(state_names), name);
}

int diff_class_named(const char *name)
{
    return named(class_names, COUNT(class_names), name);
}

enum diff_class diff_alert_class(uint8_t level, uint8_t alert)
{
    if (!level)
        return DIFF_NONE;
    switch (alert) {
    case 47: /* illegal_parameter */
    case 50: /* decode_error */
    case 22: /* record_overflow */
        return DIFF_PARSE;
    case 40:  /* handshake_failure */
    case 70:  /* protocol_version */
    case 71:  /* insufficient_security */
    case 86:  /* inappropriate_fallback */
    case 109: /* missing_extension */
    case 110: /* unsupported_extension */
    case 112: /* unrecognized_name */
    case 115: /* unknown_psk_identity */
    case 120: /* no_application_protocol */
        return DIFF_NEGOTIATION;
    case 10:  /* unexpected_message */
    case 100: /* no_renegotiation */
        return DIFF_ORDER;
    case 20: /* bad_record_mac */
    case 21: /* decryption_failed */
    case 30: /* decompression_failure */
    case 51: /* decrypt_error */
        return DIFF_CRYPTO;
    case 41:
    case 42:
    case 43:
    case 44:
    case 45:
    case 46:
    case 48:
    case 49:
    case 111:
    case 113:
    case 114:
    case 116: /* certificate_required */
        return DIFF_CERT;
    default:
        return DIFF_OTHER;
    }
}

/* ---- attributes of an open context ---- */

static void attributes_connection(CtxtHandle *context, char *out, size_t size)
{
    SecPkgContext_CipherInfo cipher = {.dwVersion = SECPKGCONTEXT_CIPHERINFO_V1};
    SecPkgContext_StreamSizes sizes;
    SecPkgContext_ApplicationProtocol alpn;
    size_t used = 0;
    if (QueryContextAttributesA(context, SECPKG_ATTR_CIPHER_INFO, &cipher) == SEC_E_OK)
        used += (size_t)snprintf(out, size, "%04x suite=%04x", (unsigned)cipher.dwProtocol,
                                 (unsigned)cipher.dwCipherSuite);
    if (used < size && QueryContextAttributesA(context, SECPKG_ATTR_STREAM_SIZES, &sizes) == SEC_E_OK)
        used += (size_t)snprintf(out + used, size - used, " sizes=%u,%u,%u", (unsigned)sizes.cbHeader,
                                 (unsigned)sizes.cbTrailer, (unsigned)sizes.cbMaximumMessage);
    if (used < size &&
        QueryContextAttributesA(context, SECPKG_ATTR_APPLICATION_PROTOCOL, &alpn) == SEC_E_OK &&
        alpn.ProtoNegoStatus == SecApplicationProtocolNegotiationStatus_Success)
        snprintf(out + used, size - used, " alpn=%.*s", (int)alpn.ProtocolIdSize,
                 (const char *)alpn.ProtocolId);
}

void diff_attributes(CtxtHandle *context, char *out, size_t size)
{
    PCCERT_CONTEXT peer = NULL;
    out[0] = 0;
    attributes_connection(context, out, size);
    size_t used = strlen(out);
    SecPkgContext_SessionInfo session;
    if (QueryContextAttributesA(context, SECPKG_ATTR_SESSION_INFO, &session) == SEC_E_OK &&
        (session.dwFlags & SSL_SESSION_RECONNECT))
        used += (size_t)snprintf(out + used, size - used, " resumed");
    if (used < size && QueryContextAttributesA(context, SECPKG_ATTR_REMOTE_CERT_CONTEXT, &peer) == SEC_E_OK &&
        peer) {
        snprintf(out + used, size - used, " peer=%08x",
                 (unsigned)diff_hash(0, peer->pbCertEncoded, peer->cbCertEncoded));
        CertFreeCertificateContext(peer);
    }
}

/* ---- helpers ---- */

void diff_broken(struct diff_observation *o, enum diff_invariant which, const char *fmt, ...)
{
    if (!o->broken) {
        va_list args;
        va_start(args, fmt);
        vsnprintf(o->why, sizeof o->why, fmt, args);
        va_end(args);
    }
    o->broken |= (uint16_t)which;
}

uint64_t diff_hash(uint64_t seed, const void *bytes, size_t len)
{
    const uint8_t *at = bytes;
    uint64_t hash = seed ? seed : 0xcbf29ce484222325u;
    for (size_t i = 0; i < len; i++)
        hash = (hash ^ at[i]) * 0x100000001b3u;
    return hash;
}

uint64_t diff_cpu_us(void)
{
    struct timespec now;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return (uint64_t)now.tv_sec * 1000000u + (uint64_t)now.tv_nsec / 1000u;
}
