/* SPDX-License-Identifier: MIT
 *
 * ImpersonateSecurityContext and RevertSecurityContext: one thread becomes the account and itself again, and
 * no other thread notices (D22).  Needs root. */
#include <config.h>

#include "t/account-kit.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/capability.h>
#include <pthread.h>
#include <pwd.h>
#include <sched.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#define NAME "opensspi-t"
enum { ACCOUNT = 61234, FIRST_GROUP = 61235, SECOND_GROUP = 61236, NOBODY = 61300, PLAIN = 61301 };

#define MAP "certificate {map-daemon} => " NAME "\ncertificate {map-two} => opensspi-n\n"

static char tag[128];

/* ---- a machine with two more accounts, in a mount namespace of this process ---- */

static int machine(void)
{
    sandbox_write(&kit_box, "passwd",
                  "root:x:0:0:root:/root:/bin/sh\n" NAME ":x:61234:61234::/nonexistent:/bin/false\n"
                  "opensspi-n:x:61300:61300::/nonexistent:/bin/false\n");
    sandbox_write(&kit_box, "group",
                  "root:x:0:\n" NAME ":x:61234:\nopensspi-b:x:61236:" NAME "\nopensspi-a:x:61235:" NAME "\n");
    return unshare(CLONE_NEWNS) || mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) ||
           mount(sandbox_path(&kit_box, "passwd"), "/etc/passwd", NULL, MS_BIND, NULL) ||
           mount(sandbox_path(&kit_box, "group"), "/etc/group", NULL, MS_BIND, NULL);
}

static const char *file(const char *name, uid_t uid, gid_t gid, mode_t mode)
{
    const char *path = sandbox_path(&kit_box, name);
    sandbox_write(&kit_box, name, "x");
    if (chown(path, uid, gid) || chmod(path, mode))
        ok(0, "%s: %s", path, strerror(errno));
    return path;
}

static char files[3][512]; /* root's, the account's, its group's */

static void make_files(void)
{
    snprintf(files[0], sizeof files[0], "%s", file("of-root", 0, 0, 0600));
    snprintf(files[1], sizeof files[1], "%s", file("of-account", ACCOUNT, ACCOUNT, 0600));
    snprintf(files[2], sizeof files[2], "%s", file("of-group", 0, SECOND_GROUP, 0640));
}

static int opens(const char *path)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd >= 0)
        close(fd);
    return fd >= 0;
}

/* The lines about who the calling thread is. */
static void who(char *out, size_t size)
{
    char line[4096];
    FILE *status = fopen("/proc/thread-self/status", "re");
    size_t len = 0;
    out[0] = 0;
    while (status && fgets(line, sizeof line, status))
        if (!strncmp(line, "Uid:", 4) || !strncmp(line, "Gid:", 4) || !strncmp(line, "Groups:", 7) ||
            !strncmp(line, "Cap", 3))
            len += (size_t)snprintf(out + len, size - len, "%s", line);
    if (status)
        fclose(status);
}

static int is_account(void)
{
    char now[4096];
    who(now, sizeof now);
    return strstr(now, "Uid:\t0\t61234\t0\t61234\n") && strstr(now, "Gid:\t0\t61234\t0\t61234\n") &&
           strstr(now, "Groups:\t61234 61235 61236 \n") && strstr(now, "CapEff:\t0000000000000000\n");
}

static int prepared(struct pair *pair, const char *provider, int tls, const char *cert)
{
    struct pair_options options = {.provider = provider,
                                   .tls = tls,
                                   .cert = "server-ecdsa",
                                   .client_cert = cert,
                                   .roots = "root",
                                   .server_roots = "root",
                                   .server_request = ASC_REQ_MUTUAL_AUTH};
    return pair_open(pair, &options);
}

static int opened(struct pair *pair, const char *provider, int tls, const char *cert)
{
    return prepared(pair, provider, tls, cert) && pair_handshake(pair) == SEC_E_OK;
}

/* ---- one thread, and another that goes on as root ---- */

struct other {
    CtxtHandle *context;
    pthread_barrier_t turn;
    char before[4096], after[4096];
    SECURITY_STATUS revert;
    int opens_root;
};

static void *go_on(void *arg)
{
    struct other *other = arg;
    who(other->before, sizeof other->before);
    pthread_barrier_wait(&other->turn); /* the first thread impersonates now */
    pthread_barrier_wait(&other->turn);
    who(other->after, sizeof other->after);
    other->opens_root = opens(files[0]);
    other->revert = RevertSecurityContext(other->context);
    pthread_barrier_wait(&other->turn);
    return NULL;
}

