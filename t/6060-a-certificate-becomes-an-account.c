/* SPDX-License-Identifier: MIT
 *
 * AcceptSecurityContext and the account map: who gets an account, who is denied, and what says so (S6, S7,
 * D7, D8, D16, D21, D22). */
#include <config.h>

#include "t/account-kit.h"

#include <opensspi/extra.h>
#include <pwd.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>

static char tag[256];

#define CA      "ca {intermediate} "
#define BY_UPN  CA "upn ([a-z]+)@example\\.test => $1\n"
#define BY_MAIL CA "email ([a-z]+)@example\\.test => $1\n"
#define DENY    CA "email daemon@.* => deny\n" CA "any => nobody\n"
#define NONE    SEC_E_NO_IMPERSONATION

static const struct row {
    const char *claim, *cert, *map, *conf, *roots;
    ULONG flags, without; /* SCH_; ASC_REQ_ not asked */
    SECURITY_STATUS want; /* of the handshake */
    uint8_t alert;
    SECURITY_STATUS token;
    const char *account, *extra_ids;
} rows[] = {
    {"a rule takes it; the mapping judges the chain", "map-daemon", BY_UPN, "", "root", 0, 0, SEC_E_OK, 0,
     SEC_E_OK, "daemon", ""},
    {"a rule takes it; the handshake judges the chain", "map-daemon", BY_UPN, "", "root",
     SCH_CRED_AUTO_CRED_VALIDATION, 0, SEC_E_OK, 0, SEC_E_OK, "daemon", "D16 "},
    {"a certificate by its own digest", "map-nul", "certificate {map-nul} => nobody\n", "", "root", 0, 0,
     SEC_E_OK, 0, SEC_E_OK, "nobody", ""},
    {"MANUAL validation", "map-daemon", BY_UPN, "", "root", SCH_CRED_MANUAL_CRED_VALIDATION, 0, SEC_E_OK, 0,
     NONE, NULL, ""},
    {"MANUAL validation, and a deny", "map-daemon", DENY, "", "root", SCH_CRED_MANUAL_CRED_VALIDATION, 0,
     SEC_E_OK, 0, NONE, NULL, ""},
    {"SCH_CRED_NO_SYSTEM_MAPPER", "map-daemon", DENY, "", "root", SCH_CRED_NO_SYSTEM_MAPPER, 0, SEC_E_OK, 0,
     NONE, NULL, ""},
    {"no client certificate", NULL, BY_UPN, "", "root", 0, 0, SEC_E_OK, 0, NONE, NULL, ""},
    {"no MUTUAL_AUTH", "map-daemon", BY_UPN, "", "root", 0, ASC_REQ_MUTUAL_AUTH, SEC_E_OK, 0, NONE, NULL, ""},
    {"no MUTUAL_AUTH, and a certificate required", "map-daemon", BY_UPN, "client-certificate = require\n",
     "root", 0, ASC_REQ_MUTUAL_AUTH, SEC_E_OK, 0, NONE, NULL, ""},
    {"no map", "map-daemon", NULL, "", "root", 0, 0, SEC_E_OK, 0, NONE, NULL, ""},
    {"no matching rule", "map-two", BY_UPN, "", "root", 0, 0, SEC_E_OK, 0, NONE, NULL, ""},
    {"another CA of the same name", "twin-client", BY_UPN, "", "twin-anchors", 0, 0, SEC_E_OK, 0, NONE, NULL,
     ""},
    {"that other CA by its digest", "twin-client", "ca {twin-intermediate} any => daemon\n", "",
     "twin-anchors", 0, 0, SEC_E_OK, 0, SEC_E_OK, "daemon", ""},
    {"the root is not the issuing CA", "map-daemon", "ca {root} any => daemon\n", "", "root", 0, 0, SEC_E_OK,
     0, NONE, NULL, ""},
    {"a chain that nobody trusts", "other-client", "certificate {other-client} => daemon\n", "", "root", 0, 0,
     SEC_E_OK, 0, NONE, NULL, ""},
    {"an expired certificate", "client-expired", "certificate {client-expired} => daemon\n", "", "root", 0, 0,
     SEC_E_OK, 0, NONE, NULL, ""},
    {"a server's certificate", "client-wrong-usage", "certificate {client-wrong-usage} => daemon\n", "",
     "root", 0, 0, SEC_E_OK, 0, NONE, NULL, ""},
    {"a chain that nobody trusts, AUTO", "other-client", "certificate {other-client} => daemon\n", "", "root",
     SCH_CRED_AUTO_CRED_VALIDATION, 0, SEC_E_UNTRUSTED_ROOT, 48, NONE, NULL, "D16 "},
    {"an expired certificate, AUTO", "client-expired", "certificate {client-expired} => daemon\n", "", "root",
     SCH_CRED_AUTO_CRED_VALIDATION, 0, SEC_E_CERT_EXPIRED, 45, NONE, NULL, "D16 "},
    {"deny", "map-daemon", DENY, "", "root", 0, 0, SEC_E_LOGON_DENIED, 49, NONE, NULL, "S6 "},
    {"deny, AUTO", "map-daemon", DENY, "", "root", SCH_CRED_AUTO_CRED_VALIDATION, 0, SEC_E_LOGON_DENIED, 49,
     NONE, NULL, "S6 "},
    {"deny, and nobody to be told", "map-daemon", DENY, "", "root", 0, ASC_REQ_EXTENDED_ERROR,
     SEC_E_LOGON_DENIED, 0, NONE, NULL, "S6 "},
    {"deny, of a chain that is not good", "other-client", "certificate {other-client} => deny\n", "", "root",
     0, 0, SEC_E_OK, 0, NONE, NULL, ""},
    {"an account that there is not", "map-ghost", CA "email (.*)@.* => $1\n", "", "root", 0, 0,
     SEC_E_LOGON_DENIED, 49, NONE, NULL, "S6 "},
    {"root", "map-root", BY_MAIL, "", "root", 0, 0, SEC_E_LOGON_DENIED, 49, NONE, NULL, "S6 "},
    {"a captured name that is none", "map-odd", CA "email (.*)@.* => $1\n", "", "root", 0, 0,
     SEC_E_LOGON_DENIED, 49, NONE, NULL, "S6 "},
    {"a fault in the map", "map-daemon", BY_UPN "x\n", "", "root", 0, 0, SEC_E_NO_AUTHENTICATING_AUTHORITY,
     80, NONE, NULL, "S7 "},
};

