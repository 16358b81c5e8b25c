/* SPDX-License-Identifier: MIT
 * Every SecBufferDesc a caller can pass, good, sloppy and hostile. */
#include <config.h>

#include "core/buffers.h"
#include "core/memory.h"

#include "t/tap.h"

#define DESC(array)                                                                                          \
    {                                                                                                        \
        SECBUFFER_VERSION, sizeof(array) / sizeof *(array), (array)                                          \
    }

static uint8_t bytes[8192];

/* Every function that takes a descriptor, so that what holds for all is tested for all. */
static SECURITY_STATUS call(unsigned which, SecBufferDesc *desc)
{
    struct buffers_in in;
    struct buffers_out out;
    struct buffers_seal seal;
    struct buffers_open opened;
    struct sspi_bytes token;

    switch (which) {
    case 0:
        return buffers_in(desc, &in);
    case 1:
        return buffers_out(desc, 0, &out);
    case 2:
        return buffers_out(desc, 1, &out);
    case 3:
        return buffers_seal(desc, &seal);
    case 4:
        return buffers_open(desc, &opened);
    default:
        return buffers_control(desc, &token);
    }
}
static const char *const names[] = {"input", "output", "output, allocating", "encrypt", "decrypt", "control"};
enum { CALLS = 6 };

static void shapes(void)
{
    unsigned i;

    for (i = 0; i < CALLS; i++) {
        SecBuffer good[4] = {{8, SECBUFFER_TOKEN, bytes}};
        SecBufferDesc wrong_version = {1, 1, good}, no_array = {SECBUFFER_VERSION, 1, NULL},
                      absurd = {SECBUFFER_VERSION, 0xFFFFFFFF, good},
                      over = {SECBUFFER_VERSION, BUFFERS_MAX + 1, good}, none = {SECBUFFER_VERSION, 0, NULL},
                      dangling = {SECBUFFER_VERSION, 0, (SecBuffer *)(uintptr_t)0xdeadbeef};

        is_status(call(i, &wrong_version), SEC_E_INVALID_TOKEN, "%s: a wrong ulVersion", names[i]);
        is_status(call(i, &no_array), SEC_E_INVALID_TOKEN, "%s: cBuffers 1, pBuffers NULL", names[i]);
        is_status(call(i, &absurd), SEC_E_INVALID_TOKEN, "%s: cBuffers 2^32-1 is not believed", names[i]);
        is_status(call(i, &over), SEC_E_INVALID_TOKEN, "%s: one over the limit", names[i]);
        is_status(call(i, &none), i == 0 ? SEC_E_OK : SEC_E_INVALID_TOKEN, "K1 %s: cBuffers 0", names[i]);
        is_status(call(i, &dangling), i == 0 ? SEC_E_OK : SEC_E_INVALID_TOKEN,
                  "K1 %s: cBuffers 0 reads nothing", names[i]);
        is_status(call(i, NULL),
                  i == 0   ? SEC_E_OK
                  : i == 5 ? SEC_E_INTERNAL_ERROR
                           : SEC_E_INVALID_TOKEN,
                  "W30 W31 W71 %s: NULL", names[i]);
    }
}

/* ---- Input ---- */

