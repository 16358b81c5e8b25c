/* SPDX-License-Identifier: MIT */
#include <config.h>

#include "core/cert/token-find.h"

#include <stdlib.h>
#include <string.h>

#define LOG_AREA "cert"
#include "core/log.h"

#define MODULES_MAX 64u
#define SLOTS_MAX   64u         /* of a module */
#define OBJECTS_MAX 256u        /* of a token, that match */
#define TEXT_MAX    1024u       /* octets of a label or id; a URI has no more */
#define VALUE_MAX   (64u << 10) /* octets of a certificate */
#define LEVELS_MAX  10u         /* of issuers */

struct place {
    CK_FUNCTION_LIST *module;
    CK_SLOT_ID slot;
    int login;
};

struct search {
    const struct p11kit *kit;
    P11KitUri *uri;
    struct sspi_bytes pin;
    uint8_t *value; /* VALUE_MAX */
    struct token_certificates hits;
    struct place first, locked; /* where the first hit is; a token whose objects may need the PIN */
    unsigned tokens, unread, locked_count;
    DWORD error;
};

static int fail(struct search *s, DWORD error)
{
    if (s->error == ERROR_SUCCESS)
        s->error = error;
    return -1;
}

/* ---- one object ---- */

/* Is the object what the URI asks for?  A module that does not search by an attribute gives all it has. */
static int is_wanted(const struct search *s, CK_ATTRIBUTE *a, CK_ULONG count)
{
    static const CK_ULONG room[] = {TEXT_MAX, TEXT_MAX, sizeof(CK_OBJECT_CLASS), sizeof(CK_CERTIFICATE_TYPE)};
    for (CK_ULONG i = 0; i < count; i++)
        if (a[i].ulValueLen > room[i]) /* CK_UNAVAILABLE_INFORMATION too: it has none */
            a[i].ulValueLen = 0;
    CK_CERTIFICATE_TYPE type = 0;
    if (a[3].ulValueLen == sizeof type)
        memcpy(&type, a[3].pValue, sizeof type);
    return a[2].ulValueLen == sizeof(CK_OBJECT_CLASS) && a[3].ulValueLen == sizeof type &&
           type == CKC_X_509 && s->kit->uri_match_attributes(s->uri, a, count - 1);
}

/* Held; NULL: none that is taken, or no memory (failed).  `by_uri` 0: whatever certificate it is. */
static struct certificate_data *read_object(struct search *s, const struct place *at,
                                            CK_SESSION_HANDLE session, CK_OBJECT_HANDLE object, int by_uri)
{
    uint8_t label[TEXT_MAX], id[TEXT_MAX];
    CK_OBJECT_CLASS class = 0;
    CK_CERTIFICATE_TYPE type = 0;
    CK_ATTRIBUTE named[] = {{CKA_LABEL, label, sizeof label},
                            {CKA_ID, id, sizeof id},
                            {CKA_CLASS, &class, sizeof class},
                            {CKA_CERTIFICATE_TYPE, &type, sizeof type}},
                 value = {CKA_VALUE, s->value, VALUE_MAX}, asked[4];
    int malformed = 0;
    memcpy(asked, named, sizeof named);
    CK_RV rv = by_uri ? at->module->C_GetAttributeValue(session, object, asked, 4) : CKR_OK;
    for (size_t i = 0; i < 4; i++) /* where an answer lies is not for the module to say */
        named[i].ulValueLen = asked[i].ulValueLen;
    if (rv != CKR_OK && rv != CKR_ATTRIBUTE_TYPE_INVALID && rv != CKR_ATTRIBUTE_SENSITIVE)
        return s->unread++, NULL;
    if (by_uri && !is_wanted(s, named, 4))
        return NULL;
    rv = at->module->C_GetAttributeValue(session, object, &value, 1);
    if (rv != CKR_OK || value.ulValueLen == 0 || value.ulValueLen > VALUE_MAX)
        return s->unread++, NULL;
    struct certificate_data *data =
        certificate_data_new((struct sspi_bytes){s->value, value.ulValueLen}, &malformed);
    if (!data && !malformed)
        fail(s, (DWORD)E_OUTOFMEMORY);
    s->unread += !data && malformed;
    return data;
}

/* 1 added, 0 it is there; -1 no room. */
static int keep(struct token_certificates *to, struct certificate_data *data)
{
    for (unsigned i = 0; i < to->count; i++)
        if (der_equal(to->of[i]->x.der, data->x.der))
            return 0;
    if (to->count == TOKEN_CERTIFICATES_MAX)
        return -1;
    to->of[to->count++] = certificate_data_hold(data);
    return 1;
}

/* ---- one token ---- */