static void handshake(struct pair *pair, const struct row *row, const char *provider, int tls)
{
    struct pair_options options = {.provider = provider,
                                   .tls = tls,
                                   .cert = "server-ecdsa",
                                   .client_cert = row->cert,
                                   .roots = "root",
                                   .server_roots = row->roots,
                                   .server_request = ASC_REQ_MUTUAL_AUTH,
                                   .server_without = row->without,
                                   .server_flags = row->flags};
    if (!pair_open(pair, &options) || pair_handshake(pair) != SEC_E_OK)
        return;
    pair_send(&pair->client, "hello", 5); /* TLS 1.3: the client completes first */
    pair_move(pair);
    pair_receive(&pair->server);
}

static void is_account(struct end *end, const char *name, const char *ids)
{
    OPENSSPI_ACCOUNT *account = NULL;
    HANDLE token = NULL;
    struct passwd *entry = getpwnam(name);
    is_status(QuerySecurityContextToken(&end->context, &token), SEC_E_OK, "D22 %s%s: a token", ids, tag);
    is_status(OPENSSPI_QueryTokenAccount(token, &account), SEC_E_OK, "D22 %s%s: the account", ids, tag);
    ok(account && entry && !strcmp(account->name, name) && account->uid == entry->pw_uid &&
           account->gid == entry->pw_gid && account->cGroups && account->groups[0] &&
           strstr(account->rule, "accounts:1"),
       "D22 %s%s: it is %s", ids, tag, name);
    FreeContextBuffer(account);
    ok(CloseHandle(token) && !CloseHandle(token) && GetLastError() == ERROR_INVALID_HANDLE,
       "D22 %s: the token is closed once", tag);
}

