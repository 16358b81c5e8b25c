/* SPDX-License-Identifier: MIT */
#include <config.h>

#include "core/suites.h"

#include <opensspi/provider.h>
#include <windows.h>
#include <wincrypt.h>

#include <string.h>

/* Each part of a suite's name stands for members: the exchange for three, the cipher for five, the hash
 * for what its place says.  Words are those of CIPHER_INFO.  ALG_IDs are 0 where wincrypt.h has none. */
#define KX_RSA         "RSA", "RSA", CALG_RSA_KEYX
#define KX_DHE_RSA     "DH", "RSA", CALG_DH_EPHEM
#define KX_ECDHE_RSA   "ECDH", "RSA", CALG_ECDH_EPHEM
#define KX_ECDHE_ECDSA "ECDH", "ECDSA", CALG_ECDH_EPHEM
#define KX_ECDH_RSA    "ECDH", "RSA", CALG_ECDH
#define KX_ECDH_ECDSA  "ECDH", "ECDSA", CALG_ECDH
#define KX_PSK         "PSK", "", 0
#define KX_DHE_PSK     "DH", "", CALG_DH_EPHEM
#define KX_PSK_DHE     KX_DHE_PSK /* the registry's own slip in two names */
#define KX_ECDHE_PSK   "ECDH", "", CALG_ECDH_EPHEM
#define KX_RSA_PSK     "RSA", "RSA", CALG_RSA_KEYX
#define KX_NONE        "", "", 0 /* TLS 1.3 negotiates exchange and certificate apart from the suite */

#define C_3DES_EDE_CBC      "3DES", CALG_3DES, 168, 8, 0
#define C_AES_128_CBC       "AES", CALG_AES_128, 128, 16, 0
#define C_AES_256_CBC       "AES", CALG_AES_256, 256, 16, 0
#define C_AES_128_GCM       "AES", CALG_AES_128, 128, 16, 16
#define C_AES_256_GCM       "AES", CALG_AES_256, 256, 16, 16
#define C_AES_128_CCM       "AES", CALG_AES_128, 128, 16, 16
#define C_AES_256_CCM       "AES", CALG_AES_256, 256, 16, 16
#define C_AES_128_CCM_8     "AES", CALG_AES_128, 128, 16, 8
#define C_AES_256_CCM_8     "AES", CALG_AES_256, 256, 16, 8
#define C_CAMELLIA_128_CBC  "CAMELLIA", 0, 128, 16, 0
#define C_CAMELLIA_256_CBC  "CAMELLIA", 0, 256, 16, 0
#define C_CAMELLIA_128_GCM  "CAMELLIA", 0, 128, 16, 16
#define C_CAMELLIA_256_GCM  "CAMELLIA", 0, 256, 16, 16
#define C_ARIA_128_GCM      "ARIA", 0, 128, 16, 16
#define C_ARIA_256_GCM      "ARIA", 0, 256, 16, 16
#define C_CHACHA20_POLY1305 "CHACHA20_POLY1305", 0, 256, 1, 16

#define H_SHA    "SHA1", CALG_SHA1, 160, SSPI_SHA256 /* the PRF of TLS 1.2 */
#define H_SHA256 "SHA256", CALG_SHA_256, 256, SSPI_SHA256
#define H_SHA384 "SHA384", CALG_SHA_384, 384, SSPI_SHA384

#define MEMBERS(id, name, kx, c, h, aead, tls13) MEMBERS_(id, name, kx, c, h, aead, tls13)
#define MEMBERS_(id_, name_, exchange_, certificate_, alg_exchange_, cipher_, alg_cipher_, bits_, block_,    \
                 tag_, hash_, alg_hash_, hash_bits_, prf_, aead_, tls13_)                                    \
    {                                                                                                        \
        .id = id_, .name = name_, .cipher = cipher_, .hash = (aead_) ? "" : hash_, .exchange = exchange_,    \
        .certificate = certificate_, .alg_cipher = alg_cipher_, .alg_hash = alg_hash_,                       \
        .alg_exchange = alg_exchange_, .cipher_bits = bits_, .block = block_,                                \
        .hash_bits = (aead_) ? 0 : (hash_bits_), .aead = aead_, .tag = tag_, .tls13 = tls13_,                \
        .handshake_hash = prf_                                                                               \
    }
