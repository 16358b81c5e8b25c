/* SPDX-License-Identifier: MIT */
#include <config.h>

#include "core/ticket-keys.h"

#define LOG_AREA "tickets"
#include "core/config.h"
#include "core/log.h"
#include "core/safe.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

static int has_id(const struct ticket_keys *keys, const uint8_t *id)
{
    for (unsigned i = 0; i < keys->count; i++)
        if (memcmp(keys->key[i].id, id, sizeof keys->key[i].id) == 0)
            return 1;
    return 0;
}

/* ---- text ---- */

static int digit(char c)
{
    return c >= '0' && c <= '9'   ? c - '0'
           : c >= 'a' && c <= 'f' ? c - 'a' + 10
           : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                  : -1;
}

/* A run of hexadecimal digits off the front of the line: how many octets, -1: none, odd or too many. */
static int hex(const char **at, const char *end, uint8_t *out, size_t cap)
{
    size_t len = 0;
    for (; *at + 1 < end && digit((*at)[0]) >= 0; *at += 2, len++) {
        if (len == cap || digit((*at)[1]) < 0)
            return -1;
        out[len] = (uint8_t)(digit((*at)[0]) << 4 | digit((*at)[1]));
    }
    return len ? (int)len : -1;
}

static void blanks(const char **at, const char *end)
{
    while (*at < end && (**at == ' ' || **at == '\t' || **at == '\r'))
        ++*at;
}

/* What is wrong with the line, or NULL. */
static const char *line_read(const char *at, const char *end, struct ticket_keys *out)
{
    struct ticket_key *key = &out->key[out->count];
    blanks(&at, end);
    if (at == end || *at == '#')
        return NULL;
    if (out->count == TICKET_KEYS_MAX)
        return "more than 16 keys";
    if (hex(&at, end, key->id, sizeof key->id) != (int)sizeof key->id)
        return "an id has 32 hexadecimal digits";
    if (at == end || (*at != ' ' && *at != '\t'))
        return "a blank must follow the id";
    blanks(&at, end);
    int len = hex(&at, end, key->key, sizeof key->key);
    if (len < TICKET_KEY_MIN)
        return "a key has 64 to 128 hexadecimal digits";
    blanks(&at, end);
    if (at != end && *at != '#')
        return "nothing but a comment may follow the key";
    if (has_id(out, key->id))
        return "an id stands twice";
    key->len = (size_t)len;
    out->count++;
    return NULL;
}

int ticket_keys_parse(const char *text, size_t len, struct ticket_keys *out, unsigned *line, const char **why)
{
    const char *at = text, *end = text + len;
    memset(out, 0, sizeof *out);
    *why = NULL;
    for (*line = 1; at < end && !*why; ++*line) {
        const char *stop = memchr(at, '\n', (size_t)(end - at));
        *why = line_read(at, stop ? stop : end, out);
        if (*why)
            break;
        at = stop ? stop + 1 : end;
    }
    if (!*why && !out->count)
        *why = "no key";
    if (!*why)
        return 0;
    explicit_bzero(out, sizeof *out);
    return -1;
}

/* ---- the file; as last read ---- */

struct seen { /* how to know that nothing has changed */
    dev_t device;
    ino_t inode;
    off_t size;
    struct timespec changed, modified;
};

static struct {
    struct once lock;
    int state; /* 1: `keys` are good; -1: the file is not; 0: not read yet */
    struct seen seen;
    int settled; /* no change since could carry the time that was seen */
    struct ticket_keys keys;
} file;

static struct seen seen_of(const struct stat *st)
{
    struct seen seen;
    memset(&seen, 0, sizeof seen); /* compared whole */
    seen.device = st->st_dev;
    seen.inode = st->st_ino;
    seen.size = st->st_size;
    seen.changed = st->st_ctim;
    seen.modified = st->st_mtim;
    return seen;
}

/* 1, -1, or 0: memory or descriptors lacked, so the next may try. */
static int read_now(const char *path, struct ticket_keys *out)
{
    char why[512], *text;
    const char *wrong;
    size_t len;
    unsigned line;
    if (safe_read_secret(path, TICKET_FILE_MAX, &text, &len, why, sizeof why) != 0) {
        int passes = safe_error_passes(errno);
        log_error("%s: no session tickets", why);
        return passes ? 0 : -1;
    }
    int good = ticket_keys_parse(text, len, out, &line, &wrong) == 0;
    if (!good)
        log_error("%s:%u: %s: no session tickets", path, line, wrong);
    explicit_bzero(text, len);
    free(text);
    return good ? 1 : -1;
}

/* Read again where it changed; what changes while it is read is read once more by the next.  A file system's
 * clock may be coarse, so a file that was young when it was read is read again too. */