/* Under TLS 1.3's keys OpenSSL can send no access_denied for a certificate: it stays with
 * certificate_unknown. */
static uint8_t alert_of(const char *provider, int tls, uint8_t alert)
{
    return alert == 49 && tls == 13 && !strcmp(provider, "openssl") ? 46 : alert;
}

static void hears(struct pair *pair, int denied, int tls)
{
    struct end *client = &pair->client;
    SECURITY_STATUS status = SEC_E_OK;
    pair_move(pair);
    while (status >= 0 && client->in.len)
        status = tls == 12 ? pair_step(client, client->in.len) : pair_receive(client);
    is_status(status, denied ? SEC_E_LOGON_DENIED : SEC_E_CERT_UNKNOWN, "S6 %s: the client hears of it", tag);
}

static const struct row *row_now;

static void one(const char *provider, int tls)
{
    const struct row *row = row_now;
    struct pair pair;
    HANDLE token = INVALID_HANDLE_VALUE;
    SecPkgContext_AccessToken shown = {0};
    snprintf(tag, sizeof tag, "%s tls%d %s", provider, tls, row->claim);
    handshake(&pair, row, provider, tls);
    struct end *server = &pair.server;
    const char *ids = row->extra_ids;
    if (row->want == SEC_E_OK) {
        ok(server->data.len == 5, "D8 %s%s: completes (%s)", ids, tag, pair_status(server->status));
        is_int(!!(server->attributes & ASC_RET_MUTUAL_AUTH), row->cert && !row->without, "D7 %s: MUTUAL_AUTH",
               tag);
        if (row->account) {
            is_account(server, row->account, ids);
        } else {
            is_status(QuerySecurityContextToken(&server->context, &token), row->token, "D22 %s: no token",
                      tag);
            is_status(ImpersonateSecurityContext(&server->context), row->token, "D22 %s: no impersonation",
                      tag);
            is_status(QueryContextAttributesA(&server->context, SECPKG_ATTR_ACCESS_TOKEN, &shown), row->token,
                      "D22 %s: no ACCESS_TOKEN", tag);
            ok(token == INVALID_HANDLE_VALUE && !shown.AccessToken, "D22 %s: nothing written", tag);
        }
    } else {
        is_status(server->status, row->want, "D8 %s%s", ids, tag);
        int access_denied = alert_of(provider, tls, row->alert) == row->alert;
        is_int(server->alert[1], alert_of(provider, tls, row->alert), "D8 D1 %s%s: alert", ids, tag);
        ok(row->alert ? server->out.len > 0 : server->out.len == 0, "D1 %s: what goes out", tag);
        is_status(pair_step_null(server), row->want, "D17 %s: dead", tag);
        is_status(QuerySecurityContextToken(&server->context, &token), NONE, "D22 %s: no token", tag);
        if (row->alert == 49)
            hears(&pair, access_denied, tls);
    }
    is_status(QuerySecurityContextToken(&pair.client.context, &token), NONE, "D22 %s: a client has none",
              tag);
    pair_close(&pair);
}

static void run_row(const void *arg)
{
    row_now = arg;
    pair_each(one);
}

/* ---- where the map cannot be read, or the database not asked ---- */

static const char *unsafe;

static void refuses(const char *provider, int tls)
{
    struct row row = {.cert = "map-daemon", .roots = "root"};
    struct pair pair;
    snprintf(tag, sizeof tag, "%s tls%d %s", provider, tls, unsafe);
    handshake(&pair, &row, provider, tls);
    is_status(pair.server.status, SEC_E_NO_AUTHENTICATING_AUTHORITY, "S7 D8 %s", tag);
    pair_close(&pair);
}

