/* SPDX-License-Identifier: MIT
 *
 * tools/diff/live-settings.c, live-mutate.c: every two values meet, names are names, and what is changed
 * follows from the seed and touches one flight. */
#include <config.h>

#include "t/diff-kit.h"
#include "t/tap.h"
#include "tools/diff/features.h"
#include "tools/diff/live.h"
#include "tools/diff/mutate.h"

static int by_text(const void *a, const void *b)
{
    return strcmp(a, b);
}

static void coverage(const struct live_setting *all, size_t count)
{
    static uint8_t met[LIVE_AXES][8][LIVE_AXES][8], values[LIVE_AXES];
    unsigned missing = 0, doubled = 0;
    char(*names)[128] = calloc(count, sizeof *names);

    for (size_t i = 0; i < count; i++) {
        live_name(&all[i], names[i], sizeof *names);
        for (unsigned a = 0; a < LIVE_AXES; a++) {
            values[a] = all[i].at[a] > values[a] ? all[i].at[a] : values[a];
            for (unsigned b = 0; b < LIVE_AXES; b++)
                met[a][all[i].at[a]][b][all[i].at[b]] = 1;
        }
    }
    for (unsigned a = 0; a < LIVE_AXES; a++)
        for (unsigned b = 0; b < LIVE_AXES; b++)
            for (unsigned x = 0; x <= values[a]; x++)
                for (unsigned y = 0; y <= values[b] && a != b; y++)
                    missing += !met[a][x][b][y];
    qsort(names, count, sizeof *names, by_text);
    for (size_t i = 1; i < count; i++)
        doubled += strcmp(names[i - 1], names[i]) == 0;
    ok(count >= 1500, "%zu settings", count);
    is_int(missing, 0, "every two values meet");
    is_int(doubled, 0, "no name is given twice");
    free(names);
}

static void words(const struct live_setting *all, size_t count)
{
    const char *out[64], *meaning, *word;
    unsigned unknown = 0;

    for (size_t i = 0; i < count; i += 7)
        for (size_t n = live_words(&all[i], out, 64); n-- > 0;) {
            unsigned at = 0;
            while ((word = diff_feature(at, &meaning)) != NULL && strcmp(word, out[n]) != 0)
                at++;
            unknown += word == NULL;
        }
    is_int(unknown, 0, "each word of a setting is in the vocabulary");
}

static void mutations(const struct live_setting *all, size_t count)
{
    unsigned other = 0, still = 0, touched = 0, none = 0, made = 0, flights[3] = {0};
    struct diff_bytes hello = kit_hex(KIT_RECORD), copy = {0};

    for (size_t i = 0; i < count; i += 13)
        for (uint64_t seed = 1; seed < 6; seed++, made++) {
            char ops[512], again[512];
            unsigned flight = 9;
            live_mutate(&all[i], seed, ops, sizeof ops);
            live_mutate(&all[i], seed, again, sizeof again);
            other += strcmp(ops, again) != 0;
            none += sscanf(ops, "at.flight %u; ", &flight) != 1 || flight > 2 || !diff_ops_token(ops, 1);
            flights[flight % 3]++;
            for (unsigned f = 0; f < 3; f++) {
                copy.len = 0;
                diff_bytes_add(&copy, hello.ptr, hello.len);
                live_apply(&all[i], ops, f, &copy);
                int same = copy.len == hello.len && memcmp(copy.ptr, hello.ptr, copy.len) == 0;
                touched += f != flight && !same;
                still += f == flight && same;
            }
        }
    is_int(other, 0, "a seed means the same operations every time (%u of them)", made);
    is_int(none, 0, "and says which flight is meant");
    is_int(touched, 0, "no other flight is touched");
    ok(still < made / 2, "that one is (%u times it had no place for the change)", still);
    ok(flights[0] && flights[1] && flights[2], "each of three flights: %u, %u, %u", flights[0], flights[1],
       flights[2]);
    diff_bytes_free(&hello);
    diff_bytes_free(&copy);
}

int main(void)
{
    size_t count, fewer;
    struct live_setting *all = live_settings(7, &count), *one = live_settings(2, &fewer);

    coverage(all, count);
    words(all, count);
    mutations(all, count);
    ok(fewer * 3 > count - count / 10 && fewer * 3 < count + count / 10, "one peer has a third of them");
    free(all);
    free(one);
    return tap_done();
}
