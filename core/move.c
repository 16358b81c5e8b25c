/* SPDX-License-Identifier: MIT */
#include <config.h>

#include "core/move.h"

#define LOG_AREA "context"
#include "core/forms.h"
#include "core/handle.h"
#include "core/log.h"
#include "core/package.h"

#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

enum { SEAL = 32, PACKED_MAX = 128 * 1024 };

struct moved {
    char *provider, *version, *target; /* text, each NUL-ended */
    uint8_t binding[32];               /* of the credential (credential_policy) */
    struct session_facts facts;        /* by the wall clock */
    struct sspi_bytes ticket;          /* empty: there is none */
    size_t len;
    uint8_t packed[];
};

void moved_free(void *object)
{
    struct moved *moved = object;
    if (moved)
        explicit_bzero(moved, sizeof *moved + moved->len);
    free(moved);
}

/* ---- the seal ---- */

/* A secret of this process.  A child that was forked before it was made has another. */
static int own_key(struct ticket_key *key)
{
    static struct once once;
    static struct ticket_key own;
    switch (once_enter(&once)) {
    case ONCE_MINE:
        own.len = TICKET_KEY_MIN;
        if (getrandom(own.key, own.len, 0) != (ssize_t)own.len) {
            once_leave(&once, ONCE_IDLE);
            return -1;
        }
        once_leave(&once, ONCE_DONE);
        break;
    case ONCE_DONE:
        break;
    default:
        return -1;
    }
    *key = own;
    return 0;
}

static int seal_keys(struct ticket_keys *keys)
{
    int found = ticket_keys_of_file(keys);
    if (found)
        return found > 0 ? 0 : -1;
    memset(keys, 0, sizeof *keys);
    keys->count = 1;
    return own_key(&keys->key[0]);
}

static int seal_make(const struct sspi_provider *api, const struct ticket_key *key, struct sspi_bytes text,
                     uint8_t out[SEAL])
{
    uint8_t made[TICKET_MAC];
    int failed = ticket_key_mac(api, key, "packed context", text, made);
    memcpy(out, made, SEAL);
    explicit_bzero(made, sizeof made);
    return failed;
}

static int seal_good(const struct sspi_provider *api, const uint8_t seal[SEAL], struct sspi_bytes text)
{
    struct ticket_keys keys;
    uint8_t made[SEAL] = {0}, differs = 1;
    if (seal_keys(&keys) != 0)
        return 0;
    for (unsigned i = 0; differs && i < keys.count; i++) {
        differs = seal_make(api, &keys.key[i], text, made) != 0;
        for (unsigned j = 0; j < SEAL; j++)
            differs |= made[j] ^ seal[j];
    }
    explicit_bzero(&keys, sizeof keys);
    return !differs;
}

/* ---- packing: seal, then this ---- */

static const char magic[8] = "OSPIctx1";

static int put(struct bytes *out, const void *bytes, size_t len)
{
    return bytes_append(out, bytes, len);
}

static int put_number(struct bytes *out, uint64_t value)
{
    uint8_t bytes[8];
    for (int i = 7; i >= 0; i--, value >>= 8)
        bytes[i] = (uint8_t)value;
    return put(out, bytes, sizeof bytes);
}

static int put_text(struct bytes *out, const char *text)
{
    return put(out, text, strlen(text) + 1);
}