static void refresh(const char *path)
{
    struct stat st;
    struct seen seen;
    time_t clock = time(NULL);
    if (stat(path, &st) != 0)
        memset(&st, 0, sizeof st);
    seen = seen_of(&st);
    if (file.state && file.settled && memcmp(&seen, &file.seen, sizeof seen) == 0)
        return;
    file.seen = seen;
    file.settled = st.st_ctim.tv_sec + 2 < clock;
    explicit_bzero(&file.keys, sizeof file.keys);
    file.state = read_now(path, &file.keys);
}

int ticket_keys_of_file(struct ticket_keys *out)
{
    const char *why;
    const struct config *config = config_get(&why);
    const char *path = config ? config_package(config, "ticket-keys").text : NULL;
    if (!config)
        return -1;
    if (!path)
        return 0;
    if (once_enter(&file.lock) != ONCE_MINE) /* a thread that the fork did not copy is inside */
        return read_now(path, out) > 0 ? 1 : -1;
    refresh(path);
    int state = file.state;
    if (state > 0)
        *out = file.keys;
    once_leave(&file.lock, ONCE_IDLE);
    return state > 0 ? 1 : -1;
}

/* ---- the program's ---- */

int ticket_keys_given(struct ticket_given *given, struct ticket_keys *out)
{
    if (once_enter(&given->lock) != ONCE_MINE)
        return -1;
    int there = given->keys != NULL;
    if (there)
        *out = *given->keys;
    once_leave(&given->lock, ONCE_IDLE);
    return there;
}

static int key_copy(struct ticket_keys *to, const SecPkgCred_SessionTicketKey *from)
{
    struct ticket_key *key = &to->key[to->count];
    if (from->TicketInfoVersion != SESSION_TICKET_INFO_V0 || from->KeyingMaterialSize < TICKET_KEY_MIN ||
        from->KeyingMaterialSize > TICKET_KEY_MAX || has_id(to, from->KeyId))
        return -1;
    memcpy(key->id, from->KeyId, sizeof key->id);
    memcpy(key->key, from->KeyingMaterial, from->KeyingMaterialSize);
    key->len = from->KeyingMaterialSize;
    to->count++;
    return 0;
}

static void keys_free(struct ticket_keys *keys)
{
    if (keys)
        explicit_bzero(keys, sizeof *keys);
    free(keys);
}

SECURITY_STATUS ticket_keys_give(struct ticket_given *given, const SecPkgCred_SessionTicketKeys *in)
{
    if (!in->cSessionTicketKeys || in->cSessionTicketKeys > TICKET_KEYS_MAX || !in->pSessionTicketKeys)
        return SEC_E_INVALID_PARAMETER;
    struct ticket_keys *fresh = calloc(1, sizeof *fresh), *old;
    if (!fresh)
        return SEC_E_INSUFFICIENT_MEMORY;
    for (DWORD i = 0; i < in->cSessionTicketKeys; i++)
        if (key_copy(fresh, &in->pSessionTicketKeys[i]) != 0) {
            keys_free(fresh);
            return SEC_E_INVALID_PARAMETER;
        }
    if (once_enter(&given->lock) != ONCE_MINE) {
        keys_free(fresh);
        return SEC_E_INTERNAL_ERROR;
    }
    old = given->keys;
    given->keys = fresh;
    once_leave(&given->lock, ONCE_IDLE);
    keys_free(old);
    return SEC_E_OK;
}

void ticket_keys_forget(struct ticket_given *given)
{
    keys_free(given->keys);
    given->keys = NULL;
}

/* ---- what is made of a key ---- */

int ticket_key_mac(const struct sspi_provider *api, const struct ticket_key *key, const char *purpose,
                   struct sspi_bytes text, uint8_t out[TICKET_MAC])
{
    enum { BLOCK = 128 }; /* of SHA-512; no key is longer (RFC 2104) */
    uint8_t pad[BLOCK] = {0}, inner[TICKET_MAC], label[16] = {0};
    struct sspi_bytes parts[3] = {{pad, sizeof pad}, {label, sizeof label}, text};
    memcpy(pad, key->key, key->len);
    memcpy(label, purpose, strnlen(purpose, sizeof label));
    for (size_t i = 0; i < sizeof pad; i++)
        pad[i] ^= 0x36;
    int good = api->digest(SSPI_SHA512, parts, 3, inner) == SSPI_OK;
    for (size_t i = 0; i < sizeof pad; i++)
        pad[i] ^= 0x36 ^ 0x5c;
    parts[1] = (struct sspi_bytes){inner, sizeof inner};
    good = good && api->digest(SSPI_SHA512, parts, 2, out) == SSPI_OK;
    explicit_bzero(pad, sizeof pad);
    explicit_bzero(inner, sizeof inner);
    return good ? 0 : -1;
}