#define CBC(id, kx, c, h)  MEMBERS(id, "TLS_" #kx "_WITH_" #c "_" #h, KX_##kx, C_##c, H_##h, 0, 0)
#define AEAD(id, kx, c, h) MEMBERS(id, "TLS_" #kx "_WITH_" #c "_" #h, KX_##kx, C_##c, H_##h, 1, 0)
#define CCM(id, kx, c)     MEMBERS(id, "TLS_" #kx "_WITH_" #c, KX_##kx, C_##c, H_SHA256, 1, 0)
#define TLS13(id, c, h)    MEMBERS(id, "TLS_" #c "_" #h, KX_NONE, C_##c, H_##h, 1, 1)

/* By number.  What the three libraries know, less what protects nothing (NULL, anonymous) or is forbidden
 * (RC4: RFC 7465; export), and DSS and SRP, for which no credential of ours exists: a session under such a
 * suite is not known and must be refused. */
static const struct suite suites[] = {
    CBC(0x000A, RSA, 3DES_EDE_CBC, SHA),
    CBC(0x0016, DHE_RSA, 3DES_EDE_CBC, SHA),
    CBC(0x002F, RSA, AES_128_CBC, SHA),
    CBC(0x0033, DHE_RSA, AES_128_CBC, SHA),
    CBC(0x0035, RSA, AES_256_CBC, SHA),
    CBC(0x0039, DHE_RSA, AES_256_CBC, SHA),
    CBC(0x003C, RSA, AES_128_CBC, SHA256),
    CBC(0x003D, RSA, AES_256_CBC, SHA256),
    CBC(0x0041, RSA, CAMELLIA_128_CBC, SHA),
    CBC(0x0045, DHE_RSA, CAMELLIA_128_CBC, SHA),
    CBC(0x0067, DHE_RSA, AES_128_CBC, SHA256),
    CBC(0x006B, DHE_RSA, AES_256_CBC, SHA256),
    CBC(0x0084, RSA, CAMELLIA_256_CBC, SHA),
    CBC(0x0088, DHE_RSA, CAMELLIA_256_CBC, SHA),
    CBC(0x008B, PSK, 3DES_EDE_CBC, SHA),
    CBC(0x008C, PSK, AES_128_CBC, SHA),
    CBC(0x008D, PSK, AES_256_CBC, SHA),
    CBC(0x008F, DHE_PSK, 3DES_EDE_CBC, SHA),
    CBC(0x0090, DHE_PSK, AES_128_CBC, SHA),
    CBC(0x0091, DHE_PSK, AES_256_CBC, SHA),
    CBC(0x0093, RSA_PSK, 3DES_EDE_CBC, SHA),
    CBC(0x0094, RSA_PSK, AES_128_CBC, SHA),
    CBC(0x0095, RSA_PSK, AES_256_CBC, SHA),
    AEAD(0x009C, RSA, AES_128_GCM, SHA256),
    AEAD(0x009D, RSA, AES_256_GCM, SHA384),
    AEAD(0x009E, DHE_RSA, AES_128_GCM, SHA256),
    AEAD(0x009F, DHE_RSA, AES_256_GCM, SHA384),
    AEAD(0x00A8, PSK, AES_128_GCM, SHA256),
    AEAD(0x00A9, PSK, AES_256_GCM, SHA384),
    AEAD(0x00AA, DHE_PSK, AES_128_GCM, SHA256),
    AEAD(0x00AB, DHE_PSK, AES_256_GCM, SHA384),
    AEAD(0x00AC, RSA_PSK, AES_128_GCM, SHA256),
    AEAD(0x00AD, RSA_PSK, AES_256_GCM, SHA384),
    CBC(0x00AE, PSK, AES_128_CBC, SHA256),
    CBC(0x00AF, PSK, AES_256_CBC, SHA384),
    CBC(0x00B2, DHE_PSK, AES_128_CBC, SHA256),
    CBC(0x00B3, DHE_PSK, AES_256_CBC, SHA384),
    CBC(0x00B6, RSA_PSK, AES_128_CBC, SHA256),
    CBC(0x00B7, RSA_PSK, AES_256_CBC, SHA384),
    CBC(0x00BA, RSA, CAMELLIA_128_CBC, SHA256),
    CBC(0x00BE, DHE_RSA, CAMELLIA_128_CBC, SHA256),
    CBC(0x00C0, RSA, CAMELLIA_256_CBC, SHA256),
    CBC(0x00C4, DHE_RSA, CAMELLIA_256_CBC, SHA256),
    TLS13(0x1301, AES_128_GCM, SHA256),
    TLS13(0x1302, AES_256_GCM, SHA384),
    TLS13(0x1303, CHACHA20_POLY1305, SHA256),
    TLS13(0x1304, AES_128_CCM, SHA256),
    TLS13(0x1305, AES_128_CCM_8, SHA256),
    CBC(0xC003, ECDH_ECDSA, 3DES_EDE_CBC, SHA),
    CBC(0xC004, ECDH_ECDSA, AES_128_CBC, SHA),
    CBC(0xC005, ECDH_ECDSA, AES_256_CBC, SHA),
    CBC(0xC008, ECDHE_ECDSA, 3DES_EDE_CBC, SHA),
    CBC(0xC009, ECDHE_ECDSA, AES_128_CBC, SHA),
    CBC(0xC00A, ECDHE_ECDSA, AES_256_CBC, SHA),
    CBC(0xC00D, ECDH_RSA, 3DES_EDE_CBC, SHA),
    CBC(0xC00E, ECDH_RSA, AES_128_CBC, SHA),
    CBC(0xC00F, ECDH_RSA, AES_256_CBC, SHA),
    CBC(0xC012, ECDHE_RSA, 3DES_EDE_CBC, SHA),
    CBC(0xC013, ECDHE_RSA, AES_128_CBC, SHA),
    CBC(0xC014, ECDHE_RSA, AES_256_CBC, SHA),
    CBC(0xC023, ECDHE_ECDSA, AES_128_CBC, SHA256),
    CBC(0xC024, ECDHE_ECDSA, AES_256_CBC, SHA384),
    CBC(0xC025, ECDH_ECDSA, AES_128_CBC, SHA256),
    CBC(0xC026, ECDH_ECDSA, AES_256_CBC, SHA384),
    CBC(0xC027, ECDHE_RSA, AES_128_CBC, SHA256),
    CBC(0xC028, ECDHE_RSA, AES_256_CBC, SHA384),
    CBC(0xC029, ECDH_RSA, AES_128_CBC, SHA256),
    CBC(0xC02A, ECDH_RSA, AES_256_CBC, SHA384),
    AEAD(0xC02B, ECDHE_ECDSA, AES_128_GCM, SHA256),
    AEAD(0xC02C, ECDHE_ECDSA, AES_256_GCM, SHA384),
    AEAD(0xC02D, ECDH_ECDSA, AES_128_GCM, SHA256),
    AEAD(0xC02E, ECDH_ECDSA, AES_256_GCM, SHA384),
    AEAD(0xC02F, ECDHE_RSA, AES_128_GCM, SHA256),
    AEAD(0xC030, ECDHE_RSA, AES_256_GCM, SHA384),
    AEAD(0xC031, ECDH_RSA, AES_128_GCM, SHA256),
    AEAD(0xC032, ECDH_RSA, AES_256_GCM, SHA384),
    CBC(0xC034, ECDHE_PSK, 3DES_EDE_CBC, SHA),
    CBC(0xC035, ECDHE_PSK, AES_128_CBC, SHA),
    CBC(0xC036, ECDHE_PSK, AES_256_CBC, SHA),
    CBC(0xC037, ECDHE_PSK, AES_128_CBC, SHA256),
    CBC(0xC038, ECDHE_PSK, AES_256_CBC, SHA384),
    AEAD(0xC050, RSA, ARIA_128_GCM, SHA256),
    AEAD(0xC051, RSA, ARIA_256_GCM, SHA384),
    AEAD(0xC052, DHE_RSA, ARIA_128_GCM, SHA256),
    AEAD(0xC053, DHE_RSA, ARIA_256_GCM, SHA384),
    AEAD(0xC05C, ECDHE_ECDSA, ARIA_128_GCM, SHA256),
    AEAD(0xC05D, ECDHE_ECDSA, ARIA_256_GCM, SHA384),
    AEAD(0xC060, ECDHE_RSA, ARIA_128_GCM, SHA256),
    AEAD(0xC061, ECDHE_RSA, ARIA_256_GCM, SHA384),
    AEAD(0xC06A, PSK, ARIA_128_GCM, SHA256),
    AEAD(0xC06B, PSK, ARIA_256_GCM, SHA384),
    AEAD(0xC06C, DHE_PSK, ARIA_128_GCM, SHA256),
    AEAD(0xC06D, DHE_PSK, ARIA_256_GCM, SHA384),
    AEAD(0xC06E, RSA_PSK, ARIA_128_GCM, SHA256),
    AEAD(0xC06F, RSA_PSK, ARIA_256_GCM, SHA384),
    CBC(0xC072, ECDHE_ECDSA, CAMELLIA_128_CBC, SHA256),
    CBC(0xC073, ECDHE_ECDSA, CAMELLIA_256_CBC, SHA384),
    CBC(0xC076, ECDHE_RSA, CAMELLIA_128_CBC, SHA256),
    CBC(0xC077, ECDHE_RSA, CAMELLIA_256_CBC, SHA384),
    AEAD(0xC07A, RSA, CAMELLIA_128_GCM, SHA256),
    AEAD(0xC07B, RSA, CAMELLIA_256_GCM, SHA384),
    AEAD(0xC07C, DHE_RSA, CAMELLIA_128_GCM, SHA256),
    AEAD(0xC07D, DHE_RSA, CAMELLIA_256_GCM, SHA384),
    AEAD(0xC086, ECDHE_ECDSA, CAMELLIA_128_GCM, SHA256),
    AEAD(0xC087, ECDHE_ECDSA, CAMELLIA_256_GCM, SHA384),
    AEAD(0xC08A, ECDHE_RSA, CAMELLIA_128_GCM, SHA256),
    AEAD(0xC08B, ECDHE_RSA, CAMELLIA_256_GCM, SHA384),
    AEAD(0xC08E, PSK, CAMELLIA_128_GCM, SHA256),
    AEAD(0xC08F, PSK, CAMELLIA_256_GCM, SHA384),
    AEAD(0xC090, DHE_PSK, CAMELLIA_128_GCM, SHA256),
    AEAD(0xC091, DHE_PSK, CAMELLIA_256_GCM, SHA384),
    AEAD(0xC092, RSA_PSK, CAMELLIA_128_GCM, SHA256),
    AEAD(0xC093, RSA_PSK, CAMELLIA_256_GCM, SHA384),
    CBC(0xC094, PSK, CAMELLIA_128_CBC, SHA256),
    CBC(0xC095, PSK, CAMELLIA_256_CBC, SHA384),
    CBC(0xC096, DHE_PSK, CAMELLIA_128_CBC, SHA256),
    CBC(0xC097, DHE_PSK, CAMELLIA_256_CBC, SHA384),
    CBC(0xC098, RSA_PSK, CAMELLIA_128_CBC, SHA256),
    CBC(0xC099, RSA_PSK, CAMELLIA_256_CBC, SHA384),
    CBC(0xC09A, ECDHE_PSK, CAMELLIA_128_CBC, SHA256),
    CBC(0xC09B, ECDHE_PSK, CAMELLIA_256_CBC, SHA384),
    CCM(0xC09C, RSA, AES_128_CCM),
    CCM(0xC09D, RSA, AES_256_CCM),
    CCM(0xC09E, DHE_RSA, AES_128_CCM),
    CCM(0xC09F, DHE_RSA, AES_256_CCM),
    CCM(0xC0A0, RSA, AES_128_CCM_8),
    CCM(0xC0A1, RSA, AES_256_CCM_8),
    CCM(0xC0A2, DHE_RSA, AES_128_CCM_8),
    CCM(0xC0A3, DHE_RSA, AES_256_CCM_8),
    CCM(0xC0A4, PSK, AES_128_CCM),
    CCM(0xC0A5, PSK, AES_256_CCM),
    CCM(0xC0A6, DHE_PSK, AES_128_CCM),
    CCM(0xC0A7, DHE_PSK, AES_256_CCM),
    CCM(0xC0A8, PSK, AES_128_CCM_8),
    CCM(0xC0A9, PSK, AES_256_CCM_8),
    CCM(0xC0AA, PSK_DHE, AES_128_CCM_8),
    CCM(0xC0AB, PSK_DHE, AES_256_CCM_8),
    CCM(0xC0AC, ECDHE_ECDSA, AES_128_CCM),
    CCM(0xC0AD, ECDHE_ECDSA, AES_256_CCM),
    CCM(0xC0AE, ECDHE_ECDSA, AES_128_CCM_8),
    CCM(0xC0AF, ECDHE_ECDSA, AES_256_CCM_8),
    AEAD(0xCCA8, ECDHE_RSA, CHACHA20_POLY1305, SHA256),
    AEAD(0xCCA9, ECDHE_ECDSA, CHACHA20_POLY1305, SHA256),
    AEAD(0xCCAA, DHE_RSA, CHACHA20_POLY1305, SHA256),
    AEAD(0xCCAB, PSK, CHACHA20_POLY1305, SHA256),
    AEAD(0xCCAC, ECDHE_PSK, CHACHA20_POLY1305, SHA256),
    AEAD(0xCCAD, DHE_PSK, CHACHA20_POLY1305, SHA256),
    AEAD(0xCCAE, RSA_PSK, CHACHA20_POLY1305, SHA256),
    AEAD(0xD001, ECDHE_PSK, AES_128_GCM, SHA256),
    AEAD(0xD002, ECDHE_PSK, AES_256_GCM, SHA384),
    AEAD(0xD003, ECDHE_PSK, AES_128_CCM_8, SHA256),
    AEAD(0xD005, ECDHE_PSK, AES_128_CCM, SHA256),
};
enum { SUITES = sizeof suites / sizeof *suites };