static void input(void)
{
    struct buffers_in in, before;
    SecBuffer array[6];
    SecBufferDesc desc = {SECBUFFER_VERSION, 2, array};

    ok(buffers_in(NULL, &in) == SEC_E_OK && !in.has_token && in.token.len == 0 && !in.slot &&
           in.alpn.len == 0,
       "K1 W30 no input at all: everything is empty");
    array[0] = (SecBuffer){0, SECBUFFER_EMPTY, NULL};
    desc.cBuffers = 1;
    ok(buffers_in(&desc, &in) == SEC_E_OK && !in.has_token && in.slot == &array[0], "W30 one EMPTY buffer");

    array[0] = (SecBuffer){100, SECBUFFER_TOKEN, bytes};
    array[1] = (SecBuffer){0, SECBUFFER_EMPTY, NULL};
    desc.cBuffers = 2;
    ok(buffers_in(&desc, &in) == SEC_E_OK && in.has_token && in.token.ptr == bytes && in.token.len == 100 &&
           in.slot == &array[1],
       "TOKEN and EMPTY");
    array[0].BufferType |= SECBUFFER_READONLY;
    ok(buffers_in(&desc, &in) == SEC_E_OK && in.token.len == 100, "ATTRMASK: a READONLY token is a token");
    array[0].BufferType = SECBUFFER_TOKEN | SECBUFFER_READONLY_WITH_CHECKSUM;
    ok(buffers_in(&desc, &in) == SEC_E_OK && in.token.len == 100, "ATTRMASK: READONLY_WITH_CHECKSUM too");
    array[0].BufferType = SECBUFFER_TOKEN;
    array[1].BufferType = SECBUFFER_EMPTY | SECBUFFER_READONLY;
    ok(buffers_in(&desc, &in) == SEC_E_OK && !in.slot, "a READONLY slot takes no answer");

    before = in;
    array[1] = (SecBuffer){0xdeadbeef, SECBUFFER_EMPTY, NULL};
    is_status(buffers_in(&desc, &in), SEC_E_INVALID_TOKEN, "W40 an EMPTY slot with cbBuffer 0xdeadbeef");
    ok(!memcmp(&before, &in, sizeof in), "and nothing was written");
    array[1] = (SecBuffer){5, SECBUFFER_TOKEN, bytes};
    is_status(buffers_in(&desc, &in), SEC_E_INVALID_TOKEN, "two TOKENs");
    array[1] = (SecBuffer){0, SECBUFFER_TOKEN, NULL};
    is_status(buffers_in(&desc, &in), SEC_E_INVALID_TOKEN, "two TOKENs, one of them empty");
    array[1] = (SecBuffer){0, SECBUFFER_EMPTY, NULL};

    array[0] = (SecBuffer){100, SECBUFFER_TOKEN, NULL};
    is_status(buffers_in(&desc, &in), SEC_E_INVALID_TOKEN, "a NULL token with a size");
    array[0] = (SecBuffer){0, SECBUFFER_TOKEN, NULL};
    ok(buffers_in(&desc, &in) == SEC_E_OK && in.has_token && in.token.len == 0,
       "K9 a NULL token of no size is empty");
    array[0] = (SecBuffer){0, SECBUFFER_TOKEN, bytes};
    ok(buffers_in(&desc, &in) == SEC_E_OK && in.has_token && in.token.len == 0,
       "K9 a token of no size is empty");

    array[0] = (SecBuffer){9, 0x777, NULL};
    array[1] = (SecBuffer){9, SECBUFFER_MISSING, NULL};
    ok(buffers_in(&desc, &in) == SEC_E_OK && !in.has_token && !in.slot,
       "unknown types are passed over, not followed");
    array[0] = (SecBuffer){100, SECBUFFER_TOKEN, bytes};
    desc.cBuffers = 1;
    ok(buffers_in(&desc, &in) == SEC_E_OK && in.token.len == 100 && !in.slot, "W41 K33 no slot");
}

static void answers(void)
{
    SecBuffer array[2] = {{100, SECBUFFER_TOKEN, bytes}, {0, SECBUFFER_EMPTY, NULL}};
    SecBufferDesc desc = DESC(array);
    struct buffers_in in;

    buffers_in(&desc, &in);
    buffers_missing(&in, 5);
    ok(array[1].BufferType == SECBUFFER_MISSING && array[1].cbBuffer == 5, "W37 MISSING 5");
    array[1] = (SecBuffer){0, SECBUFFER_EMPTY, NULL};
    buffers_missing(&in, 0);
    ok(array[1].BufferType == SECBUFFER_EMPTY, "nothing missing says nothing");
    buffers_extra(&in, 0);
    ok(array[1].BufferType == SECBUFFER_EMPTY, "K5 nothing left says nothing");
    buffers_extra(&in, 101);
    ok(array[1].BufferType == SECBUFFER_EMPTY && !array[1].pvBuffer, "more left than there was: nothing");
    buffers_extra(&in, 30);
    ok(array[1].BufferType == SECBUFFER_EXTRA && array[1].cbBuffer == 30 && array[1].pvBuffer == bytes + 70,
       "W80 K4 EXTRA 30 points at the token's tail");
    in.slot = NULL;
    buffers_missing(&in, 5);
    buffers_extra(&in, 5);
    ok(array[1].cbBuffer == 30, "without a slot nothing is written");
}

