/* SPDX-License-Identifier: MIT
 *
 * tools/diff/secret: the key log of each provider that has one opens what it sends, under each suite; what is
 * changed and protected again is read by every provider, and what must not pass does not. */
#include <config.h>

#include "t/tap.h"
#include "tools/diff/features.h"
#include "tools/diff/secret/ideas.h"
#include "tools/diff/secret/middle.h"
#include "tools/diff/secret/secret.h"

#include <stdlib.h>
#include <string.h>

static const char *const providers[] = {"openssl", "gnutls", "wolfssl"};
static struct secret_log told;

/* One connection; the backend's observation, and how many batches were opened. */
static unsigned connect_pair(const struct secret_setting *s, const char *backend_name, const char *ops,
                             struct diff_observation *seen)
{
    enum diff_role other = s->live.role == DIFF_ACCEPT ? DIFF_INITIALIZE : DIFF_ACCEPT;
    struct diff_profile profile = s->live.profile;
    struct diff_backend backend, peer;
    struct secret_middle middle;
    struct live_middle between = {.pass = secret_pass, .back = secret_back, .arg = &middle};
    CredHandle ours, theirs;
    char why[256];

    memset(seen, 0, sizeof *seen);
    memset(&told, 0, sizeof told);
    seen->end = DIFF_SKIPPED;
    if (diff_backend_make(&backend, backend_name, why, sizeof why) ||
        diff_backend_make(&peer, s->live.peer, why, sizeof why) ||
        diff_credential_make(&backend, &profile, s->live.role, &ours) != SEC_E_OK)
        return 0;
    profile.keylog = secret_log_line;
    profile.keylog_user = &told;
    if (diff_credential_make(&peer, &profile, other, &theirs) != SEC_E_OK)
        return 0;
    secret_begin(&middle, &told, other == DIFF_ACCEPT, ops);
    live_run(&s->live, &ours, &theirs, &between, seen);
    unsigned batches = middle.batches;
    secret_end(&middle, seen);
    FreeCredentialsHandle(&ours);
    FreeCredentialsHandle(&theirs);
    return batches;
}

static void is_state(const struct diff_observation *seen, unsigned state, const char *what, const char *name,
                     const char *backend)
{
    ok(seen->end == DIFF_FINE && seen->state == state, "%s: %s to %s is %s (0x%08x, %u octets)", what, name,
       backend, diff_state_name(seen->state), (unsigned)seen->status, seen->plain_length);
}

/* ---- each suite, each provider ---- */
static void suites(const struct secret_setting *all, size_t count)
{
    static const char word[] = "a word from the peer";
    struct diff_observation seen;
    char name[128];

    for (size_t i = 0; i < count; i++)
        for (size_t k = 0; k < 3 && all[i].at[SECRET_CLIENT] == 0; k++) {
            secret_name(&all[i], name, sizeof name);
            unsigned batches = connect_pair(&all[i], providers[k], "", &seen);
            if (seen.end == DIFF_SKIPPED) {
                skip("that provider is not here", "%s to %s", name, providers[k]);
                continue;
            }
            ok(seen.state == DIFF_CLOSED && seen.plain_hash == diff_hash(0, word, sizeof word - 1) &&
                   batches == 3,
               "%s to %s: opened and closed again, %u batches, nobody notices", name, providers[k], batches);
        }
}

