/* SPDX-License-Identifier: MIT */
#include <config.h>

#include "tools/diff/verdict.h"

#include <string.h>

static const char *const verdict_names[DIFF_VERDICTS] = {
    [DIFF_AGREE] = "AGREE",
    [DIFF_SKIP] = "SKIP",
    [DIFF_OUTPUT_DIFF] = "OUTPUT_DIFF",
    [DIFF_ALERT_DIFF] = "ALERT_DIFF",
    [DIFF_STATUS_DIFF] = "STATUS_DIFF",
    [DIFF_ATTR_DIFF] = "ATTR_DIFF",
    [DIFF_STATE_DIFF] = "STATE_DIFF",
    [DIFF_NONDET] = "NONDET",
    [DIFF_ORDER_DEP] = "ORDER_DEP",
    [DIFF_CONSUME_DIFF] = "CONSUME_DIFF",
    [DIFF_INVARIANT] = "INVARIANT",
    [DIFF_HANG_FOUND] = "HANG",
    [DIFF_CRASH_FOUND] = "CRASH",
    [DIFF_ACCEPT_DIFF] = "ACCEPT_DIFF",
};
static const char *const level_names[DIFF_LEVELS] = {"L0", "L1", "L2", "L3", "L3*", "L4"};

const char *diff_verdict_name(unsigned i)
{
    return i < DIFF_VERDICTS ? verdict_names[i] : "?";
}

int diff_verdict_named(const char *name)
{
    for (int i = 0; i < DIFF_VERDICTS; i++)
        if (strcmp(verdict_names[i], name) == 0)
            return i;
    return -1;
}

int diff_level_named(const char *name)
{
    for (int i = 0; i < DIFF_LEVELS; i++)
        if (strcmp(level_names[i], name) == 0)
            return i;
    return -1;
}

/* What a caller would do next: go on, wait, blame the peer, blame its certificate, blame this machine. */
unsigned diff_status_class(int32_t status)
{
    enum { GOES_ON, LATER, PEER, CERTIFICATE, HERE };
    switch (status) {
    case SEC_E_OK:
    case SEC_I_CONTINUE_NEEDED:
    case SEC_I_CONTEXT_EXPIRED:
    case SEC_I_INCOMPLETE_CREDENTIALS:
    case SEC_I_RENEGOTIATE:
        return GOES_ON;
    case SEC_E_INCOMPLETE_MESSAGE:
        return LATER;
    case SEC_E_CERT_EXPIRED:
    case SEC_E_CERT_UNKNOWN:
    case SEC_E_CERT_WRONG_USAGE:
    case SEC_E_UNTRUSTED_ROOT:
    case SEC_E_WRONG_PRINCIPAL:
    case CRYPT_E_REVOKED:
    case CRYPT_E_NO_REVOCATION_CHECK:
    case CRYPT_E_REVOCATION_OFFLINE:
        return CERTIFICATE;
    case SEC_E_INTERNAL_ERROR:
    case SEC_E_INSUFFICIENT_MEMORY:
    case SEC_E_UNSUPPORTED_FUNCTION:
    case SEC_E_INVALID_HANDLE:
    case SEC_E_NO_CREDENTIALS:
        return HERE;
    default:
        return PEER;
    }
}

static unsigned class_at(const struct diff_observation *o, enum diff_level level)
{
    if (level >= DIFF_L3 && o->alert_class == DIFF_NEGOTIATION)
        return DIFF_PARSE;
    return o->alert_class;
}

int diff_agree(const struct diff_observation *a, const struct diff_observation *b, enum diff_level level)
{
    if (a->end != b->end || a->state != b->state)
        return 0;
    switch (level) {
    case DIFF_L0:
        return a->status == b->status && a->alert_level == b->alert_level && a->alert == b->alert &&
               a->consumed == b->consumed && a->granted == b->granted && a->plain_hash == b->plain_hash &&
               strcmp(a->reply, b->reply) == 0 && strcmp(a->attributes, b->attributes) == 0;
    case DIFF_L1:
        return a->alert_level == b->alert_level && a->alert == b->alert;
    case DIFF_L4:
        return 1;
    default:
        if (level == DIFF_L3_STAR && (!a->alert_class || !b->alert_class))
            return 1;
        return class_at(a, level) == class_at(b, level);
    }
}

