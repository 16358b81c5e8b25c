/* SPDX-License-Identifier: MIT
 *
 * The certificate that a pkcs11: URI names, on tokens whose module is this test: honest ones, and some that
 * answer nonsense.  (Real tokens: t/6070, t/6074.) */
#include <config.h>

#include "t/cert-kit.h"

#include "core/cert/token-find.h"

#define PIN "62093847115"

/* ---- a module, and what it lies about ---- */

enum lie {
    HONEST,
    MANY_SLOTS, /* more than it was given room for */
    NO_START,   /* C_Initialize fails */
    NO_SLOTS,   /* C_GetSlotList does */
    NO_SESSION,
    NO_SEARCH,
    FINALIZED,    /* somebody else ended it */
    EMPTY_TOKEN,  /* it is not initialized */
    MANY_OBJECTS, /* more than it was given room for */
    ENDLESS_OBJECTS,
    ALL_OBJECTS,   /* whatever was asked for */
    ENDLESS_VALUE, /* of ULONG_MAX octets, and well */
    LONG_VALUE,    /* one octet more than there was room */
    NO_VALUE,
    SHORT_CLASS,   /* a class of one octet */
    OTHER_POINTER, /* the answer is said to lie elsewhere */
    NO_ATTRIBUTES
};

struct object {
    const char *label, *id;
    CK_OBJECT_CLASS class;
    CK_CERTIFICATE_TYPE type;
    struct sspi_bytes value, subject;
    int hidden; /* until a login */
};

#define OBJECTS 6u
static struct token {
    const char *label, *serial;
    unsigned count;
    struct object object[OBJECTS];
    int logged_in;
} tokens[2];

static struct {
    enum lie lie;
    unsigned tokens, logins, searches, opened, closed, starts, at, lists;
    CK_ATTRIBUTE match[4];
    CK_ULONG match_count;
} m;

static CK_RV initialize(void *args)
{
    (void)args;
    m.starts++;
    return m.lie == NO_START                    ? CKR_DEVICE_ERROR
           : m.starts > 1 && m.lie != FINALIZED ? CKR_CRYPTOKI_ALREADY_INITIALIZED
                                                : CKR_OK;
}

static CK_RV finalize(void *reserved)
{
    (void)reserved;
    return CKR_OK;
}

static CK_RV get_info(CK_INFO *info)
{
    memset(info, ' ', sizeof *info);
    return CKR_OK;
}

static CK_RV get_slot_list(CK_BBOOL present, CK_SLOT_ID *slot, CK_ULONG *count)
{
    (void)present;
    m.lists++;
    if (m.lie == NO_SLOTS || (m.lie == FINALIZED && m.lists == 1))
        return m.lie == NO_SLOTS ? CKR_GENERAL_ERROR : CKR_CRYPTOKI_NOT_INITIALIZED;
    for (unsigned i = 0; i < m.tokens; i++)
        slot[i] = i;
    *count = m.lie == MANY_SLOTS ? (CK_ULONG)-1 / 2 : m.tokens;
    return CKR_OK;
}

static CK_RV get_slot_info(CK_SLOT_ID slot, CK_SLOT_INFO *info)
{
    memset(info, ' ', sizeof *info);
    return slot < m.tokens ? CKR_OK : CKR_SLOT_ID_INVALID;
}

static CK_RV get_token_info(CK_SLOT_ID slot, CK_TOKEN_INFO *info)
{
    if (slot >= m.tokens)
        return CKR_SLOT_ID_INVALID;
    memset(info, ' ', sizeof *info);
    memcpy(info->label, tokens[slot].label, strlen(tokens[slot].label));
    memcpy(info->serialNumber, tokens[slot].serial, strlen(tokens[slot].serial));
    info->flags = CKF_LOGIN_REQUIRED | (m.lie == EMPTY_TOKEN ? 0 : CKF_TOKEN_INITIALIZED);
    return CKR_OK;
}