/* The handles that match: how many, or OBJECTS_MAX where there are too many, or 0 where it fails. */
static CK_ULONG list_objects(struct search *s, const struct place *at, CK_SESSION_HANDLE session,
                             CK_ATTRIBUTE *match, CK_ULONG match_count, CK_OBJECT_HANDLE *out)
{
    CK_ULONG count = 0, more = 1;
    CK_RV rv = at->module->C_FindObjectsInit(session, match, match_count);
    if (rv != CKR_OK)
        return s->unread++, 0;
    while (rv == CKR_OK && more && count < OBJECTS_MAX) {
        more = 0;
        rv = at->module->C_FindObjects(session, out + count, OBJECTS_MAX - count, &more);
        count += rv != CKR_OK ? 0 : more > OBJECTS_MAX - count ? OBJECTS_MAX - count : more;
    }
    at->module->C_FindObjectsFinal(session);
    s->unread += rv != CKR_OK;
    return count;
}

static void too_many(struct search *s, unsigned limit)
{
    log_error("a certificate on a token: the URI matches %u objects or more", limit);
    fail(s, (DWORD)E_INVALIDARG);
}

/* Adds what matches to the hits. */
static void search_session(struct search *s, const struct place *at, CK_SESSION_HANDLE session)
{
    CK_OBJECT_HANDLE object[OBJECTS_MAX] = {0};
    CK_ULONG match_count = 0;
    CK_ATTRIBUTE *match = s->kit->uri_attributes(s->uri, &match_count);
    CK_ULONG count = list_objects(s, at, session, match, match_count, object);
    for (CK_ULONG i = 0; i < count && s->error == ERROR_SUCCESS; i++) {
        struct certificate_data *data = read_object(s, at, session, object[i], 1);
        if (data && s->hits.count == 0)
            s->first = *at;
        if (data && keep(&s->hits, data) < 0)
            too_many(s, TOKEN_CERTIFICATES_MAX);
        certificate_data_drop(data);
    }
    if (count == OBJECTS_MAX && s->error == ERROR_SUCCESS)
        too_many(s, OBJECTS_MAX);
}

/* The certificates on the token whose subject issued one that is there, level by level. */
static void issuers_session(struct search *s, const struct place *at, CK_SESSION_HANDLE session)
{
    CK_OBJECT_HANDLE object[OBJECTS_MAX] = {0};
    CK_OBJECT_CLASS class = CKO_CERTIFICATE;
    unsigned from = 0;
    for (unsigned level = 0; level < LEVELS_MAX && from < s->hits.count; level++) {
        for (unsigned end = s->hits.count; from < end && s->error == ERROR_SUCCESS; from++) {
            const struct x509 *x = &s->hits.of[from]->x;
            CK_ATTRIBUTE match[] = {{CKA_CLASS, &class, sizeof class},
                                    {CKA_SUBJECT, (void *)(uintptr_t)x->issuer.ptr, x->issuer.len}};
            CK_ULONG count = x509_self_issued(x) ? 0 : list_objects(s, at, session, match, 2, object);
            for (CK_ULONG i = 0; i < count && s->error == ERROR_SUCCESS; i++) {
                struct certificate_data *data = read_object(s, at, session, object[i], 0);
                if (data && der_equal(data->x.subject, x->issuer))
                    (void)keep(&s->hits, data); /* those for which there is no room are not sent */
                certificate_data_drop(data);
            }
        }
    }
}

/* Not logged out of: the login is the whole process's, which may use the token elsewhere; where it does not,
 * closing the session ends it. */
static int log_in(struct search *s, const struct place *at, CK_SESSION_HANDLE session)
{
    CK_RV rv = at->module->C_Login(session, CKU_USER, (CK_UTF8CHAR *)(uintptr_t)s->pin.ptr, s->pin.len);
    if (rv == CKR_OK || rv == CKR_USER_ALREADY_LOGGED_IN)
        return 0;
    log_error("a certificate on a token: the token does not take the PIN (0x%lx)", (unsigned long)rv);
    return fail(s, ERROR_INVALID_PASSWORD);
}

static void visit(struct search *s, const struct place *at,
                  void (*look)(struct search *, const struct place *, CK_SESSION_HANDLE))
{
    CK_SESSION_HANDLE session = 0;
    if (at->module->C_OpenSession(at->slot, CKF_SERIAL_SESSION, NULL, NULL, &session) != CKR_OK) {
        s->unread++;
        return;
    }
    if (!at->login || !log_in(s, at, session))
        look(s, at, session);
    at->module->C_CloseSession(session);
}

/* ---- all ---- */

static void visit_slot(struct search *s, CK_FUNCTION_LIST *module, CK_SLOT_ID slot)
{
    CK_SLOT_INFO about = {0};
    CK_TOKEN_INFO info = {0};
    struct place at = {module, slot, 0};
    CK_SLOT_ID wanted = s->kit->uri_slot_id(s->uri);
    if ((wanted != (CK_SLOT_ID)-1 && wanted != slot) || module->C_GetSlotInfo(slot, &about) != CKR_OK ||
        !s->kit->uri_match_slot(s->uri, &about) || module->C_GetTokenInfo(slot, &info) != CKR_OK ||
        !s->kit->uri_match_token(s->uri, &info) || !(info.flags & CKF_TOKEN_INITIALIZED))
        return;
    unsigned before = s->hits.count;
    s->tokens++;
    visit(s, &at, search_session);
    if (s->pin.len && info.flags & CKF_LOGIN_REQUIRED && s->hits.count == before) {
        s->locked = at;
        s->locked.login = 1;
        s->locked_count++;
    }
}

