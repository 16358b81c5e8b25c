/* SPDX-License-Identifier: MIT
 *
 * From a judged chain to a local account.  The map is read anew for each certificate: a change counts at
 * once, nothing is shared between threads, and nothing can be caught half changed. */
#include <config.h>

#include "core/account.h"

#include "core/config.h"
#include "core/context.h"
#include "core/safe.h"

#define LOG_AREA "account"
#include "core/log.h"

#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <schannel.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { ENTRY_MAX = 1024 * 1024, GROUPS_MAX = 65536 /* the kernel's NGROUPS_MAX */, NO_ENTRY = -1 };

struct account *account_hold(struct account *account)
{
    if (account)
        __atomic_add_fetch(&account->references, 1, __ATOMIC_RELAXED);
    return account;
}

void account_drop(struct account *account)
{
    if (!account || __atomic_sub_fetch(&account->references, 1, __ATOMIC_ACQ_REL))
        return;
    free(account->groups);
    free(account);
}

/* ---- the account database ---- */

/* getpwnam_r with as much room as it takes.  0; NO_ENTRY; else the database's error: glibc gives ENOENT where
 * the database is lost, and no error at all where the name is. */
static int entry_read(const char *name, uid_t *uid, gid_t *gid)
{
    for (size_t size = 1024; size <= ENTRY_MAX; size *= 4) {
        struct passwd entry, *found = NULL;
        char *room = malloc(size);
        if (!room)
            return ENOMEM;
        int error = getpwnam_r(name, &entry, room, size, &found);
        int there = !error && found;
        if (there) {
            *uid = found->pw_uid;
            *gid = found->pw_gid;
        }
        free(room);
        if (error != ERANGE)
            return error ? error : there ? 0 : NO_ENTRY;
    }
    return E2BIG;
}

static int compare_groups(const void *a, const void *b)
{
    const gid_t *x = a, *y = b;
    return (*x > *y) - (*x < *y);
}

static int groups_read(struct account *account)
{
    int room = 32;
    for (;;) {
        int count = room;
        gid_t *groups = reallocarray(account->groups, (size_t)room, sizeof *groups);
        if (!groups)
            return ENOMEM;
        account->groups = groups;
        if (getgrouplist(account->name, account->gid, groups, &count) >= 0) {
            account->group_count = (unsigned)count;
            break;
        }
        if (room == GROUPS_MAX)
            return E2BIG;
        room = count > room && count < GROUPS_MAX ? count : room < GROUPS_MAX / 2 ? room * 2 : GROUPS_MAX;
    }
    qsort(account->groups, account->group_count, sizeof *account->groups, compare_groups);
    unsigned kept = 0;
    for (unsigned i = 0; i < account->group_count; i++)
        if (!i || account->groups[i] != account->groups[kept - 1])
            account->groups[kept++] = account->groups[i];
    account->group_count = kept;
    return 0;
}

static SECURITY_STATUS refuse_account(const char *name, const char *place, const char *why,
                                      SECURITY_STATUS status)
{
    log_warning("%s: account '%s': %s", place, name, why);
    return status;
}

SECURITY_STATUS account_find(const char *name, const char *place, struct account **out)
{
    size_t place_size = strlen(place) + 1;
    struct account *account = calloc(1, sizeof *account + place_size);
    if (!account)
        return SEC_E_INSUFFICIENT_MEMORY;
    account->references = 1;
    account->place = memcpy((char *)(account + 1), place, place_size);
    snprintf(account->name, sizeof account->name, "%s", name);
    int error = entry_read(name, &account->uid, &account->gid);
    if (!error)
        error = groups_read(account);
    SECURITY_STATUS status = SEC_E_OK;
    if (error == ENOMEM)
        status = SEC_E_INSUFFICIENT_MEMORY;
    else if (error == NO_ENTRY)
        status = refuse_account(name, place, "there is no such account", SEC_E_LOGON_DENIED);
    else if (error)
        status = refuse_account(name, place, strerror(error), SEC_E_NO_AUTHENTICATING_AUTHORITY);
    else if (account->uid == 0 || account->uid == (uid_t)-1 || account->gid == 0 || account->groups[0] == 0)
        status =
            refuse_account(name, place, "uid 0 and gid 0 are nobody's by certificate", SEC_E_LOGON_DENIED);
    if (status != SEC_E_OK)
        account_drop(account);
    else
        *out = account;
    return status;
}

/* ---- the map ---- */

