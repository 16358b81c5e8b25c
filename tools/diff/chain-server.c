/* SPDX-License-Identifier: MIT
 *
 * The process that judges chains with one provider.  It loads the provider and judges nothing itself: for
 * each process that asks it forks a judge, so that loading is paid for once and no judgement is seen by
 * another asker's.  Between them stands one that waits for the judge and tells how it ended. */
#include <config.h>

#include "tools/diff/chain.h"
#include "tools/diff/exact.h"
#include "tools/diff/worker.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

enum { CPU_SECONDS = 2 };

/* ---- the judge ---- */

static _Noreturn void be_judge(int line)
{
    uint8_t *bytes = malloc(CHAIN_BYTES_MAX);
    struct diff_observation seen;
    uint32_t len;
    diff_limit_memory();
    while (bytes && !diff_read_exact(line, &len, sizeof len) && len <= CHAIN_BYTES_MAX &&
           !diff_read_exact(line, bytes, len)) {
        diff_limit(CPU_SECONDS); /* SIGPROF ends a judgement that does not end */
        chain_judge(bytes, len, &seen);
        diff_limit(0);
        if (diff_write_exact(line, &seen, sizeof seen))
            break;
    }
    free(bytes);
    _exit(0);
}

/* ---- who waits for it ---- */

static _Noreturn void watch(int line)
{
    int status = 0;
    pid_t pid = fork();
    if (pid == 0)
        be_judge(line);
    while (pid > 0 && waitpid(pid, &status, 0) < 0 && errno == EINTR)
        continue;
    if (pid > 0 && WIFSIGNALED(status)) {
        struct diff_observation seen = {.end = WTERMSIG(status) == SIGPROF ? DIFF_HANG : DIFF_CRASH,
                                        .signal = (uint8_t)WTERMSIG(status)};
        (void)diff_write_exact(line, &seen, sizeof seen);
    }
    _exit(0);
}

/* ---- the process itself ---- */

/* The line of one that asks, sent as a descriptor; -1: there will be none. */
static int next_line(int control)
{
    char octet;
    union {
        struct cmsghdr head;
        char room[CMSG_SPACE(sizeof(int))];
    } with;
    struct iovec iov = {&octet, 1};
    struct msghdr message = {
        .msg_iov = &iov, .msg_iovlen = 1, .msg_control = with.room, .msg_controllen = sizeof with.room};
    ssize_t got;
    int line;
    do
        got = recvmsg(control, &message, 0);
    while (got < 0 && errno == EINTR);
    struct cmsghdr *head = got == 1 ? CMSG_FIRSTHDR(&message) : NULL;
    if (!head || head->cmsg_type != SCM_RIGHTS || head->cmsg_len != CMSG_LEN(sizeof line))
        return -1;
    memcpy(&line, CMSG_DATA(head), sizeof line);
    return line;
}

/* A credential of any kind has the library read its tables and make its generators. */
static void load_provider(void)
{
    static char package[] = UNISP_NAME_A;
    SCH_CREDENTIALS none = {.dwVersion = SCH_CREDENTIALS_VERSION, .dwFlags = SCH_CRED_NO_DEFAULT_CREDS};
    CredHandle handle;
    if (AcquireCredentialsHandleA(NULL, package, SECPKG_CRED_OUTBOUND, NULL, &none, NULL, NULL, &handle,
                                  NULL) == SEC_E_OK)
        FreeCredentialsHandle(&handle);
}

int chain_serve(int control)
{
    int line;
    signal(SIGPIPE, SIG_IGN); /* one that asks may go at any time */
    load_provider();
    if (diff_write_exact(control, "!", 1))
        return 1;
    while ((line = next_line(control)) >= 0) {
        pid_t pid = fork();
        if (pid == 0) {
            close(control);
            watch(line);
        }
        close(line); /* without a process behind it the asker reads its end */
        while (waitpid(-1, NULL, WNOHANG) > 0)
            continue;
    }
    while (wait(NULL) > 0 || errno == EINTR)
        continue;
    return 0;
}