const struct suite *suite_find(uint16_t id)
{
    size_t low = 0, high = SUITES;

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (suites[middle].id == id)
            return &suites[middle];
        if (suites[middle].id < id)
            low = middle + 1;
        else
            high = middle;
    }
    return NULL;
}

struct suite_sizes suite_sizes(const struct suite *suite, uint16_t version)
{
    int dtls = version >> 8 == 0xFE;
    struct suite_sizes sizes = {dtls ? 13 : 5, suite->tag};

    if (suite->tls13) {
        sizes.trailer += 1; /* the content type stands behind the content */
    } else if (suite->aead) {
        sizes.header += suite->block == 1 ? 0 : 8; /* explicit nonce; ChaCha20 has none (RFC 7905) */
    } else {
        sizes.header += version == 0x0301 ? 0 : suite->block; /* explicit IV since TLS 1.1 */
        sizes.trailer = suite->hash_bits / 8u + suite->block; /* MAC, and 1 to `block` of padding */
    }
    return sizes;
}

static const struct group {
    uint16_t id, bits;
    const char *name;
} groups[] = {
    {0x0015, 224, "secp224r1"},
    {0x0016, 256, "secp256k1"},
    {0x0017, 256, "secp256r1"},
    {0x0018, 384, "secp384r1"},
    {0x0019, 521, "secp521r1"},
    {0x001A, 256, "brainpoolP256r1"},
    {0x001B, 384, "brainpoolP384r1"},
    {0x001C, 512, "brainpoolP512r1"},
    {0x001D, 255, "x25519"},
    {0x001E, 448, "x448"},
    {0x001F, 256, "brainpoolP256r1tls13"},
    {0x0020, 384, "brainpoolP384r1tls13"},
    {0x0021, 512, "brainpoolP512r1tls13"},
    {0x0100, 2048, "ffdhe2048"},
    {0x0101, 3072, "ffdhe3072"},
    {0x0102, 4096, "ffdhe4096"},
    {0x0103, 6144, "ffdhe6144"},
    {0x0104, 8192, "ffdhe8192"},
    {0x11EB, 256, "SecP256r1MLKEM768"}, /* hybrids: the strength of the curve */
    {0x11EC, 255, "X25519MLKEM768"},
    {0x11ED, 384, "SecP384r1MLKEM1024"},
};