static void one(const char *provider, int tls)
{
    struct pair pair;
    struct other other = {0};
    struct stat st;
    pthread_t thread;
    char before[4096], after[4096];
    snprintf(tag, sizeof tag, "%s tls%d", provider, tls);
    if (!ok(opened(&pair, provider, tls, "map-daemon"), "D22 %s: completes", tag)) {
        pair_close(&pair);
        return;
    }
    other.context = &pair.server.context;
    pthread_barrier_init(&other.turn, NULL, 2);
    pthread_create(&thread, NULL, go_on, &other);
    pthread_barrier_wait(&other.turn);
    who(before, sizeof before);
    is_status(RevertSecurityContext(other.context), SEC_E_NO_IMPERSONATION, "D22 %s: nothing to revert", tag);
    is_status(ImpersonateSecurityContext(other.context), SEC_E_OK, "D22 %s: impersonates", tag);
    ok(is_account(), "D22 %s: effective ids, groups and capabilities are the account's", tag);
    ok(!opens(files[0]) && errno == EACCES, "D22 %s: root's file is shut", tag);
    ok(opens(files[1]) && opens(files[2]), "D22 %s: the account's and its group's files open", tag);
    const char *made = sandbox_path(&kit_box, "spool/made");
    int fd = open(made, O_CREAT | O_EXCL | O_WRONLY, 0600);
    ok(fd >= 0 && fstat(fd, &st) == 0 && st.st_uid == ACCOUNT && st.st_gid == ACCOUNT,
       "D22 %s: what it makes is the account's", tag);
    close(fd);
    unlink(made);
    pthread_barrier_wait(&other.turn);
    pthread_barrier_wait(&other.turn);
    ok(!strcmp(other.before, other.after) && other.opens_root, "D22 %s: the other thread is as before", tag);
    is_status(other.revert, SEC_E_NO_IMPERSONATION, "D22 %s: the other thread reverts nothing", tag);
    ok(is_account(), "D22 %s: this one is still the account", tag);
    is_status(RevertSecurityContext(&(CtxtHandle){5, 6}), SEC_E_INVALID_HANDLE, "D22 %s: a bad handle", tag);
    is_status(RevertSecurityContext(&pair.client.context), SEC_E_NO_IMPERSONATION, "D22 %s: another context",
              tag);
    ok(is_account(), "D22 %s: nothing changed", tag);
    is_status(RevertSecurityContext(other.context), SEC_E_OK, "D22 %s: reverts", tag);
    who(after, sizeof after);
    is_str(after, before, "D22 %s: exactly what it was", tag);
    ok(opens(files[0]), "D22 %s: root's file opens again", tag);
    is_status(RevertSecurityContext(other.context), SEC_E_NO_IMPERSONATION, "D22 %s: reverted once", tag);
    pthread_join(thread, NULL);
    pthread_barrier_destroy(&other.turn);
    pair_close(&pair);
}

static int ready(const char *what)
{
    if (machine()) {
        skip("no mount namespace here", "D22 %s", what);
        return 0;
    }
    make_files();
    sandbox_mkdir(&kit_box, "spool");
    sandbox_chmod(&kit_box, "spool", 01777);
    return 1;
}

static void run_one(const void *arg)
{
    gid_t own[] = {0, 4, 7};
    (void)arg;
    if (!ready("a thread acts as the account"))
        return;
    pair_each(one);
    setgroups(3, own); /* a server with groups of its own gets them back */
    pair_each(one);
}

/* ---- several contexts, deleted ones, fork ---- */

static void run_several(const void *arg)
{
    struct pair pair, second;
    char before[4096], now[4096];
    int status;
    (void)arg;
    if (!ready("several contexts"))
        return;
    int made = opened(&pair, NULL, 13, "map-daemon") & opened(&second, NULL, 13, "map-two");
    ok(made, "D22 two contexts");
    who(before, sizeof before);
    is_status(ImpersonateSecurityContext(&second.server.context), SEC_E_OK, "D22 the one");
    who(now, sizeof now);
    ok(strstr(now, "Uid:\t0\t61300\t0\t61300\n"), "D22 its account");
    is_status(ImpersonateSecurityContext(&pair.server.context), SEC_E_OK, "D22 then the other");
    ok(is_account(), "D22 the other's account, nothing of the first's");
    is_status(RevertSecurityContext(&second.server.context), SEC_E_NO_IMPERSONATION,
              "D22 the first is not in force");
    ok(is_account(), "D22 nothing changed");
    is_status(ImpersonateSecurityContext(&pair.server.context), SEC_E_OK, "D22 twice through the same");

    pid_t pid = fork();
    if (pid == 0)
        _exit(!is_account() || RevertSecurityContext(&pair.server.context) != SEC_E_OK || !opens(files[0]));
    ok(waitpid(pid, &status, 0) == pid && status == 0, "D22 a child begins as the account and can go back");
    ok(is_account(), "D22 its parent does not");

    CtxtHandle gone = pair.server.context;
    DeleteSecurityContext(&gone);
    ok(is_account(), "D22 a deleted context reverts nothing");
    is_status(RevertSecurityContext(&gone), SEC_E_OK, "D22 and does not keep the thread from going back");
    who(now, sizeof now);
    is_str(now, before, "D22 exactly what it was");
    is_status(RevertSecurityContext(&gone), SEC_E_INVALID_HANDLE,
              "D22 a deleted context, and nothing to revert");
    is_status(ImpersonateSecurityContext(&gone), SEC_E_INVALID_HANDLE,
              "D22 a deleted context has no account");
    pair.server.has_context = 0;
    pair_close(&pair);
    pair_close(&second);
}

