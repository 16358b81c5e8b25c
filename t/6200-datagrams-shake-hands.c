/* SPDX-License-Identifier: MIT
 *
 * t/6200-datagrams-shake-hands.c -- DTLS: first calls, repetition, loss, cookies, MTU. */
#include <config.h>

#include "t/datagrams.h"
#include "t/tap.h"

#include <time.h>

/* ---- W66 to W68: the very calls ---- */

static void first_calls(const char *provider)
{
    struct peers p;
    struct peer_options options = {.client_provider = provider,
                                   .server_provider = provider,
                                   .protocols = SP_PROT_DTLS1_X_CLIENT | SP_PROT_DTLS1_X_SERVER};
    ULONG request = ISC_REQ_MANUAL_CRED_VALIDATION | ISC_REQ_EXTENDED_ERROR | ISC_REQ_DATAGRAM |
                    ISC_REQ_USE_SUPPLIED_CREDS | ISC_REQ_CONFIDENTIALITY | ISC_REQ_SEQUENCE_DETECT |
                    ISC_REQ_REPLAY_DETECT,
          attributes = 0;
    uint8_t flight[1500], again[1500], alert[64];
    SEC_DTLS_MTU mtu = {1024};
    SecBuffer ins[1] = {{sizeof mtu, SECBUFFER_DTLS_MTU, &mtu}};
    SecBuffer outs[2] = {{sizeof flight, SECBUFFER_TOKEN, flight}, {sizeof alert, SECBUFFER_ALERT, alert}};
    SecBufferDesc in = {SECBUFFER_VERSION, 1, ins}, out = {SECBUFFER_VERSION, 2, outs};
    CtxtHandle context, h2 = {0xdeadbeef, 0xdeadbeef};
    TimeStamp expiry;
    memset(&expiry, 0xAA, sizeof expiry);
    ok(peers_open(&p, &options), "W22 %s: credentials for DTLS 1.0 and 1.2", provider);
    SECURITY_STATUS status =
        InitializeSecurityContextA(&p.client.credential, NULL, (SEC_CHAR *)(uintptr_t) "localhost", request,
                                   0, 16, &in, 0, &context, &out, &attributes, &expiry);
    is_status(status, SEC_I_CONTINUE_NEEDED, "W66 %s: first call", provider);
    is_int(attributes, request | ISC_RET_STREAM, "W66 %s: attributes, STREAM too", provider);
    ok(!expiry.LowPart && !expiry.HighPart, "W66 %s: expiry 0/0", provider);
    ok(outs[1].BufferType == SECBUFFER_ALERT && outs[1].cbBuffer == 0, "W66 %s: ALERT, of length 0",
       provider);
    ULONG len = outs[0].cbBuffer;
    ok(len > 13 && flight[10] == 0 && flight[0] == 22 && flight[1] == 0xFE, "W66 %s: sequence number 0",
       provider);
    USHORT value = 0;
    is_status(QueryContextAttributesA(&context, SECPKG_ATTR_DTLS_MTU, &value), SEC_E_OK,
              "W66 %s: MTU is asked for", provider);
    is_int(value, 1024, "W66 %s: MTU as given", provider);

    outs[0] = (SecBuffer){sizeof again, SECBUFFER_TOKEN, again};
    memset(&expiry, 0xAA, sizeof expiry);
    status = InitializeSecurityContextA(&p.client.credential, &context, NULL, request, 0, 16, NULL, 0, &h2,
                                        &out, &attributes, &expiry);
    is_status(status, SEC_E_INSUFFICIENT_MEMORY, "W67 %s: no room for an alert", provider);
    is_int(attributes, ISC_RET_CONFIDENTIALITY | ISC_RET_SEQUENCE_DETECT | ISC_RET_REPLAY_DETECT,
           "W67 %s: narrow attributes", provider);
    ok(!expiry.LowPart && !expiry.HighPart, "W67 %s: expiry 0/0", provider);
    ok(h2.dwLower == 0xdeadbeef && h2.dwUpper == 0xdeadbeef, "W67 %s: handle untouched", provider);

    outs[0] = (SecBuffer){sizeof again, SECBUFFER_TOKEN, again};
    outs[1] = (SecBuffer){sizeof alert, SECBUFFER_ALERT, alert};
    status = InitializeSecurityContextA(&p.client.credential, &context, NULL, request, 0, 16, NULL, 0, &h2,
                                        &out, &attributes, &expiry);
    is_status(status, SEC_I_CONTINUE_NEEDED, "W68 %s: repetition", provider);
    is_int(attributes, request | ISC_RET_STREAM, "W68 %s: attributes", provider);
    ok(expiry.LowPart && expiry.HighPart, "W68 %s: expiry not 0 in either half", provider);
    ok(h2.dwLower == context.dwLower && h2.dwUpper == context.dwUpper, "W68 %s: the same handle", provider);
    is_int(outs[0].cbBuffer, len, "W68 %s: the same length", provider);
    is_int(again[10], 1, "W68 %s: sequence number 1", provider);
    again[10] = 0;
    ok(outs[0].cbBuffer == len && memcmp(again, flight, len) == 0, "W68 %s: otherwise the same bytes",
       provider);
    DeleteSecurityContext(&context);
    peers_close(&p);
}