static int pack(struct bytes *out, const struct context *context, const char *target,
                const struct session_facts *facts, const struct bytes *ticket)
{
    static const uint8_t room[SEAL];
    struct ticket_keys keys;
    uint8_t binding[32];
    const struct provider *provider = context->provider;
    if (credential_policy(context->credential, context->certificate, context->credential->client, binding) !=
        0)
        return -1;
    if (put(out, room, sizeof room) || put(out, magic, sizeof magic) || put(out, binding, sizeof binding) ||
        put_number(out, facts->protocols) || put_number(out, (uint64_t)facts->verify) ||
        put_number(out, (uint64_t)facts->once) || put_number(out, (uint64_t)facts->born) ||
        put_number(out, (uint64_t)facts->ends) || put_text(out, provider->name) ||
        put_text(out, provider->api.version) || put_text(out, target) || put(out, ticket->ptr, ticket->len))
        return -1;
    struct sspi_bytes text = {out->ptr + SEAL, out->len - SEAL};
    if (seal_keys(&keys) != 0)
        return -1;
    int failed = seal_make(&provider->api, &keys.key[0], text, out->ptr);
    explicit_bzero(&keys, sizeof keys);
    return failed;
}

static SECURITY_STATUS export_client(struct context *context, SecBuffer *out)
{
    struct session_facts facts = {0};
    struct bytes ticket = {0}, packed = {0};
    const char *target = context->seat ? context->seat->target : "";
    SECURITY_STATUS status = sessions_take(context, &facts, &ticket);
    if (status == SEC_E_OK && pack(&packed, context, target, &facts, &ticket) != 0) {
        log_error("a context cannot be packed: no memory, or the file of ticket keys cannot be used");
        status = SEC_E_INSUFFICIENT_MEMORY;
    }
    void *copy = status == SEC_E_OK ? memory_hand_out(packed.len) : NULL;
    if (copy) {
        memcpy(copy, packed.ptr, packed.len);
        out->pvBuffer = copy;
        out->cbBuffer = (ULONG)packed.len;
    } else if (status == SEC_E_OK) {
        status = SEC_E_INSUFFICIENT_MEMORY;
    }
    bytes_wipe(&ticket);
    bytes_wipe(&packed);
    return status;
}

static SECURITY_STATUS export_locked(struct context *context, ULONG flags, SecBuffer *out)
{
    const char *why = NULL;
    if (!(flags & SECPKG_CONTEXT_EXPORT_RESET_NEW))
        why = "the keys of a live connection do not leave the library that made them";
    else if (flags & ~(ULONG)(SECPKG_CONTEXT_EXPORT_RESET_NEW | SECPKG_CONTEXT_EXPORT_DELETE_OLD))
        why = "an unknown flag, or a kernel that takes no contexts";
    else if (context->flags & CONTEXT_SERVER)
        why = "a server resumes by its ticket keys, which move by a file or SECPKG_ATTR_SESSION_TICKET_KEYS";
    else if (!(context->flags & CONTEXT_WAS_OPEN))
        why = "its handshake is not over";
    if (!why)
        return out ? export_client(context, out) : SEC_E_INVALID_PARAMETER;
    log_info("a context is not exported: %s", why);
    return SEC_E_UNSUPPORTED_FUNCTION;
}

SECURITY_STATUS context_export(const CtxtHandle *handle, ULONG flags, SecBuffer *out, void **token)
{
    void *object;
    struct handle_slot *slot = handle_lock(handle, HANDLE_CONTEXT, &object);
    if (!slot)
        return SEC_E_INVALID_HANDLE;
    SECURITY_STATUS status = export_locked(object, flags, out);
    handle_unlock(slot);
    if (status != SEC_E_OK)
        return status;
    if (token)
        *token = NULL; /* no account stands behind a client's context */
    if (flags & SECPKG_CONTEXT_EXPORT_DELETE_OLD)
        (void)context_delete(handle);
    return SEC_E_OK;
}

/* ---- unpacking: a valid seal says that pack() wrote it; it is read with care all the same ---- */

struct reader {
    uint8_t *at, *end;
    int bad;
};

static uint8_t *get(struct reader *in, size_t len)
{
    uint8_t *at = in->at;
    if (in->bad || (size_t)(in->end - at) < len) {
        in->bad = 1;
        return NULL;
    }
    in->at += len;
    return at;
}

static uint64_t get_number(struct reader *in)
{
    uint64_t value = 0;
    const uint8_t *at = get(in, 8);
    for (int i = 0; at && i < 8; i++)
        value = value << 8 | at[i];
    return value;
}

