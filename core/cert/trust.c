/* SPDX-License-Identifier: MIT */
#include <config.h>

#include "core/cert/trust.h"

#include "core/cert/p11kit.h"
#include "core/elf.h"
#include "core/paths.h"
#include "core/safe.h"

#include <errno.h>
#include <limits.h>
#include <p11-kit/pkcs11x.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define LOG_AREA "cert"
#include "core/log.h"

#ifndef CKA_NSS_SERVER_DISTRUST_AFTER
#define CKA_NSS_SERVER_DISTRUST_AFTER 0xce534373UL
#endif
#define OID_REJECT "\x2b\x06\x01\x04\x01\x99\x77\x06\x0a\x01" /* p11-kit's for OpenSSL's rejected uses */

#define SLOTS_MAX   64u
#define OBJECTS_MAX 8192u       /* of one kind in one token */
#define VALUE_MAX   (64u << 10) /* octets of an attribute */
#define FIELDS_MAX  4u

/* ---- the module ---- */

static enum trust_state module_is_safe(const char *path)
{
    char why[300];
    int fd = safe_open(path, S_IFREG, why, sizeof why), absent = fd < 0 && errno == ENOENT;
    int whole = fd >= 0 && !elf_check(fd, why, sizeof why);
    if (fd >= 0)
        close(fd);
    if (!whole && !absent)
        log_warning("trust anchors: p11-kit's trust module: %s: %s", path, why);
    return whole ? TRUST_READ : absent ? TRUST_ABSENT : TRUST_FAILED;
}

/* Loads it once for good. */
static enum trust_state module_load(CK_FUNCTION_LIST **out)
{
    static CK_FUNCTION_LIST *module;
    const char *path = paths_trust_module();
    int there;
    *out = module;
    if (module)
        return TRUST_READ;
    const struct p11kit *kit = p11kit_get(&there);
    if (!kit) {
        log_info("trust anchors: libp11-kit: %s", there ? "not the one that was built against" : "not there");
        return there ? TRUST_FAILED : TRUST_ABSENT;
    }
    enum trust_state state = module_is_safe(path);
    if (state != TRUST_READ)
        return state;
    *out = module = kit->module_load(path, 0);
    if (!module)
        log_warning("trust anchors: p11-kit cannot load %s", path);
    return module ? TRUST_READ : TRUST_FAILED;
}

/* ---- objects and their attributes ---- */

struct reader {
    CK_FUNCTION_LIST *module;
    CK_SESSION_HANDLE session;
    uint8_t *room; /* FIELDS_MAX values of VALUE_MAX */
    enum trust_state state;
    struct cert_anchors *anchors;
    struct distrust *distrust;
    struct distrust *extensions; /* a list of such pairs: der an Extension, key_info of whom */
    unsigned left_out;
};

static int fail(struct reader *r, enum trust_state state, const char *words, CK_RV code)
{
    if (r->state == TRUST_READ && state == TRUST_FAILED)
        log_warning("trust anchors: p11-kit's trust module: %s (0x%lx)", words, (unsigned long)code);
    if (r->state == TRUST_READ)
        r->state = state;
    return -1;
}

/* The values of `count` attributes, in the reader's room until the next call; ptr NULL: it has none. */
static int get(struct reader *r, CK_OBJECT_HANDLE object, const CK_ATTRIBUTE_TYPE *types, unsigned count,
               struct sspi_bytes *out)
{
    CK_ATTRIBUTE list[FIELDS_MAX];
    for (unsigned i = 0; i < count; i++)
        list[i] = (CK_ATTRIBUTE){types[i], r->room + i * VALUE_MAX, VALUE_MAX};
    CK_RV rv = r->module->C_GetAttributeValue(r->session, object, list, count);
    if (rv == CKR_HOST_MEMORY)
        return fail(r, TRUST_MEMORY, "", rv);
    if (rv != CKR_OK && rv != CKR_ATTRIBUTE_TYPE_INVALID && rv != CKR_ATTRIBUTE_SENSITIVE)
        return fail(r, TRUST_FAILED, "an object cannot be read", rv);
    for (unsigned i = 0; i < count; i++) {
        int there = list[i].ulValueLen <= VALUE_MAX && list[i].ulValueLen > 0;
        out[i] =
            there ? (struct sspi_bytes){list[i].pValue, list[i].ulValueLen} : (struct sspi_bytes){NULL, 0};
    }
    return 0;
}

