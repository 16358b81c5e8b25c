/* SPDX-License-Identifier: MIT
 *
 * On Windows the account's CA shows the machine's too, its MY does not, and so it is here.  ROOT is the
 * distribution's anchors with the machine's folder; an account adds no anchors for itself, and what a program
 * adds counts in its process alone unless `store-writes = yes`: a library inside a root daemon must not widen
 * the trust of the machine.  A private key is never written with its certificate: a program that wants one
 * kept exports it, or makes it under a name (keyfile.h). */
#include <config.h>

#include "core/cert/system.h"

#include "core/cert/anchors.h"
#include "core/cert/folder.h"
#include "core/config.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <windows.h>

#define LOG_AREA "cert"
#include "core/log.h"

#define NAME_MAX_LEN 40u

static const char *const usual[] = {"root", "my", "ca", "trust", "authroot", "trustedpeople", "disallowed"};

void system_store_free(struct system_store *s)
{
    if (!s)
        return;
    free(s->own);
    free(s->under);
    free(s);
}

static int is_usual(const char *name)
{
    for (size_t i = 0; i < sizeof usual / sizeof *usual; i++)
        if (!strcmp(name, usual[i]))
            return 1;
    return 0;
}

/* In lower case, as its folder is called; 0, or -1: not a name. */
static int read_name(const char *from, char *to)
{
    size_t len = strlen(from);
    if (len == 0 || len > NAME_MAX_LEN)
        return -1;
    for (size_t i = 0; i < len; i++) {
        if (!isalnum((unsigned char)from[i]) && from[i] != '-' && from[i] != '_')
            return -1;
        to[i] = (char)tolower((unsigned char)from[i]);
    }
    to[len] = 0;
    return 0;
}

/* 1 the account's, 0 the machine's, -1 neither. */
static int place_of(DWORD flags)
{
    switch ((flags & CERT_SYSTEM_STORE_LOCATION_MASK) >> CERT_SYSTEM_STORE_LOCATION_SHIFT) {
    case 0:
    case CERT_SYSTEM_STORE_CURRENT_USER_ID:
    case CERT_SYSTEM_STORE_CURRENT_USER_GROUP_POLICY_ID:
        return 1;
    case CERT_SYSTEM_STORE_LOCAL_MACHINE_ID:
    case CERT_SYSTEM_STORE_LOCAL_MACHINE_GROUP_POLICY_ID:
    case CERT_SYSTEM_STORE_LOCAL_MACHINE_ENTERPRISE_ID:
        return 0;
    default:
        return -1;
    }
}

static int writes_allowed(void)
{
    const char *why = "";
    const struct config *config = config_get(&why);
    return config && config_package_yes(config, "store-writes");
}

static struct system_store *system_new(const char *name, int user)
{
    struct system_store *s = calloc(1, sizeof *s);
    if (!s)
        return NULL;
    s->root = !strcmp(name, "root");
    if (s->root)
        s->own = writes_allowed() ? folder_machine(name) : NULL; /* read with the anchors */
    else if (user)
        s->own = folder_user(name);
    else
        s->own = folder_machine(name);
    if (user && !strcmp(name, "ca"))
        s->under = folder_machine(name);
    return s;
}

/* Says where an anchor comes from, as its description. */
static int describe(struct certificate *c, const struct cert_anchors *a, enum anchor_origin origin)
{
    const char *text = origin == ANCHOR_ADMINISTRATOR               ? "administrator"
                       : origin == ANCHOR_DISTRIBUTION && a->source ? a->source
                                                                    : "program";
    uint16_t wide[80];
    size_t len = 0;
    for (; text[len] && len + 1 < sizeof wide / sizeof *wide; len++)
        wide[len] = (unsigned char)text[len];
    wide[len] = 0;
    CRYPT_DATA_BLOB blob = {(DWORD)((len + 1) * sizeof *wide), (BYTE *)wide};
    int failed = !property_set(&c->shown, CERT_DESCRIPTION_PROP_ID, 0, &blob, 16);
    certificate_release(c);
    return failed;
}

static DWORD fill(struct store *s)
{
    struct certificate *c;
    const struct system_store *system = s->system;
    struct cert_anchors *a = system->root ? cert_anchors_system() : NULL;
    DWORD error = ERROR_SUCCESS;
    for (unsigned i = 0; a && i < a->count && error == ERROR_SUCCESS; i++)
        if (store_append(s, a->anchor[i].data, NULL, &c) || describe(c, a, a->anchor[i].origin))
            error = (DWORD)E_OUTOFMEMORY;
    cert_anchors_release(a);
    if (!system->root &&
        ((system->own && folder_read(system->own, s)) || (system->under && folder_read(system->under, s))))
        error = (DWORD)E_OUTOFMEMORY;
    return error;
}