/* ---- a thread that impersonates reads a map only where its process may trust it ---- */

static void run_handshakes(const void *arg)
{
    struct pair pair, inner;
    (void)arg;
    if (!ready("handshakes meanwhile"))
        return;
    ok(opened(&pair, NULL, 13, "map-daemon") && prepared(&inner, NULL, 13, "map-daemon"), "D22 a context");
    is_status(ImpersonateSecurityContext(&pair.server.context), SEC_E_OK, "D22 impersonates");
    is_status(pair_handshake(&inner), SEC_E_OK, "D22 a handshake meanwhile");
    pair_again(&inner);
    is_status(RevertSecurityContext(&pair.server.context), SEC_E_OK, "D22 reverts");
    ok(chown(sandbox_path(&kit_box, "accounts"), ACCOUNT, ACCOUNT) == 0, "the map is the account's");
    is_status(ImpersonateSecurityContext(&pair.server.context), SEC_E_OK, "D22 impersonates");
    pair_handshake(&inner);
    pair_move(&inner);
    pair_step(&inner.server, inner.server.in.len);
    is_status(inner.server.status, SEC_E_NO_AUTHENTICATING_AUTHORITY,
              "D22 the account's own map is nobody's");
    pair_close(&inner);
    is_status(RevertSecurityContext(&pair.server.context), SEC_E_OK, "D22 reverts");
    pair_close(&pair);
}

/* ---- with other privileges; each in a process of its own ---- */

static int child(int (*f)(CtxtHandle *context), CtxtHandle *context)
{
    int status = -1;
    pid_t pid = fork();
    if (pid == 0) {
        setrlimit(RLIMIT_CORE, &(struct rlimit){0, 0});
        _exit(f(context));
    }
    waitpid(pid, &status, 0);
    return WIFSIGNALED(status) ? -WTERMSIG(status) : WEXITSTATUS(status);
}

static int without_privilege(CtxtHandle *context)
{
    char before[4096], after[4096];
    if (setgroups(0, NULL) || setresgid(PLAIN, PLAIN, PLAIN) || setresuid(PLAIN, PLAIN, PLAIN))
        return 1;
    who(before, sizeof before);
    if (ImpersonateSecurityContext(context) != SEC_E_NO_IMPERSONATION)
        return 2;
    who(after, sizeof after);
    if (strcmp(before, after) || RevertSecurityContext(context) != SEC_E_NO_IMPERSONATION)
        return 3;
    return 0;
}

/* No root, but these capabilities. */
static int with_capabilities(unsigned long caps)
{
    struct __user_cap_header_struct header = {_LINUX_CAPABILITY_VERSION_3, 0};
    struct __user_cap_data_struct data[2] = {{(unsigned)caps, (unsigned)caps, 0}, {0, 0, 0}};
    return prctl(PR_SET_KEEPCAPS, 1) || setgroups(0, NULL) || setresgid(PLAIN, PLAIN, PLAIN) ||
           setresuid(PLAIN, PLAIN, PLAIN) || syscall(SYS_capset, &header, data);
}

static int capabilities_alone(CtxtHandle *context)
{
    char before[4096], after[4096], now[4096];
    if (with_capabilities(1ul << CAP_SETUID | 1ul << CAP_SETGID | 1ul << CAP_DAC_OVERRIDE))
        return 1;
    who(before, sizeof before);
    if (!opens(files[0]) || ImpersonateSecurityContext(context) != SEC_E_OK)
        return 2;
    who(now, sizeof now);
    if (!strstr(now, "CapEff:\t0000000000000000\n") || opens(files[0]) || !opens(files[1]) ||
        !opens(files[2]))
        return 3;
    if (RevertSecurityContext(context) != SEC_E_OK)
        return 4;
    who(after, sizeof after);
    return strcmp(before, after) || !opens(files[0]) ? 5 : 0;
}