/* ---- every client meets every server ---- */

static void meet(const char *client, const char *server)
{
    static const struct {
        const char *name, *client_cert;
        int cookie, mutual, old, validate;
        uint16_t mtu;
    } cases[] = {
        {.name = "plain"},
        {.name = "with a cookie", .cookie = 1},
        {.name = "judged", .validate = 1},
        {.name = "client certificate, cookie",
         .client_cert = "client-rsa",
         .cookie = 1,
         .mutual = 1,
         .mtu = 600},
        {.name = "DTLS alone, MTU 300", .old = 1, .mtu = 300},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct peers p;
        struct peer_options options = {.client_provider = client,
                                       .server_provider = server,
                                       .client_cert = cases[i].client_cert,
                                       .client_alpn = "coap",
                                       .server_alpn = "coap",
                                       .cookie = cases[i].cookie,
                                       .validate = cases[i].validate,
                                       .mtu = cases[i].mtu,
                                       .server_request = cases[i].mutual ? ASC_REQ_MUTUAL_AUTH : 0,
                                       .protocols = cases[i].old ? SP_PROT_DTLS1_2 : 0};
        SecPkgContext_ConnectionInfo info = {0};
        SecPkgContext_ApplicationProtocol alpn = {0};
        int good = peers_open(&p, &options) && peers_shake(&p);
        if (!ok(good, "%s to %s dtls: %s", client, server, cases[i].name))
            diag("client %s done %d, server %s done %d", pair_status(p.client.status), p.client.done,
                 pair_status(p.server.status), p.server.done);
        if (good) {
            ok(peers_talk(&p), "%s to %s dtls: %s: data both ways", client, server, cases[i].name);
            QueryContextAttributesA(&p.client.context, SECPKG_ATTR_CONNECTION_INFO, &info);
            QueryContextAttributesA(&p.server.context, SECPKG_ATTR_APPLICATION_PROTOCOL, &alpn);
            ok(info.dwProtocol == SP_PROT_DTLS1_2_CLIENT && alpn.ProtocolIdSize == 4,
               "K41 W47 %s to %s dtls: %s: protocol and ALPN", client, server, cases[i].name);
            ok(!cases[i].mutual || (p.server.attributes & ASC_RET_MUTUAL_AUTH),
               "D7 %s to %s dtls: %s: mutual", client, server, cases[i].name);
            ok(p.client.attributes & ISC_RET_DATAGRAM && p.server.attributes & ASC_RET_DATAGRAM,
               "K11 %s to %s dtls: %s: DATAGRAM is returned", client, server, cases[i].name);
        }
        peers_close(&p);
    }
}

/* ---- K18: a certificate is asked for, and none was given ---- */

/* On a machine that stood still the library sends again what it sent: its timer is of one second. */
static int timer_rang(const struct timespec *begun)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (now.tv_sec - begun->tv_sec) * 1000 + (now.tv_nsec - begun->tv_nsec) / 1000000 > 900;
}

static void late(const char *client, const char *server)
{
    static const char *const answers[] = {"none", "a new credential", "a new credential, the datagram again"};
    for (int answer = 0; answer < 3; answer++) {
        struct peers p, other;
        struct peer_options options = {.client_provider = client,
                                       .server_provider = server,
                                       .server_request = ASC_REQ_MUTUAL_AUTH,
                                       .cookie = 1,
                                       .mtu = 1400};
        char tag[96];
        snprintf(tag, sizeof tag, "%s to %s dtls, %s", client, server, answers[answer]);
        peers_open(&p, &options);
        options.client_cert = "client-rsa";
        peers_open(&other, &options);
        p.client.request &= ~(ULONG)ISC_REQ_USE_SUPPLIED_CREDS;
        CredHandle own = p.client.credential;
        int asked = 0;
        struct timespec begun;
        clock_gettime(CLOCK_MONOTONIC, &begun);
        peer_step(&p.client, NULL, 0);
        for (int round = 0; round < 40 && !asked && p.client.status >= 0; round++) {
            while (p.client.out.count) {
                peer_step(&p.server, p.client.out.at[0].ptr, p.client.out.at[0].len);
                queue_drop(&p.client.out, 0);
            }
            while (p.server.out.count && !asked) {
                struct flow one = p.server.out.at[0];
                memset(&p.server.out.at[0], 0, sizeof one);
                queue_drop(&p.server.out, 0);
                unsigned sent = p.client.sent;
                asked = peer_step(&p.client, one.ptr, one.len) == SEC_I_INCOMPLETE_CREDENTIALS;
                if (asked) {
                    ok(p.client.sent == sent || timer_rang(&begun), "K18 %s: no output", tag);
                    if (answer)
                        p.client.credential = other.client.credential;
                    peer_step(&p.client, answer == 2 ? one.ptr : NULL, answer == 2 ? one.len : 0);
                }
                flow_free(&one);
            }
        }
        ok(asked, "K18 %s: SEC_I_INCOMPLETE_CREDENTIALS", tag);
        peers_settle(&p);
        if (!ok(p.client.done && p.server.done && peers_talk(&p), "K18 %s: goes on", tag))
            diag("client %s, server %s", pair_status(p.client.status), pair_status(p.server.status));
        PCCERT_CONTEXT shown = NULL;
        QueryContextAttributesA(&p.server.context, SECPKG_ATTR_REMOTE_CERT_CONTEXT, &shown);
        ok(!shown == !answer, "K18 %s: what the server was shown", tag);
        if (shown)
            CertFreeCertificateContext(shown);
        p.client.credential = own;
        peers_close(&p);
        peers_close(&other);
    }
}

