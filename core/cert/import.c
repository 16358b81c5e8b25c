/* SPDX-License-Identifier: MIT
 *
 * The work a file asks for.  PKCS#12 is BER: lengths may be longer than they need be, or be left out, and an
 * OCTET STRING may come in pieces; libraries take all of that, so it is read here too.  Every key derivation
 * (PBKDF2, PKCS#5 and PKCS#12 schemes, scrypt, the MAC) writes its salt as an OCTET STRING and its rounds as
 * the INTEGER right behind, and nothing else in such a file does.
 *
 * What an OCTET STRING holds is read only where RFC 7292 puts a structure into one: right in the [0] behind
 * an OID (ContentInfo, CertBag).  Salts, digests and ciphertexts are random, and would now and then look like
 * one. */
#include <config.h>

#include "core/cert/import.h"

#include "core/cert/der.h"
#include "core/memory.h"

#include <string.h>

#define LOG_AREA "cert"
#include "core/log.h"

#define CONSTRUCTED  0x20u
#define CONTENT      0xa0u /* [0] */
#define OCTET_PIECES (DER_OCTET_STRING | CONSTRUCTED)
#define ENDLESS      SIZE_MAX
#define ROUNDS_CAP   ((uint64_t)1 << 40)

struct walk {
    uint64_t rounds;
    int no_memory;
};

/* One header.  *len is ENDLESS where it is left out: then what follows is inside until an element of nothing.
 */
static int header(struct sspi_bytes *in, uint8_t *tag, size_t *len)
{
    size_t used = 2;
    if (in->len < 2 || (in->ptr[0] & 0x1f) == 0x1f)
        return -1;
    *tag = in->ptr[0];
    *len = in->ptr[1];
    if (*len == 0x80) {
        *len = ENDLESS;
        if (!(*tag & CONSTRUCTED))
            return -1;
    } else if (*len > 0x80) {
        size_t octets = *len & 0x7f;
        if (octets > in->len - used)
            return -1;
        for (*len = 0; octets; octets--, used++) {
            if (*len > SIZE_MAX >> 9)
                return -1;
            *len = *len << 8 | in->ptr[used];
        }
    }
    *in = (struct sspi_bytes){in->ptr + used, in->len - used};
    return *len != ENDLESS && *len > in->len ? -1 : 0;
}

static int walk(struct walk *, struct sspi_bytes *in, int endless, int content, unsigned depth);

/* The pieces of an OCTET STRING, one behind the other. */
static int gather(struct sspi_bytes *in, int endless, unsigned depth, struct bytes *out)
{
    while (in->len) {
        uint8_t tag;
        size_t len;
        if (header(in, &tag, &len))
            return -1;
        if (endless && tag == 0 && len == 0)
            return 0;
        int pieces = tag == OCTET_PIECES;
        struct sspi_bytes inside = {in->ptr, len == ENDLESS ? in->len : len};
        if ((!pieces && tag != DER_OCTET_STRING) || (pieces && depth == 0))
            return -1;
        if (!pieces && inside.len && bytes_append(out, inside.ptr, inside.len))
            return -2;
        int failed = pieces ? gather(&inside, len == ENDLESS, depth - 1, out) : 0;
        if (failed)
            return failed;
        size_t taken = len == ENDLESS ? in->len - inside.len : len;
        *in = (struct sspi_bytes){in->ptr + taken, in->len - taken};
    }
    return endless ? -1 : 0;
}

/* The SEQUENCE that the content begins with; libraries do not mind what stands behind it. */
static int look_into(struct walk *w, struct sspi_bytes octets, unsigned depth)
{
    uint8_t tag;
    size_t len;
    if (!octets.len || octets.ptr[0] != DER_SEQUENCE)
        return 0;
    if (header(&octets, &tag, &len) || depth == 0)
        return -1;
    if (len != ENDLESS)
        octets.len = len;
    return walk(w, &octets, len == ENDLESS, 0, depth - 1);
}

static int pieces(struct walk *w, struct sspi_bytes *in, int endless, unsigned depth)
{
    struct bytes whole = {NULL, 0, 0};
    int failed = gather(in, endless, depth, &whole);
    if (!failed)
        failed = look_into(w, (struct sspi_bytes){whole.ptr, whole.len}, depth);
    w->no_memory |= failed == -2;
    bytes_free(&whole);
    return failed;
}