static SECURITY_STATUS one(ULONG type, const void *data, size_t len, struct buffers_in *in)
{
    /* copied to the end of a block of its own, odd address included, so that reading over the end shows */
    uint8_t *copy = malloc(len + 1);
    SecBuffer array[1] = {{(ULONG)len, type, copy + 1}};
    SecBufferDesc desc = DESC(array);
    SECURITY_STATUS status;
    static uint8_t kept[70000];
    size_t i;

    memcpy(copy + 1, data, len);
    status = buffers_in(&desc, in);
    memcpy(kept, data, len);
    struct sspi_bytes *members[] = {&in->alpn, &in->mtu,          &in->srtp,
                                    &in->psk,  &in->psk_identity, &in->srtp_mki};
    for (i = 0; status == SEC_E_OK && i < sizeof members / sizeof *members; i++)
        if (members[i]->ptr)
            members[i]->ptr = kept + (members[i]->ptr - (copy + 1));
    free(copy);
    return status;
}

static void alpn(void)
{
    /* W46: u32 4+2+n, u32 2, u16 n, entries */
    static const uint8_t good[] = {18,  0,   0,   0,   2,   0,   0,   0,   12, 0,   8,
                                   'h', 't', 't', 'p', '/', '1', '.', '1', 2,  'h', '2'};
    uint8_t edit[64];
    struct buffers_in in;
    size_t cut;
    unsigned accepted = 0;

    is_status(one(SECBUFFER_APPLICATION_PROTOCOLS, good, sizeof good, &in), SEC_E_OK,
              "W46 a list of two protocols");
    ok(in.alpn.len == 12 && !memcmp(in.alpn.ptr, good + 10, 12), "W46 its entries are handed on");
    for (cut = 0; cut < sizeof good; cut++)
        accepted += one(SECBUFFER_APPLICATION_PROTOCOLS, good, cut, &in) == SEC_E_OK;
    is_int(accepted, 0, "K36 cut anywhere it is SEC_E_INVALID_TOKEN");
    memset(edit, 0, sizeof edit);
    memcpy(edit, good, sizeof good);
    ok(one(SECBUFFER_APPLICATION_PROTOCOLS, edit, sizeof good + 2, &in) == SEC_E_OK && in.alpn.len == 12,
       "K36 padding behind it does not matter");

    static const struct {
        size_t at;
        uint8_t value;
        SECURITY_STATUS status;
        const char *what;
    } edits[] = {
        {0, 19, SEC_E_INVALID_TOKEN, "a total one too large"},
        {0, 17, SEC_E_INVALID_TOKEN, "a total one too small"},
        {3, 0x80, SEC_E_INVALID_TOKEN, "a total of 2 GiB"},
        {3, 0xFF, SEC_E_INVALID_TOKEN, "a total of 4 GiB"},
        {8, 13, SEC_E_INVALID_TOKEN, "a list one too long"},
        {9, 0xFF, SEC_E_INVALID_TOKEN, "a list of 64 KiB"},
        {8, 9, SEC_E_INVALID_TOKEN, "a list that ends before its total"},
        {10, 9, SEC_E_INVALID_TOKEN, "an entry that runs into the next"},
        {10, 0, SEC_E_INVALID_TOKEN, "an entry of no bytes"},
        {19, 3, SEC_E_INVALID_TOKEN, "an entry over the end"},
        {4, 1, SEC_E_OK, "an NPN list"},
    };
    for (cut = 0; cut < sizeof edits / sizeof *edits; cut++) {
        memcpy(edit, good, sizeof good);
        edit[edits[cut].at] = edits[cut].value;
        is_status(one(SECBUFFER_APPLICATION_PROTOCOLS, edit, sizeof good, &in), edits[cut].status, "K36 %s",
                  edits[cut].what);
    }
    is_int(in.alpn.len, 0, "K36 NPN entries are not ALPN's");

    static const uint8_t both[] = {18, 0, 0, 0, 1, 0, 0, 0, 3, 0, 2, 'x', 'y', 2, 0, 0, 0, 3, 0, 2, 'h', '2'};
    ok(one(SECBUFFER_APPLICATION_PROTOCOLS, both, sizeof both, &in) == SEC_E_OK && in.alpn.len == 3 &&
           !memcmp(in.alpn.ptr, both + 19, 3),
       "K36 an NPN list before the ALPN list");
    static const uint8_t twice[] = {18,  0,   0, 0, 2, 0, 0, 0, 3, 0,   2,
                                    'x', 'y', 2, 0, 0, 0, 3, 0, 2, 'h', '2'};
    is_status(one(SECBUFFER_APPLICATION_PROTOCOLS, twice, sizeof twice, &in), SEC_E_INVALID_TOKEN,
              "two ALPN lists");
    static const uint8_t empty[] = {6, 0, 0, 0, 2, 0, 0, 0, 0, 0};
    ok(one(SECBUFFER_APPLICATION_PROTOCOLS, empty, sizeof empty, &in) == SEC_E_OK && in.alpn.len == 0,
       "an empty list");
}

