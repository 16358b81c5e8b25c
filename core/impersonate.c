/* SPDX-License-Identifier: MIT
 *
 * One thread acts as another account.  Credentials belong to the thread in the kernel, and the C library's
 * wrappers spread them over all threads: so these are the raw system calls.
 *
 * Only the effective ids, the groups and the effective capabilities change.  The real and saved ids stay,
 * because they are the way back, and because the account could else send the thread signals.  Capabilities go
 * by hand: a process with CAP_DAC_OVERRIDE and another uid than 0 would keep them.  What has changed is read
 * back; a way back that fails ends the process, for the thread must not serve the next client as the last. */
#include <config.h>

#include "core/account.h"

#define LOG_AREA "account"
#include "core/log.h"

#include <errno.h>
#include <linux/capability.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Where the plain names are of 16-bit ids. */
#ifdef SYS_setgroups32
#define CALL_SETGROUPS SYS_setgroups32
#define CALL_GETGROUPS SYS_getgroups32
#define CALL_SETRESGID SYS_setresgid32
#define CALL_SETRESUID SYS_setresuid32
#define CALL_SETFSUID  SYS_setfsuid32
#define CALL_SETFSGID  SYS_setfsgid32
#else
#define CALL_SETGROUPS SYS_setgroups
#define CALL_GETGROUPS SYS_getgroups
#define CALL_SETRESGID SYS_setresgid
#define CALL_SETRESUID SYS_setresuid
#define CALL_SETFSUID  SYS_setfsuid
#define CALL_SETFSGID  SYS_setfsgid
#endif

enum { CAP_WORDS = _LINUX_CAPABILITY_U32S_3 };

struct identity {
    uid_t uid, fsuid;
    gid_t gid, fsgid;
    unsigned group_count;
    const gid_t *groups;
    struct __user_cap_data_struct caps[CAP_WORDS];
};

static _Thread_local struct {
    int active;
    struct identity own; /* to go back to; its groups are malloc'ed */
    SecHandle through;
} thread;

/* ---- the kernel's words ---- */

static int caps_read(struct __user_cap_data_struct caps[CAP_WORDS])
{
    struct __user_cap_header_struct header = {_LINUX_CAPABILITY_VERSION_3, 0};
    return syscall(SYS_capget, &header, caps) == 0 ? 0 : -1;
}

static int caps_set(const struct __user_cap_data_struct caps[CAP_WORDS])
{
    struct __user_cap_header_struct header = {_LINUX_CAPABILITY_VERSION_3, 0};
    return syscall(SYS_capset, &header, caps) == 0 ? 0 : -1;
}

/* setfsuid() with no valid id changes nothing and tells. */
static uid_t fsuid_now(void)
{
    return (uid_t)syscall(CALL_SETFSUID, -1);
}

static gid_t fsgid_now(void)
{
    return (gid_t)syscall(CALL_SETFSGID, -1);
}

static gid_t *groups_now(unsigned *count)
{
    long room = syscall(CALL_GETGROUPS, 0, NULL);
    gid_t *groups = room < 0 ? NULL : calloc(room ? (size_t)room : 1, sizeof *groups);
    long got = groups ? syscall(CALL_GETGROUPS, room, groups) : -1;
    if (got < 0) {
        free(groups);
        return NULL;
    }
    *count = (unsigned)got;
    return groups;
}

/* ---- there and back ---- */

/* Is the thread what `want` says? */
static int verify(const struct identity *want)
{
    struct __user_cap_data_struct caps[CAP_WORDS];
    unsigned count = 0;
    gid_t *groups = groups_now(&count);
    int same = groups && count == want->group_count && geteuid() == want->uid && getegid() == want->gid &&
               fsuid_now() == want->fsuid && fsgid_now() == want->fsgid && caps_read(caps) == 0;
    if (same && count)
        same = memcmp(groups, want->groups, count * sizeof *groups) == 0;
    for (int i = 0; same && i < CAP_WORDS; i++)
        same = caps[i].effective == want->caps[i].effective;
    free(groups);
    return same;
}