/* Finishes, or lets plaintext out. */
static int accepts(const struct diff_observation *o)
{
    return o->state == DIFF_OPEN || o->state == DIFF_CLOSED || o->plain_length;
}

static enum diff_verdict alone(const struct diff_observation *o)
{
    return o->end == DIFF_CRASH  ? DIFF_CRASH_FOUND
           : o->end == DIFF_HANG ? DIFF_HANG_FOUND
           : o->broken & DIFF_I2 ? DIFF_NONDET
           : o->broken & DIFF_I3 ? DIFF_ORDER_DEP
           : o->broken           ? DIFF_INVARIANT
                                 : DIFF_AGREE;
}

static enum diff_verdict between(const struct diff_observation *a, const struct diff_observation *b)
{
    if (a->state != b->state)
        return (accepts(a) && b->state == DIFF_REJECT) || (accepts(b) && a->state == DIFF_REJECT)
                   ? DIFF_ACCEPT_DIFF
                   : DIFF_STATE_DIFF;
    if (a->state != DIFF_REJECT && a->consumed != b->consumed)
        return DIFF_CONSUME_DIFF;
    if (strcmp(a->attributes, b->attributes) != 0 || a->granted != b->granted ||
        a->plain_length != b->plain_length || a->plain_hash != b->plain_hash)
        return DIFF_ATTR_DIFF;
    if (diff_status_class(a->status) != diff_status_class(b->status))
        return DIFF_STATUS_DIFF;
    if (a->alert_level != b->alert_level || a->alert != b->alert || a->status != b->status)
        return DIFF_ALERT_DIFF;
    return strcmp(a->reply, b->reply) == 0 ? DIFF_AGREE : DIFF_OUTPUT_DIFF;
}

void diff_judge(struct diff_result *r, enum diff_level level)
{
    unsigned taking_part = 0;
    r->verdict = DIFF_AGREE;
    r->gated = 0;
    for (unsigned i = 0; i < r->count; i++) {
        enum diff_verdict mine = alone(&r->of[i]);
        taking_part += r->of[i].end != DIFF_SKIPPED;
        r->verdict = mine > r->verdict ? mine : r->verdict;
        for (unsigned k = 0; k < i && r->of[i].end == DIFF_FINE; k++) {
            if (r->of[k].end != DIFF_FINE)
                continue;
            enum diff_verdict pair = between(&r->of[i], &r->of[k]);
            r->verdict = pair > r->verdict ? pair : r->verdict;
            r->gated |=
                pair >= DIFF_STATUS_DIFF || (pair > DIFF_SKIP && !diff_agree(&r->of[i], &r->of[k], level));
        }
    }
    r->gated |= r->verdict >= DIFF_NONDET;
    if (r->verdict == DIFF_AGREE && taking_part < 2)
        r->verdict = DIFF_SKIP;
}

/* None, some, all. */
static uint32_t consumed_class(const struct diff_observation *o)
{
    return !o->consumed ? 0 : o->consumed < o->fed ? 1 : 2;
}

uint64_t diff_likeness(const struct diff_result *r)
{
    uint32_t whole[] = {(uint32_t)r->verdict, (uint32_t)r->gated, r->count};
    uint64_t hash = diff_hash(0, whole, sizeof whole);
    for (unsigned i = 0; i < r->count; i++) {
        const struct diff_observation *o = &r->of[i];
        uint32_t numbers[] = {
            o->end,   o->signal, o->state, o->alert_class, diff_status_class(o->status), consumed_class(o),
            o->broken};
        hash = diff_hash(hash, numbers, sizeof numbers);
    }
    return hash;
}