static CK_RV open_session(CK_SLOT_ID slot, CK_FLAGS flags, void *application, CK_NOTIFY notify,
                          CK_SESSION_HANDLE *session)
{
    (void)flags, (void)application, (void)notify;
    m.opened++;
    *session = slot + 1;
    return m.lie == NO_SESSION ? (m.opened--, CKR_DEVICE_REMOVED) : CKR_OK;
}

static CK_RV close_session(CK_SESSION_HANDLE session)
{
    m.closed++;
    tokens[session - 1].logged_in = 0;
    return CKR_OK;
}

static CK_RV login(CK_SESSION_HANDLE session, CK_USER_TYPE user, CK_UTF8CHAR *pin, CK_ULONG len)
{
    m.logins++;
    int right = user == CKU_USER && len == sizeof PIN - 1 && memcmp(pin, PIN, len) == 0;
    tokens[session - 1].logged_in = right;
    return right ? CKR_OK : CKR_PIN_INCORRECT;
}

static int asked_for(const struct object *o)
{
    for (CK_ULONG i = 0; i < m.match_count; i++) {
        const CK_ATTRIBUTE *a = &m.match[i];
        struct sspi_bytes own =
            a->type == CKA_CLASS   ? (struct sspi_bytes){(const uint8_t *)&o->class, sizeof o->class}
            : a->type == CKA_LABEL ? (struct sspi_bytes){(const uint8_t *)o->label, strlen(o->label)}
            : a->type == CKA_ID    ? (struct sspi_bytes){(const uint8_t *)o->id, strlen(o->id)}
                                   : o->subject;
        if (!der_equal(own, (struct sspi_bytes){a->pValue, a->ulValueLen}))
            return 0;
    }
    return 1;
}

static CK_RV find_init(CK_SESSION_HANDLE session, CK_ATTRIBUTE *match, CK_ULONG count)
{
    (void)session;
    m.at = 0;
    m.searches++;
    m.match_count = count < 4 ? count : 4;
    memcpy(m.match, match, m.match_count * sizeof *match);
    return m.lie == NO_SEARCH ? CKR_DEVICE_ERROR : CKR_OK;
}

static CK_RV find_objects(CK_SESSION_HANDLE session, CK_OBJECT_HANDLE *object, CK_ULONG room, CK_ULONG *count)
{
    const struct token *t = &tokens[session - 1];
    *count = 0;
    for (; m.at < t->count && *count < room; m.at++)
        if ((m.lie == ALL_OBJECTS || asked_for(&t->object[m.at])) &&
            (!t->object[m.at].hidden || t->logged_in))
            object[(*count)++] = m.at + 1;
    if (m.lie == ENDLESS_OBJECTS && *count < room)
        object[(*count)++] = 1;
    if (m.lie == MANY_OBJECTS)
        *count = (CK_ULONG)-1;
    return CKR_OK;
}

static CK_RV find_final(CK_SESSION_HANDLE session)
{
    (void)session;
    return CKR_OK;
}

static struct sspi_bytes attribute_of(const struct object *o, CK_ATTRIBUTE_TYPE type)
{
    switch (type) {
    case CKA_CLASS:
        return (struct sspi_bytes){(const uint8_t *)&o->class, m.lie == SHORT_CLASS ? 1 : sizeof o->class};
    case CKA_CERTIFICATE_TYPE:
        return (struct sspi_bytes){(const uint8_t *)&o->type, sizeof o->type};
    case CKA_LABEL:
        return (struct sspi_bytes){(const uint8_t *)o->label, strlen(o->label)};
    case CKA_ID:
        return (struct sspi_bytes){(const uint8_t *)o->id, strlen(o->id)};
    default:
        return o->value;
    }
}

