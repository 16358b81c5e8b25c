/* SPDX-License-Identifier: MIT
 *
 * Programs with the loops, buffers and flags of those that were written for Schannel (t/programs): each
 * connects, sends, receives, renegotiates and closes, in TLS 1.2 and 1.3, over reads of any size.  What one
 * depends on stands under the item that says so. */
#include <config.h>

#include "t/programs/world.h"
#include "t/tap.h"

static const struct program *const programs[] = {
    &program_curl,          &program_curl_unsupplied, &program_ffmpeg,
    &program_ffmpeg_server, &program_pjsip,           &program_pjsip_server,
    &program_libgit2,       &program_mariadb,         &program_mariadb_unsupplied,
    &program_rust,          &program_rust_server,     &program_qt,
    &program_qt_asked,      &program_qt_server,       &program_mongod_server,
    &program_aws,           &program_aws_server,
};
enum { LONG_TEXT = 40000 };
static uint8_t text[LONG_TEXT];

struct run {
    const struct program *program;
    struct world world;
    void *state;
    char tag[128];
};

static int receives(struct run *run, const uint8_t *want, size_t len)
{
    static uint8_t got[LONG_TEXT];
    size_t have = 0;
    while (have < len) {
        long part = run->program->receive(run->state, &run->world, got + have, len - have);
        if (part <= 0)
            break;
        have += (size_t)part;
    }
    return have == len && !memcmp(got, want, len);
}

/* Both ways, a short message and one of several records. */
static void talk(struct run *run, const char *when, int said)
{
    struct world *world = &run->world;
    world_turn(world); /* what the program said last */
    if (!said)
        world_say(world, "hello", 5);
    ok(receives(run, (const uint8_t *)"hello", 5), "K6 %s: a short message arrives %s", run->tag, when);
    flow_drop(&world->peer->data, world->peer->data.len);
    int sent = run->program->send(run->state, world, text, LONG_TEXT);
    world_turn(world);
    ok(sent && world->peer->data.len == LONG_TEXT && !memcmp(world->peer->data.ptr, text, LONG_TEXT),
       "K20 %s: what the program sends arrives %s", run->tag, when);
    world_say(world, text, LONG_TEXT);
    ok(receives(run, text, LONG_TEXT), "K22 %s: a long message arrives %s", run->tag, when);
}

/* D14: the other end starts a new handshake, where its library can. */
static void redo(struct run *run)
{
    struct world *world = &run->world;
    SECURITY_STATUS status = world_redo(world, "hello");
    if (status == SEC_E_UNSUPPORTED_FUNCTION) {
        ok(world->open, "D14 %s: a new handshake is refused, the context is usable", run->tag);
        return;
    }
    is_status(status, SEC_I_CONTINUE_NEEDED, "D14 %s: the other end starts a new handshake", run->tag);
    talk(run, "behind a renegotiation", 1);
    if (world->failed != SEC_E_OK)
        diag("the other end failed: %s", pair_status(world->failed));
}

/* Closed by the other end first, or by the program. */
static void part(struct run *run, int peer_first)
{
    const struct program *program = run->program;
    struct world *world = &run->world;
    uint8_t octet;
    if (peer_first) {
        world_hang_up(world);
        long end = program->receive(run->state, world, &octet, 1);
        is_int(end, program->flaws & FLAW_CLOSE_IS_AN_ERROR ? -1 : 0,
               "K28 %s: the other end's close_notify is seen", run->tag);
    }
    program->close(run->state, world);
    world_turn(world);
    if (!(program->flaws & FLAW_SAYS_NO_GOODBYE))
        ok(world->saw_close, "K29 %s: the program's close_notify arrives", run->tag);
}

/* What was found in all the ways a program was run. */
static void report(const struct world *world, const char *tag)
{
    for (size_t i = 0; i < world->claimed; i++) {
        const struct claim *claim = &world->claims[i];
        tap_ok(claim->good, claim->file, claim->line, "%s %s: %s", claim->id, tag, claim->words);
    }
}

