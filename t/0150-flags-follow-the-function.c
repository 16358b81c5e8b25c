/* SPDX-License-Identifier: MIT
 * Request bits and RET bits of both functions. */
#include <config.h>

#include "core/flags.h"

#include "t/tap.h"

/* Numbers, not macros: what a program compiled on Windows passes. */
static const struct {
    const char *name;
    ULONG isc, asc; /* 0: no such bit */
    unsigned meaning;
} bits[] = {
    {"DELEGATE", 0x1, 0x1, FLAG_DELEGATE},
    {"MUTUAL_AUTH", 0x2, 0x2, FLAG_MUTUAL_AUTH},
    {"REPLAY_DETECT", 0x4, 0x4, FLAG_REPLAY},
    {"SEQUENCE_DETECT", 0x8, 0x8, FLAG_SEQUENCE},
    {"CONFIDENTIALITY", 0x10, 0x10, FLAG_CONFIDENTIALITY},
    {"PROMPT_FOR_CREDS", 0x40, 0x40, FLAG_PROMPT},
    {"USE_SUPPLIED_CREDS", 0x80, 0, FLAG_SUPPLIED_CREDS},
    {"ALLOCATE_MEMORY", 0x100, 0x100, FLAG_ALLOCATE},
    {"DATAGRAM", 0x400, 0x400, FLAG_DATAGRAM},
    {"CONNECTION", 0x800, 0x800, FLAG_CONNECTION},
    {"EXTENDED_ERROR", 0x4000, 0x8000, FLAG_EXTENDED_ERROR},
    {"STREAM", 0x8000, 0x10000, FLAG_STREAM},
    {"INTEGRITY", 0x10000, 0x20000, FLAG_INTEGRITY},
    {"MANUAL_CRED_VALIDATION", 0x80000, 0, FLAG_MANUAL},
};
enum { BITS = sizeof bits / sizeof *bits };
static const char *const side_names[] = {"ISC", "ASC"};

static void single_bits(enum flags_side side)
{
    unsigned i;
    ULONG always = side == FLAGS_ISC ? 0x801C : 0x1001C, unknown = 0xFFFFFFFF;

    is_int(flags_write(side, 0, 0), always, "K11 %s: REPLAY, SEQUENCE, CONFIDENTIALITY, STREAM always",
           side_names[side]);
    is_int(flags_write_no_room(side), 0x1C, "W67 %s: no room for output: no STREAM", side_names[side]);
    for (i = 0; i < BITS; i++) {
        ULONG bit = side == FLAGS_ISC ? bits[i].isc : bits[i].asc, back;
        unsigned meaning = 0xFFFF;
        SECURITY_STATUS status = flags_read(side, bit, &meaning);
        int refused = bits[i].meaning == FLAG_DELEGATE || bits[i].meaning == FLAG_PROMPT;
        int granted_only = bits[i].meaning == FLAG_MUTUAL_AUTH;

        unknown &= ~bit;
        if (!bit)
            continue;
        is_status(status, refused ? SEC_E_UNSUPPORTED_FUNCTION : SEC_E_OK, "S10 D5 K12 %s %s is read",
                  side_names[side], bits[i].name);
        is_int(meaning, bits[i].meaning, "K12 %s %s means what it says", side_names[side], bits[i].name);
        back = flags_write(side, meaning, 0);
        is_int(back, refused || granted_only ? always : always | bit,
               "K10 K11 %s %s is echoed unless it must be granted", side_names[side], bits[i].name);
        is_int(flags_write(side, 0, bits[i].meaning), always, "K11 %s %s is not returned unasked",
               side_names[side], bits[i].name);
    }
    is_int(flags_write(side, FLAG_MUTUAL_AUTH, FLAG_MUTUAL_AUTH), always | 2,
           "D7 %s MUTUAL_AUTH asked for and granted", side_names[side]);
    for (i = 0; i < 32; i++) {
        unsigned meaning = 0xFFFF;
        if (unknown & 1u << i)
            ok(flags_read(side, 1u << i, &meaning) == SEC_E_OK && meaning == 0,
               "D5 %s: 0x%x means nothing here", side_names[side], 1u << i);
    }
}

static ULONG round_trip(enum flags_side side, ULONG request, unsigned granted)
{
    unsigned meaning;

    flags_read(side, request, &meaning);
    return flags_write(side, meaning, granted);
}

int main(void)
{
    unsigned meaning;

    single_bits(FLAGS_ISC);
    single_bits(FLAGS_ASC);
    is_int(round_trip(FLAGS_ISC, 0x80, 0), 0x809C, "W44 only USE_SUPPLIED_CREDS gives exactly 0x809C");
    is_int(round_trip(FLAGS_ISC, 0x80000 | 0x4000 | 0x400 | 0x80 | 0x10 | 0x8 | 0x4, 0),
           0x80000 | 0x4000 | 0x400 | 0x80 | 0x10 | 0x8 | 0x4 | 0x8000, "W66 all of them plus STREAM");
    /* curl, mongo-c-driver: REPLAY | SEQUENCE | CONFIDENTIALITY | ALLOCATE | STREAM and demand equality */
    is_int(round_trip(FLAGS_ISC, 0x811C, FLAG_MUTUAL_AUTH), 0x811C, "K11 exactly what was asked for");
    is_int(round_trip(FLAGS_ASC, 0x1011C | 2, 0), 0x1011C, "K11 D7 ASC: MUTUAL_AUTH that did not come about");
    is_status(flags_read(FLAGS_ASC, 0x8000, &meaning), SEC_E_OK, "K12 ISC_REQ_STREAM given to ASC");
    is_int(meaning, FLAG_EXTENDED_ERROR, "K12 is EXTENDED_ERROR there");
    is_status(flags_read(FLAGS_ISC, 0x8000, &meaning), SEC_E_OK, "K12 ISC_REQ_STREAM given to ISC");
    is_int(meaning, FLAG_STREAM, "K12 is STREAM");
    is_status(flags_read(FLAGS_ASC, 0x41 | 0x100, &meaning), SEC_E_UNSUPPORTED_FUNCTION,
              "S10 ASC: DELEGATE among others");
    ok(meaning & FLAG_ALLOCATE, "S10 the rest is read all the same");
    return tap_done();
}