static CK_RV get_attributes(CK_SESSION_HANDLE session, CK_OBJECT_HANDLE object, CK_ATTRIBUTE *a,
                            CK_ULONG count)
{
    static uint8_t elsewhere[8];
    const struct token *t = &tokens[session - 1];
    if (object == 0 || object > t->count || m.lie == NO_ATTRIBUTES)
        return CKR_OBJECT_HANDLE_INVALID;
    for (CK_ULONG i = 0; i < count; i++) {
        struct sspi_bytes own = attribute_of(&t->object[object - 1], a[i].type);
        if (own.len > a[i].ulValueLen)
            return CKR_BUFFER_TOO_SMALL;
        if (own.len)
            memcpy(a[i].pValue, own.ptr, own.len);
        CK_ULONG room = a[i].ulValueLen;
        a[i].ulValueLen = m.lie == ENDLESS_VALUE ? (CK_ULONG)-1
                          : m.lie == LONG_VALUE  ? room + 1
                          : m.lie == NO_VALUE    ? 0
                                                 : own.len;
        if (m.lie == OTHER_POINTER)
            a[i].pValue = elsewhere;
    }
    return CKR_OK;
}

static CK_FUNCTION_LIST functions = {.C_Initialize = initialize,
                                     .C_Finalize = finalize,
                                     .C_GetInfo = get_info,
                                     .C_GetSlotList = get_slot_list,
                                     .C_GetSlotInfo = get_slot_info,
                                     .C_GetTokenInfo = get_token_info,
                                     .C_OpenSession = open_session,
                                     .C_CloseSession = close_session,
                                     .C_Login = login,
                                     .C_FindObjectsInit = find_init,
                                     .C_FindObjects = find_objects,
                                     .C_FindObjectsFinal = find_final,
                                     .C_GetAttributeValue = get_attributes};

/* ---- what lies on it ---- */

static const struct p11kit *kit;
static PCCERT_CONTEXT server, other, above, root;

static struct object object_of(const char *label, const char *id, PCCERT_CONTEXT c)
{
    return (struct object){label,
                           id,
                           CKO_CERTIFICATE,
                           CKC_X_509,
                           {c->pbCertEncoded, c->cbCertEncoded},
                           {c->pCertInfo->Subject.pbData, c->pCertInfo->Subject.cbData},
                           0};
}

/* The server's certificate and what is above it, and other things. */
static void fill(enum lie lie)
{
    memset(&m, 0, sizeof m);
    m.lie = lie;
    m.tokens = 1;
    tokens[0] = (struct token){"kit",
                               "1",
                               5,
                               {object_of("server", "\x01", server),
                                object_of("other", "\x02", other),
                                object_of("above", "\x03", above),
                                object_of("root", "\x04", root),
                                {"server", "\x01", CKO_PRIVATE_KEY, 0, {NULL, 0}, {NULL, 0}, 0}},
                               0};
    tokens[1] = (struct token){"spare", "2", 0, {{0}}, 0};
}

/* The error, and how many are found; the first has to be the server's. */
static DWORD look(const char *uri, unsigned *count)
{
    CK_FUNCTION_LIST *modules[] = {&functions, NULL};
    struct token_name name;
    struct token_certificates found;
    if (token_read(uri, TOKEN_CERTIFICATE, &name) != TOKEN_GOOD)
        return ERROR_INVALID_PARAMETER;
    DWORD error = token_find(kit, modules, &name, &found);
    *count = found.count;
    if (found.count && (found.of[0]->x.der.len != server->cbCertEncoded ||
                        memcmp(found.of[0]->x.der.ptr, server->pbCertEncoded, server->cbCertEncoded) != 0))
        error = ERROR_INVALID_DATA;
    token_certificates_free(&found);
    token_name_free(&name);
    return error;
}

static void expect(const char *uri, DWORD error, unsigned count, const char *what)
{
    unsigned found = 0;
    is_int(look(uri, &found), error, "W14 %s", what);
    is_int(found, count, "%s: how many are found", what);
    ok(m.opened == m.closed, "%s: no session is left open", what);
}

/* ---- honest ones ---- */