/* Groups first: afterwards the right is gone. */
static int become(const struct identity *to)
{
    if (syscall(CALL_SETGROUPS, (long)to->group_count, to->groups) != 0 ||
        syscall(CALL_SETRESGID, -1, to->gid, -1) != 0 || syscall(CALL_SETRESUID, -1, to->uid, -1) != 0)
        return -1;
    return caps_set(to->caps);
}

/* The capabilities first, since they are the right to the rest, and again at last: the change of uid and
 * fsuid has raised or dropped some. */
static int go_back(const struct identity *own)
{
    (void)caps_set(own->caps);
    (void)syscall(CALL_SETRESUID, -1, own->uid, -1);
    (void)caps_set(own->caps);
    (void)syscall(CALL_SETRESGID, -1, own->gid, -1);
    (void)syscall(CALL_SETGROUPS, (long)own->group_count, own->groups);
    if (own->fsgid != own->gid)
        (void)syscall(CALL_SETFSGID, own->fsgid);
    if (own->fsuid != own->uid)
        (void)syscall(CALL_SETFSUID, own->fsuid);
    (void)caps_set(own->caps);
    return verify(own) ? 0 : -1;
}

static void back_or_abort(const struct identity *own)
{
    if (go_back(own) == 0)
        return;
    log_error("a thread cannot go back to uid %u from another account: the process ends", (unsigned)own->uid);
    abort();
}

static int remember(struct identity *own)
{
    uid_t real, effective, saved;
    if (getresuid(&real, &effective, &saved) != 0)
        return -1;
    if (effective != real && effective != saved) { /* the change would take the right to come back along */
        errno = EPERM;
        return -1;
    }
    own->uid = effective;
    own->gid = getegid();
    own->fsuid = fsuid_now();
    own->fsgid = fsgid_now();
    own->groups = groups_now(&own->group_count);
    return own->groups && caps_read(own->caps) == 0 ? 0 : -1;
}

static void forget(struct identity *own)
{
    free((void *)(uintptr_t)own->groups);
    memset(own, 0, sizeof *own);
}

static void end(void)
{
    back_or_abort(&thread.own);
    thread.active = 0;
    forget(&thread.own);
}

SECURITY_STATUS impersonate_begin(const struct account *account, const SecHandle *context)
{
    if (thread.active)
        end();
    if (remember(&thread.own)) {
        int error = errno;
        forget(&thread.own);
        return error == ENOMEM ? SEC_E_INSUFFICIENT_MEMORY : SEC_E_NO_IMPERSONATION;
    }
    struct identity to = {.uid = account->uid,
                          .fsuid = account->uid,
                          .gid = account->gid,
                          .fsgid = account->gid,
                          .group_count = account->group_count,
                          .groups = account->groups};
    memcpy(to.caps, thread.own.caps, sizeof to.caps);
    for (int i = 0; i < CAP_WORDS; i++)
        to.caps[i].effective = 0;
    errno = 0;
    if (become(&to) || !verify(&to)) {
        int error = errno;
        back_or_abort(&thread.own);
        forget(&thread.own);
        log_error("account '%s' cannot be impersonated: %s%s", account->name, strerror(error),
                  error == EPERM ? ": CAP_SETUID and CAP_SETGID are needed" : "");
        return SEC_E_NO_IMPERSONATION;
    }
    thread.through = *context;
    thread.active = 1;
    return SEC_E_OK;
}

SECURITY_STATUS impersonate_end(const SecHandle *context)
{
    if (!thread.active || !context || context->dwLower != thread.through.dwLower ||
        context->dwUpper != thread.through.dwUpper)
        return SEC_E_NO_IMPERSONATION;
    end();
    return SEC_E_OK;
}

int impersonate_active(void)
{
    return thread.active;
}

uid_t impersonate_owner(void)
{
    return thread.active ? thread.own.uid : geteuid();
}