/* ---- TLS or DTLS: what a credential allows ---- */

static void kinds(const char *provider)
{
    static const struct {
        const char *name;
        DWORD protocols, disabled;
        ULONG flags;
        int tls, dtls;
        DWORD answer;
    } cases[] = {
        {"version 4, DTLS alone", SP_PROT_DTLS1_2_CLIENT, 0, 0, 0, 1, SP_PROT_DTLS1_2_CLIENT},
        {"version 4, TLS alone", SP_PROT_TLS1_2_CLIENT, 0, 0, 1, 0, SP_PROT_TLS1_2_CLIENT},
        {"version 4, USE_DTLS_ONLY", 0, 0, SCH_USE_DTLS_ONLY, 0, 1, SP_PROT_DTLS1_2_CLIENT},
        {"version 5", 0, SP_PROT_TLS1_3, 0, 1, 1, SP_PROT_DTLS1_2_CLIENT | SP_PROT_TLS1_2_CLIENT},
        {"version 5, DTLS off", 0, SP_PROT_DTLS1_X | SP_PROT_TLS1_3, 0, 1, 0, SP_PROT_TLS1_2_CLIENT},
        {"version 5, TLS off", 0, SP_PROT_TLS1_X, 0, 0, 1, SP_PROT_DTLS1_2_CLIENT},
    };
    char package[64];
    snprintf(package, sizeof package, "Schannel:%s", provider);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        SCHANNEL_CRED old = {.dwVersion = SCHANNEL_CRED_VERSION,
                             .grbitEnabledProtocols = cases[i].protocols,
                             .dwFlags = cases[i].flags | SCH_CRED_NO_DEFAULT_CREDS};
        TLS_PARAMETERS parameters = {.grbitDisabledProtocols = cases[i].disabled};
        SCH_CREDENTIALS fresh = {
            .dwVersion = SCH_CREDENTIALS_VERSION, .cTlsParameters = 1, .pTlsParameters = &parameters};
        SecPkgCred_SupportedProtocols answer = {0};
        CredHandle credential;
        SECURITY_STATUS status = AcquireCredentialsHandleA(NULL, package, SECPKG_CRED_OUTBOUND, NULL,
                                                           cases[i].disabled ? (void *)&fresh : (void *)&old,
                                                           NULL, NULL, &credential, NULL);
        is_status(status, SEC_E_OK, "W22 %s: %s", provider, cases[i].name);
        if (status != SEC_E_OK)
            continue;
        QueryCredentialsAttributesA(&credential, SECPKG_ATTR_SUPPORTED_PROTOCOLS, &answer);
        is_int(answer.grbitProtocol, cases[i].answer, "W5 %s: %s: supported protocols", provider,
               cases[i].name);
        for (int datagram = 0; datagram < 2; datagram++)
            for (int again = 0; again < 2; again++) {
                SecBuffer token = {0, SECBUFFER_TOKEN, NULL};
                SecBufferDesc out = {SECBUFFER_VERSION, 1, &token};
                CtxtHandle context;
                ULONG attributes, request = ISC_REQ_ALLOCATE_MEMORY | (datagram ? ISC_REQ_DATAGRAM : 0u);
                status = InitializeSecurityContextA(&credential, NULL, NULL, request, 0, 0, NULL, 0, &context,
                                                    &out, &attributes, NULL);
                is_status(status,
                          (datagram ? cases[i].dtls : cases[i].tls) ? SEC_I_CONTINUE_NEEDED
                                                                    : SEC_E_UNSUPPORTED_FUNCTION,
                          "D12 %s: %s: a first call %s DATAGRAM", provider, cases[i].name,
                          datagram ? "with" : "without");
                if (status < 0)
                    continue;
                ok(((uint8_t *)token.pvBuffer)[1] == (datagram ? 0xFE : 3), "%s: %s: %s", provider,
                   cases[i].name, datagram ? "DTLS" : "TLS");
                FreeContextBuffer(token.pvBuffer);
                DeleteSecurityContext(&context);
            }
        FreeCredentialsHandle(&credential);
    }
}

