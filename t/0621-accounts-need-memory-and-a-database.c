/* SPDX-License-Identifier: MIT
 *
 * Reading a certificate's names, looking an account up and acting as it, with each allocation refused in
 * turn: what is said is "no memory", nothing leaks, and nobody is somebody else.  And a map that is written
 * to while it is read. */
#include <config.h>

#include "core/account.h"
#include "t/cert-kit.h"
#include "t/sandbox.h"

#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <unistd.h>

static unsigned countdown; /* 0: nothing fails */
static unsigned failed;

static int fails(void)
{
    if (countdown == 0 || --countdown)
        return 0;
    failed = 1;
    errno = ENOMEM;
    return 1;
}

void *__real_malloc(size_t);
void *__real_calloc(size_t, size_t);
void *__real_realloc(void *, size_t);
void *__real_reallocarray(void *, size_t, size_t);
void *__wrap_malloc(size_t);
void *__wrap_calloc(size_t, size_t);
void *__wrap_realloc(void *, size_t);
void *__wrap_reallocarray(void *, size_t, size_t);

void *__wrap_malloc(size_t size)
{
    return fails() ? NULL : __real_malloc(size);
}
void *__wrap_calloc(size_t count, size_t size)
{
    return fails() ? NULL : __real_calloc(count, size);
}
void *__wrap_realloc(void *old, size_t size)
{
    return fails() ? NULL : __real_realloc(old, size);
}
void *__wrap_reallocarray(void *old, size_t count, size_t size)
{
    return fails() ? NULL : __real_reallocarray(old, count, size);
}

static PCCERT_CONTEXT certificate;
static struct account *account;
static struct sandbox box;

/* 1 worked, 0 "no memory", -1 anything else. */

static int read_names(void)
{
    struct map_certificate c;
    int result =
        map_certificate_read((struct sspi_bytes){certificate->pbCertEncoded, certificate->cbCertEncoded}, &c);
    int whole = c.names[MAP_UPN].count == 1 && c.names[MAP_EMAIL].count == 1 && c.names[MAP_DNS].count == 1 &&
                c.names[MAP_SUBJECT].count == 1;
    map_certificate_free(&c);
    return result ? 0 : whole ? 1 : -1;
}

static int find(void)
{
    struct account *found = NULL;
    SECURITY_STATUS status = account_find("daemon", "map:1", &found);
    int right = found && !strcmp(found->name, "daemon") && !strcmp(found->place, "map:1") && found->uid;
    account_drop(found);
    return status == SEC_E_OK ? right ? 1 : -1 : status == SEC_E_INSUFFICIENT_MEMORY && !found ? 0 : -1;
}

static int read_map(void)
{
    char *text = NULL, why[256];
    size_t len = 0;
    if (account_map_text(sandbox_path(&box, "map"), &text, &len, why, sizeof why))
        return errno == ENOMEM && !text ? 0 : -1;
    int whole = len == 2 && !memcmp(text, "#\n", 2);
    free(text);
    return whole ? 1 : -1;
}

static int act(void)
{
    SecHandle context = {1, 2};
    uid_t before = geteuid();
    SECURITY_STATUS status = impersonate_begin(account, &context);
    int right = status == SEC_E_OK ? geteuid() == account->uid : geteuid() == before;
    unsigned kept = countdown;
    countdown = 0; /* the way back has its own answer to that: the process ends */
    if (status == SEC_E_OK)
        right &= impersonate_end(&context) == SEC_E_OK && geteuid() == before;
    countdown = kept;
    return !right ? -1 : status == SEC_E_OK;
}

static void each(const char *name, int (*f)(void))
{
    unsigned n = 0;
    int result;
    do {
        failed = 0;
        countdown = ++n;
        result = f();
        countdown = 0;
        if (result < 0 || (failed && result > 0 && f != read_map))
            ok(0, "%s: allocation %u refused gives %d", name, n, result);
    } while (failed && n < 200);
    ok(n < 200 && result == 1, "%s: %u allocations, each refused once", name, n - 1);
}

/* ---- a map that changes ---- */

static atomic_int stop, written;

static const char rule[] =
    "ca bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb any  => deny\n";

static void *rewrite(void *path)
{
    while (!atomic_load(&stop)) { /* in place: what opensspi-accounts(5) asks not to do */
        FILE *file = fopen(path, "w");
        for (int i = 0; file && i < 500; i++)
            fputs(rule, file);
        if (file)
            fclose(file);
        atomic_store(&written, 1);
        usleep(3000);
    }
    return NULL;
}

static void changing(void)
{
    static char path[512];
    char why[256];
    unsigned whole = 0, refused = 0, torn = 0;
    pthread_t thread;
    snprintf(path, sizeof path, "%s", sandbox_path(&box, "map"));
    pthread_create(&thread, NULL, rewrite, path);
    while (!atomic_load(&written)) /* until then another map stands there */
        usleep(1000);
    for (int i = 0; i < 400 || (!whole && i < 40000); i++) {
        char *text = NULL;
        size_t len = 0;
        if (account_map_text(path, &text, &len, why, sizeof why))
            refused++;
        else if (len == 500 * (sizeof rule - 1))
            whole++;
        else {
            struct map_answer answer; /* what was caught between two writes is a faulty map */
            map_decide(text, len, NULL, &answer);
            torn += answer.outcome != MAP_FAULTY;
        }
        free(text);
        usleep(100);
    }
    atomic_store(&stop, 1);
    pthread_join(thread, NULL);
    ok(whole > 0, "a map that is written to is read whole (%u times, %u refused)", whole, refused);
    ok(torn == 0, "and never in part, as a shorter one");
}

int main(void)
{
    struct account *none = NULL;
    sandbox_make(&box);
    sandbox_write(&box, "map", "#\n");
    certificate = first_of("map-daemon.pem");
    is_status(account_find("no-such-account", "map:1", &none), SEC_E_LOGON_DENIED, "S6 no such account");
    is_status(account_find("root", "map:1", &none), SEC_E_LOGON_DENIED, "S6 root");
    ok(!none, "nothing is handed out");
    each("names", read_names);
    each("a map's text", read_map);
    if (account_find("daemon", "map:1", &account) == SEC_E_OK) {
        each("an account", find);
        if (geteuid() == 0)
            each("acting as it", act);
        else
            skip("acting as another account needs root", "acting as it");
    } else {
        skip("this machine has no account daemon", "an account, and acting as it");
    }
    changing();
    account_drop(account);
    CertFreeCertificateContext(certificate);
    sandbox_remove(&box);
    return tap_done();
}