/* ---- what passes and what must not ---- */
enum { NEW = 1, OLD = 2, CLIENT = 4, SERVER = 8, MUTUAL = 16, NO_WOLFSSL = 32 };
static const struct {
    const char *what, *ops;
    unsigned where;
    unsigned state;
} cases[] = {
    {"a Finished made anew", "at.sealed 0; seal.finish", NEW | OLD | CLIENT | SERVER, DIFF_CLOSED},
    {"padding", "at.sealed 1; seal.pad 0 100", NEW | CLIENT | SERVER, DIFF_CLOSED},
    {"two records of one", "at.sealed 1; rec.split 0 5", NEW | OLD | CLIENT | SERVER, DIFF_CLOSED},
    {"the largest record", "at.sealed 1; rec.grow 0 16384", NEW | OLD | CLIENT | SERVER, DIFF_CLOSED},
    {"a new key", "at.sealed 1; rec.add 0 22 1800000100", NEW | CLIENT | SERVER, DIFF_CLOSED},
    {"a new key in two records", "at.sealed 1; rec.add 0 22 1800000100; rec.split 0 4", NEW | CLIENT | SERVER,
     DIFF_CLOSED},
    {"a new key, and ours wanted", "at.sealed 1; rec.add 0 22 1800000101", NEW | CLIENT | SERVER,
     DIFF_CLOSED},
    {"a ticket", "at.sealed 1; rec.add 0 22 0400002e+00000e100000000001000020+61*32+0000", NEW | SERVER,
     DIFF_CLOSED},
    {"a new key not used", "at.sealed 1; rec.add 0 22 1800000100; seal.keep 0", NEW | CLIENT | SERVER,
     DIFF_REJECT},
    {"a new key of no kind", "at.sealed 1; rec.add 0 22 1800000102", NEW | CLIENT | SERVER, DIFF_REJECT},
    {"a tag turned", "at.sealed 1; seal.flip 0 0", NEW | OLD | CLIENT | SERVER, DIFF_REJECT},
    {"a record skipped", "at.sealed 1; seal.number 0 1", NEW | OLD | CLIENT | SERVER, DIFF_REJECT},
    {"a record replayed", "at.sealed 1; seal.again 0", NEW | OLD | CLIENT | SERVER, DIFF_REJECT},
    {"the other way's key", "at.sealed 1; seal.key 0 back", NEW | OLD | CLIENT | SERVER, DIFF_REJECT},
    {"the handshake's key", "at.sealed 1; seal.key 0 handshake", NEW | CLIENT | SERVER, DIFF_REJECT},
    {"data in the clear", "at.sealed 1; seal.clear 0", NEW | OLD | CLIENT | SERVER, DIFF_REJECT},
    {"no content type", "at.sealed 1; seal.bare 0", NEW | CLIENT | SERVER, DIFF_REJECT},
    {"one octet too many", "at.sealed 1; rec.grow 0 16385", NEW | OLD | CLIENT | SERVER, DIFF_REJECT},
    {"a Finished turned", "at.sealed 0; field.flip 2/body 7", NEW | CLIENT | MUTUAL, DIFF_REJECT},
    {"a proof turned, Finished made anew", "at.sealed 0; field.flip 1/signature 9; seal.finish",
     NEW | CLIENT | MUTUAL, DIFF_REJECT},
    {"no proof, Finished made anew", "at.sealed 0; hs.drop 1; seal.finish", NEW | CLIENT | MUTUAL,
     DIFF_REJECT},
    {"neither certificate nor proof", "at.sealed 0; hs.drop 2; hs.drop 1; seal.finish", NEW | SERVER,
     DIFF_REJECT},
    {"no proof, Finished made anew", "at.sealed 0; hs.drop 2; seal.finish", NEW | SERVER, DIFF_REJECT},
    {"no proof in the clear, Finished made anew", "at.flight 1; hs.drop 2; at.sealed 0; seal.finish",
     OLD | CLIENT | MUTUAL, DIFF_REJECT},
    {"a proof turned in the clear, Finished made anew",
     "at.flight 1; field.flip 2/signature 9; at.sealed 0; seal.finish", OLD | CLIENT | MUTUAL, DIFF_REJECT},
    {"a certificate nobody asked to compress", "at.sealed 0; hs.type 1 25; seal.finish", NEW | SERVER,
     DIFF_REJECT},
    {"an error that calls itself a warning", "at.sealed 1; rec.alert 0 1 100",
     NEW | CLIENT | SERVER | NO_WOLFSSL, DIFF_REJECT},
};

static int fits(const struct secret_setting *s, unsigned where)
{
    return where & (secret_tls13(s) ? NEW : OLD) && where & (s->live.role == DIFF_ACCEPT ? CLIENT : SERVER) &&
           (s->at[SECRET_CLIENT] == 1) == ((where & MUTUAL) != 0);
}