/* ---- a network with faults ---- */

static void nap(int ms)
{
    struct timespec t = {ms / 1000, (ms % 1000) * 1000000L};
    nanosleep(&t, NULL);
}

/* The timers of both programs ring. */
static void ring(struct peers *p)
{
    if (!p->client.done)
        peer_step(&p->client, NULL, 0);
    if (!p->server.done && p->server.has_context)
        peer_step(&p->server, NULL, 0);
}

static int until_done(struct peers *p)
{
    for (int turn = 0; turn < 6 && !(p->client.done && p->server.done); turn++) {
        peers_settle(p);
        if (p->client.done && p->server.done)
            break;
        if (turn)
            nap(1100); /* the libraries' own timers, for what is under keys */
        ring(p);
    }
    peers_settle(p);
    return p->client.done && p->server.done;
}

/* The n-th datagram of a handshake is lost. */
static void lose_one(const char *client, const char *server)
{
    int total = 1, bad = 0;
    for (int n = 0; n < total && n < 12; n++) {
        struct peers p;
        struct peer_options options = {
            .client_provider = client, .server_provider = server, .cookie = 1, .mtu = 1096};
        int seen = 0;
        peers_open(&p, &options);
        peer_step(&p.client, NULL, 0);
        for (int moved = 1; moved && p.client.status >= 0 && p.server.status >= 0;) {
            struct peer *ends[] = {&p.client, &p.server};
            moved = 0;
            for (int e = 0; e < 2; e++) {
                struct peer *from = ends[e], *to = ends[!e];
                if (!from->out.count)
                    continue;
                struct flow one = from->out.at[0];
                memset(&from->out.at[0], 0, sizeof one);
                queue_drop(&from->out, 0);
                moved = 1;
                if (seen++ != n && !to->done)
                    peer_step(to, one.ptr, one.len);
                flow_free(&one);
            }
        }
        if (n == 0)
            total = 12; /* as many as there are: what is past the end loses none */
        if (seen <= n) {
            total = n;
            peers_close(&p);
            break;
        }
        if (!until_done(&p) || !peers_talk(&p)) {
            bad++;
            diag("datagram %d of %s to %s: client %s %d, server %s %d", n, client, server,
                 pair_status(p.client.status), p.client.done, pair_status(p.server.status), p.server.done);
        }
        peers_close(&p);
    }
    ok(!bad && total > 3, "W68 %s to %s dtls: any one datagram of %d may be lost", client, server, total);
}

static void twice_and_junk(const char *client, const char *server)
{
    static const uint8_t junk[] = "this is no record of DTLS, nor of anything else";
    struct peers p;
    struct peer_options options = {.client_provider = client, .server_provider = server, .cookie = 1};
    int junk_told = 0;
    peers_open(&p, &options);
    peer_step(&p.client, NULL, 0);
    for (int round = 0; round < 60 && (p.client.out.count || p.server.out.count); round++) {
        struct peer *ends[] = {&p.client, &p.server};
        for (int e = 0; e < 2; e++) {
            struct peer *from = ends[e], *to = ends[!e];
            if (!from->out.count)
                continue;
            struct flow one = from->out.at[0];
            memset(&from->out.at[0], 0, sizeof one);
            queue_drop(&from->out, 0);
            for (int twice = 0; twice < 2; twice++) {
                if (to->has_context && !to->done) {
                    unsigned before = to->sent;
                    SECURITY_STATUS status = peer_step(to, junk, sizeof junk);
                    if (status != SEC_I_CONTINUE_NEEDED || to->sent != before)
                        junk_told++;
                }
                if (!to->done)
                    peer_step(to, one.ptr, one.len);
                else if (peer_open(to, one.ptr, one.len, NULL) == SEC_I_RENEGOTIATE)
                    peer_step(to, one.ptr, one.len);
            }
            flow_free(&one);
        }
    }
    ok(until_done(&p) && peers_talk(&p), "%s to %s dtls: every datagram comes twice, junk between", client,
       server);
    ok(!junk_told, "%s to %s dtls: junk changes nothing", client, server);
    peers_close(&p);
}

int main(void)
{
    peers_each(first_calls);
    peers_each(kinds);
    peers_each_pair(meet);
    peers_each_pair(late);
    peers_each_pair(lose_one);
    peers_each_pair(twice_and_junk);
    return tap_done();
}
