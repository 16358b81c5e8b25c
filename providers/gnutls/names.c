/* SPDX-License-Identifier: MIT
 *
 * providers/gnutls/names.c -- IANA code points against GnuTLS's own enumerations.
 *
 * GnuTLS numbers groups and signatures its own way and promises its names only; suites come from its
 * own table, compared by parts, since the two functions that name suites spell them differently. */
#include <config.h>

#include "state.h"

#include <string.h>

#define SUITES_MAX 256
struct suite suites[SUITES_MAX];
unsigned suite_count;

const struct version_name versions[] = {
    {SSPI_CAP_TLS13, 0x0304, GNUTLS_TLS1_3, "VERS-TLS1.3"},
    {SSPI_CAP_TLS12, 0x0303, GNUTLS_TLS1_2, "VERS-TLS1.2"},
    {SSPI_CAP_TLS11, 0x0302, GNUTLS_TLS1_1, "VERS-TLS1.1"},
    {SSPI_CAP_TLS10, 0x0301, GNUTLS_TLS1_0, "VERS-TLS1.0"},
    {SSPI_CAP_DTLS12, 0xfefd, GNUTLS_DTLS1_2, "VERS-DTLS1.2"},
    {SSPI_CAP_DTLS10, 0xfeff, GNUTLS_DTLS1_0, "VERS-DTLS1.0"},
    {0, 0, GNUTLS_VERSION_UNKNOWN, NULL},
};

struct code_name {
    uint16_t code;
    const char *name[2];
};

/* What this library does not know is passed over (group_name, signature_name). */
static const struct code_name groups[] = {
    {23, {"SECP256R1", NULL}},   {24, {"SECP384R1", NULL}},  {25, {"SECP521R1", NULL}},
    {29, {"X25519", NULL}},      {30, {"X448", NULL}},       {256, {"FFDHE2048", NULL}},
    {257, {"FFDHE3072", NULL}},  {258, {"FFDHE4096", NULL}}, {259, {"FFDHE6144", NULL}},
    {260, {"FFDHE8192", NULL}},  {4588, {"X25519-MLKEM768", NULL}},
    {4587, {"SECP256R1-MLKEM768", NULL}},
};
static const struct code_name signatures[] = {
    {0x0403, {"ECDSA-SHA256", "ECDSA-SECP256R1-SHA256"}},
    {0x0503, {"ECDSA-SHA384", "ECDSA-SECP384R1-SHA384"}},
    {0x0603, {"ECDSA-SHA512", "ECDSA-SECP521R1-SHA512"}},
    {0x0804, {"RSA-PSS-RSAE-SHA256", NULL}},
    {0x0805, {"RSA-PSS-RSAE-SHA384", NULL}},
    {0x0806, {"RSA-PSS-RSAE-SHA512", NULL}},
    {0x0809, {"RSA-PSS-SHA256", NULL}},
    {0x080a, {"RSA-PSS-SHA384", NULL}},
    {0x080b, {"RSA-PSS-SHA512", NULL}},
    {0x0807, {"EdDSA-Ed25519", NULL}},
    {0x0808, {"EdDSA-Ed448", NULL}},
    {0x0401, {"RSA-SHA256", NULL}},
    {0x0501, {"RSA-SHA384", NULL}},
    {0x0601, {"RSA-SHA512", NULL}},
    {0x0201, {"RSA-SHA1", NULL}},
    {0x0203, {"ECDSA-SHA1", NULL}},
    {0x0202, {"DSA-SHA1", NULL}},
    {0x0402, {"DSA-SHA256", NULL}},
};
#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

void names_load(void)
{
    struct suite s;
    unsigned char id[2];
    gnutls_protocol_t least;
    for (size_t i = 0; suite_count < SUITES_MAX && gnutls_cipher_suite_info(i, id, &s.kx, &s.cipher, &s.mac, &least);
         i++) {
        s.id = (uint16_t)(id[0] << 8 | id[1]);
        suites[suite_count++] = s;
    }
}

const struct suite *suite_by_id(uint16_t id)
{
    for (unsigned i = 0; i < suite_count; i++)
        if (suites[i].id == id)
            return &suites[i];
    return NULL;
}

uint16_t suite_of(gnutls_session_t tls)
{
    bool tls13 = gnutls_protocol_get_version(tls) == GNUTLS_TLS1_3;
    gnutls_kx_algorithm_t kx = gnutls_kx_get(tls);
    gnutls_cipher_algorithm_t cipher = gnutls_cipher_get(tls);
    gnutls_mac_algorithm_t mac = gnutls_mac_get(tls);
    for (unsigned i = 0; i < suite_count; i++) {
        const struct suite *s = &suites[i];
        if (s->cipher == cipher && suite_is_13(s) == tls13 && (tls13 || (s->kx == kx && s->mac == mac)))
            return s->id;
    }
    return 0;
}

static const char *name_of(const struct code_name *table, size_t count, uint16_t code, unsigned n)
{
    for (size_t i = 0; n < 2 && i < count; i++)
        if (table[i].code == code)
            return table[i].name[n];
    return NULL;
}

static uint16_t code_of(const struct code_name *table, size_t count, const char *name)
{
    for (size_t i = 0; name && i < count; i++)
        for (unsigned n = 0; n < 2; n++)
            if (table[i].name[n] && strcmp(table[i].name[n], name) == 0)
                return table[i].code;
    return 0;
}

const char *group_name(uint16_t code, unsigned n)
{
    const char *name = name_of(groups, COUNT(groups), code, n);
    return name && gnutls_group_get_id(name) != GNUTLS_GROUP_INVALID ? name : NULL;
}

const char *signature_name(uint16_t code, unsigned n)
{
    const char *name = name_of(signatures, COUNT(signatures), code, n);
    return name && gnutls_sign_get_id(name) != GNUTLS_SIGN_UNKNOWN ? name : NULL;
}

uint16_t group_code(gnutls_group_t group)
{
    return code_of(groups, COUNT(groups), gnutls_group_get_name(group));
}

uint16_t signature_code(gnutls_sign_algorithm_t sign)
{
    return code_of(signatures, COUNT(signatures), gnutls_sign_get_name(sign));
}

const struct version_name *version_of(gnutls_session_t tls)
{
    gnutls_protocol_t id = gnutls_protocol_get_version(tls);
    const struct version_name *v = versions;
    while (v->name && v->id != id)
        v++;
    return v;
}