/* One connection.  Its claims are added to those of `before`. */
static void one(const struct program *program, const char *provider, int tls, size_t chunk, int early,
                struct world *before)
{
    char package[64];
    struct run run = {.program = program, .state = calloc(1, program->state_size)};
    struct world *world = &run.world;
    struct pair_options options = program->peer;
    snprintf(package, sizeof package, "Schannel:%s", provider);
    snprintf(run.tag, sizeof run.tag, "%s %s tls%d reads of %zu%s", program->name, provider, tls, chunk,
             early ? " early" : "");
    memcpy(world->claims, before->claims, sizeof world->claims);
    world->claimed = before->claimed;
    options.provider = provider;
    options.tls = tls;
    world->package = package;
    world->tls = tls;
    world->chunk = chunk;
    world->say_max = program->say_max;
    world->early = early ? "hello" : NULL;
    world->variant = program->variant;
    if (!ok(run.state && world_open(world, &options, program->server), "%s: the other end is ready", run.tag))
        goto out;
    int open = program->open(run.state, world);
    if (!ok(open, "K7 %s: the handshake completes", run.tag)) {
        diag("the other end: %s", pair_status(world->failed));
    } else {
        talk(&run, "after the handshake", early);
        if (!(program->flaws & FLAW_NO_REDO))
            redo(&run);
    }
    part(&run, chunk != 0);
    ok(world->failed == SEC_E_OK, "%s: the other end has nothing to object (%s)", run.tag,
       pair_status(world->failed));
    ok(!world->starved, "K6 K7 %s: no read waits for what does not come", run.tag);
out:
    memcpy(before->claims, world->claims, sizeof world->claims);
    before->claimed = world->claimed;
    world_close(world);
    free(run.state);
}

/* K38, K19: the library refuses the server's certificate.  Whether the server is told is the program's
 * choice. */
static void refused(const struct program *program, int tells, const char *provider, int tls)
{
    char package[64], tag[128];
    struct world world = {.tls = tls, .judge = 1};
    struct pair_options options = program->peer;
    void *state = calloc(1, program->state_size);
    snprintf(package, sizeof package, "Schannel:%s", provider);
    snprintf(tag, sizeof tag, "%s %s tls%d", program->name, provider, tls);
    options.provider = provider;
    options.tls = tls;
    world.package = package;
    if (state && world_open(&world, &options, 0)) {
        ok(!program->open(state, &world), "K16 %s: a handshake that failed is not taken for one that did not",
           tag);
        is_status(world.refusal, SEC_E_UNTRUSTED_ROOT,
                  "K38 %s: the server's certificate is refused with its code", tag);
        world_turn(&world);
        ok((world.failed < 0) == tells, "K19 %s: the server is told %s (%s)", tag,
           tells ? "because the program asked for it" : "nothing, for the program did not ask",
           pair_status(world.failed));
        program->close(state, &world);
        report(&world, tag);
    }
    world_close(&world);
    free(state);
}

static void each(const char *provider, int tls)
{
    refused(&program_curl, 0, provider, tls);
    refused(&program_pjsip, 0, provider, tls);
    refused(&program_mariadb, 1, provider, tls);
    if (tls == 12)
        refused(&program_ffmpeg, 0, provider, tls);
    for (size_t i = 0; i < sizeof programs / sizeof *programs; i++) {
        const struct program *program = programs[i];
        struct world all = {0};
        char tag[128];
        if (program->old && tls == 13)
            continue; /* D11 */
        one(program, provider, tls, 0, 0, &all);
        one(program, provider, tls, 0, 1, &all);
        one(program, provider, tls, 1000, 0, &all);
        if (!(program->flaws & FLAW_NEEDS_WHOLE_HELLO))
            one(program, provider, tls, 1, 0, &all);
        snprintf(tag, sizeof tag, "%s %s tls%d", program->name, provider, tls);
        report(&all, tag);
    }
}

int main(void)
{
    for (size_t i = 0; i < LONG_TEXT; i++)
        text[i] = (uint8_t)(i * 31 + i / 251);
    pair_each(each);
    return tap_done();
}
