/* SPDX-License-Identifier: MIT
 *
 * tools/diff/minimise.c: what is left still shows what was asked for, is never longer, and is found in as
 * many executions as were allowed. */
#include <config.h>

#include "t/diff-kit.h"
#include "t/tap.h"
#include "tools/diff/features.h"
#include "tools/diff/minimise.h"
#include "tools/diff/mutate.h"
#include "tools/diff/shrink.h"
#include "tools/diff/smaller.h"

struct asked {
    const char *word; /* of features.h; NULL: anything holds */
    unsigned times, wrong;
    size_t longest;
};

static int has(const struct diff_stimulus *s, const char *word)
{
    struct diff_stream t = {0};
    const char *words[128];
    int found = word == NULL;
    diff_parse(&t, s->role == DIFF_ACCEPT, s->bytes, s->len);
    size_t count = diff_features(&t, NULL, words, 128);
    for (size_t i = 0; i < count && !found; i++)
        found = strcmp(words[i], word) == 0;
    diff_stream_free(&t);
    return found;
}

static int holds(void *user, const struct diff_stimulus *s)
{
    struct asked *a = user;
    a->times++;
    a->wrong += s->len > a->longest;
    return has(s, a->word);
}

static struct diff_stimulus stimulus(const char *hex, const char *ops)
{
    struct diff_stimulus s = {.role = DIFF_ACCEPT};
    struct diff_stream t = kit_stream(1, hex);
    struct diff_bytes out = {0};
    diff_bytes_fill(&out, 0, 0);
    diff_apply(&t, ops, &out);
    if (diff_stimulus_add(&s, out.ptr, out.len) || (s.len && diff_stimulus_cut(&s)))
        abort();
    diff_stream_free(&t);
    diff_bytes_free(&out);
    return s;
}

/* How long what is left of `hex` after `ops` is; left: the operations that stay. */
static size_t smallest(const char *hex, const char *ops, const char *word, unsigned tries, const char *left)
{
    char text[DIFF_OPS_MAX];
    struct diff_stimulus base = stimulus(hex, ""), from = stimulus(hex, ops);
    struct asked a = {.word = word, .longest = from.len};
    struct diff_minimise m = {.holds = holds, .user = &a, .tries_max = tries};
    const char *tag = word ? word : "anything";
    snprintf(text, sizeof text, "%s", ops);
    ok(has(&from, word), "%s: it is there to begin with", tag);
    diff_minimise(&m, &from, &base, text);
    ok(has(&m.best, word), "%s: and in the end (%zu octets of %zu, %u executions)", tag, m.best.len, from.len,
       m.tries);
    ok(m.best.len <= from.len && !a.wrong, "%s: nothing longer is even tried", tag);
    ok(m.tries == a.times && a.times <= tries, "%s: %u executions at most", tag, tries);
    is_str(text, left, "%s: operations that matter", tag);
    size_t len = m.best.len;
    diff_minimise_free(&m);
    diff_stimulus_free(&base);
    diff_stimulus_free(&from);
    return len;
}

static void tokens(void)
{
    struct diff_stimulus s = stimulus("15 0303 0002 0100 17 0303 0001 61", "");
    struct asked a = {.word = "first.alert.close", .longest = s.len};
    struct diff_minimise m = {.holds = holds, .user = &a, .tries_max = DIFF_TRIES};
    s.cuts[0] = 7;
    s.len = 13;
    if (diff_stimulus_cut(&s))
        abort();
    diff_minimise(&m, &s, NULL, NULL);
    ok(m.best.len == 7 && m.best.cut_count == 1, "a token that says nothing goes (%zu octets)", m.best.len);
    diff_minimise_free(&m);
    diff_stimulus_free(&s);
}

