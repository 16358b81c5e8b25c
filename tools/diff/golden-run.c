/* SPDX-License-Identifier: MIT
 *
 * One transcript: a child in which randomness and time follow from the seed, and what it sends home. */
#include <config.h>

#include "tools/diff/golden.h"
#include "tools/diff/live.h"
#include "tools/diff/streams.h"
#include "tools/diff/worker.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static int is_live(const struct diff_base *base)
{
    return strcmp(base->kind->name, "live") == 0;
}

/* Delivered whole, since the others feed the same octets, and with a protocol in common, since it would end
 * at once.  Which of those that are alike is anyone's choice, but always the same one. */
static int fits(const struct live_setting *s)
{
    return s->delivery == DIFF_WHOLE && s->at[LIVE_ALPN] != 2;
}

static unsigned place_of(const struct live_setting *s)
{
    unsigned place = 0;
    for (unsigned axis = LIVE_PEER; axis <= LIVE_KEY; axis++)
        place = place * 3 + s->at[axis];
    return place * 2 + s->at[LIVE_SESSION];
}

uint8_t *golden_choose(const struct diff_suite *suite)
{
    enum { PLACES = 3 * 3 * 3 * 3 * 2 };
    static size_t best[PLACES]; /* the base, counted from 1 */
    uint8_t *chosen = calloc(suite->count + 1, 1);
    if (!chosen)
        abort();
    memset(best, 0, sizeof best);
    for (size_t i = 0; i < suite->count; i++) {
        const struct diff_base *base = suite->bases[i];
        chosen[i] = base->kind == &diff_replay;
        if (!is_live(base) || !fits(base->extra))
            continue;
        size_t *held = &best[place_of(base->extra)];
        if (!*held || diff_hash(0, base->content, 32) < diff_hash(0, suite->bases[*held - 1]->content, 32))
            *held = i + 1;
    }
    for (unsigned i = 0; i < PLACES; i++)
        if (best[i])
            chosen[best[i] - 1] = 1;
    return chosen;
}

const char *golden_peer(const struct diff_base *base)
{
    return is_live(base) ? ((const struct live_setting *)base->extra)->peer : NULL;
}

enum diff_role golden_role(const struct diff_base *base)
{
    return is_live(base) ? ((const struct live_setting *)base->extra)->role : base->stimulus.role;
}

/* ---- in the child ---- */

static void put(FILE *out, char way, const uint8_t *bytes, size_t len)
{
    fprintf(out, "%c ", way);
    for (size_t i = 0; i < len; i++)
        fprintf(out, "%02x", bytes[i]);
    putc('\n', out);
}

static void put_end(FILE *out, const struct diff_observation *seen)
{
    fprintf(out, "= %s 0x%08x 0x%x%s%s\n", diff_state_name(seen->state), (unsigned)seen->status,
            (unsigned)seen->granted, seen->attributes[0] ? " " : "", seen->attributes);
}

static void of_peer(void *arg, unsigned flight, struct diff_bytes *bytes)
{
    (void)flight;
    put(arg, '>', bytes->ptr, bytes->len);
}

static void of_backend(void *arg, struct diff_bytes *bytes)
{
    put(arg, '<', bytes->ptr, bytes->len);
}

static void no_credential(FILE *out, const char *who, SECURITY_STATUS status)
{
    fprintf(out, "! no credential of %s: 0x%08x\n", who, (unsigned)status);
}

static void live(FILE *out, const struct live_setting *s, const struct diff_backend *backend)
{
    struct live_middle middle = {.pass = of_peer, .back = of_backend, .arg = out};
    enum diff_role other = s->role == DIFF_ACCEPT ? DIFF_INITIALIZE : DIFF_ACCEPT;
    struct diff_observation seen;
    struct diff_backend peer;
    CredHandle ours, theirs;
    char why[256];
    if (diff_backend_make(&peer, s->peer, why, sizeof why)) {
        fprintf(out, "! %s\n", why);
        return;
    }
    SECURITY_STATUS status = diff_credential_make(backend, &s->profile, s->role, &ours);
    if (status != SEC_E_OK) {
        no_credential(out, backend->name, status);
        return;
    }
    status = diff_credential_make(&peer, &s->profile, other, &theirs);
    if (status != SEC_E_OK)
        no_credential(out, peer.name, status);
    for (int i = 0; status == SEC_E_OK && i <= s->profile.resumes; i++) {
        live_run(s, &ours, &theirs, &middle, &seen);
        put_end(out, &seen);
    }
}

static void replay(FILE *out, const struct diff_base *base, const struct diff_backend *backend)
{
    const struct diff_profile *profile = diff_profile_find(base->profile);
    const struct diff_stimulus *s = &base->stimulus;
    struct diff_observation seen;
    struct diff_driver d;
    CredHandle credential;
    SECURITY_STATUS status = diff_credential_make(backend, profile, s->role, &credential);
    if (status != SEC_E_OK) {
        no_credential(out, backend->name, status);
        return;
    }
    diff_driver_open(&d, &credential, profile, s->role, DIFF_WHOLE, &seen);
    if (d.out_len)
        put(out, '<', d.out, d.out_len);
    size_t hello = d.out_len;
    diff_driver_feed(&d, s->bytes, s->len);
    if (d.out_len > hello)
        put(out, '<', d.out + hello, d.out_len - hello);
    diff_driver_close(&d);
    put_end(out, &seen);
}

static _Noreturn void child(const struct diff_options *o, const struct diff_base *base,
                            const struct diff_backend *backend, int to)
{
    FILE *out = fdopen(to, "w");
    diff_limit_memory();
    diff_limit(o->limit);
    streams_at(0);
    if (out && is_live(base))
        live(out, base->extra, backend);
    else if (out)
        replay(out, base, backend);
    _exit(!out || fflush(out) ? 3 : 0);
}

/* ---- in the parent ---- */

static void hear(int from, struct diff_bytes *text)
{
    for (;;) {
        uint8_t part[1 << 14];
        ssize_t n = read(from, part, sizeof part);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return;
        diff_bytes_add(text, part, (size_t)n);
    }
}

char *golden_run(const struct diff_options *o, const struct diff_base *base,
                 const struct diff_backend *backend)
{
    struct diff_bytes text = {0};
    int ends[2], status = 0;
    if (pipe(ends))
        return NULL;
    fflush(NULL);
    pid_t pid = fork();
    if (pid == 0) {
        close(ends[0]);
        child(o, base, backend, ends[1]);
    }
    close(ends[1]);
    if (pid > 0)
        hear(ends[0], &text);
    close(ends[0]);
    while (pid > 0 && waitpid(pid, &status, 0) < 0 && errno == EINTR)
        continue;
    if (status) {
        char line[64];
        snprintf(line, sizeof line, "! %s %d\n", WIFSIGNALED(status) ? "signal" : "exit",
                 WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status));
        diff_bytes_add(&text, line, strlen(line));
    }
    diff_bytes_add(&text, "", 1);
    if (pid > 0)
        return (char *)text.ptr;
    diff_bytes_free(&text);
    return NULL;
}