static void other_inputs(void)
{
    struct buffers_in in;
    static const uint8_t mtu[] = {0, 4};
    static const uint8_t srtp[] = {4, 0, 1, 0, 2, 0};
    static const uint8_t srtp_odd[] = {3, 0, 1, 0, 2, 0};
    static const uint8_t psk[] = {3, 0, 'k', 'e', 'y', 0};
    static const uint8_t psk_none[] = {0, 0, 'k', 'e'};
    static const uint8_t psk_lies[] = {5, 0, 'k', 'e', 'y', 0};
    static const uint8_t mki[] = {2, 7, 8};
    static uint8_t long_psk[300] = {1, 1}; /* 257 */

    ok(one(SECBUFFER_DTLS_MTU, mtu, 2, &in) == SEC_E_OK && in.mtu.len == 2, "W66 an MTU");
    is_status(one(SECBUFFER_DTLS_MTU, mtu, 1, &in), SEC_E_INVALID_TOKEN, "half an MTU");
    is_status(one(SECBUFFER_DTLS_MTU, mtu, 0, &in), SEC_E_INVALID_TOKEN, "no MTU");
    ok(one(SECBUFFER_SRTP_PROTECTION_PROFILES, srtp, sizeof srtp, &in) == SEC_E_OK && in.srtp.len == 4,
       "SRTP profiles");
    is_status(one(SECBUFFER_SRTP_PROTECTION_PROFILES, srtp_odd, sizeof srtp_odd, &in), SEC_E_INVALID_TOKEN,
              "one and a half SRTP profiles");
    is_status(one(SECBUFFER_SRTP_PROTECTION_PROFILES, srtp, 5, &in), SEC_E_INVALID_TOKEN,
              "SRTP profiles cut");
    ok(one(SECBUFFER_PRESHARED_KEY, psk, sizeof psk, &in) == SEC_E_OK && in.psk.len == 3 &&
           in.psk.ptr[0] == 'k',
       "a pre-shared key, padding left out");
    is_status(one(SECBUFFER_PRESHARED_KEY, psk_none, sizeof psk_none, &in), SEC_E_INVALID_TOKEN,
              "a key of no bytes");
    is_status(one(SECBUFFER_PRESHARED_KEY, psk_lies, sizeof psk_lies, &in), SEC_E_INVALID_TOKEN,
              "a key with a lying size");
    is_status(one(SECBUFFER_PRESHARED_KEY, long_psk, sizeof long_psk, &in), SEC_E_INVALID_TOKEN,
              "a key of 257 bytes");
    ok(one(SECBUFFER_PRESHARED_KEY_IDENTITY, psk, sizeof psk, &in) == SEC_E_OK && in.psk_identity.len == 3,
       "an identity");
    is_status(one(SECBUFFER_PRESHARED_KEY_IDENTITY, psk, 1, &in), SEC_E_INVALID_TOKEN, "an identity cut");
    ok(one(SECBUFFER_SRTP_MASTER_KEY_IDENTIFIER, mki, sizeof mki, &in) == SEC_E_OK && in.srtp_mki.len == 2,
       "an MKI");
    is_status(one(SECBUFFER_SRTP_MASTER_KEY_IDENTIFIER, mki, 2, &in), SEC_E_INVALID_TOKEN, "an MKI cut");
    ok(one(SECBUFFER_EXTRA, psk, 4, &in) == SEC_E_OK && in.peer.len == 4, "a peer's address in EXTRA");
    ok(one(SECBUFFER_TARGET_HOST, psk, 4, &in) == SEC_E_OK && in.target_host.len == 4, "a target host");
}

/* ---- Output ---- */