static void run_unsafe(const void *arg)
{
    (void)arg;
    unsafe = "a map that its group may write";
    sandbox_chmod(&kit_box, "accounts", 0664);
    pair_each(refuses);
    sandbox_chmod(&kit_box, "accounts", 0644);
    if (geteuid() == 0) {
        unsafe = "a map that belongs to somebody else";
        ok(chown(sandbox_path(&kit_box, "accounts"), 65534, 65534) == 0, "the map is another's");
        pair_each(refuses);
    } else {
        skip("not root", "S7 D8 a map that belongs to somebody else");
    }
    unsafe = "no map where one is configured";
    unlink(sandbox_path(&kit_box, "accounts"));
    pair_each(refuses);
}

/* The account database itself is lost: an empty /etc in a mount namespace of this process. */
static void run_lost(const void *arg)
{
    struct row row = {.cert = "map-daemon", .roots = "root"};
    struct pair pair;
    (void)arg;
    handshake(&pair, &row, "openssl", 13); /* everything is loaded that anybody reads from /etc */
    pair_close(&pair);
    if (unshare(CLONE_NEWNS) || mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) ||
        mount("none", "/etc", "tmpfs", 0, NULL)) {
        skip("no mount namespace for this user", "S7 D8 a lost account database");
        return;
    }
    unsafe = "a lost account database";
    pair_each(refuses);
}

/* No descriptor is left: neither map nor database can be opened. */
static void exhausted(const char *provider, int tls)
{
    struct row row = {.cert = "map-daemon", .roots = "root"};
    struct pair pair;
    struct pair_options options = {.provider = provider,
                                   .tls = tls,
                                   .cert = "server-ecdsa",
                                   .client_cert = row.cert,
                                   .roots = "root",
                                   .server_roots = "root",
                                   .server_request = ASC_REQ_MUTUAL_AUTH};
    struct rlimit none, before;
    snprintf(tag, sizeof tag, "%s tls%d no descriptor left", provider, tls);
    int made = pair_open(&pair, &options);
    getrlimit(RLIMIT_NOFILE, &before);
    none = before;
    none.rlim_cur = 3;
    setrlimit(RLIMIT_NOFILE, &none);
    made = made && pair_handshake(&pair) == SEC_E_OK;
    if (made) {
        pair_send(&pair.client, "hello", 5);
        pair_move(&pair);
        pair_receive(&pair.server);
    }
    setrlimit(RLIMIT_NOFILE, &before);
    if (pair.server.status >= 0 && pair.client.status < 0)
        skip("this provider's client cannot do without a descriptor", "S7 D8 %s", tag);
    else
        is_status(pair.server.status, SEC_E_NO_AUTHENTICATING_AUTHORITY, "S7 D8 %s", tag);
    pair_close(&pair);
    handshake(&pair, &row, provider, tls);
    ok(pair.server.data.len == 5, "S7 %s: with descriptors again it completes", tag);
    pair_close(&pair);
}

static void run_exhausted(const void *arg)
{
    struct row row = {.cert = "map-daemon", .roots = "root"};
    struct pair pair;
    (void)arg;
    handshake(&pair, &row, "openssl",
              13); /* whom the machine distrusts is read once; map and database each time */
    pair_close(&pair);
    pair_each(exhausted);
}

/* ---- again, with the same credentials: a map that has changed meanwhile counts (D21) ---- */

static void again(const char *provider, int tls)
{
    struct row row = {.cert = "map-daemon", .roots = "root"};
    static const char *const maps[] = {BY_UPN, CA "any => nobody\n", DENY, "#\n", BY_UPN "x\n", BY_UPN};
    static const char *const accounts[] = {"daemon", "nobody", NULL, NULL, NULL, "daemon"};
    static const SECURITY_STATUS wants[] = {
        SEC_E_OK, SEC_E_OK, SEC_E_LOGON_DENIED, SEC_E_OK, SEC_E_NO_AUTHENTICATING_AUTHORITY, SEC_E_OK};
    struct pair pair;
    kit_map(maps[0]);
    handshake(&pair, &row, provider, tls);
    for (size_t i = 0; i < sizeof maps / sizeof *maps; i++) {
        snprintf(tag, sizeof tag, "%s tls%d map %zu", provider, tls, i);
        if (i) {
            kit_map(maps[i]);
            pair_again(&pair);
            if (pair_handshake(&pair) == SEC_E_OK) {
                pair_send(&pair.client, "hello", 5);
                pair_move(&pair);
                pair_receive(&pair.server);
            }
        }
        if (wants[i] != SEC_E_OK) {
            is_status(pair.server.status, wants[i], "D21 D8 %s: refused", tag);
            continue;
        }
        ok(pair.server.data.len == 5, "D21 %s: completes (%s)", tag, pair_status(pair.server.status));
        if (accounts[i])
            is_account(&pair.server, accounts[i], "D21 ");
        else
            is_status(QuerySecurityContextToken(&pair.server.context, &(HANDLE){NULL}), NONE,
                      "D21 D22 %s: none", tag);
    }
    pair_close(&pair);
}