static void honest(void)
{
    static const struct {
        const char *uri, *what;
        DWORD error;
        unsigned count;
    } rows[] = {
        {"pkcs11:object=server", "by its label", ERROR_SUCCESS, 3},
        {"pkcs11:id=%01", "by its id", ERROR_SUCCESS, 3},
        {"pkcs11:object=server;id=%01;token=kit;serial=1;type=cert", "by all there is", ERROR_SUCCESS, 3},
        {"pkcs11:object=server;slot-id=0", "in its slot", ERROR_SUCCESS, 3},
        {"pkcs11:object=server;slot-id=1", "in another slot", (DWORD)CRYPT_E_NOT_FOUND, 0},
        {"pkcs11:object=server;id=%02", "by a label and another's id", (DWORD)CRYPT_E_NOT_FOUND, 0},
        {"pkcs11:object=serve", "by a part of its label", (DWORD)CRYPT_E_NOT_FOUND, 0},
        {"pkcs11:object=server;token=ki", "on a token of another name", (DWORD)CRYPT_E_NOT_FOUND, 0},
        {"pkcs11:object=server;serial=2", "on a token of another number", (DWORD)CRYPT_E_NOT_FOUND, 0},
        {"pkcs11:object=server;model=x", "on a token of another model", (DWORD)CRYPT_E_NOT_FOUND, 0},
        {"pkcs11:object=server;manufacturer=x", "of another manufacturer", (DWORD)CRYPT_E_NOT_FOUND, 0},
        {"pkcs11:object=server;library-description=x", "of another library", (DWORD)CRYPT_E_NOT_FOUND, 0},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        fill(HONEST);
        expect(rows[i].uri, rows[i].error, rows[i].count, rows[i].what);
    }
}

static void several(void)
{
    fill(HONEST);
    tokens[0].object[1].label = "server";
    expect("pkcs11:object=server", (DWORD)E_INVALIDARG, 0, "two of one name");
    expect("pkcs11:object=server;id=%01", ERROR_SUCCESS, 3, "one of them by its id");
    fill(HONEST);
    m.tokens = 2;
    tokens[1].count = 1;
    tokens[1].object[0] = object_of("server", "\x09", server);
    expect("pkcs11:object=server", ERROR_SUCCESS, 3, "one certificate on two tokens");
    tokens[1].object[0] = object_of("server", "\x09", other);
    expect("pkcs11:object=server", (DWORD)E_INVALIDARG, 0, "two certificates on two tokens");
    expect("pkcs11:object=server;token=kit", ERROR_SUCCESS, 3, "one of them by its token");
}

static void pins(void)
{
    fill(HONEST);
    expect("pkcs11:object=server?pin-value=" PIN, ERROR_SUCCESS, 3, "with a PIN that is not needed");
    is_int(m.logins, 0, "which no token is given");
    tokens[0].object[0].hidden = 1;
    expect("pkcs11:object=server", (DWORD)CRYPT_E_NOT_FOUND, 0, "a private one without a PIN");
    expect("pkcs11:object=server?pin-value=" PIN, ERROR_SUCCESS, 3, "and with it");
    is_int(m.logins, 2, "given in the session that finds it and in the one that looks above it");
    m.logins = 0;
    expect("pkcs11:object=server?pin-value=1", ERROR_INVALID_PASSWORD, 0, "a wrong PIN");
    is_int(m.logins, 1, "is tried once");
    m.tokens = 2;
    m.logins = 0;
    expect("pkcs11:object=server?pin-value=" PIN, (DWORD)CRYPT_E_NOT_FOUND, 0, "two tokens may be meant");
    is_int(m.logins, 0, "neither is given the PIN");
    expect("pkcs11:object=server;token=kit?pin-value=" PIN, ERROR_SUCCESS, 3, "one is named");
}

/* ---- and others ---- */