static void output(void)
{
    struct buffers_out out;
    SecBuffer array[3];
    SecBufferDesc desc = {SECBUFFER_VERSION, 1, array};
    unsigned i, allocate;

    for (i = 0; i < 2; i++) {
        array[0] = (SecBuffer){i == 0 ? 0 : 1000, SECBUFFER_TOKEN, bytes};
        array[1] = (SecBuffer){i == 1 ? 0 : 1000, SECBUFFER_ALERT, bytes};
        desc.cBuffers = 2;
        is_status(buffers_out(&desc, 0, &out), SEC_E_INSUFFICIENT_MEMORY, "W24 W67 %s of size 0",
                  i ? "ALERT" : "TOKEN");
        ok(out.token == &array[0] && out.alert == &array[1], "W24 the slots are known all the same");
        array[i].pvBuffer = NULL;
        ok(buffers_out(&desc, 1, &out) == SEC_E_OK && out.allocate, "W25 %s of size 0 with ALLOCATE_MEMORY",
           i ? "ALERT" : "TOKEN");
    }
    desc.cBuffers = 1;
    array[0] = (SecBuffer){1000, SECBUFFER_TOKEN, NULL};
    is_status(buffers_out(&desc, 0, &out), SEC_E_OK, "W29 a NULL token of size 1000");
    array[0] = (SecBuffer){0, SECBUFFER_EMPTY, NULL};
    ok(buffers_out(&desc, 1, &out) == SEC_E_OK && out.token == &array[0], "K2 an EMPTY slot serves as TOKEN");
    is_status(buffers_out(&desc, 0, &out), SEC_E_INSUFFICIENT_MEMORY, "K2 D13 but not without room");
    array[0] = (SecBuffer){0, SECBUFFER_EMPTY, NULL};
    array[1] = (SecBuffer){0, SECBUFFER_TOKEN, NULL};
    array[2] = (SecBuffer){0, SECBUFFER_ALERT, NULL};
    desc.cBuffers = 3;
    ok(buffers_out(&desc, 1, &out) == SEC_E_OK && out.token == &array[1] && out.alert == &array[2],
       "K2 a TOKEN goes before an EMPTY slot");
    array[1].BufferType = SECBUFFER_TOKEN | SECBUFFER_READONLY;
    ok(buffers_out(&desc, 1, &out) == SEC_E_OK && out.token == &array[0], "a READONLY token slot is none");
    array[0].BufferType = SECBUFFER_DATA;
    for (allocate = 0; allocate < 2; allocate++)
        is_status(buffers_out(&desc, (int)allocate, &out), SEC_E_INVALID_TOKEN, "no slot for a token");
    array[0] = (SecBuffer){5, SECBUFFER_TOKEN, bytes};
    desc.cBuffers = 1;
    ok(buffers_out(&desc, 0, &out) == SEC_E_OK && !out.alert, "no ALERT slot is fine");
}

static void putting(void)
{
    uint8_t room[16];
    SecBuffer slot = {sizeof room, SECBUFFER_EMPTY, room};
    void *kept;

    memset(room, 0x55, sizeof room);
    is_status(buffers_put(&slot, SECBUFFER_TOKEN, "0123456789abcdefX", 17, 0), SEC_E_INSUFFICIENT_MEMORY,
              "D13 17 bytes into 16");
    ok(slot.cbBuffer == 16 && slot.BufferType == SECBUFFER_EMPTY && slot.pvBuffer == room &&
           room[0] == 0x55 && room[15] == 0x55,
       "D13 nothing was touched");
    is_status(buffers_put(&slot, SECBUFFER_TOKEN, "0123456789abcdef", 16, 0), SEC_E_OK, "16 bytes into 16");
    ok(slot.cbBuffer == 16 && slot.BufferType == SECBUFFER_TOKEN && !memcmp(room, "0123456789abcdef", 16),
       "K2 as TOKEN");

    slot = (SecBuffer){8192, SECBUFFER_TOKEN, (void *)(uintptr_t)0xdeadbeef};
    is_status(buffers_put(&slot, SECBUFFER_TOKEN, "abc", 3, 1), SEC_E_OK,
              "W26 a bogus pointer with ALLOCATE_MEMORY");
    ok(slot.pvBuffer != (void *)(uintptr_t)0xdeadbeef && slot.cbBuffer == 3 &&
           !memcmp(slot.pvBuffer, "abc", 3),
       "W26 K3 is replaced");
    is_int(memory_take_back(slot.pvBuffer), 0, "W25 by memory for FreeContextBuffer");
    slot = (SecBuffer){1000, SECBUFFER_TOKEN, NULL};
    ok(buffers_put(&slot, SECBUFFER_TOKEN, "abc", 3, 0) == SEC_E_OK && slot.pvBuffer && slot.cbBuffer == 3 &&
           memory_take_back(slot.pvBuffer) == 0,
       "W29 NULL without ALLOCATE_MEMORY is memory for FreeContextBuffer too");

    slot = (SecBuffer){16, SECBUFFER_ALERT, room};
    buffers_put_none(&slot, SECBUFFER_ALERT);
    ok(slot.cbBuffer == 0 && slot.BufferType == SECBUFFER_ALERT && slot.pvBuffer == room,
       "W27 an ALERT of no bytes");
    kept = slot.pvBuffer;
    ok(buffers_put(&slot, SECBUFFER_TOKEN, NULL, 0, 1) == SEC_E_OK && slot.cbBuffer == 0 &&
           slot.pvBuffer == kept,
       "W32 W43 a token of no bytes hands out no memory");
    buffers_put_none(NULL, SECBUFFER_ALERT);
}

