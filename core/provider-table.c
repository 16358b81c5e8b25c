/* SPDX-License-Identifier: MIT */
#include <config.h>

#include "core/provider-table.h"

#include "core/provider.h"

#include <stdio.h>
#include <string.h>

typedef void any_fn(void);

/* By bit number; append only, as in <opensspi/provider.h>. */
static const char *const cap_names[] = {
    [0] = "tls10",          [1] = "tls11",          [2] = "tls12",          [3] = "tls13",
    [4] = "dtls10",         [5] = "dtls12",         [8] = "send-alert",     [9] = "verify-alert",
    [10] = "renegotiate",   [11] = "late-cert",     [12] = "suspend",       [13] = "issuers-13",
    [14] = "issuer-names",  [15] = "key-update",    [16] = "tickets",       [17] = "ticket-keys",
    [18] = "ticket-rotate", [19] = "ticket-bytes",  [20] = "export-keys",   [21] = "finished",
    [22] = "keylog",        [23] = "staple",        [24] = "staple-raw",    [25] = "psk",
    [26] = "srtp",          [27] = "dtls-mtu",      [28] = "dtls-resend",   [29] = "pkcs11",
    [30] = "chain",         [31] = "import",        [32] = "generate",      [33] = "empty-record",
    [34] = "signature",     [35] = "password",
};
enum { CAP_COUNT = sizeof cap_names / sizeof cap_names[0] };

static const uint64_t protocol_caps = SSPI_CAP_TLS10 | SSPI_CAP_TLS11 | SSPI_CAP_TLS12 | SSPI_CAP_TLS13 |
                                      SSPI_CAP_DTLS10 | SSPI_CAP_DTLS12;

/* Every function of the table; caps 0: mandatory, else needed as soon as one of these bits is set. */
static const struct member {
    size_t offset;
    uint64_t caps;
    const char *name;
} members[] = {
#define MEMBER(name, caps) {offsetof(struct sspi_provider, name), caps, #name}
    MEMBER(cred_new, 0),
    MEMBER(cred_free, 0),
    MEMBER(session_new, 0),
    MEMBER(session_free, 0),
    MEMBER(handshake, 0),
    MEMBER(seal, 0),
    MEMBER(unseal, 0),
    MEMBER(shutdown, 0),
    MEMBER(failure, 0),
    MEMBER(describe, 0),
    MEMBER(peer_cert, 0),
    MEMBER(digest, 0),
    MEMBER(set_credential, 0),
    MEMBER(issuer, SSPI_CAP_ISSUERS_13),
    MEMBER(send_alert, SSPI_CAP_SEND_ALERT),
    MEMBER(redo, SSPI_CAP_RENEGOTIATE | SSPI_CAP_LATE_CERT),
    MEMBER(key_update, SSPI_CAP_KEY_UPDATE),
    MEMBER(export_keys, SSPI_CAP_EXPORT_KEYS),
    MEMBER(finished, SSPI_CAP_FINISHED),
    MEMBER(ticket_take, SSPI_CAP_TICKETS),
    MEMBER(ticket_free, SSPI_CAP_TICKETS),
    MEMBER(ticket_save, SSPI_CAP_TICKET_BYTES),
    MEMBER(ticket_load, SSPI_CAP_TICKET_BYTES),
    MEMBER(resend, SSPI_CAP_DTLS10 | SSPI_CAP_DTLS12 | SSPI_CAP_DTLS_RESEND),
    MEMBER(set_mtu, SSPI_CAP_DTLS_MTU),
    MEMBER(chain_check, SSPI_CAP_CHAIN),
    MEMBER(cred_import, SSPI_CAP_IMPORT),
    MEMBER(cred_generate, SSPI_CAP_GENERATE),
    MEMBER(signature_check, SSPI_CAP_SIGNATURE),
    MEMBER(password_seal, SSPI_CAP_PASSWORD),
#undef MEMBER
};
enum { MEMBER_COUNT = sizeof members / sizeof members[0] };

/* The table has functions after four words and two strings, and this file knows them all. */
_Static_assert(offsetof(struct sspi_provider, cred_new) + MEMBER_COUNT * sizeof(any_fn *) ==
                   sizeof(struct sspi_provider),
               "a function of struct sspi_provider is missing in members[]");

static const size_t mandatory_size =
    offsetof(struct sspi_provider, set_credential) + sizeof((struct sspi_provider *)0)->set_credential;

const char *provider_cap_name(unsigned bit)
{
    return bit < CAP_COUNT ? cap_names[bit] : NULL;
}