static void run_again(const void *arg)
{
    (void)arg;
    pair_each(again);
}

/* ---- a new handshake on an open connection: another account, or none (D14, D21) ---- */

/* What the server said last: by AcceptSecurityContext, or by DecryptMessage where that refused. */
static SECURITY_STATUS settle(struct pair *pair)
{
    SECURITY_STATUS heard = SEC_E_OK;
    for (int round = 0; round < 20; round++) {
        pair_move(pair);
        if (pair->client.in.len && pair->client.status >= 0)
            pair_receive(&pair->client);
        if (pair->server.in.len && heard >= 0)
            heard = pair_receive(&pair->server);
        if (heard == SEC_E_INCOMPLETE_MESSAGE) /* all is read */
            heard = SEC_E_OK;
        if (!pair->client.out.len && !pair->server.out.len)
            break;
    }
    return heard < 0 ? heard : pair->server.status;
}

static void renew(const char *provider, int tls)
{
    static const struct {
        const char *map, *account;
        SECURITY_STATUS want;
    } steps[] = {{BY_UPN, "daemon", SEC_E_OK},
                 {CA "any => nobody\n", "nobody", SEC_E_OK},
                 {"#\n", NULL, SEC_E_OK},
                 {BY_UPN, "daemon", SEC_E_OK},
                 {DENY, NULL, SEC_E_LOGON_DENIED}};
    struct row row = {.cert = "map-daemon", .roots = "root", .without = ASC_REQ_MUTUAL_AUTH};
    struct pair pair;
    struct end *server = &pair.server;
    HANDLE token;
    snprintf(tag, sizeof tag, "%s tls%d", provider, tls);
    handshake(&pair, &row, provider, tls);
    is_status(QuerySecurityContextToken(&server->context, &token), NONE, "D22 %s: at first there is none",
              tag);
    server->request |= ASC_REQ_MUTUAL_AUTH;
    for (size_t i = 0; i < sizeof steps / sizeof *steps; i++) {
        snprintf(tag, sizeof tag, "%s tls%d new handshake %zu", provider, tls, i);
        kit_map(steps[i].map);
        SECURITY_STATUS begun = pair_step_null(server);
        if (begun == SEC_E_UNSUPPORTED_FUNCTION) {
            skip("this library cannot begin it, or not once more", "D14 D22 %s", tag);
            break;
        }
        is_status(begun, SEC_I_CONTINUE_NEEDED, "D14 %s: begun", tag);
        SECURITY_STATUS status = settle(&pair);
        if (steps[i].want == SEC_E_OK && status != SEC_E_OK && tls == 13 && i) {
            skip("this library's client cannot answer a second late request", "D14 D22 %s", tag);
            break;
        }
        is_status(status, steps[i].want, "D21 D8 %s", tag);
        if (steps[i].account)
            is_account(server, steps[i].account, "D21 ");
        else
            is_status(QuerySecurityContextToken(&server->context, &token), NONE, "D21 D22 %s: none", tag);
    }
    pair_close(&pair);
}

static void run_renew(const void *arg)
{
    (void)arg;
    pair_each(renew);
}

/* ---- tokens ---- */