/* ---- Messages ---- */

static void sealing(void)
{
    SecBuffer array[5] = {{13, SECBUFFER_STREAM_HEADER, bytes},
                          {100, SECBUFFER_DATA, bytes + 13},
                          {16, SECBUFFER_STREAM_TRAILER, bytes + 113},
                          {0, SECBUFFER_EMPTY, NULL},
                          {0, SECBUFFER_EMPTY, NULL}};
    SecBufferDesc desc = {SECBUFFER_VERSION, 4, array};
    struct buffers_seal seal, before;
    unsigned i;

    ok(buffers_seal(&desc, &seal) == SEC_E_OK && seal.header == &array[0] && seal.data == &array[1] &&
           seal.trailer == &array[2],
       "W57 HEADER, DATA, TRAILER, EMPTY");
    desc.cBuffers = 3;
    is_status(buffers_seal(&desc, &seal), SEC_E_OK, "K20 without EMPTY");
    before = seal;
    for (i = 0; i < 3; i++) {
        SecBuffer kept = array[i];

        array[i].BufferType = SECBUFFER_EMPTY;
        is_status(buffers_seal(&desc, &seal), SEC_E_INVALID_TOKEN, "buffer %u missing", i);
        array[i] = kept;
        array[i].pvBuffer = NULL;
        is_status(buffers_seal(&desc, &seal), SEC_E_INVALID_TOKEN, "buffer %u NULL with a size", i);
        array[i] = kept;
        array[i].BufferType |= SECBUFFER_READONLY;
        is_status(buffers_seal(&desc, &seal), SEC_E_INVALID_TOKEN, "buffer %u READONLY", i);
        array[i] = kept;
        array[3] = kept;
        desc.cBuffers = 4;
        is_status(buffers_seal(&desc, &seal), SEC_E_INVALID_TOKEN, "buffer %u twice", i);
        array[3] = (SecBuffer){0, SECBUFFER_EMPTY, NULL};
        desc.cBuffers = 3;
    }
    ok(!memcmp(&before, &seal, sizeof seal), "failures write nothing");
    array[1] = (SecBuffer){0, SECBUFFER_DATA, NULL};
    is_status(buffers_seal(&desc, &seal), SEC_E_OK, "D15 DATA of no bytes may be NULL");
    array[1] = (SecBuffer){100, SECBUFFER_DATA, bytes};
    array[3] = (SecBuffer){100, SECBUFFER_DATA | SECBUFFER_READONLY, bytes};
    desc.cBuffers = 4;
    ok(buffers_seal(&desc, &seal) == SEC_E_OK && seal.data == &array[1],
       "a READONLY DATA beside it is passed over");
}