static int same_file(const struct stat *a, const struct stat *b)
{
    return a->st_dev == b->st_dev && a->st_ino == b->st_ino && a->st_size == b->st_size &&
           a->st_mtim.tv_sec == b->st_mtim.tv_sec && a->st_mtim.tv_nsec == b->st_mtim.tv_nsec;
}

/* What is written to the file while it is read must not be taken for a map with fewer rules. */
int account_map_text(const char *path, char **text, size_t *len, char *why, size_t why_size)
{
    enum { TRIES = 3 };
    for (int try = 0; try < TRIES; try++) {
        struct stat before, after;
        int known = stat(path, &before) == 0;
        if (safe_read(path, MAP_FILE_MAX, text, len, why, why_size))
            return -1;
        if (known && stat(path, &after) == 0 && same_file(&before, &after) && (size_t)after.st_size == *len)
            return 0;
        free(*text);
        *text = NULL;
    }
    snprintf(why, why_size, "%s: changes while it is read", path);
    errno = EAGAIN;
    return -1;
}

int account_wanted(const struct context *context, const struct call *call)
{
    const char *why;
    const struct config *config = config_get(&why);
    return (call->meaning & FLAG_MUTUAL_AUTH) &&
           !(context->credential->flags & (SCH_CRED_MANUAL_CRED_VALIDATION | SCH_CRED_NO_SYSTEM_MAPPER)) &&
           config && config_package(config, "account-map").text;
}

static int digest(const struct context *context, struct sspi_bytes der, uint8_t out[32])
{
    return context->provider->api.digest(SSPI_SHA256, &der, 1, out) == SSPI_OK ? 0 : -1;
}

/* What the map says; the file's faults are its answer too. */
static SECURITY_STATUS ask_map(struct context *context, const char *path, struct sspi_bytes leaf,
                               struct sspi_bytes issuer, struct map_answer *answer)
{
    struct map_certificate names;
    char *text = NULL, why[512];
    size_t len;
    int failed = map_certificate_read(leaf, &names) || digest(context, leaf, names.digest) ||
                 (issuer.len && digest(context, issuer, names.issuer));
    names.has_issuer = issuer.len != 0;
    SECURITY_STATUS status = failed ? SEC_E_INSUFFICIENT_MEMORY : SEC_E_OK;
    if (!failed && account_map_text(path, &text, &len, why, sizeof why)) {
        log_error("account map: %s", why);
        status = errno == ENOMEM ? SEC_E_INSUFFICIENT_MEMORY : SEC_E_NO_AUTHENTICATING_AUTHORITY;
    } else if (!failed) {
        map_decide(text, len, &names, answer);
    }
    free(text);
    map_certificate_free(&names);
    return status;
}

static SECURITY_STATUS act_on(struct context *context, const char *path, const struct map_answer *answer)
{
    char place[512];
    snprintf(place, sizeof place, "%s:%u", path, answer->line);
    SECURITY_STATUS status = SEC_E_OK;
    switch (answer->outcome) {
    case MAP_NONE:
        log_info("%s: no account: %s", answer->line ? place : path, answer->why);
        break;
    case MAP_ACCOUNT:
        status = account_find(answer->account, place, &context->candidate);
        if (status == SEC_E_OK)
            log_info("%s: account '%s': %s", place, answer->account, answer->why);
        break;
    case MAP_DENY:
        log_warning("%s: denied: %s", place, answer->why);
        status = SEC_E_LOGON_DENIED;
        break;
    case MAP_FAULTY:
        log_error("%s: %s", place, answer->why);
        status = SEC_E_NO_AUTHENTICATING_AUTHORITY;
        break;
    case MAP_MEMORY:
        status = SEC_E_INSUFFICIENT_MEMORY;
        break;
    }
    return status;
}

SECURITY_STATUS account_judge(struct context *context, struct sspi_bytes leaf, struct sspi_bytes issuer)
{
    struct map_answer answer;
    const char *why;
    const struct config *config = config_get(&why);
    const char *path = config ? config_package(config, "account-map").text : NULL;
    account_forget(context);
    if (!path)
        return SEC_E_NO_AUTHENTICATING_AUTHORITY;
    SECURITY_STATUS status = ask_map(context, path, leaf, issuer, &answer);
    return status == SEC_E_OK ? act_on(context, path, &answer) : status;
}

void account_forget(struct context *context)
{
    account_drop(context->candidate);
    context->candidate = NULL;
}