static uint64_t caps_known(void)
{
    uint64_t known = 0;
    unsigned bit;

    for (bit = 0; bit < CAP_COUNT; bit++) {
        if (cap_names[bit])
            known |= SSPI_CAP(bit);
    }
    return known;
}

static const char *first_cap_name(uint64_t caps)
{
    unsigned bit = 0;

    while (bit < CAP_COUNT && !(caps & SSPI_CAP(bit)))
        bit++;
    return bit < CAP_COUNT ? cap_names[bit] : "?";
}

/* A string of 1 to max printable characters. */
static int string_plain(const char *text, size_t max)
{
    size_t i;

    if (!text)
        return 0;
    for (i = 0; i <= max && text[i]; i++) {
        if (text[i] < 0x20 || text[i] > 0x7e)
            return 0;
    }
    return i && i <= max;
}

static enum provider_fault size_check(const struct sspi_provider *given, char *why, size_t why_size)
{
    unsigned major, minor;

    if (given->size < offsetof(struct sspi_provider, caps)) {
        snprintf(why, why_size, "its table says it has %u bytes", (unsigned)given->size);
        return PROVIDER_BROKEN;
    }
    major = given->abi >> 16;
    minor = given->abi & 0xffffu;
    if (major != SSPI_ABI_MAJOR) {
        snprintf(why, why_size, "its table is of ABI %u.%u, this library's is %u.%u", major, minor, SSPI_ABI_MAJOR,
                 SSPI_ABI_MINOR);
        return PROVIDER_ABI;
    }
    if (given->size < mandatory_size) {
        snprintf(why, why_size, "its table has %u bytes: %zu are mandatory", (unsigned)given->size, mandatory_size);
        return PROVIDER_BROKEN;
    }
    /* Tables only ever grow: a longer one needs a newer minor, and a newer minor is never shorter. */
    if (given->size > PROVIDER_TABLE_MAX ||
        (minor <= SSPI_ABI_MINOR && given->size > sizeof *given) ||
        (minor > SSPI_ABI_MINOR && given->size < sizeof *given)) {
        snprintf(why, why_size, "its table has %u bytes, which ABI %u.%u has not", (unsigned)given->size, major,
                 minor);
        return PROVIDER_BROKEN;
    }
    return PROVIDER_GOOD;
}

static enum provider_fault members_check(struct sspi_provider *own, char *why, size_t why_size)
{
    size_t i;

    for (i = 0; i < MEMBER_COUNT; i++) {
        const struct member *member = &members[i];
        char *at = (char *)own + member->offset;
        any_fn *function;

        memcpy(&function, at, sizeof function);
        if (!member->caps && !function) {
            snprintf(why, why_size, "its mandatory function %s is missing", member->name);
            return PROVIDER_BROKEN;
        }
        if (member->caps & own->caps && !function) {
            snprintf(why, why_size, "it claims %s without the function %s",
                     first_cap_name(member->caps & own->caps), member->name);
            return PROVIDER_BROKEN;
        }
        if (member->caps && !(member->caps & own->caps))
            memset(at, 0, sizeof function);
    }
    return PROVIDER_GOOD;
}

enum provider_fault provider_table_check(const struct sspi_provider *given, const char *name,
                                         struct sspi_provider *own, char *version, char *why, size_t why_size)
{
    enum provider_fault fault = size_check(given, why, why_size);

    if (fault != PROVIDER_GOOD)
        return fault;
    memset(own, 0, sizeof *own);
    memcpy(own, given, given->size < sizeof *own ? given->size : sizeof *own);
    own->size = sizeof *own;
    own->caps &= caps_known();
    if (!string_plain(own->name, PROVIDER_VERSION_MAX - 1) || strcmp(own->name, name)) {
        snprintf(why, why_size, "it says it is '%s'",
                 string_plain(own->name, PROVIDER_VERSION_MAX - 1) ? own->name : "");
        return PROVIDER_BROKEN;
    }
    if (!string_plain(own->version, PROVIDER_VERSION_MAX - 1)) {
        snprintf(why, why_size, "it gives no version of its library");
        return PROVIDER_BROKEN;
    }
    if (!(own->caps & protocol_caps)) {
        snprintf(why, why_size, "it offers no protocol");
        return PROVIDER_BROKEN;
    }
    memcpy(version, own->version, strlen(own->version) + 1);
    own->name = name;
    own->version = version;
    return members_check(own, why, why_size);
}
