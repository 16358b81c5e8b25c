/* SPDX-License-Identifier: MIT
 * Cipher suites: numbers and names against `openssl ciphers`, words of CIPHER_INFO, sizes by D3. */
#include <config.h>

#include "core/suites.h"

#include <opensspi/provider.h>
#include <windows.h>
#include <wincrypt.h>

#include "t/tap.h"

static void contract(void)
{
    const struct suite *cbc = suite_find(0xC014), *gcm = suite_find(0xC030), *tls13 = suite_find(0x1301);

    ok(cbc && !strcmp(cbc->name, "TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA"), "W49 C014 by name");
    ok(cbc && !strcmp(cbc->cipher, "AES") && cbc->cipher_bits == 256 && cbc->block == 16, "W49 AES, 256, 16");
    ok(cbc && !strcmp(cbc->hash, "SHA1") && cbc->hash_bits == 160, "W48 W49 SHA1, 160");
    ok(cbc && !strcmp(cbc->exchange, "ECDH") && !strcmp(cbc->certificate, "RSA"), "W49 ECDH, RSA");
    ok(cbc && cbc->alg_cipher == CALG_AES_256 && cbc->alg_hash == CALG_SHA1 &&
           cbc->alg_exchange == CALG_ECDH_EPHEM,
       "W49 ALG_IDs");
    ok(gcm && !strcmp(gcm->name, "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384"), "W50 C030 by name");
    ok(gcm && !*gcm->hash && gcm->hash_bits == 0 && gcm->aead && gcm->tag == 16,
       "W48 W50 AEAD: hash empty, 0");
    ok(gcm && gcm->handshake_hash == SSPI_SHA384, "W50 PRF of SHA-384");
    ok(tls13 && tls13->tls13 && !*tls13->exchange && !*tls13->certificate, "TLS 1.3 names no exchange");
    ok(suite_find(0xCCA8) && suite_find(0xCCA8)->block == 1, "D3 ChaCha20 has blocks of 1");
}

static void order(void)
{
    unsigned id, count = 0, wrong = 0, ccm = 0;

    for (id = 0; id < 65536; id++) {
        const struct suite *suite = suite_find((uint16_t)id);

        if (!suite)
            continue;
        count++;
        wrong += suite->id != id || strncmp(suite->name, "TLS_", 4) || !suite->cipher_bits || !suite->block;
        wrong += suite->aead ? suite->hash_bits != 0 || *suite->hash || !suite->tag
                             : !suite->hash_bits || suite->tag;
        wrong += suite->tls13 != (id >> 8 == 0x13);
        wrong += (strstr(suite->name, "_CBC_") != NULL) == suite->aead;
        wrong += (strstr(suite->name, "CCM_8") != NULL) != (suite->tag == 8);
        wrong += (strstr(suite->name, "256_") != NULL || strstr(suite->name, "CHACHA") != NULL) !=
                 (suite->cipher_bits == 256);
        wrong += (strstr(suite->name, "SHA384") != NULL) != (suite->handshake_hash == SSPI_SHA384);
        ccm += strstr(suite->name, "CCM") != NULL;
        wrong += strstr(suite->name, "NULL") || strstr(suite->name, "anon") || strstr(suite->name, "RC4") ||
                 strstr(suite->name, "EXPORT");
    }
    ok(count > 140, "%u suites are found by number", count);
    is_int(ccm, 24, "CCM suites: 20 of RFC 6655 and 7251, two of RFC 8442, two of TLS 1.3");
    is_int(wrong, 0, "each agrees with its name; none protects nothing");
}

static void sizes(void)
{
    static const struct {
        uint16_t suite, version;
        uint32_t header, trailer;
        const char *what;
    } cases[] = {
        {0xC02F, 0x0303, 13, 16, "TLS 1.2 GCM"},
        {0xC0AC, 0x0303, 13, 16, "TLS 1.2 CCM"},
        {0xC0AE, 0x0303, 13, 8, "TLS 1.2 CCM_8"},
        {0xCCA8, 0x0303, 5, 16, "TLS 1.2 ChaCha20"},
        {0xC014, 0x0303, 21, 36, "TLS 1.2 AES CBC SHA-1"},
        {0xC027, 0x0303, 21, 48, "TLS 1.2 AES CBC SHA-256"},
        {0xC028, 0x0303, 21, 64, "TLS 1.2 AES CBC SHA-384"},
        {0xC014, 0x0302, 21, 36, "TLS 1.1 AES CBC"},
        {0xC014, 0x0301, 5, 36, "TLS 1.0 AES CBC: the IV is not sent"},
        {0x000A, 0x0303, 13, 28, "TLS 1.2 3DES"},
        {0x000A, 0x0301, 5, 28, "TLS 1.0 3DES"},
        {0x1301, 0x0304, 5, 17, "TLS 1.3 AES-128-GCM"},
        {0x1302, 0x0304, 5, 17, "TLS 1.3 AES-256-GCM"},
        {0x1303, 0x0304, 5, 17, "TLS 1.3 ChaCha20"},
        {0x1304, 0x0304, 5, 17, "TLS 1.3 CCM"},
        {0x1305, 0x0304, 5, 9, "TLS 1.3 CCM_8"},
        {0xC02F, 0xFEFD, 21, 16, "DTLS 1.2 GCM"},
        {0xCCA8, 0xFEFD, 13, 16, "DTLS 1.2 ChaCha20"},
        {0xC014, 0xFEFD, 29, 36, "DTLS 1.2 AES CBC"},
        {0xC014, 0xFEFF, 29, 36, "DTLS 1.0 AES CBC: as TLS 1.1"},
    };
    unsigned i;

    for (i = 0; i < sizeof cases / sizeof *cases; i++) {
        const struct suite *suite = suite_find(cases[i].suite);
        struct suite_sizes got = {0, 0};

        if (suite)
            got = suite_sizes(suite, cases[i].version);
        ok(got.header == cases[i].header && got.trailer == cases[i].trailer, "D3 %s: %u and %u (%u, %u)",
           cases[i].what, cases[i].header, cases[i].trailer, got.header, got.trailer);
    }
}