static void passes(const struct secret_setting *all, size_t count)
{
    struct diff_observation seen;
    char name[128], what[200];

    for (size_t c = 0; c < sizeof cases / sizeof *cases; c++)
        for (size_t i = 0; i < count; i++)
            for (size_t k = 0; k < 3; k++) {
                /* each suite with another peer: the rest is the same code */
                if (!fits(&all[i], cases[c].where) ||
                    all[i].at[SECRET_SUITE] != (c + all[i].at[SECRET_PEER]) % 3 ||
                    (k == 2 && cases[c].where & NO_WOLFSSL))
                    continue;
                connect_pair(&all[i], providers[k], cases[c].ops, &seen);
                if (seen.end == DIFF_SKIPPED)
                    continue; /* said above */
                secret_name(&all[i], name, sizeof name);
                snprintf(what, sizeof what, "%s", cases[c].what);
                is_state(&seen, cases[c].state, what, name, providers[k]);
                if (seen.broken)
                    ok(0, "%s: %s", what, seen.why);
            }
}

/* ---- names ---- */
static void operations(const struct secret_setting *all, size_t count)
{
    unsigned other = 0, none = 0, made = 0, unknown = 0, where;
    struct diff_stream nothing = {0};
    struct diff_bytes out = {0};
    char ops[DIFF_OPS_MAX], again[DIFF_OPS_MAX];
    const char *words[DIFF_FEATURES_MAX], *text;

    diff_parse(&nothing, 1, "", 0);
    for (size_t i = 0; i < count; i++)
        for (uint64_t seed = 1; seed < 20; seed++, made++) {
            secret_mutate(&all[i], seed, ops, sizeof ops);
            secret_mutate(&all[i], seed, again, sizeof again);
            other += strcmp(ops, again) != 0;
            none += strncmp(ops, "at.", 3) != 0 || !strstr(ops, "at.sealed ") || !diff_ops_token(ops, 1) ||
                    diff_apply(&nothing, ops, &out) < 0;
            unknown += secret_stimulus_words(&all[i], ops, words, DIFF_FEATURES_MAX) < 5;
        }
    is_int(other, 0, "a seed means the same operations every time (%u of them)", made);
    is_int(none, 0, "and says which batch is meant, in operations that there are");
    is_int(unknown, 0, "and has words");
    for (unsigned i = 0; (text = idea_text(i, &where)) != NULL; i++)
        if (!(where & (IDEA_0 | IDEA_1 | IDEA_2)) || !(where & (IDEA_12 | IDEA_13)))
            ok(0, "an idea that fits nowhere: %s", text);
    diff_stream_free(&nothing);
    diff_bytes_free(&out);
}

/* ---- the algorithms, against RFC 8448 3 ---- */
static void vectors(void)
{
    struct diff_bytes secret = {0}, record = {0}, content = {0};
    struct seal s;
    uint8_t type = 0;

    /* the client's application data of "Simple 1-RTT Handshake" */
    (void)diff_bytes_hex(&secret, "9e40646ce79a7f9dc05af8889bce6552875afa0b06df0087f792ebb7c17504a5", 64);
    (void)diff_bytes_hex(
        &record,
        "1703030043a23f7054b62c94d0affafe8228ba55cbefacea42f914aa66bcab3f2b9819a8a5b46b395bd54a9a20441e2b"
        "62974e1f5a6292a2977014bd1e3deae63aeebb21694915e4",
        144);
    seal_from_secret(&s, seal_suite_find(0x1301), secret.ptr);
    ok(seal_open(&s, record.ptr, record.len, &type, &content) == 0 && type == 23 && content.len == 50 &&
           content.ptr[0] == 0 && content.ptr[49] == 49,
       "RFC 8448: application data of the client");
    record.ptr[20] ^= 1;
    seal_from_secret(&s, seal_suite_find(0x1301), secret.ptr);
    ok(seal_open(&s, record.ptr, record.len, &type, &content) < 0 && content.len == 50,
       "a bit turned: it stays closed");
    diff_bytes_free(&secret);
    diff_bytes_free(&record);
    diff_bytes_free(&content);
}

int main(void)
{
    size_t count;
    struct secret_setting *all;
    char data[4096];

    snprintf(data, sizeof data, "%s/tools/diff", getenv("top_srcdir"));
    diff_data_set(data);
    vectors();
    all = secret_settings(&count);
    suites(all, count);
    passes(all, count);
    operations(all, count);
    free(all);
    return tap_done();
}