static char *get_text(struct reader *in)
{
    uint8_t *end = in->bad ? NULL : memchr(in->at, 0, (size_t)(in->end - in->at));
    return end ? (char *)get(in, (size_t)(end - in->at) + 1) : (in->bad = 1, NULL);
}

static int unpack(struct moved *moved)
{
    struct reader in = {moved->packed + SEAL, moved->packed + moved->len, 0};
    const uint8_t *mark = get(&in, sizeof magic), *binding = get(&in, sizeof moved->binding);
    if (in.bad || memcmp(mark, magic, sizeof magic) != 0)
        return -1;
    memcpy(moved->binding, binding, sizeof moved->binding);
    moved->facts.protocols = (uint32_t)get_number(&in);
    moved->facts.verify = get_number(&in) != 0;
    moved->facts.once = get_number(&in) != 0;
    moved->facts.born = (int64_t)get_number(&in);
    moved->facts.ends = (int64_t)get_number(&in);
    moved->provider = get_text(&in);
    moved->version = get_text(&in);
    moved->target = get_text(&in);
    if (in.bad)
        return -1;
    moved->ticket = (struct sspi_bytes){in.at, (size_t)(in.end - in.at)};
    return 0;
}

SECURITY_STATUS context_import(const char *package, const SecBuffer *in, CtxtHandle *out)
{
    const char *named;
    const struct provider *provider;
    SECURITY_STATUS status = package_parse(package, &named);
    if (status != SEC_E_OK)
        return status;
    if (!in || !in->pvBuffer || !out)
        return SEC_E_INVALID_PARAMETER;
    if (in->cbBuffer <= SEAL + sizeof magic || in->cbBuffer > PACKED_MAX)
        return SEC_E_INVALID_TOKEN;
    status = provider_select(named, 0, &provider); /* any will do to look at the seal */
    if (status != SEC_E_OK)
        return status;
    struct moved *moved = calloc(1, sizeof *moved + in->cbBuffer);
    if (!moved)
        return SEC_E_INSUFFICIENT_MEMORY;
    moved->len = in->cbBuffer;
    memcpy(moved->packed, in->pvBuffer, moved->len);
    struct sspi_bytes text = {moved->packed + SEAL, moved->len - SEAL};
    if (!seal_good(&provider->api, moved->packed, text) || unpack(moved) != 0)
        status = SEC_E_INVALID_TOKEN;
    else if (handle_open(HANDLE_MOVED, moved, out) != 0)
        status = SEC_E_INSUFFICIENT_MEMORY;
    if (status != SEC_E_OK)
        moved_free(moved);
    return status;
}

/* ---- the new connection ---- */

const char *moved_target(const struct moved *moved, const char *named)
{
    return named || !moved->target[0] ? named : moved->target;
}

void moved_offer(struct moved *moved, struct context *context)
{
    const struct sspi_provider *api = &context->provider->api;
    struct credential *cred = context->credential;
    const struct credential_cert *certificate = cred->cert_count ? &cred->certs[0] : NULL;
    sspi_ticket *ticket = NULL;
    uint8_t binding[32];
    struct sspi_bytes bytes = moved->ticket;
    moved->ticket.len = 0; /* once, whatever comes of it */
    if (!bytes.len || strcmp(moved->provider, context->provider->name) != 0 ||
        strcmp(moved->version, api->version) != 0 || !(api->caps & SSPI_CAP_TICKET_BYTES) ||
        credential_policy(cred, certificate, cred->client, binding) != 0 ||
        memcmp(binding, moved->binding, sizeof binding) != 0)
        return;
    if (api->ticket_load(certificate ? certificate->client : cred->anonymous, bytes, &ticket) == SSPI_OK &&
        ticket)
        sessions_give(cred, moved->target, &moved->facts, ticket);
}
