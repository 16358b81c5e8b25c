/* SPDX-License-Identifier: MIT */
#include <config.h>

#include "core/flags.h"

#include <stddef.h>

enum flag_answer {
    ANSWER_NEVER,   /* understood, never returned */
    ANSWER_ALWAYS,  /* returned whether asked for or not */
    ANSWER_ECHO,    /* returned when asked for */
    ANSWER_GRANTED, /* returned when asked for and true */
    ANSWER_REFUSE   /* SEC_E_UNSUPPORTED_FUNCTION */
};

/* Request and RET bits coincide within one function (contract, "Request flags"); 0: it has no such bit. */
static const struct flag_row {
    unsigned meaning;
    ULONG bit[2]; /* by enum flags_side */
    enum flag_answer answer;
} rows[] = {
    {FLAG_DELEGATE, {ISC_REQ_DELEGATE, ASC_REQ_DELEGATE}, ANSWER_REFUSE},
    {FLAG_MUTUAL_AUTH, {ISC_REQ_MUTUAL_AUTH, ASC_REQ_MUTUAL_AUTH}, ANSWER_GRANTED},
    {FLAG_REPLAY, {ISC_REQ_REPLAY_DETECT, ASC_REQ_REPLAY_DETECT}, ANSWER_ALWAYS},
    {FLAG_SEQUENCE, {ISC_REQ_SEQUENCE_DETECT, ASC_REQ_SEQUENCE_DETECT}, ANSWER_ALWAYS},
    {FLAG_CONFIDENTIALITY, {ISC_REQ_CONFIDENTIALITY, ASC_REQ_CONFIDENTIALITY}, ANSWER_ALWAYS},
    {FLAG_PROMPT, {ISC_REQ_PROMPT_FOR_CREDS, ASC_REQ_SESSION_TICKET}, ANSWER_REFUSE}, /* D5 */
    {FLAG_SUPPLIED_CREDS, {ISC_REQ_USE_SUPPLIED_CREDS, 0}, ANSWER_ECHO},
    {FLAG_ALLOCATE, {ISC_REQ_ALLOCATE_MEMORY, ASC_REQ_ALLOCATE_MEMORY}, ANSWER_ECHO},
    {FLAG_DATAGRAM, {ISC_REQ_DATAGRAM, ASC_REQ_DATAGRAM}, ANSWER_ECHO},
    {FLAG_CONNECTION, {ISC_REQ_CONNECTION, ASC_REQ_CONNECTION}, ANSWER_ECHO},
    {FLAG_EXTENDED_ERROR, {ISC_REQ_EXTENDED_ERROR, ASC_REQ_EXTENDED_ERROR}, ANSWER_ECHO},
    {FLAG_STREAM, {ISC_REQ_STREAM, ASC_REQ_STREAM}, ANSWER_ALWAYS},
    {FLAG_INTEGRITY, {ISC_REQ_INTEGRITY, ASC_REQ_INTEGRITY}, ANSWER_ECHO},
    {FLAG_MANUAL, {ISC_REQ_MANUAL_CRED_VALIDATION, 0}, ANSWER_ECHO},
};
enum { ROWS = sizeof rows / sizeof *rows };

SECURITY_STATUS flags_read(enum flags_side side, ULONG request, unsigned *meaning)
{
    SECURITY_STATUS status = SEC_E_OK;
    unsigned found = 0;
    size_t i;

    for (i = 0; i < ROWS; i++) {
        if (!(request & rows[i].bit[side]))
            continue;
        found |= rows[i].meaning;
        if (rows[i].answer == ANSWER_REFUSE)
            status = SEC_E_UNSUPPORTED_FUNCTION;
    }
    *meaning = found;
    return status;
}

ULONG flags_write(enum flags_side side, unsigned meaning, unsigned granted)
{
    ULONG bits = 0;
    size_t i;

    for (i = 0; i < ROWS; i++) {
        int asked = (meaning & rows[i].meaning) != 0;
        if (rows[i].answer == ANSWER_ALWAYS || (rows[i].answer == ANSWER_ECHO && asked) ||
            (rows[i].answer == ANSWER_GRANTED && asked && (granted & rows[i].meaning)))
            bits |= rows[i].bit[side];
    }
    return bits;
}

ULONG flags_write_no_room(enum flags_side side)
{
    return flags_write(side, 0, 0) & ~(side == FLAGS_ISC ? (ULONG)ISC_REQ_STREAM : (ULONG)ASC_REQ_STREAM);
}