/* A certificate's extensions go, and the lengths around them follow; what is none stays as it is. */
static void extensions(void)
{
    static const struct {
        const char *from, *left;
        size_t count;
        uint8_t gone[4];
    } cases[] = {
        {"3015 3010 020105 a30b 3009 30020500 3003020107 030100",
         "3011 300c 020105 a307 3005 3003020107 030100",
         2,
         {1, 0}},
        {"3015 3010 020105 a30b 3009 30020500 3003020107 030100", "3008 3003 020105 030100", 2, {1, 1}},
        {"3015 3010 020105 a30b 3009 30020500 3003020107 030100",
         "3015 3010 020105 a30b 3009 30020500 3003020107 030100",
         2,
         {0, 0}},
        {"3008 3003 020105 030100", "3008 3003 020105 030100", 0, {1, 1}},
        {"3015 3010 020105 a30b 3009 3002", "3015 3010 020105 a30b 3009 3002", 0, {1, 1}},
        {"30847fffffff 00", "30847fffffff 00", 0, {1, 1}},
        {"", "", 0, {1, 1}},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct diff_bytes from = kit_hex(cases[i].from), left = kit_hex(cases[i].left), out = {0};
        diff_bytes_fill(&out, 0, 0);
        is_int((long long)diff_der_extensions(from.ptr, from.len, cases[i].gone, &out),
               (long long)cases[i].count, "%zu: so many extensions", i);
        ok(out.len == left.len && (!out.len || !memcmp(out.ptr, left.ptr, out.len)), "%zu: without those", i);
        diff_bytes_free(&from);
        diff_bytes_free(&left);
        diff_bytes_free(&out);
    }
}

static int needs_three(void *user, const uint8_t *gone)
{
    return ++*(unsigned *)user && !gone[3] && !gone[40] && !gone[199];
}

static void pieces(void)
{
    unsigned times = 0;
    struct diff_shrink s = {.holds = needs_three, .user = &times, .count = 200, .tries_max = 400};
    is_int((long long)diff_shrink(&s), 197, "three of two hundred pieces stay");
    ok(!s.gone[3] && !s.gone[40] && !s.gone[199] && s.tries == times && times < 200,
       "those that matter, after %u tries", times);
    s = (struct diff_shrink){.holds = needs_three, .user = &times, .count = 200, .tries_max = 5};
    ok(diff_shrink(&s) < 197 && s.tries == 5, "no more tries than are allowed");
}

int main(void)
{
    extensions();
    pieces();
    size_t len =
        smallest(KIT_RECORD, "ext.dup 13; hs.add 0 14 61*30", "ch.ext.dup", DIFF_TRIES, "ext.dup 13");
    ok(len <= 120, "a duplicate stands in a hello of %zu octets", len);
    len = smallest(KIT_RECORD "15 0303 0002 0100", "ext.dup 16; rec.split 0 40; rec.split 0 9", "ch.ext.dup",
                   DIFF_TRIES, "ext.dup 16");
    ok(len <= 120, "records and what is behind them go too (%zu octets)", len);
    len = smallest(KIT_RECORD, "rec.split 0 9", "ch.fragmented", DIFF_TRIES, "rec.split 0 9");
    ok(len < 60, "the border that matters stays (%zu octets)", len);
    is_int((int)smallest(KIT_RECORD, "", NULL, DIFF_TRIES, ""), 0, "nothing is the smallest of all");
    is_int((int)smallest("", "", NULL, DIFF_TRIES, ""), 0, "and stays nothing");
    len = smallest(KIT_RECORD, "ext.dup 13", "ch.ext.dup", 0, "ext.dup 13");
    ok(len > 180, "without executions everything stays (%zu octets)", len);
    len = smallest(KIT_RECORD, "ext.dup 13", "ch.ext.dup", 60, "ext.dup 13");
    ok(len < 190, "with a few something goes (%zu octets)", len);
    smallest("474554202f20485454502f312e310d0a", "", "first.http", DIFF_TRIES, "");
    tokens();
    return tap_done();
}
