/* SPDX-License-Identifier: MIT
 *
 * A program that opens libopensspi as a plugin, uses every provider, closes it, and does so again; then one
 * that ends while all of them are loaded. */
#include <config.h>

#include "t/tap.h"

#include <sspi.h>

#include <dlfcn.h>
#include <limits.h>
#include <pthread.h>
#include <sys/wait.h>
#include <unistd.h>

typedef SECURITY_STATUS acquire_fn(LPSTR, LPSTR, unsigned long, void *, void *, SEC_GET_KEY_FN, void *, PCredHandle,
                                   PTimeStamp);
typedef SECURITY_STATUS free_fn(PCredHandle);

static char library[PATH_MAX];

/* Opens, acquires and frees a client credential of one provider, closes.  0, or what went wrong. */
static const char *use(const char *provider)
{
    void *opened = dlopen(library, RTLD_NOW | RTLD_LOCAL), *symbol;
    acquire_fn *acquire;
    free_fn *release;
    char package[128];
    CredHandle credential;
    TimeStamp expiry;

    if (!opened)
        return dlerror();
    symbol = dlsym(opened, "AcquireCredentialsHandleA");
    memcpy(&acquire, &symbol, sizeof acquire);
    symbol = dlsym(opened, "FreeCredentialsHandle");
    memcpy(&release, &symbol, sizeof release);
    snprintf(package, sizeof package, "Schannel:%s", provider);
    if (acquire(NULL, package, SECPKG_CRED_OUTBOUND, NULL, NULL, NULL, NULL, &credential, &expiry) != SEC_E_OK)
        return "AcquireCredentialsHandle failed";
    if (release(&credential) != SEC_E_OK)
        return "FreeCredentialsHandle failed";
    return dlclose(opened) ? dlerror() : NULL;
}

static void *use_in_thread(void *provider)
{
    return (void *)use(provider);
}

/* Every provider three times, on threads that end; then exit() while all are loaded. */
static void use_all(char *providers)
{
    const char *why;
    char *list, *name, *rest;
    pthread_t thread;
    void *result;
    int i;

    for (i = 0; i < 3; i++) {
        rest = list = strdup(providers);
        while ((name = strsep(&rest, " ")) != NULL) {
            if (!*name)
                continue;
            why = use(name);
            if (!why && !pthread_create(&thread, NULL, use_in_thread, name)) {
                pthread_join(thread, &result);
                why = result;
            }
            if (why) {
                diag("%s: %s", name, why);
                exit(1);
            }
        }
        free(list);
    }
    exit(0);
}

int main(void)
{
    const char *builddir = secure_getenv("top_builddir"), *providers = secure_getenv("PROVIDERS");
    char *list = strdup(providers ? providers : ""), *rest = list, *name;
    int status;
    pid_t pid;

    snprintf(library, sizeof library, "%s/.libs/libopensspi-twin.so", builddir ? builddir : ".");
    while ((name = strsep(&rest, " ")) != NULL) {
        if (!*name)
            continue;
        status = -1;
        pid = fork();
        if (!pid)
            use_all(name);
        waitpid(pid, &status, 0);
        is_int(status, 0, "%s: opened, used and closed three times, on threads too, and no crash at exit", name);
    }
    pid = fork();
    if (!pid)
        use_all(strdup(providers ? providers : ""));
    waitpid(pid, &status, 0);
    is_int(status, 0, "all providers in one process: opened, used and closed three times, and no crash at exit");
    free(list);
    return tap_done();
}