static const struct group *group_find(uint16_t id)
{
    size_t i;

    for (i = 0; i < sizeof groups / sizeof *groups; i++)
        if (groups[i].id == id)
            return &groups[i];
    return NULL;
}

const char *suite_group_name(uint16_t group)
{
    const struct group *found = group_find(group);

    return found ? found->name : NULL;
}

unsigned suite_group_bits(uint16_t group)
{
    const struct group *found = group_find(group);

    return found ? found->bits : 0;
}

static const struct {
    uint16_t id;
    const char *name;
} signatures[] = {
    {0x0101, "rsa_pkcs1_md5"},
    {0x0201, "rsa_pkcs1_sha1"},
    {0x0202, "dsa_sha1"},
    {0x0203, "ecdsa_sha1"},
    {0x0301, "rsa_pkcs1_sha224"},
    {0x0303, "ecdsa_sha224"},
    {0x0401, "rsa_pkcs1_sha256"},
    {0x0402, "dsa_sha256"},
    {0x0403, "ecdsa_secp256r1_sha256"},
    {0x0501, "rsa_pkcs1_sha384"},
    {0x0503, "ecdsa_secp384r1_sha384"},
    {0x0601, "rsa_pkcs1_sha512"},
    {0x0603, "ecdsa_secp521r1_sha512"},
    {0x0804, "rsa_pss_rsae_sha256"},
    {0x0805, "rsa_pss_rsae_sha384"},
    {0x0806, "rsa_pss_rsae_sha512"},
    {0x0807, "ed25519"},
    {0x0808, "ed448"},
    {0x0809, "rsa_pss_pss_sha256"},
    {0x080A, "rsa_pss_pss_sha384"},
    {0x080B, "rsa_pss_pss_sha512"},
    {0x081A, "ecdsa_brainpoolP256r1tls13_sha256"},
    {0x081B, "ecdsa_brainpoolP384r1tls13_sha384"},
    {0x081C, "ecdsa_brainpoolP512r1tls13_sha512"},
};

const char *suite_signature_name(uint16_t scheme)
{
    size_t i;

    for (i = 0; i < sizeof signatures / sizeof *signatures; i++)
        if (signatures[i].id == scheme)
            return signatures[i].name;
    return NULL;
}