static void opening(void)
{
    static const struct {
        const char *what;
        ULONG count, type[6];
        SECURITY_STATUS status;
        int slot[4];
    } cases[] = {
        {"K22 DATA and three EMPTY", 4, {1, 0, 0, 0}, SEC_E_OK, {0, 1, 2, 3}},
        {"K22 DATA not first", 4, {0, 1, 0, 0}, SEC_E_OK, {1, 0, 2, 3}},
        {"five with four EMPTY", 5, {1, 0, 0, 0, 0}, SEC_E_OK, {0, 1, 2, 3}},
        {"an unknown one between", 5, {1, 0, 9, 0, 0}, SEC_E_OK, {0, 1, 3, 4}},
        {"W58 three buffers", 3, {1, 0, 0}, SEC_E_INVALID_TOKEN, {0}},
        {"W58 one buffer", 1, {1}, SEC_E_INVALID_TOKEN, {0}},
        {"W59 no DATA", 4, {0, 0, 0, 0}, SEC_E_INVALID_TOKEN, {0}},
        {"W60 two DATA", 4, {1, 1, 0, 0}, SEC_E_INVALID_TOKEN, {0}},
        {"W60 two DATA, three EMPTY", 5, {1, 0, 0, 0, 1}, SEC_E_INVALID_TOKEN, {0}},
        {"W61 DATA, EXTRA, two EMPTY", 4, {1, 5, 0, 0}, SEC_E_INVALID_TOKEN, {0}},
        {"READONLY DATA", 4, {1 | SECBUFFER_READONLY, 0, 0, 0}, SEC_E_INVALID_TOKEN, {0}},
        {"READONLY EMPTY", 4, {1, 0, SECBUFFER_READONLY, 0}, SEC_E_INVALID_TOKEN, {0}},
    };
    unsigned i, j, right;

    for (i = 0; i < sizeof cases / sizeof *cases; i++) {
        SecBuffer array[6];
        SecBufferDesc desc = {SECBUFFER_VERSION, cases[i].count, array};
        struct buffers_open opened = {{NULL}};

        for (j = 0; j < 6; j++)
            array[j] = (SecBuffer){cases[i].type[j] & 1 ? 50 : 0, cases[i].type[j], bytes};
        is_status(buffers_open(&desc, &opened), cases[i].status, "%s", cases[i].what);
        for (j = 0, right = 0; j < 4; j++)
            right += opened.slot[j] == (cases[i].status == SEC_E_OK ? &array[cases[i].slot[j]] : NULL);
        is_int(right, 4, "%s: the right slots", cases[i].what);
    }
    SecBuffer lying[4] = {{50, SECBUFFER_DATA, NULL}};
    SecBufferDesc desc = DESC(lying);
    struct buffers_open opened;
    is_status(buffers_open(&desc, &opened), SEC_E_INVALID_TOKEN, "NULL DATA with a size");
    lying[0].cbBuffer = 0;
    is_status(buffers_open(&desc, &opened), SEC_E_OK, "NULL DATA of no bytes");
}

static void control(void)
{
    ULONG shutdown = 1;
    SecBuffer array[2] = {{4, SECBUFFER_TOKEN, &shutdown}, {0, SECBUFFER_EMPTY, NULL}};
    SecBufferDesc desc = {SECBUFFER_VERSION, 1, array};
    struct sspi_bytes token;

    ok(buffers_control(&desc, &token) == SEC_E_OK && token.ptr == (uint8_t *)&shutdown && token.len == 4,
       "K29 one TOKEN");
    desc.cBuffers = 2;
    is_status(buffers_control(&desc, &token), SEC_E_INVALID_TOKEN, "W69 TOKEN and EMPTY");
    array[1] = array[0];
    is_status(buffers_control(&desc, &token), SEC_E_INVALID_TOKEN, "W69 two TOKENs");
    desc.cBuffers = 1;
    array[0].BufferType = SECBUFFER_ALERT;
    is_status(buffers_control(&desc, &token), SEC_E_INVALID_TOKEN, "W72 typed ALERT");
    array[0].BufferType = SECBUFFER_DATA;
    is_status(buffers_control(&desc, &token), SEC_E_INVALID_TOKEN, "W72 typed DATA");
    array[0] = (SecBuffer){4, SECBUFFER_TOKEN, NULL};
    is_status(buffers_control(&desc, &token), SEC_E_INVALID_TOKEN, "NULL with a size");
    array[0] = (SecBuffer){2, SECBUFFER_TOKEN, &shutdown};
    ok(buffers_control(&desc, &token) == SEC_E_OK && token.len == 2,
       "W70 two bytes are handed on as they are");
}

int main(void)
{
    shapes();
    input();
    answers();
    alpn();
    other_inputs();
    output();
    putting();
    sealing();
    opening();
    control();
    return tap_done();
}
