/* SPDX-License-Identifier: MIT
 *
 * t/mock/mock.c -- one provider, built once for every way in which a plugin can be right or wrong:
 * MOCK_NAME is the variant and the module's name, MOCK_ENTRY the symbol it exports.
 *
 * `good` speaks a protocol of its own that looks like TLS 1.2 from outside: two mocks complete a handshake
 * of three flights, records carry XORed data and a check sum.  Its client hello is a real one.  Every
 * variant is `good` but for what its name says; `lying-*` load well and deceive the core later. */
#include <opensspi/provider.h>

#include <stdlib.h>
#include <string.h>
#include <time.h>

#define IS(variant) (!strcmp(MOCK_NAME, variant))
#define VISIBLE __attribute__((visibility("default")))

/* What a test program may define (and export) to watch, or to be called back by, the mocks. */
extern void mock_mapped(const char *name) __attribute__((weak)); /* from the constructor */
extern void mock_entered(const char *name) __attribute__((weak));
extern void mock_reenter(const char *name) __attribute__((weak));

struct sspi_cred {
    int server;
};
struct sspi_session {
    int server, step, closed;
    struct sspi_failure failure;
};

enum { HEADER = 13, TRAILER = 16 };

static const uint8_t client_hello[] = {
    0x16, 0x03, 0x01, 0x00, 0x4c, 0x01, 0x00, 0x00, 0x48, 0x03, 0x03,                       /* TLS 1.2 */
    'm',  'o',  'c',  'k',  0,    1,    2,    3,    4,    5,    6,    7,    8,    9,    10, 11,
    12,   13,   14,   15,   16,   17,   18,   19,   20,   21,   22,   23,   24,   25,   26, 27,
    0x00,                                                                                   /* no session id */
    0x00, 0x02, 0xc0, 0x2f,                                                                 /* one suite */
    0x01, 0x00,                                                                             /* no compression */
    0x00, 0x1d,                                                                             /* extensions */
    0x00, 0x0a, 0x00, 0x04, 0x00, 0x02, 0x00, 0x17,                                         /* secp256r1 */
    0x00, 0x0d, 0x00, 0x06, 0x00, 0x04, 0x04, 0x03, 0x04, 0x01,                             /* signatures */
    0x00, 0x0b, 0x00, 0x02, 0x01, 0x00,                                                     /* points */
    0xff, 0x01, 0x00, 0x01, 0x00,                                                           /* RFC 5746 */
};
static const uint8_t server_flight[] = {0x16, 0x03, 0x03, 0x00, 0x08, 'm', 'o', 'c', 'k', 'f', 'l', 'y', '1'};
static const uint8_t client_flight[] = {0x16, 0x03, 0x03, 0x00, 0x08, 'm', 'o', 'c', 'k', 'f', 'l', 'y', '2'};
static const uint8_t fatal_alert[] = {0x15, 0x03, 0x03, 0x00, 0x02, 0x02, 0x28};
static const uint8_t close_notify[] = {0x15, 0x03, 0x03, 0x00, 0x02, 0x01, 0x00};

__attribute__((constructor)) static void mapped(void)
{
    if (mock_mapped)
        mock_mapped(MOCK_NAME);
}

static enum sspi_status cred_new(const struct sspi_cred_params *params, sspi_cred **out, struct sspi_failure *failure)
{
    (void)failure;
    *out = IS("lying-null-cred") ? NULL : calloc(1, sizeof **out);
    if (*out)
        (*out)->server = params->server;
    return *out || IS("lying-null-cred") ? SSPI_OK : SSPI_FAILED;
}

static void cred_free(sspi_cred *cred)
{
    free(cred);
}

static enum sspi_status session_new(sspi_cred *cred, const struct sspi_session_params *params, sspi_session **out,
                                    struct sspi_failure *failure)
{
    (void)params;
    (void)failure;
    *out = IS("lying-null-session") ? NULL : calloc(1, sizeof **out);
    if (*out)
        (*out)->server = cred ? cred->server : 0;
    return *out || IS("lying-null-session") ? SSPI_OK : SSPI_FAILED;
}

static void session_free(sspi_session *session)
{
    free(session);
}

static enum sspi_status refuse(sspi_session *session, enum sspi_why why, uint8_t alert)
{
    session->failure.why = why;
    session->failure.alert = session->failure.alert_sent = alert;
    session->failure.text = "the mock refuses";
    return SSPI_FAILED;
}