/* Runs `each` on the objects that match. */
static int each_object(struct reader *r, CK_ATTRIBUTE *match, unsigned count,
                       int (*each)(struct reader *, CK_OBJECT_HANDLE))
{
    CK_OBJECT_HANDLE *object = malloc(OBJECTS_MAX * sizeof *object);
    CK_ULONG found = 0;
    if (!object)
        return fail(r, TRUST_MEMORY, "", CKR_HOST_MEMORY);
    CK_RV rv = r->module->C_FindObjectsInit(r->session, match, count);
    if (rv == CKR_OK) {
        rv = r->module->C_FindObjects(r->session, object, OBJECTS_MAX, &found);
        r->module->C_FindObjectsFinal(r->session);
    }
    if (rv != CKR_OK)
        fail(r, rv == CKR_HOST_MEMORY ? TRUST_MEMORY : TRUST_FAILED, "it cannot be searched", rv);
    else if (found >= OBJECTS_MAX)
        fail(r, TRUST_FAILED, "it holds too many objects", rv);
    for (CK_ULONG i = 0; i < found && r->state == TRUST_READ; i++)
        if (each(r, object[i]))
            break;
    free(object);
    return r->state == TRUST_READ ? 0 : -1;
}

/* The contents of a DER INTEGER, as x509.serial has them. */
static struct sspi_bytes integer_of(struct sspi_bytes der)
{
    struct sspi_bytes value;
    return der.ptr && !der_take(&der, DER_INTEGER, &value) && !der.len ? value : (struct sspi_bytes){NULL, 0};
}

static int take_distrusted(struct reader *r, CK_OBJECT_HANDLE object)
{
    static const CK_ATTRIBUTE_TYPE types[] = {CKA_VALUE, CKA_ISSUER, CKA_SERIAL_NUMBER, CKA_PUBLIC_KEY_INFO};
    struct sspi_bytes v[4];
    if (get(r, object, types, 4, v))
        return -1;
    struct distrusted one = {v[0], v[1], integer_of(v[2]), v[3]};
    return distrust_add(r->distrust, &one) ? fail(r, TRUST_MEMORY, "", CKR_HOST_MEMORY) : 0;
}

static int take_extension(struct reader *r, CK_OBJECT_HANDLE object)
{
    static const CK_ATTRIBUTE_TYPE types[] = {CKA_VALUE, CKA_PUBLIC_KEY_INFO};
    struct sspi_bytes v[2];
    if (get(r, object, types, 2, v))
        return -1;
    struct distrusted one = {.der = v[0], .key_info = v[1]};
    return v[1].ptr && distrust_add(r->extensions, &one) ? fail(r, TRUST_MEMORY, "", CKR_HOST_MEMORY) : 0;
}

/* ---- an anchor and what is attached to it ---- */

/* One attached extension.  -1: it says that this is no anchor for issuers, or what is not understood. */
static int apply(struct anchor_limits *l, const struct x509_extension *e)
{
    struct sspi_bytes in = e->value, value, octets;
    unsigned unused;
    int ca = 0;
    if (der_oid_is(e->oid, OID_EXTENDED_USAGE))
        return der_take(&in, DER_SEQUENCE, &l->usage) || in.len;
    if (der_oid_is(e->oid, OID_REJECT))
        return der_take(&in, DER_SEQUENCE, &l->reject) || in.len;
    if (der_oid_is(e->oid, OID_NAME_CONSTRAINTS))
        return der_take(&in, DER_SEQUENCE, &l->names) || in.len;
    if (der_oid_is(e->oid, OID_KEY_USAGE))
        return der_take(&in, DER_BIT_STRING, &value) || der_bits(value, &octets, &unused) || !octets.len ||
               !(octets.ptr[0] & 0x04); /* keyCertSign */
    if (der_oid_is(e->oid, OID_BASIC))  /* a length that is attached is not known to be judged */
        return der_take(&in, DER_SEQUENCE, &value) || der_take(&value, DER_BOOLEAN, &octets) ||
               der_boolean(octets, &ca) || !ca || value.len;
    return e->critical ? -1 : 0;
}

static int apply_all(const struct reader *r, struct sspi_bytes key_info, struct anchor_limits *l)
{
    for (unsigned i = 0; i < r->extensions->count; i++) {
        const struct distrusted *one = &r->extensions->entry[i];
        struct sspi_bytes in = one->der;
        struct x509_extension e;
        if (der_equal(one->key_info, key_info) && (x509_extension_next(&in, &e) || in.len || apply(l, &e)))
            return -1;
    }
    return 0;
}

/* NSS's day, as it writes one: the contents of a UTCTime; a single zero for none. */
static int64_t day_of(struct sspi_bytes value)
{
    int64_t when;
    if (!value.ptr || (value.len == 1 && value.ptr[0] == 0))
        return INT64_MAX;
    return der_time(DER_UTC_TIME, value, &when) ? INT64_MIN : when; /* one that cannot be read has come */
}

