/* SPDX-License-Identifier: MIT
 *
 * Two servers that share their ticket keys, and a client that takes a session of the first to the second: the
 * second gives it the account that a full handshake there would, and no other (D21, D22). */
#include <config.h>

#include "t/account-kit.h"
#include "t/resume.h"

#include <opensspi/extra.h>
#include <pwd.h>

#define CA     "ca {intermediate} "
#define BY_UPN CA "upn ([a-z]+)@example\\.test => $1\n"
#define MANUAL SCH_CRED_MANUAL_CRED_VALIDATION
#define NO_MAP SCH_CRED_NO_SYSTEM_MAPPER
#define AUTO   SCH_CRED_AUTO_CRED_VALIDATION

struct side {
    const char *roots, *map;
    ULONG flags;
    int no_mutual;
    const char *account; /* NULL: none */
};
static const struct row {
    const char *claim, *cert;
    struct side first, second;
    SECURITY_STATUS want; /* of the second handshake */
} rows[] = {
    {"the same at both",
     "map-daemon",
     {"root", BY_UPN, 0, 0, "daemon"},
     {"root", BY_UPN, 0, 0, "daemon"},
     SEC_E_OK},
    {"a chain that nobody judged, then one who maps",
     "other-client",
     {"root", "certificate {other-client} => daemon\n", MANUAL, 0, NULL},
     {"root", "certificate {other-client} => daemon\n", 0, 0, NULL},
     SEC_E_OK},
    {"a chain that nobody judged, then AUTO",
     "other-client",
     {"root", "certificate {other-client} => daemon\n", MANUAL, 0, NULL},
     {"root", "certificate {other-client} => daemon\n", AUTO, 0, NULL},
     SEC_E_UNTRUSTED_ROOT},
    {"an expired certificate, then one who maps",
     "client-expired",
     {"root", "certificate {client-expired} => daemon\n", NO_MAP, 0, NULL},
     {"root", "certificate {client-expired} => daemon\n", 0, 0, NULL},
     SEC_E_OK},
    {"another CA of the name, trusted by the first",
     "twin-client",
     {"twin-anchors", "ca {twin-intermediate} any => daemon\n", 0, 0, "daemon"},
     {"root", "ca {twin-intermediate} any => daemon\n", 0, 0, NULL},
     SEC_E_OK},
    {"another CA of the name, where the rule means the real one",
     "twin-client",
     {"twin-anchors", "ca {twin-intermediate} any => daemon\n", 0, 0, "daemon"},
     {"twin-anchors", CA "any => daemon\n", 0, 0, NULL},
     SEC_E_OK},
    {"an account, then MANUAL",
     "map-daemon",
     {"root", BY_UPN, 0, 0, "daemon"},
     {"root", BY_UPN, MANUAL, 0, NULL},
     SEC_E_OK},
    {"an account, then no mapper",
     "map-daemon",
     {"root", BY_UPN, 0, 0, "daemon"},
     {"root", BY_UPN, NO_MAP, 0, NULL},
     SEC_E_OK},
    {"an account, then nobody asks who it is",
     "map-daemon",
     {"root", BY_UPN, 0, 0, "daemon"},
     {"root", BY_UPN, 0, 1, NULL},
     SEC_E_OK},
    {"an account, then a map that denies",
     "map-daemon",
     {"root", BY_UPN, 0, 0, "daemon"},
     {"root", CA "any => deny\n", 0, 0, NULL},
     SEC_E_LOGON_DENIED},
    {"an account, then another",
     "map-daemon",
     {"root", BY_UPN, 0, 0, "daemon"},
     {"root", CA "any => nobody\n", 0, 0, "nobody"},
     SEC_E_OK},
    {"nobody asked, then one who maps",
     "map-daemon",
     {"root", BY_UPN, 0, 1, NULL},
     {"root", BY_UPN, 0, 0, NULL},
     SEC_E_OK},
};

static const struct row *row_now;
static char tag[256];