/* What the lying variants do instead of a step of the handshake; 0: nothing. */
static int lie(sspi_session *session, struct sspi_io *io, enum sspi_status *status)
{
    static uint8_t flood[16384 + 5] = {0x16, 0x03, 0x03, 0x40, 0x00};
    unsigned i;

    io->in_used = io->in_len;
    *status = SSPI_WANT_RECORD;
    if (IS("lying-undrained")) { /* leaves half the record, and says so */
        io->in_used = io->in_len / 2;
    } else if (IS("lying-unread")) {
        io->in_used = 0;
    } else if (IS("lying-overread")) {
        io->in_used = io->in_len + 100;
    } else if (IS("lying-two-alerts")) {
        io->emit(io, fatal_alert, sizeof fatal_alert);
        io->emit(io, fatal_alert, sizeof fatal_alert);
        *status = refuse(session, SSPI_WHY_BAD_MESSAGE, 40);
    } else if (IS("lying-after-alert")) {
        io->emit(io, fatal_alert, sizeof fatal_alert);
        io->emit(io, server_flight, sizeof server_flight);
        *status = refuse(session, SSPI_WHY_BAD_MESSAGE, 40);
    } else if (IS("lying-no-alert")) {
        *status = refuse(session, SSPI_WHY_BAD_MESSAGE, 40);
    } else if (IS("lying-alert-ok")) { /* a fatal alert, yet all is well */
        io->emit(io, fatal_alert, sizeof fatal_alert);
        *status = SSPI_OK;
    } else if (IS("lying-status")) {
        *status = (enum sspi_status)99;
    } else if (IS("lying-negative")) {
        *status = (enum sspi_status)-1;
    } else if (IS("lying-half-record")) {
        io->emit(io, server_flight, sizeof server_flight - 3);
    } else if (IS("lying-no-record")) {
        io->emit(io, "HTTP/1.1 200 OK\r\n\r\n", 19);
    } else if (IS("lying-flood")) { /* 64 MiB, were it not stopped */
        for (i = 0; i < 4096; i++) {
            if (io->emit(io, flood, sizeof flood)) {
                *status = refuse(session, SSPI_WHY_MEMORY, 80);
                break;
            }
        }
    } else if (IS("lying-want-flush")) { /* a status that is not handshake()'s */
        *status = SSPI_WANT_FLUSH;
    } else {
        return 0;
    }
    return 1;
}

static enum sspi_status handshake(sspi_session *session, struct sspi_io *io)
{
    const uint8_t *flight = NULL;
    size_t len = 0;
    enum sspi_status status;

    io->events = 0;
    if (session->server && !session->step && io->in_len && lie(session, io, &status))
        return status;
    io->in_used = io->in_len;
    if (session->server && session->step == 0) {
        if (!io->in_len)
            return SSPI_WANT_RECORD;
        flight = server_flight, len = sizeof server_flight;
    } else if (!session->server && session->step == 0) {
        flight = client_hello, len = sizeof client_hello;
    } else if (session->step == 1) {
        if (!io->in_len)
            return SSPI_WANT_RECORD;
        if (io->in[0] != 0x16 || io->in_len != sizeof server_flight) {
            io->emit(io, fatal_alert, sizeof fatal_alert);
            return refuse(session, SSPI_WHY_BAD_MESSAGE, 40);
        }
        if (!session->server)
            flight = client_flight, len = sizeof client_flight;
    }
    if (flight && io->emit(io, flight, len))
        return refuse(session, SSPI_WHY_MEMORY, 80);
    if (session->step < 2)
        session->step++;
    return session->step == 2 ? SSPI_OK : SSPI_WANT_RECORD;
}

static uint8_t check_sum(const uint8_t *bytes, size_t len)
{
    uint8_t sum = 0xa5;
    size_t i;

    for (i = 0; i < len; i++)
        sum = (uint8_t)(sum * 31 + bytes[i]);
    return sum;
}

static enum sspi_status seal(sspi_session *session, struct sspi_record *record)
{
    size_t len = HEADER - 5 + record->data_len + TRAILER, i;