static void lies(void)
{
    static const struct {
        enum lie lie;
        const char *what;
        DWORD error;
        unsigned count;
    } rows[] = {
        {MANY_SLOTS, "more slots than there is room", (DWORD)CRYPT_E_NOT_FOUND, 0},
        {NO_START, "a module that does not start", (DWORD)CRYPT_E_NOT_FOUND, 0},
        {NO_SLOTS, "slots that cannot be told", (DWORD)CRYPT_E_NOT_FOUND, 0},
        {NO_SESSION, "a token that cannot be opened", (DWORD)CRYPT_E_NOT_FOUND, 0},
        {NO_SEARCH, "or searched", (DWORD)CRYPT_E_NOT_FOUND, 0},
        {FINALIZED, "a module that somebody else ended", ERROR_SUCCESS, 3},
        {EMPTY_TOKEN, "a token with nothing in it", (DWORD)CRYPT_E_NOT_FOUND, 0},
        {MANY_OBJECTS, "more objects than there is room", (DWORD)E_INVALIDARG, 0},
        {ENDLESS_OBJECTS, "objects without end", (DWORD)E_INVALIDARG, 0},
        {ALL_OBJECTS, "objects that were not asked for", ERROR_SUCCESS, 3},
        {ENDLESS_VALUE, "values without end", (DWORD)CRYPT_E_NOT_FOUND, 0},
        {LONG_VALUE, "values longer than their room", (DWORD)CRYPT_E_NOT_FOUND, 0},
        {NO_VALUE, "values of nothing", (DWORD)CRYPT_E_NOT_FOUND, 0},
        {SHORT_CLASS, "a class that is too short", (DWORD)CRYPT_E_NOT_FOUND, 0},
        {OTHER_POINTER, "values said to lie elsewhere", ERROR_SUCCESS, 3},
        {NO_ATTRIBUTES, "objects that cannot be read", (DWORD)CRYPT_E_NOT_FOUND, 0},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        fill(rows[i].lie);
        expect("pkcs11:object=server", rows[i].error, rows[i].count, rows[i].what);
        ok(m.searches < 50 && m.lists < 5, "%s: few questions (%u)", rows[i].what, m.searches);
    }
}

static void contents(void)
{
    static uint8_t long_label[1200], big[70000];
    uint8_t longer[4096] = {0};
    fill(HONEST);
    memcpy(longer, server->pbCertEncoded, server->cbCertEncoded);
    tokens[0].object[0].value = (struct sspi_bytes){longer, server->cbCertEncoded + 1};
    expect("pkcs11:object=server", (DWORD)CRYPT_E_NOT_FOUND, 0, "a certificate and an octet more");
    tokens[0].object[0].value.len = server->cbCertEncoded - 1;
    expect("pkcs11:object=server", (DWORD)CRYPT_E_NOT_FOUND, 0, "and one less");
    tokens[0].object[0].value = (struct sspi_bytes){big, sizeof big};
    expect("pkcs11:object=server", (DWORD)CRYPT_E_NOT_FOUND, 0, "a certificate larger than is taken");
    fill(HONEST);
    tokens[0].object[0].type = CKC_X_509 + 1;
    expect("pkcs11:object=server", (DWORD)CRYPT_E_NOT_FOUND, 0, "a certificate of another kind");
    fill(HONEST);
    memset(long_label, 'a', sizeof long_label - 1);
    tokens[0].object[1].label = (const char *)long_label;
    expect("pkcs11:object=server", ERROR_SUCCESS, 3, "beside one whose label is longer than a URI");
    fill(HONEST); /* an issuer that is none, and one that is its own through another */
    tokens[0].object[2].value = tokens[0].object[1].value;
    expect("pkcs11:object=server", ERROR_SUCCESS, 1, "what is said to be above and is not");
}

int main(void)
{
    int there;
    if (!(kit = p11kit_get(&there)))
        return skip_all("libp11-kit is not installed");
    server = first_of("server-rsa.pem");
    other = first_of("server-ecdsa.pem");
    above = first_of("intermediate.pem");
    root = first_of("root.pem");
    honest();
    several();
    pins();
    lies();
    contents();
    CertFreeCertificateContext(server);
    CertFreeCertificateContext(other);
    CertFreeCertificateContext(above);
    CertFreeCertificateContext(root);
    return tap_done();
}