static int server_open(const struct side *side, const char *provider, int tls, CredHandle *out)
{
    struct pair_options options = {.provider = provider,
                                   .tls = tls,
                                   .cert = "server-ecdsa",
                                   .server_roots = side->roots,
                                   .server_flags = side->flags};
    SecPkgCred_SessionTicketKey key = {.TicketInfoVersion = SESSION_TICKET_INFO_VERSION,
                                       .KeyingMaterialSize = 32};
    SecPkgCred_SessionTicketKeys keys = {1, &key};
    memset(key.KeyId, 7, sizeof key.KeyId);
    memset(key.KeyingMaterial, 0x47, 32);
    return pair_credential(&options, 1, out) == SEC_E_OK &&
           SetCredentialsAttributesA(out, SECPKG_ATTR_SESSION_TICKET_KEYS, &keys, sizeof keys) == SEC_E_OK;
}

static void is_account(struct end *end, const char *name, const char *when)
{
    HANDLE token = NULL;
    OPENSSPI_ACCOUNT *account = NULL;
    SECURITY_STATUS status = QuerySecurityContextToken(&end->context, &token);
    if (status == SEC_E_OK)
        OPENSSPI_QueryTokenAccount(token, &account);
    if (name)
        ok(account && !strcmp(account->name, name), "D21 D22 %s: %s is %s", tag, when, name);
    else
        is_status(status, SEC_E_NO_IMPERSONATION, "D21 D22 %s: %s has no account (%s)", tag, when,
                  account ? account->name : "none");
    FreeContextBuffer(account);
    if (status == SEC_E_OK)
        CloseHandle(token);
}

static int visit(struct pair *pair, const struct side *side, const CredHandle *server)
{
    kit_map(side->map);
    pair_again(pair);
    pair->server.credential = *server;
    pair->server.request &= ~(ULONG)ASC_REQ_MUTUAL_AUTH;
    pair->server.request |= side->no_mutual ? 0 : ASC_REQ_MUTUAL_AUTH;
    return resume_connect(pair);
}

static void one(const char *provider, int tls)
{
    const struct row *row = row_now;
    struct pair pair;
    CredHandle first, second, own;
    struct pair_options options = {
        .provider = provider, .tls = tls, .cert = "server-ecdsa", .client_cert = row->cert};
    snprintf(tag, sizeof tag, "%s tls%d %s", provider, tls, row->claim);
    if (!pair_open(&pair, &options) || !server_open(&row->first, provider, tls, &first) ||
        !server_open(&row->second, provider, tls, &second)) {
        ok(0, "D21 %s: credentials", tag);
        return;
    }
    own = pair.server.credential;
    if (ok(visit(&pair, &row->first, &first) == 0, "D21 %s: a full handshake first", tag))
        is_account(&pair.server, row->first.account, "the first");
    int resumed = visit(&pair, &row->second, &second);
    if (row->want != SEC_E_OK) {
        is_status(pair.server.status, row->want, "D21 D8 %s: refused", tag);
    } else {
        /* Where nothing differs it has to be resumed, else the other rows prove nothing.  (wolfSSL may not.) */
        ok(resumed == 1 || (resumed == 0 && (row != rows || !strcmp(provider, "wolfssl"))),
           "D21 %s: the second completes, %s", tag, resumed ? "resumed" : "in full");
        /* What was shown to the first may count at the second only where it asks for it. */
        if (row->first.no_mutual && resumed == 0)
            is_account(&pair.server, "daemon", "the second, in full,");
        else
            is_account(&pair.server, row->second.account, "the second");
    }
    pair_again(&pair);
    pair.server.credential = own;
    FreeCredentialsHandle(&first);
    FreeCredentialsHandle(&second);
    pair_close(&pair);
}

static void run(const void *arg)
{
    row_now = arg;
    pair_each(one);
}

int main(void)
{
    if (!getpwnam("daemon") || !getpwnam("nobody"))
        return skip_all("this machine has no accounts daemon and nobody");
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        kit_run("", rows[i].first.map, run, &rows[i]);
    return tap_done();
}