/* `openssl ciphers -V -stdname`: "0xC0,0x30 - TLS_... - OTHER-NAME TLSv1.2 Kx=ECDH Au=RSA Enc=AESGCM(256)
 * Mac=AEAD" */
static void against_openssl(void)
{
    FILE *pipe = popen("openssl ciphers -V -stdname 'ALL:COMPLEMENTOFALL:@SECLEVEL=0' 2>/dev/null", "r");
    unsigned known = 0, wrong = 0, left_out = 0, lines = 0;
    char line[512], name[128], kx[32], au[32], enc[48], mac[32];

    while (pipe && fgets(line, sizeof line, pipe)) {
        unsigned high, low, bits = 0;
        const struct suite *suite;
        char *paren;

        if (sscanf(line, " %x,%x - %127s - %*s %*s Kx=%31s Au=%31s Enc=%47s Mac=%31s", &high, &low, name, kx,
                   au, enc, mac) != 7)
            continue;
        lines++;
        suite = suite_find((uint16_t)(high << 8 | low));
        if (!suite) {
            int meant = strstr(name, "NULL") || strstr(name, "anon") || strstr(name, "SRP") ||
                        strstr(name, "DSS") || strstr(name, "RC4") || strstr(name, "IDEA") ||
                        strstr(name, "SEED") || strstr(name, "GOST");
            left_out += !meant;
            if (!meant)
                diag("%s is not known", name);
            continue;
        }
        known++;
        paren = strchr(enc, '(');
        if (paren)
            bits = (unsigned)strtoul(paren + 1, NULL, 10);
        if (strcmp(suite->name, name) || bits != suite->cipher_bits ||
            (strcmp(mac, "AEAD") == 0) != suite->aead || (!suite->aead && strcmp(mac, suite->hash)) ||
            (!strcmp(au, "RSA") && strcmp(suite->certificate, "RSA") && !suite->tls13)) {
            diag("0x%04x: %s %s %u, openssl: %s %s", suite->id, suite->name, suite->hash, suite->cipher_bits,
                 name, mac);
            wrong++;
        }
    }
    if (pipe)
        pclose(pipe);
    if (!lines) {
        skip("openssl is not installed", "suites against openssl");
        return;
    }
    ok(known > 90, "openssl lists %u of ours", known);
    is_int(wrong, 0, "with the same names, hashes and strengths");
    is_int(left_out, 0, "and no other that we should know");
}

static void other_names(void)
{
    unsigned id, named = 0, wrong = 0;

    ok(suite_group_name(0x1D) && !strcmp(suite_group_name(0x1D), "x25519") && suite_group_bits(0x1D) == 255,
       "x25519");
    ok(suite_group_name(0x17) && !strcmp(suite_group_name(0x17), "secp256r1") &&
           suite_group_bits(0x17) == 256,
       "secp256r1");
    ok(suite_group_bits(0x100) == 2048, "ffdhe2048");
    ok(!suite_group_name(0x9999) && suite_group_bits(0x9999) == 0, "an unknown group");
    ok(!strcmp(suite_signature_name(0x0403), "ecdsa_secp256r1_sha256"), "ecdsa_secp256r1_sha256");
    ok(!strcmp(suite_signature_name(0x0804), "rsa_pss_rsae_sha256"), "rsa_pss_rsae_sha256");
    ok(!suite_signature_name(0), "an unknown signature");
    for (id = 0; id < 65536; id++) {
        named += suite_group_name((uint16_t)id) != NULL;
        wrong += (suite_group_name((uint16_t)id) != NULL) != (suite_group_bits((uint16_t)id) != 0);
    }
    ok(named > 15 && wrong == 0, "%u groups have a name, and each of them a size", named);
}

int main(void)
{
    contract();
    order();
    sizes();
    against_openssl();
    other_names();
    return tap_done();
}