    record->events = 0;
    if (record->header_len != HEADER || record->trailer_len < TRAILER)
        return refuse(session, SSPI_WHY_INTERNAL, 80);
    memset(record->header, 0, HEADER);
    record->header[0] = 0x17;
    record->header[1] = record->header[2] = 3;
    if (IS("lying-seal-length")) /* the length field and the pieces disagree */
        len += 7;
    record->header[3] = (uint8_t)(len >> 8);
    record->header[4] = (uint8_t)len;
    for (i = 0; i < record->data_len; i++)
        record->data[i] ^= 0x5a;
    memset(record->trailer, check_sum(record->data, record->data_len), TRAILER);
    record->trailer_len = TRAILER;
    if (IS("lying-seal-header"))
        record->header_len = 5;
    if (IS("lying-seal-data"))
        record->data_len += 1000;
    if (IS("lying-seal-trailer"))
        record->trailer_len = 100000;
    if (IS("lying-seal-type"))
        record->header[0] = 0x48;
    return IS("lying-seal-status") ? (enum sspi_status)99 : SSPI_OK;
}

static enum sspi_status unseal(sspi_session *session, struct sspi_record *record)
{
    static uint8_t elsewhere[64] = "not the caller's memory";
    size_t i, len;

    record->events = 0;
    if (record->header[0] == 0x15) {
        session->closed = 1;
        return SSPI_CLOSED;
    }
    if (record->header_len + record->data_len < HEADER + TRAILER)
        return refuse(session, SSPI_WHY_BAD_MESSAGE, 50);
    len = record->header_len + record->data_len - HEADER - TRAILER;
    record->data = record->header + HEADER;
    if (record->data[len] != check_sum(record->data, len))
        return refuse(session, SSPI_WHY_BAD_RECORD_MAC, 20);
    for (i = 0; i < len; i++)
        record->data[i] ^= 0x5a;
    record->data_len = len;
    if (IS("lying-unseal-length"))
        record->data_len = len + 100000;
    if (IS("lying-unseal-pointer"))
        record->data = elsewhere;
    if (IS("lying-unseal-before"))
        record->data = record->header - 64;
    return IS("lying-unseal-status") ? (enum sspi_status)99 : SSPI_OK;
}

static enum sspi_status shut_down(sspi_session *session, struct sspi_io *io)
{
    io->events = 0;
    return io->emit(io, close_notify, sizeof close_notify) ? refuse(session, SSPI_WHY_MEMORY, 80) : SSPI_OK;
}

static const struct sspi_failure *failure_of(sspi_session *session)
{
    return IS("lying-failure") ? NULL : &session->failure;
}

static enum sspi_status describe(sspi_session *session, struct sspi_conn *conn)
{
    (void)session;
    conn->version = IS("lying-version") ? 0x0300 : 0x0303;
    conn->suite = IS("lying-suite") ? 0xfefe : 0xc02f;
    conn->plaintext_max = IS("lying-plaintext-max") ? 0xffffffffu : 16384;
    if (IS("lying-alpn")) { /* a protocol that nobody offered */
        conn->alpn.ptr = (const uint8_t *)"smuggled";
        conn->alpn.len = 8;
    }
    return IS("lying-describe") ? (enum sspi_status)99 : SSPI_OK;
}

static enum sspi_status peer_cert(sspi_session *session, unsigned i, struct sspi_bytes *der)
{
    (void)session;
    (void)i;
    if (IS("lying-endless-chain")) {
        der->ptr = client_hello;
        der->len = sizeof client_hello;
        return SSPI_OK;
    }
    if (IS("lying-null-cert") && i == 0) {
        der->ptr = NULL;
        der->len = 1000;
        return SSPI_OK;
    }
    return SSPI_UNSUPPORTED;
}

static enum sspi_status digest(enum sspi_hash hash, const struct sspi_bytes *parts, unsigned count, uint8_t *out)
{
    static const size_t sizes[] = {20, 32, 48, 64};
    uint8_t sum = (uint8_t)hash;
    unsigned i;

    for (i = 0; i < count; i++)
        sum = (uint8_t)(sum * 17 + check_sum(parts[i].ptr, parts[i].len));
    memset(out, sum, sizes[hash]);
    return SSPI_OK;
}

static enum sspi_status set_credential(sspi_session *session, sspi_cred *cred)
{
    (void)session;
    (void)cred;
    return SSPI_OK;
}

__attribute__((unused)) static enum sspi_status key_update(sspi_session *session, struct sspi_io *io, int ask_peer)
{
    (void)session, (void)ask_peer;
    io->events = 0;
    return SSPI_UNSUPPORTED;
}

