/* SPDX-License-Identifier: MIT
 *
 * Observations of three backends become one verdict: the worst, and gated only where the level says so. */
#include <config.h>

#include "tools/diff/verdict.h"

#include "t/tap.h"

#include <string.h>

static const struct diff_observation waits = {
    .status = SEC_I_CONTINUE_NEEDED, .consumed = 9, .fed = 9, .reply = "SH(3)"};

static struct diff_observation rejects(uint8_t alert, int32_t status)
{
    struct diff_observation o = {.state = DIFF_REJECT, .status = status, .alert = alert, .fed = 9};
    o.alert_level = alert ? 2 : 0;
    o.alert_class = (uint8_t)diff_alert_class(o.alert_level, alert);
    return o;
}

static struct diff_result three(struct diff_observation a, struct diff_observation b,
                                struct diff_observation c)
{
    struct diff_result r = {.count = 3, .of = {a, b, c}};
    diff_judge(&r, DIFF_L3_STAR);
    return r;
}

static void verdicts(void)
{
    struct diff_observation no = rejects(47, SEC_E_ILLEGAL_MESSAGE),
                            silent = rejects(0, SEC_E_ILLEGAL_MESSAGE);
    struct diff_observation other = rejects(70, SEC_E_ILLEGAL_MESSAGE),
                            order = rejects(10, SEC_E_ILLEGAL_MESSAGE);
    struct diff_observation open = waits, odd = waits, dead = waits, late = waits;
    open.state = DIFF_OPEN;
    struct diff_result r = three(waits, waits, waits);
    ok(r.verdict == DIFF_AGREE && !r.gated, "three that are alike agree");
    r = three(waits, waits, no);
    ok(r.verdict == DIFF_STATE_DIFF && r.gated, "one that rejects is a STATE_DIFF");
    r = three(open, waits, no);
    ok(r.verdict == DIFF_ACCEPT_DIFF && r.gated, "one that finishes where another rejects is an ACCEPT_DIFF");
    r = three(no, silent, other);
    ok(r.verdict == DIFF_ALERT_DIFF && !r.gated, "silence and negotiation for parse are reported, not gated");
    r = three(no, no, order);
    ok(r.verdict == DIFF_ALERT_DIFF && r.gated, "another class of alert is gated");
    r = three(no, no, rejects(47, SEC_E_INTERNAL_ERROR));
    ok(r.verdict == DIFF_STATUS_DIFF && r.gated, "another class of status is gated");
    strcpy(odd.reply, "HRR(4)");
    r = three(waits, odd, waits);
    ok(r.verdict == DIFF_OUTPUT_DIFF && !r.gated, "another reply is reported");
    odd.consumed = 4;
    r = three(waits, odd, waits);
    ok(r.verdict == DIFF_CONSUME_DIFF && r.gated, "other consumption is gated");
    dead.end = DIFF_CRASH;
    r = three(dead, no, waits);
    ok(r.verdict == DIFF_CRASH_FOUND, "a crash outweighs what the others say");
    diff_broken(&late, DIFF_I1, "%s", "bytes");
    r = three(waits, late, waits);
    ok(r.verdict == DIFF_INVARIANT && r.gated, "a broken invariant needs no second backend");
    is_str(late.why, "bytes", "and says which delivery");
    late = waits;
    diff_broken(&late, DIFF_I3, "alone");
    r = three(late, waits, waits);
    ok(r.verdict == DIFF_ORDER_DEP, "dependence on order has a name of its own");
}

static void names(void)
{
    for (int i = 0; i < DIFF_VERDICTS; i++)
        if (diff_verdict_named(diff_verdict_name((unsigned)i)) != i)
            ok(0, "verdict %d has its name", i);
    ok(diff_verdict_named("AGREEMENT") == -1 && diff_level_named("L3*") == DIFF_L3_STAR &&
           diff_class_named("state") == DIFF_ORDER && diff_state_named("reject") == DIFF_REJECT,
       "names are found");
}

static void skeletons(void)
{
    static const uint8_t flight[] = {22, 3, 3, 0, 3, 2,  0, 0, 22, 3, 3, 0,  3, 2, 9, 9, 20,
                                     3,  3, 0, 1, 1, 22, 3, 3, 0,  1, 5, 23, 3, 3, 0, 1, 7};
    static const uint8_t alerts[] = {21, 3,  3,  0, 2, 1, 90, 21, 3,  3,  0, 2,
                                     2,  47, 21, 3, 3, 0, 2,  2,  70, 21, 3};
    char text[192], small[12];
    uint8_t level, alert;
    diff_skeleton(flight, sizeof flight, text, sizeof text, &level, &alert);
    is_str(text, "SH(1) ccs sealed app", "messages lie across records; what is sealed stays so");
    ok(!level && !alert, "no alert");
    diff_skeleton(alerts, sizeof alerts, text, sizeof text, &level, &alert);
    is_str(text, "alert(1,90) alert(2,47) alert(2,70) part", "alerts, and half a record");
    ok(level == 2 && alert == 47, "the first fatal one counts");
    diff_skeleton(alerts, sizeof alerts, small, sizeof small, &level, &alert);
    is_str(small, "...", "what does not fit is marked");
}

static void cases(void)
{
    uint8_t hash[32];
    struct diff_stimulus a = {0}, b;
    diff_sha256("abc", 3, hash);
    ok(hash[0] == 0xba && hash[31] == 0xad, "ids rest on SHA-256");
    ok(!diff_stimulus_add(&a, "one", 3) && !diff_stimulus_cut(&a) && !diff_stimulus_add(&a, "two", 3) &&
           !diff_stimulus_copy(&b, &a) && b.len == 6 && b.cut_count == 1 && b.cuts[0] == 3 &&
           memcmp(b.bytes, "onetwo", 6) == 0,
       "stimuli grow and are copied");
    diff_stimulus_free(&a);
    diff_stimulus_free(&b);
}

int main(void)
{
    verdicts();
    names();
    skeletons();
    cases();
    return tap_done();
}