static int add_anchor(struct reader *r, struct certificate_data *data, struct sspi_bytes day)
{
    struct anchor_limits said = {.distrust_after = day_of(day)}, *kept = NULL;
    const struct x509 *x = &data->x;
    if (x->has & X509_EXTENDED_USAGE)
        said.usage = x->extended_usage;
    if (apply_all(r, x->key_info, &said) || !limits_allow_tls(&said)) {
        r->left_out++;
        return 0;
    }
    int limited = said.usage.ptr || said.reject.ptr || said.names.ptr || said.distrust_after != INT64_MAX;
    if (limited && !(kept = limits_new(&said)))
        return fail(r, TRUST_MEMORY, "", CKR_HOST_MEMORY);
    int failed = anchors_append(r->anchors, (struct anchor){data, kept, ANCHOR_DISTRIBUTION});
    limits_drop(kept);
    return failed ? fail(r, TRUST_MEMORY, "", CKR_HOST_MEMORY) : 0;
}

static int take_anchor(struct reader *r, CK_OBJECT_HANDLE object)
{
    static const CK_ATTRIBUTE_TYPE types[] = {CKA_VALUE, CKA_NSS_SERVER_DISTRUST_AFTER};
    struct sspi_bytes v[2];
    int malformed = 0;
    if (get(r, object, types, 2, v))
        return -1;
    struct certificate_data *data = v[0].ptr ? certificate_data_new(v[0], &malformed) : NULL;
    if (!data && v[0].ptr && !malformed)
        return fail(r, TRUST_MEMORY, "", CKR_HOST_MEMORY);
    if (!data) {
        log_info("trust anchors: p11-kit: a certificate that cannot be read is left out");
        return 0;
    }
    int result = add_anchor(r, data, v[1]);
    certificate_data_drop(data);
    return result;
}

/* ---- tokens ---- */

/* What is attached in one token counts for the anchors of another, so all anchors come last. */
static void read_token(struct reader *r, int round)
{
    CK_OBJECT_CLASS certificate = CKO_CERTIFICATE, extension = CKO_X_CERTIFICATE_EXTENSION;
    CK_CERTIFICATE_TYPE type = CKC_X_509;
    CK_BBOOL yes = CK_TRUE;
    CK_ATTRIBUTE distrusted[] = {{CKA_X_DISTRUSTED, &yes, sizeof yes}},
                 attached[] = {{CKA_CLASS, &extension, sizeof extension}},
                 anchors[] = {{CKA_CLASS, &certificate, sizeof certificate},
                              {CKA_CERTIFICATE_TYPE, &type, sizeof type},
                              {CKA_TRUSTED, &yes, sizeof yes}};
    if (round == 0 && !each_object(r, distrusted, 1, take_distrusted))
        each_object(r, attached, 1, take_extension);
    if (round == 1)
        each_object(r, anchors, 3, take_anchor);
}

static void read_tokens(struct reader *r)
{
    CK_SLOT_ID slot[SLOTS_MAX];
    CK_ULONG count = SLOTS_MAX;
    CK_RV rv = r->module->C_GetSlotList(CK_TRUE, slot, &count);
    if (rv != CKR_OK || count > SLOTS_MAX)
        fail(r, TRUST_FAILED, "its tokens cannot be told", rv);
    for (int round = 0; round < 2; round++)
        for (CK_ULONG i = 0; i < count && r->state == TRUST_READ; i++) {
            rv = r->module->C_OpenSession(slot[i], CKF_SERIAL_SESSION, NULL, NULL, &r->session);
            if (rv != CKR_OK) {
                fail(r, TRUST_FAILED, "a token cannot be opened", rv);
                break;
            }
            read_token(r, round);
            r->module->C_CloseSession(r->session);
        }
}

enum trust_state trust_read(struct cert_anchors *anchors, struct distrust *distrust)
{
    struct reader r = {.anchors = anchors, .distrust = distrust};
    const char *paths = paths_trust();
    char reserved[PATH_MAX + 16];
    CK_C_INITIALIZE_ARGS args = {.flags = CKF_OS_LOCKING_OK};
    if (paths) { /* a test's own */
        snprintf(reserved, sizeof reserved, "paths='%s'", paths);
        args.pReserved = reserved;
    }
    if ((r.state = module_load(&r.module)) != TRUST_READ)
        return r.state;
    r.room = malloc((size_t)FIELDS_MAX * VALUE_MAX);
    r.extensions = distrust_new();
    CK_RV rv = r.module->C_Initialize(&args);
    int mine = rv == CKR_OK;
    if (!mine && rv != CKR_CRYPTOKI_ALREADY_INITIALIZED)
        fail(&r, TRUST_FAILED, "it does not start", rv);
    else if (!r.room || !r.extensions)
        fail(&r, TRUST_MEMORY, "", CKR_HOST_MEMORY);
    else
        read_tokens(&r);
    if (mine)
        r.module->C_Finalize(NULL);
    distrust_drop(r.extensions);
    free(r.room);
    if (r.state == TRUST_READ && r.left_out)
        log_info("trust anchors: %u of p11-kit's do not speak for TLS", r.left_out);
    return r.state;
}