static void tokens(const char *provider, int tls)
{
    struct row row = {.cert = "map-daemon", .roots = "root"};
    struct pair pair;
    HANDLE first, second;
    SecPkgContext_AccessToken shown = {0}, once_more = {0};
    OPENSSPI_ACCOUNT *account = NULL, *kept = NULL;
    CtxtHandle junk = {1, 2};
    snprintf(tag, sizeof tag, "%s tls%d", provider, tls);
    handshake(&pair, &row, provider, tls);
    CtxtHandle *context = &pair.server.context;
    is_status(QuerySecurityContextToken(context, NULL), SEC_E_INVALID_PARAMETER, "D22 %s: nowhere to put it",
              tag);
    is_status(QuerySecurityContextToken(&junk, &first), SEC_E_INVALID_HANDLE, "D22 %s: a junk context", tag);
    is_status(QuerySecurityContextToken(NULL, &first), SEC_E_INVALID_HANDLE, "D22 %s: no context", tag);
    is_status(QuerySecurityContextToken(context, &first), SEC_E_OK, "D22 %s: a token", tag);
    is_status(QuerySecurityContextToken(context, &second), SEC_E_OK, "D22 %s: another", tag);
    ok(first != second && first && first != INVALID_HANDLE_VALUE, "D22 %s: each is its own", tag);
    QueryContextAttributesA(context, SECPKG_ATTR_ACCESS_TOKEN, &shown);
    QueryContextAttributesW(context, SECPKG_ATTR_ACCESS_TOKEN, &once_more);
    ok(shown.AccessToken && shown.AccessToken == once_more.AccessToken && shown.AccessToken != first,
       "D22 %s: ACCESS_TOKEN is the context's own", tag);
    is_status(OPENSSPI_QueryTokenAccount(shown.AccessToken, &account), SEC_E_OK,
              "D22 %s: ACCESS_TOKEN is read", tag);
    FreeContextBuffer(account);
    ok(CloseHandle(first) && !CloseHandle(first), "D22 %s: closed", tag);
    is_status(OPENSSPI_QueryTokenAccount(first, &account), SEC_E_INVALID_HANDLE, "D22 %s: a closed one", tag);
    is_status(OPENSSPI_QueryTokenAccount(second, NULL), SEC_E_INVALID_PARAMETER, "D22 %s: no room", tag);
    static const ULONG_PTR odd[] = {0, 1, 5, (ULONG_PTR)-1, (ULONG_PTR)1 << 32, (ULONG_PTR)0x7fffffffffff};
    for (size_t i = 0; i < sizeof odd / sizeof *odd; i++)
        ok(!CloseHandle((HANDLE)odd[i]), "D22 %s: CloseHandle(%#llx)", tag, (unsigned long long)odd[i]);
    ok(!CloseHandle((HANDLE)context->dwLower), "D22 %s: a context is no token", tag);
    DeleteSecurityContext(context);
    is_status(OPENSSPI_QueryTokenAccount(shown.AccessToken, &account), SEC_E_INVALID_HANDLE,
              "D22 %s: ACCESS_TOKEN went with the context", tag);
    is_status(OPENSSPI_QueryTokenAccount(second, &kept), SEC_E_OK, "D22 %s: a token outlives it", tag);
    ok(CloseHandle(second) && kept && !strcmp(kept->name, "daemon"), "D22 %s: what was read stays", tag);
    FreeContextBuffer(kept);
    pair_close(&pair);
}

static void run_tokens(const void *arg)
{
    (void)arg;
    pair_each(tokens);
}

int main(void)
{
    if (!getpwnam("daemon") || !getpwnam("nobody"))
        return skip_all("this machine has no accounts daemon and nobody");
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        kit_run(rows[i].conf, rows[i].map, run_row, &rows[i]);
    kit_run("", BY_UPN, run_unsafe, NULL);
    kit_run("", BY_UPN, run_lost, NULL);
    kit_run("", BY_UPN, run_exhausted, NULL);
    kit_run("", BY_UPN, run_again, NULL);
    kit_run("", BY_UPN, run_renew, NULL);
    kit_run("", BY_UPN, run_tokens, NULL);
    return tap_done();
}
