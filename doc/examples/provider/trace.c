/* SPDX-License-Identifier: MIT
 *
 * trace.c -- a provider that passes every call on to another one and logs it: a template that shows each
 * function at work, and a tool for watching a provider.  It is built from OpenSSPI's installed headers alone:
 *
 *   cc $(pkg-config --cflags opensspi) -std=c11 -fPIC -shared -Wl,-z,nodelete -o trace.so trace.c
 *   install -m 644 trace.so "$(pkg-config --variable=providerdir opensspi)"
 *   install -m 644 trace.provider "$(pkg-config --variable=confdir opensspi)/providers.d/90-trace.provider"
 *
 * trace.provider says which module it drives.  A program asks for it with OPENSSPI_PROVIDER=trace and
 * OPENSSPI_LOG=provider+debug.  A provider of your own keeps the shape of this file and puts its library
 * where `theirs` is called here; opensspi/provider.h is the contract, doc/providers-guide.md the way through
 * it. */
#define _GNU_SOURCE
#include <opensspi/provider.h>

#include <dlfcn.h>
#include <stdio.h>
#include <string.h>

static const char name[] = "trace";
static const struct sspi_core *core;       /* what the core lends: log, options, callbacks */
static const struct sspi_provider *theirs; /* whom this one drives */

#define SAY(...) core->log(SSPI_LOG_DEBUG, name, __VA_ARGS__)

static const char *word(enum sspi_status status)
{
    static const char *const words[] = {"ok",     "want-record", "want-credential", "want-flush",
                                        "closed", "unsupported", "failed"};
    return (unsigned)status < sizeof words / sizeof *words ? words[status] : "?";
}

/* ---- credentials: one certificate, its key, the settings; they serve any number of threads ---- */

static enum sspi_status cred_new(const struct sspi_cred_params *params, sspi_cred **out,
                                 struct sspi_failure *failure)
{
    enum sspi_status status = theirs->cred_new(params, out, failure);
    SAY("cred_new(%s, protocols 0x%x, %u certificates): %s", params->server ? "server" : "client",
        params->protocols, params->chain_count, word(status));
    return status;
}

/* ---- sessions: one connection each; calls on one never overlap ---- */

static enum sspi_status session_new(sspi_cred *cred, const struct sspi_session_params *params,
                                    sspi_session **out, struct sspi_failure *failure)
{
    enum sspi_status status = theirs->session_new(cred, params, out, failure);
    SAY("session_new(name %s, verify %d, request_cert %d, %s): %s",
        params->server_name ? params->server_name : "-", params->verify, params->request_cert,
        params->resume ? "resuming" : "fresh", word(status));
    return status;
}

/* One whole record in, or none; what comes out went through io->emit. */
static enum sspi_status handshake(sspi_session *session, struct sspi_io *io)
{
    enum sspi_status status = theirs->handshake(session, io);
    SAY("handshake(type %d, %zu octets): %s, took %zu, events 0x%x", io->in ? io->in[0] : -1, io->in_len,
        word(status), io->in_used, io->events);
    return status;
}

/* The record path: a real provider logs nothing here. */
static enum sspi_status seal(sspi_session *session, struct sspi_record *record)
{
    enum sspi_status status = theirs->seal(session, record);
    SAY("seal(%zu octets): %s, trailer %zu", record->data_len, word(status), record->trailer_len);
    return status;
}

static enum sspi_status unseal(sspi_session *session, struct sspi_record *record)
{
    enum sspi_status status = theirs->unseal(session, record);
    SAY("unseal: %s, %zu octets, events 0x%x", word(status), record->data_len, record->events);
    return status;
}

static enum sspi_status shutdown(sspi_session *session, struct sspi_io *io)
{
    enum sspi_status status = theirs->shutdown(session, io);
    SAY("shutdown: %s", word(status));
    return status;
}

/* Why the last call failed; the core makes a SEC_E_ code of it. */
static const struct sspi_failure *failure(sspi_session *session)
{
    const struct sspi_failure *told = theirs->failure(session);
    if (told)
        SAY("failure: why %d, alert %u: %s", (int)told->why, told->alert, told->text ? told->text : "-");
    return told;
}

static enum sspi_status describe(sspi_session *session, struct sspi_conn *conn)
{
    enum sspi_status status = theirs->describe(session, conn);
    SAY("describe: %s, version 0x%04x, suite 0x%04x, group %u", word(status), conn->version, conn->suite,
        conn->group);
    return status;
}

/* ---- loading ---- */

/* `x-module` of [provider trace]: whom to drive.  The core has checked who may change the configuration. */
static const struct sspi_provider *find(void)
{
    const char *path = core->option(name, "x-module"), *base;
    char symbol[128];
    void *module;
    sspi_provider_fn *entry;

    if (!path || path[0] != '/') {
        core->log(SSPI_LOG_ERROR, name, "[provider trace] needs x-module = /PATH/NAME.so");
        return NULL;
    }
    base = strrchr(path, '/') + 1;
    snprintf(symbol, sizeof symbol, "%.*s_LTX_sspi_provider", (int)strcspn(base, "."), base);
    module = dlopen(path, RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE);
    *(void **)&entry = module ? dlsym(module, symbol) : NULL;
    if (!entry) {
        core->log(SSPI_LOG_ERROR, name, "%s", dlerror());
        return NULL;
    }
    return entry(core);
}

/* The one symbol that a module exports.  The table is filled before this returns; the core copies it once. */
const struct sspi_provider *trace_LTX_sspi_provider(const struct sspi_core *lent);
const struct sspi_provider *trace_LTX_sspi_provider(const struct sspi_core *lent)
{
    static struct sspi_provider mine;

    if (lent->abi >> 16 != SSPI_ABI_MAJOR)
        return NULL;
    core = lent;
    theirs = find();
    if (!theirs)
        return NULL;
    memcpy(&mine, theirs, theirs->size < sizeof mine ? theirs->size : sizeof mine);
    mine.size = sizeof mine; /* what it does not know stays NULL, its bits clear */
    mine.abi = SSPI_ABI;
    mine.name = name;
    mine.cred_new = cred_new;
    mine.session_new = session_new;
    mine.handshake = handshake;
    mine.seal = seal;
    mine.unseal = unseal;
    mine.shutdown = shutdown;
    mine.failure = failure;
    mine.describe = describe;
    return &mine;
}