/* Its slots with a token in them.  Somebody else may have finalised the module below p11-kit, as libp11 does:
 * then it is begun anew. */
static CK_ULONG list_slots(struct search *s, CK_FUNCTION_LIST *module, CK_SLOT_ID *slot)
{
    CK_ULONG count = 0;
    CK_RV rv = CKR_CRYPTOKI_NOT_INITIALIZED;
    for (int turn = 0; turn < 2 && rv == CKR_CRYPTOKI_NOT_INITIALIZED; turn++) {
        if (turn)
            module->C_Finalize(NULL);
        rv = module->C_Initialize(NULL);
        if (rv != CKR_OK && rv != CKR_CRYPTOKI_ALREADY_INITIALIZED)
            break;
        count = SLOTS_MAX;
        rv = module->C_GetSlotList(CK_TRUE, slot, &count);
    }
    int told = rv == CKR_OK && count <= SLOTS_MAX;
    s->unread += !told;
    return told ? count : 0;
}

static void visit_modules(struct search *s, CK_FUNCTION_LIST *const *modules)
{
    for (unsigned m = 0; modules[m] && m < MODULES_MAX && s->error == ERROR_SUCCESS; m++) {
        CK_SLOT_ID slot[SLOTS_MAX] = {0};
        CK_INFO about = {0};
        CK_ULONG count = list_slots(s, modules[m], slot);
        if (count == 0 || modules[m]->C_GetInfo(&about) != CKR_OK ||
            !s->kit->uri_match_module(s->uri, &about))
            continue;
        for (CK_ULONG i = 0; i < count && s->error == ERROR_SUCCESS; i++)
            visit_slot(s, modules[m], slot[i]);
    }
    if (s->error == ERROR_SUCCESS && s->hits.count == 0 && s->locked_count == 1)
        visit(s, &s->locked, search_session);
}

/* One certificate, or why not; what failed before has been said. */
static DWORD verdict(const struct search *s)
{
    if (s->error != ERROR_SUCCESS)
        return s->error;
    if (s->hits.count == 1)
        return ERROR_SUCCESS;
    if (s->hits.count > 1)
        log_error("a certificate on a token: the URI matches %u certificates: its id, or its token's serial "
                  "number, makes it one",
                  s->hits.count);
    else if (s->locked_count > 1)
        log_error(
            "a certificate on a token: no certificate is seen without a PIN, and %u tokens could be meant: "
            "none is given it; name one by token or serial",
            s->locked_count);
    else
        log_error(
            "a certificate on a token: none matches the URI (%u tokens of p11-kit's do, %u things could "
            "not be read%s)",
            s->tokens, s->unread, s->pin.len ? "" : ", and there was no PIN");
    return s->hits.count ? (DWORD)E_INVALIDARG : (DWORD)CRYPT_E_NOT_FOUND;
}

DWORD token_find(const struct p11kit *kit, CK_FUNCTION_LIST *const *modules, const struct token_name *name,
                 struct token_certificates *out)
{
    char text[TOKEN_URI_MAX + 1] = {0};
    struct search s = {.kit = kit, .pin = name->pin, .uri = kit->uri_new(), .value = malloc(VALUE_MAX)};
    const int parts =
        P11_KIT_URI_FOR_OBJECT_ON_TOKEN | P11_KIT_URI_FOR_MODULE_WITH_VERSION | P11_KIT_URI_FOR_SLOT;
    *out = (struct token_certificates){0};
    if (name->uri.len < sizeof text)
        memcpy(text, name->uri.ptr, name->uri.len);
    if (!s.uri || !s.value) {
        fail(&s, (DWORD)E_OUTOFMEMORY);
    } else if (kit->uri_parse(text, (P11KitUriType)parts, s.uri) != P11_KIT_URI_OK) {
        log_error("a pkcs11: URI is refused: p11-kit cannot read it");
        s.error = (DWORD)E_INVALIDARG;
    } else {
        visit_modules(&s, modules);
        s.error = verdict(&s);
        if (s.error == ERROR_SUCCESS)
            visit(&s, &s.first, issuers_session);
    }
    if (s.uri)
        kit->uri_free(s.uri);
    free(s.value);
    *out = s.hits;
    if (s.error != ERROR_SUCCESS)
        token_certificates_free(out);
    return s.error;
}

void token_certificates_free(struct token_certificates *c)
{
    for (unsigned i = 0; i < c->count; i++)
        certificate_data_drop(c->of[i]);
    c->count = 0;
}