/* A table as a newer minor would have it. */
static struct {
    struct sspi_provider now;
    void (*later[4])(void);
} table = {
    .now = {.size = sizeof(struct sspi_provider),
            .abi = SSPI_ABI,
            .caps = SSPI_CAP_TLS12 | SSPI_CAP_TLS13,
            .name = MOCK_NAME,
            .version = "Mock 1.0",
            .cred_new = cred_new,
            .cred_free = cred_free,
            .session_new = session_new,
            .session_free = session_free,
            .handshake = handshake,
            .seal = seal,
            .unseal = unseal,
            .shutdown = shut_down,
            .failure = failure_of,
            .describe = describe,
            .peer_cert = peer_cert,
            .digest = digest,
            .set_credential = set_credential},
};

__attribute__((unused)) static const struct sspi_provider *table_of_variant(void)
{
    struct sspi_provider *now = &table.now;

    if (IS("returns-null"))
        return NULL;
    if (IS("major-new"))
        now->abi = (SSPI_ABI_MAJOR + 1) << 16;
    else if (IS("major-old"))
        now->abi = (SSPI_ABI_MAJOR - 1) << 16 | 7;
    else if (IS("minor-new"))
        now->abi = SSPI_ABI + 3, now->size = sizeof table, now->caps |= SSPI_CAP(63);
    else if (IS("minor-new-short"))
        now->abi = SSPI_ABI + 3, now->size -= 8;
    else if (IS("table-short")) /* as an older minor's was: optional functions were not there yet */
        now->size = offsetof(struct sspi_provider, issuer);
    else if (IS("table-cut"))
        now->size = offsetof(struct sspi_provider, set_credential);
    else if (IS("size-zero"))
        now->size = 0;
    else if (IS("size-huge"))
        now->size = 0xfffffff8u;
    else if (IS("size-more"))
        now->size = sizeof table;
    else if (IS("mandatory-null"))
        now->unseal = NULL;
    else if (IS("cap-alone"))
        now->caps |= SSPI_CAP_KEY_UPDATE;
    else if (IS("more")) /* one capability more than the others */
        now->caps |= SSPI_CAP_KEY_UPDATE, now->key_update = key_update;
    else if (IS("other-name"))
        now->name = "good";
    else if (IS("no-name"))
        now->name = NULL;
    else if (IS("no-version"))
        now->version = "";
    else if (IS("no-protocol"))
        now->caps = 0;
    else if (IS("cap-clear")) /* a function whose bit is clear: not to be called */
        now->shutdown = shut_down, now->send_alert = (enum sspi_status(*)(sspi_session *, struct sspi_io *, int, int))(
                                       void (*)(void))abort;
    return now;
}

#ifdef MOCK_UNDEFINED
extern int mock_symbol_that_nobody_defines(void);
#endif
/* Defined by the library that `isolated` links, and by the test program: whose is bound? */
#ifdef MOCK_SIDE
VISIBLE const char *mock_side(void);
#endif
#ifdef MOCK_SIDE_OF_LIBRARY
const char *mock_side(void)
{
    return "library";
}
#endif

#ifdef MOCK_ENTRY
VISIBLE const struct sspi_provider *MOCK_ENTRY(const struct sspi_core *core);
const struct sspi_provider *MOCK_ENTRY(const struct sspi_core *core)
{
    static const struct timespec slow = {0, 200000000};
#ifdef MOCK_UNDEFINED
    if (mock_symbol_that_nobody_defines())
        return NULL;
#endif
    if (mock_entered)
        mock_entered(MOCK_NAME);
    if (!core || core->size < sizeof *core || core->abi >> 16 != SSPI_ABI_MAJOR)
        return NULL;
    if (IS("slow"))
        nanosleep(&slow, NULL);
    if (IS("reenters") && mock_reenter)
        mock_reenter(MOCK_NAME);
#ifdef MOCK_SIDE
    core->log(SSPI_LOG_DEBUG, MOCK_NAME, "bound to the %s", mock_side());
#endif
    core->log(SSPI_LOG_DEBUG, MOCK_NAME, "policy %s, x-mock %s", core->option(MOCK_NAME, "policy"),
              core->option(MOCK_NAME, "x-mock") ? core->option(MOCK_NAME, "x-mock") : "unset");
    return table_of_variant();
}
#endif
