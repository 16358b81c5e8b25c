/* SPDX-License-Identifier: MIT */
#include <config.h>

#include "core/profile.h"

#define LOG_AREA "credential"
#include "core/config.h"
#include "core/log.h"

#include <opensspi/provider.h>
#include <string.h>

/* ---- suites: each profile's list is an end of a longer one, or its own ---- */

#define SUITES_13_AES                                                                                        \
    0x1301,                     /* TLS_AES_128_GCM_SHA256 */                                                 \
        0x1302                  /* TLS_AES_256_GCM_SHA384 */
#define SUITES_13_CHACHA 0x1303 /* TLS_CHACHA20_POLY1305_SHA256 */
#define SUITES_12_AES                                                                                        \
    0xC02B,     /* TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256 */                                                \
        0xC02F, /* TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256 */                                                  \
        0xC02C, /* TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384 */                                                \
        0xC030  /* TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384 */
#define SUITES_12_CHACHA                                                                                     \
    0xCCA9,    /* TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256 */                                           \
        0xCCA8 /* TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256 */

/* AES-128 first: quick where the processor has instructions for it; a provider may reorder for speed. */
static const uint16_t usual_suites[] = {SUITES_13_AES, SUITES_13_CHACHA, SUITES_12_AES, SUITES_12_CHACHA, 0};

static const uint16_t approved_suites[] = {SUITES_13_AES, SUITES_12_AES, 0};

static const uint16_t strict_suites[] = {
    0x1302,                   /* TLS_AES_256_GCM_SHA384 */
    SUITES_13_CHACHA, 0xC02C, /* TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384 */
    0xC030,                   /* TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384 */
    SUITES_12_CHACHA, 0,
};

static const uint16_t legacy_suites[] = {
    SUITES_13_AES,
    SUITES_13_CHACHA,
    SUITES_12_AES,
    SUITES_12_CHACHA,
    0xC024, /* TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA384 */
    0xC028, /* TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA384 */
    0xC023, /* TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA256 */
    0xC027, /* TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA256 */
    0xC00A, /* TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA */
    0xC014, /* TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA */
    0xC009, /* TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA */
    0xC013, /* TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA */
    0x009D, /* TLS_RSA_WITH_AES_256_GCM_SHA384 */
    0x009C, /* TLS_RSA_WITH_AES_128_GCM_SHA256 */
    0x003D, /* TLS_RSA_WITH_AES_256_CBC_SHA256 */
    0x003C, /* TLS_RSA_WITH_AES_128_CBC_SHA256 */
    0x0035, /* TLS_RSA_WITH_AES_256_CBC_SHA */
    0x002F, /* TLS_RSA_WITH_AES_128_CBC_SHA */
    0,
};

/* ---- groups and signatures ---- */

#define GROUPS_NIST                                                                                          \
    23,    /* secp256r1 */                                                                                   \
        24 /* secp384r1 */
#define GROUP_X25519 29

static const uint16_t usual_groups[] = {GROUP_X25519, GROUPS_NIST, 0};
static const uint16_t approved_groups[] = {GROUPS_NIST, 0};

#define SIGNATURES_ECDSA                                                                                     \
    0x0403,    /* ecdsa_secp256r1_sha256 */                                                                  \
        0x0503 /* ecdsa_secp384r1_sha384 */
#define SIGNATURE_ED25519 0x0807
#define SIGNATURES_RSA                                                                                       \
    0x0804,                   /* rsa_pss_rsae_sha256 */                                                      \
        0x0805,               /* rsa_pss_rsae_sha384 */                                                      \
        0x0806,               /* rsa_pss_rsae_sha512 */                                                      \
        0x0809,               /* rsa_pss_pss_sha256 */                                                       \
        0x080A,               /* rsa_pss_pss_sha384 */                                                       \
        0x080B,               /* rsa_pss_pss_sha512 */                                                       \
        0x0401,               /* rsa_pkcs1_sha256 */                                                         \
        0x0501,               /* rsa_pkcs1_sha384 */                                                         \
        0x0601                /* rsa_pkcs1_sha512 */
#define SIGNATURE_P521 0x0603 /* ecdsa_secp521r1_sha512 */

static const uint16_t usual_signatures[] = {SIGNATURES_ECDSA, SIGNATURE_ED25519, SIGNATURES_RSA,
                                            SIGNATURE_P521, 0};
static const uint16_t approved_signatures[] = {SIGNATURES_ECDSA, SIGNATURES_RSA, SIGNATURE_P521, 0};
static const uint16_t legacy_signatures[] = {
    SIGNATURES_ECDSA,
    SIGNATURE_ED25519,
    SIGNATURES_RSA,
    SIGNATURE_P521,
    0x0203, /* ecdsa_sha1 */
    0x0201, /* rsa_pkcs1_sha1 */
    0,
};

/* ---- the profiles ---- */

#define PROTOCOLS_12_UP (SSPI_CAP_TLS12 | SSPI_CAP_TLS13 | SSPI_CAP_DTLS12)

/* A distribution's own policy forbids the old versions: `legacy` does not follow it unless told to. */
static const struct profile profiles[] = {
    {"default", PROTOCOLS_12_UP, usual_suites, usual_groups, usual_signatures, "@SYSTEM", 0, NULL},
    {"legacy", PROTOCOLS_12_UP | SSPI_CAP_TLS10 | SSPI_CAP_TLS11 | SSPI_CAP_DTLS10, legacy_suites, usual_groups,
     legacy_signatures, NULL, 0, "built-in for profile = legacy"},
    {"strict", PROTOCOLS_12_UP, strict_suites, usual_groups, usual_signatures, "@SYSTEM", 1, "built-in for profile = strict"},
    {"approved-only", PROTOCOLS_12_UP, approved_suites, approved_groups, approved_signatures, "@SYSTEM", 0, NULL},
};

const struct profile *profile_named(const char *name)
{
    for (size_t i = 0; i < sizeof profiles / sizeof *profiles; i++)
        if (strcmp(profiles[i].name, name) == 0)
            return &profiles[i];
    return NULL;
}

const char *profile_built_in(const char *profile, const char *key, const char **origin)
{
    const struct profile *p = profile_named(profile);
    int policy = strcmp(key, "policy") == 0;

    if (!p || (!policy && strcmp(key, "revocation") != 0))
        return NULL;
    if (policy ? !p->policy : p->revocation)
        *origin = p->origin;
    if (policy)
        return p->policy ? p->policy : "none";
    return p->revocation ? "require" : "available";
}

const struct profile *profile_in_effect(void)
{
    const char *why = "";
    const struct config *config = config_get(&why);
    if (!config) {
        log_error("%s", why);
        return NULL;
    }
    struct config_value value = config_package(config, "profile");
    return value.text ? profile_named(value.text) : NULL;
}