/* Half the privilege: the groups could be set, the uid not. */
static int setgid_alone(CtxtHandle *context)
{
    char before[4096], after[4096];
    if (with_capabilities(1ul << CAP_SETGID))
        return 1;
    who(before, sizeof before);
    if (ImpersonateSecurityContext(context) != SEC_E_NO_IMPERSONATION)
        return 2;
    who(after, sizeof after);
    return strcmp(before, after) ? 3 : 0;
}

/* A setuid-root program: it could not come back. */
static int effective_alone(CtxtHandle *context)
{
    if (setresuid(PLAIN, 0, PLAIN))
        return 1;
    return ImpersonateSecurityContext(context) == SEC_E_NO_IMPERSONATION && geteuid() == 0 ? 0 : 2;
}

static int no_way_back(CtxtHandle *context)
{
    if (ImpersonateSecurityContext(context) != SEC_E_OK)
        return 1;
    syscall(SYS_setresuid, ACCOUNT, ACCOUNT, ACCOUNT); /* somebody gives up all three */
    RevertSecurityContext(context);
    return 2;
}

static void *change_ids(void *arg)
{
    pthread_barrier_wait(arg);
    return seteuid(PLAIN) ? NULL : &tag;
}

static int ids_meanwhile(CtxtHandle *context)
{
    pthread_barrier_t turn;
    pthread_t thread;
    pthread_barrier_init(&turn, NULL, 2);
    pthread_create(&thread, NULL, change_ids, &turn);
    if (ImpersonateSecurityContext(context) != SEC_E_OK)
        return 1;
    pthread_barrier_wait(&turn);
    pthread_join(thread, NULL);
    return 2;
}

static void run_privileges(const void *arg)
{
    struct pair pair;
    (void)arg;
    if (!ready("other privileges"))
        return;
    ok(opened(&pair, NULL, 13, "map-daemon"), "D22 a context");
    CtxtHandle *context = &pair.server.context;
    is_int(child(without_privilege, context), 0, "D22 without the privilege: a refusal, and nothing changed");
    is_int(child(capabilities_alone, context), 0, "D22 capabilities go, without root too, and come back");
    is_int(child(setgid_alone, context), 0, "D22 half the privilege is none, and nothing stays changed");
    is_int(child(effective_alone, context), 0, "D22 root by the effective id alone could not come back");
    is_int(child(no_way_back, context), -SIGABRT, "D22 where the way back fails the process ends");
    is_int(child(ids_meanwhile, context), -SIGABRT,
           "D22 ids changed by the C library meanwhile: it ends the process");
    pair_close(&pair);
}

/* ---- many threads, each as another ---- */

enum { THREADS = 4, ROUNDS = 50 };
static CtxtHandle *shared[2];

static void *alternate(void *arg)
{
    size_t which = (size_t)(uintptr_t)arg;
    uid_t want = which ? NOBODY : ACCOUNT;
    char before[4096], after[4096];
    who(before, sizeof before);
    for (int i = 0; i < ROUNDS; i++) {
        if (ImpersonateSecurityContext(shared[which]) != SEC_E_OK || geteuid() != want || opens(files[0]) ||
            opens(files[1]) != !which)
            return &tag;
        if (RevertSecurityContext(shared[which]) != SEC_E_OK || geteuid() != 0 || !opens(files[0]))
            return &tag;
    }
    who(after, sizeof after);
    return strcmp(before, after) ? &tag : NULL;
}

static void run_threads(const void *arg)
{
    struct pair pair, second;
    pthread_t threads[THREADS];
    (void)arg;
    if (!ready("many threads"))
        return;
    int made = opened(&pair, NULL, 13, "map-daemon") & opened(&second, NULL, 13, "map-two");
    ok(made, "D22 two contexts");
    shared[0] = &pair.server.context;
    shared[1] = &second.server.context;
    for (size_t i = 0; i < THREADS; i++)
        pthread_create(&threads[i], NULL, alternate, (void *)(uintptr_t)(i % 2));
    for (size_t i = 0; i < THREADS; i++) {
        void *wrong;
        pthread_join(threads[i], &wrong);
        ok(!wrong, "D22 thread %zu: the account each time, itself each time, at the end as it was", i);
    }
    pair_close(&pair);
    pair_close(&second);
}

int main(void)
{
    if (geteuid() != 0)
        return skip_all("acting as another account needs root");
    kit_run("", MAP, run_one, NULL);
    kit_run("", MAP, run_several, NULL);
    kit_run("", MAP, run_handshakes, NULL);
    kit_run("", MAP, run_privileges, NULL);
    kit_run("", MAP, run_threads, NULL);
    return tap_done();
}