static uint64_t number(struct sspi_bytes value)
{
    uint64_t n = 0;
    for (size_t i = 0; i < value.len; i++)
        n = n > ROUNDS_CAP ? n : n << 8 | value.ptr[i];
    return n > ROUNDS_CAP ? ROUNDS_CAP : n;
}

static uint64_t times(uint64_t a, uint64_t b)
{
    return b && a > ROUNDS_CAP / b ? ROUNDS_CAP : a * b;
}

/* The INTEGERs behind a salt: the rounds, and perhaps how long the key is; or scrypt's N, r and p. */
struct after_salt {
    unsigned count; /* and one; 0: there was none */
    uint64_t number[2];
};

static void count(struct walk *w, struct after_salt *at, struct sspi_bytes value)
{
    uint64_t n = number(value);
    if (!at->count)
        return;
    if (at->count <= 2)
        at->number[at->count - 1] = n;
    if (at->count == 1)
        w->rounds += n;
    if (at->count == 3)
        w->rounds += times(times(at->number[0], at->number[1]), n);
    w->rounds = w->rounds > ROUNDS_CAP ? ROUNDS_CAP : w->rounds;
    at->count++;
}

/* Up to the end of `in`, or of what has no length; content: `in` is what a [0] behind an OID holds.  0, -1,
 * -2. */
static int walk(struct walk *w, struct sspi_bytes *in, int endless, int content, unsigned depth)
{
    struct after_salt at = {0, {0, 0}};
    uint8_t before = 0;
    while (in->len) {
        uint8_t tag;
        size_t len;
        int failed = 0;
        if (header(in, &tag, &len))
            return -1;
        if (endless && tag == 0 && len == 0)
            return 0;
        struct sspi_bytes inside = {in->ptr, len == ENDLESS ? in->len : len};
        if (tag & CONSTRUCTED && depth == 0)
            return -1;
        if (tag == OCTET_PIECES && content)
            failed = pieces(w, &inside, len == ENDLESS, depth - 1);
        else if (tag & CONSTRUCTED)
            failed = walk(w, &inside, len == ENDLESS, tag == CONTENT && before == DER_OID, depth - 1);
        else if (tag == DER_OCTET_STRING && content)
            failed = look_into(w, inside, depth);
        else if (tag == DER_INTEGER)
            count(w, &at, inside);
        if (failed)
            return failed;
        if (tag != DER_INTEGER)
            at.count = tag == DER_OCTET_STRING || tag == OCTET_PIECES;
        before = tag;
        size_t taken = len == ENDLESS ? in->len - inside.len : len;
        *in = (struct sspi_bytes){in->ptr + taken, in->len - taken};
    }
    return endless ? -1 : 0;
}

int64_t import_rounds(struct sspi_bytes file)
{
    struct walk w = {0, 0};
    uint8_t tag;
    size_t len;
    if (header(&file, &tag, &len) || !(tag & CONSTRUCTED))
        return -1;
    if (len != ENDLESS) /* what lies behind it is nobody's */
        file.len = len;
    int failed = walk(&w, &file, len == ENDLESS, 0, IMPORT_DEPTH_MAX);
    return w.no_memory ? -2 : failed ? -1 : (int64_t)w.rounds;
}

enum sspi_status import_sealed(const struct provider *provider, const struct sspi_import *job,
                               struct sspi_failure *failure)
{
    int64_t rounds = import_rounds(job->bytes);
    *failure = (struct sspi_failure){.why = rounds == -2 ? SSPI_WHY_MEMORY : SSPI_WHY_BAD_CREDENTIAL};
    if (rounds > (int64_t)IMPORT_ROUNDS_MAX)
        log_error(
            "a sealed key or PFX is refused: it asks for %lld rounds of its key derivations, %u are the most",
            (long long)rounds, IMPORT_ROUNDS_MAX);
    if (rounds < 0 || rounds > (int64_t)IMPORT_ROUNDS_MAX)
        return SSPI_FAILED;
    *failure = (struct sspi_failure){0};
    return provider->api.cred_import(job, failure);
}