/* Is the store there, as far as the flags ask? */
static DWORD judge_flags(const char *name, const struct system_store *s, DWORD flags)
{
    int there = is_usual(name) || folder_exists(s->own) || folder_exists(s->under);
    if (flags & CERT_STORE_CREATE_NEW_FLAG && there)
        return ERROR_FILE_EXISTS;
    return flags & CERT_STORE_OPEN_EXISTING_FLAG && !there ? ERROR_FILE_NOT_FOUND : ERROR_SUCCESS;
}

HCERTSTORE open_system(const char *name, DWORD flags)
{
    char lower[NAME_MAX_LEN + 1];
    int user = place_of(flags);
    if (user < 0 || read_name(name, lower)) {
        cert_fail(ERROR_FILE_NOT_FOUND);
        return NULL;
    }
    struct store *s = store_new();
    DWORD error = s && (s->system = system_new(lower, user)) ? ERROR_SUCCESS : (DWORD)E_OUTOFMEMORY;
    if (error == ERROR_SUCCESS)
        error = judge_flags(lower, s->system, flags);
    if (error == ERROR_SUCCESS)
        error = fill(s);
    if (error == ERROR_SUCCESS)
        return s;
    store_release(s);
    cert_fail(error);
    return NULL;
}

DWORD system_added(const struct system_store *s, struct certificate_data *data)
{
    const struct sspi_bytes none = {NULL, 0};
    DWORD error = ERROR_SUCCESS;
    if (s->own)
        error = folder_write(s->own, &data, 1, none, NULL);
    else if (!s->root)
        error = ERROR_ACCESS_DENIED;
    if (error == ERROR_SUCCESS && s->root && anchors_add(data))
        error = (DWORD)E_OUTOFMEMORY;
    if (error == ERROR_SUCCESS && s->root)
        log_info("a trust anchor was added %s", s->own ? "to the machine's" : "for this process");
    return error;
}

DWORD system_removed(const struct system_store *s, struct certificate_data *data)
{
    DWORD error = s->own ? folder_remove(s->own, data) : (DWORD)CRYPT_E_NOT_FOUND;
    if (error == (DWORD)CRYPT_E_NOT_FOUND && s->under)
        error = folder_remove(s->under, data);
    if (s->root && anchors_remove(data) == 0)
        error = error == (DWORD)CRYPT_E_NOT_FOUND ? ERROR_SUCCESS : error;
    return error == (DWORD)CRYPT_E_NOT_FOUND ? ERROR_ACCESS_DENIED : error;
}

/* ---- intermediates ---- */

/* Process-wide on purpose; under the registry's lock. */
static struct store *kept;
static struct timespec kept_time[2];
static time_t kept_at;

static void look(const struct system_store *s, struct timespec *out)
{
    const char *folder[2] = {s->own, s->under};
    struct stat st;
    memset(out, 0, 2 * sizeof *out);
    for (unsigned i = 0; i < 2; i++)
        if (folder[i] && !stat(folder[i], &st))
            out[i] = st.st_mtim;
}

/* Two looks at a folder within its clock's grain may miss a change, so a young folder is read again. */
static int is_fresh(const struct timespec *now)
{
    for (unsigned i = 0; i < 2; i++)
        if (now[i].tv_sec != kept_time[i].tv_sec || now[i].tv_nsec != kept_time[i].tv_nsec ||
            now[i].tv_sec + 2 >= kept_at)
            return 0;
    return 1;
}

struct store *system_intermediates(void)
{
    struct system_store *place = system_new("ca", 1);
    struct timespec now[2];
    struct store *s = NULL, *old = NULL;
    if (!place)
        return NULL;
    look(place, now);
    if (!now[0].tv_sec && !now[1].tv_sec) { /* no folder at all: the usual case */
        system_store_free(place);
        return NULL;
    }
    registry_lock();
    if (kept && is_fresh(now) && !registry_hold(REGISTRY_STORE, kept))
        s = kept;
    registry_unlock();
    if (s || !(s = store_new())) {
        system_store_free(place);
        return s;
    }
    time_t before = time(NULL);
    s->system = place;
    if (fill(s)) {
        store_release(s);
        return NULL;
    }
    registry_lock();
    if (!registry_hold(REGISTRY_STORE, s)) {
        old = kept;
        kept = s;
        memcpy(kept_time, now, sizeof now);
        kept_at = before;
    }
    registry_unlock();
    store_release(old);
    return s;
}
