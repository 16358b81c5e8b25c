/* SPDX-License-Identifier: MIT
 *
 * One stimulus, delivered in several ways: the whole one is what backends are compared by, and the others
 * must come out as it did. */
#include <config.h>

#include "tools/diff/drive.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const names[] = {"whole", "bytes", "records", "cuts", "small", "coalesced", "memory"};

const char *diff_delivery_name(unsigned i)
{
    return i < DIFF_DELIVERIES ? names[i] : "?";
}

/* The end of the record that begins at `at`, or the end of all. */
static size_t record_end(const struct diff_stimulus *s, size_t at)
{
    if (s->len - at < 5)
        return s->len;
    size_t body = (size_t)s->bytes[at + 3] << 8 | s->bytes[at + 4];
    return body > s->len - at - 5 ? s->len : at + 5 + body;
}

static int ends_with_a_record(const struct diff_stimulus *s)
{
    size_t at = 0;
    while (s->len - at >= 5) {
        size_t body = (size_t)s->bytes[at + 3] << 8 | s->bytes[at + 4];
        if (body > s->len - at - 5)
            return 0;
        at += 5 + body;
    }
    return at == s->len;
}

struct cursor {
    size_t at, start, end; /* given so far; of the record that begins or goes on there */
    uint64_t seed;
};

/* Octet by octet; with a seed only where records begin and end, for their middles all look alike. */
static size_t next_octet(const struct diff_stimulus *s, struct cursor *c)
{
    while (c->end <= c->at && c->end < s->len) {
        c->start = c->end;
        c->end = record_end(s, c->start);
    }
    return !c->seed || c->at - c->start < 9 || c->end - c->at <= 20 ? c->at + 1 : c->at + 16;
}

/* The next edge. */
static size_t next_edge(const struct diff_stimulus *s, enum diff_delivery delivery, struct cursor *c)
{
    size_t at;
    switch (delivery) {
    case DIFF_BYTES:
        return next_octet(s, c);
    case DIFF_RECORDS:
        return record_end(s, c->at);
    case DIFF_CUTS:
        c->seed = c->seed * 6364136223846793005u + 1442695040888963407u;
        at = c->at + 1 + (size_t)(c->seed >> 33) % (s->len / 4 + 2);
        return at < s->len ? at : s->len;
    default:
        return s->len;
    }
}

static void run(struct diff_driver *d, const struct diff_stimulus *s, uint64_t seed)
{
    struct cursor c = {.seed = seed};
    size_t taken = 0;
    do {
        c.at = s->len ? next_edge(s, d->delivery, &c) : 0;
        taken += diff_driver_feed(d, s->bytes + taken, c.at - taken);
    } while (c.at < s->len && (d->seen->state == DIFF_WAIT || d->seen->state == DIFF_OPEN));
    d->seen->fed = (uint32_t)c.at;
    /* A waiting end has read everything, or waits for the rest of a record: one status for both ways here. */
    if (d->seen->state == DIFF_WAIT && d->seen->status == SEC_E_INCOMPLETE_MESSAGE && taken == c.at && c.at)
        d->seen->status = SEC_I_CONTINUE_NEEDED;
}

/* The beginning of a record that never comes must change nothing and be given back. */
static int add_tail(struct diff_stimulus *to, const struct diff_stimulus *from)
{
    static const uint8_t tail[4] = {23, 3, 3, 0};
    return diff_stimulus_copy(to, from) || diff_stimulus_add(to, tail, sizeof tail);
}

static void drop_tail(struct diff_observation *o, const struct diff_stimulus *s)
{
    if (o->state == DIFF_REJECT)
        return;
    if (o->consumed > s->len)
        diff_broken(o, DIFF_I6, "%u octets taken of an incomplete record", (unsigned)(o->consumed - s->len));
    o->fed = (uint32_t)s->len;
    if (o->consumed == s->len && o->status == SEC_E_INCOMPLETE_MESSAGE) {
        o->status = SEC_I_CONTINUE_NEEDED;
        o->missing = 0;
    }
}

void diff_drive(CredHandle *credential, const struct diff_profile *profile, const struct diff_stimulus *s,
                enum diff_delivery delivery, uint64_t seed, struct diff_observation *out)
{
    struct diff_driver d;
    struct diff_stimulus more = {0};
    int tail = delivery == DIFF_COALESCED && s->len && ends_with_a_record(s) && add_tail(&more, s) == 0;
    diff_driver_open(&d, credential, profile, s->role, delivery, out);
    run(&d, tail ? &more : s, seed);
    diff_driver_close(&d);
    if (tail)
        drop_tail(out, s);
    diff_stimulus_free(&more);
}

/* What differs between two runs of one backend; NULL: nothing that counts. */
static const char *differs(const struct diff_observation *a, const struct diff_observation *b, int no_alert)
{
    if (a->state != b->state)
        return "state";
    if (a->status != b->status)
        return "status";
    if (a->state != DIFF_REJECT && a->consumed != b->consumed)
        return "consumed";
    if (!no_alert && (a->alert_level != b->alert_level || a->alert != b->alert))
        return "alert";
    /* What a call had put out before it failed goes with it unless an alert leaves; between calls it is out.
     */
    if (a->state != DIFF_REJECT && strcmp(a->reply, b->reply) != 0)
        return "reply";
    if (a->granted != b->granted)
        return "flags";
    if (strcmp(a->attributes, b->attributes) != 0)
        return "attributes";
    if (a->plain_length != b->plain_length || a->plain_hash != b->plain_hash)
        return "plaintext";
    return a->state == DIFF_WAIT && a->missing != b->missing ? "missing" : NULL;
}

static enum diff_invariant invariant_of(enum diff_delivery delivery)
{
    return delivery == DIFF_SMALL ? DIFF_I4 : delivery == DIFF_MEMORY ? DIFF_I7 : DIFF_I1;
}

void diff_drive_all(CredHandle *credential, const struct diff_profile *profile, const struct diff_stimulus *s,
                    unsigned deliveries, uint64_t seed, struct diff_observation *out)
{
    uint64_t start = diff_cpu_us();
    diff_drive(credential, profile, s, DIFF_WHOLE, seed, out);
    out->us = (uint32_t)(diff_cpu_us() - start);
    for (unsigned i = DIFF_WHOLE; i < DIFF_DELIVERIES; i++) {
        struct diff_observation other;
        if (!(deliveries & 1u << i))
            continue;
        diff_drive(credential, profile, s, (enum diff_delivery)i, seed, &other);
        if (other.broken)
            diff_broken(out, other.broken, "%s: %s", names[i], other.why);
        /* An alert that found no room is not sent. */
        const char *what = differs(out, &other, i == DIFF_SMALL && out->state == DIFF_REJECT);
        if (what && i == DIFF_WHOLE)
            diff_broken(out, DIFF_I2, "again: %s", what);
        else if (what)
            diff_broken(out, invariant_of((enum diff_delivery)i), "%s: %s", names[i], what);
    }
}
