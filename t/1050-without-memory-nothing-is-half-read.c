/* SPDX-License-Identifier: MIT
 *
 * Every allocation of a load fails once, and so does every descriptor: the load fails and says so, nothing
 * leaks (a sanitizer sees it), and the next one succeeds.  The allocators are wrapped by the linker. */
#include <config.h>

#include "core/config.h"
#include "core/provider.h"
#include "t/sandbox.h"
#include "t/tap.h"

#include <errno.h>
#include <sys/resource.h>
#include <unistd.h>

const struct provider_callbacks context_callbacks = {NULL, NULL, NULL, NULL};

static long countdown = -1; /* allocations until one fails; negative: none does */

static int fails(void)
{
    if (countdown < 0 || countdown-- > 0)
        return 0;
    errno = ENOMEM;
    return 1;
}

void *__real_malloc(size_t);
void *__real_calloc(size_t, size_t);
void *__real_reallocarray(void *, size_t, size_t);
char *__real_strdup(const char *);
void *__wrap_malloc(size_t);
void *__wrap_calloc(size_t, size_t);
void *__wrap_reallocarray(void *, size_t, size_t);
char *__wrap_strdup(const char *);

void *__wrap_malloc(size_t size)
{
    return fails() ? NULL : __real_malloc(size);
}
void *__wrap_calloc(size_t count, size_t size)
{
    return fails() ? NULL : __real_calloc(count, size);
}
void *__wrap_reallocarray(void *old, size_t count, size_t size)
{
    return fails() ? NULL : __real_reallocarray(old, count, size);
}
char *__wrap_strdup(const char *text)
{
    return fails() ? NULL : __real_strdup(text);
}

static void load_with_failures(const void *arg, FILE *out)
{
    long n, failed = 0;

    (void)arg;
    for (n = 0; n < 10000; n++) {
        char *why = NULL;
        struct config *config;

        countdown = n;
        config = config_load("a", &why);
        countdown = -1;
        if (config) {
            fprintf(out, "%s, %s %u", failed == n && n > 30 ? "each failed" : "some did not fail",
                    config_package(config, "providers").text, config_package(config, "providers").line);
            config_free(config);
            return;
        }
        failed += !why || strstr(why, strerror(ENOMEM)) != NULL;
        free(why);
    }
    fprintf(out, "never succeeds");
}

static void get_and_retry(const void *arg, FILE *out)
{
    const char *why = "", *words = "";
    const struct provider *provider = NULL;
    SECURITY_STATUS status;

    (void)arg;
    countdown = 20;
    status = provider_select(NULL, 0, &provider);
    countdown = -1;
    fprintf(out, "%08x, ", (unsigned)status);
    fprintf(out, "%s, ", config_get(&why) ? "read" : why);
    status = provider_select(NULL, 0, &provider);
    fprintf(out, "%08x %s", (unsigned)status, provider ? provider->name : provider_load("good", &words) ? "?" : words);
}

static void without_descriptors(const void *arg, FILE *out)
{
    struct rlimit limit, few;
    const struct provider *provider = NULL;
    const char *why = "";
    SECURITY_STATUS status;
    int next = dup(0);

    close(next);
    getrlimit(RLIMIT_NOFILE, &limit);
    few = limit;
    few.rlim_cur = (rlim_t)next;
    if (arg) /* the configuration is read before they run out */
        config_get(&why);
    setrlimit(RLIMIT_NOFILE, &few);
    status = provider_select(NULL, 0, &provider);
    setrlimit(RLIMIT_NOFILE, &limit);
    fprintf(out, "%08x, ", (unsigned)status);
    status = provider_select(NULL, 0, &provider);
    fprintf(out, "%08x", (unsigned)status);
}

int main(void)
{
    const char *builddir = secure_getenv("top_builddir");
    struct sandbox box;
    char from[PATH_MAX], text[512];

    sandbox_make(&box);
    snprintf(from, sizeof from, "%s/t/mock/good.so", builddir ? builddir : ".");
    sandbox_copy(&box, "providers/good.so", from);
    sandbox_write(&box, "manifests/50-good.provider", "[provider good]\nmodule = good.so\nabi = 1\n");
    sandbox_write(&box, "conf/providers.d/60-x.provider", "[provider x]\nmodule = x.so\nabi = 1\n");
    sandbox_write(&box, "conf/opensspi.conf", "[package Schannel]\nproviders = good\nlog = none\n[program a]\nproviders = x\n");
    sandbox_write(&box, "conf/conf.d/1.conf", "[provider good]\nx-a = 1\nx-b = 2\n");

    is_int(sandbox_run(&box, NULL, load_with_failures, NULL, text, sizeof text, NULL, 0), 0, "no allocation that fails does harm");
    is_str(text, "each failed, x 5", "each allocation that fails makes the load fail, until none does");
    is_int(sandbox_run(&box, NULL, get_and_retry, NULL, text, sizeof text, NULL, 0), 0, "a process that lacked memory goes on");
    is_str(text, "80090304, read, 00000000 good", "a lack of memory is not remembered");
    sandbox_run(&box, NULL, without_descriptors, NULL, text, sizeof text, NULL, 0);
    is_str(text, "80090304, 00000000", "a lack of descriptors while the configuration is read is not remembered");
    sandbox_run(&box, NULL, without_descriptors, "", text, sizeof text, NULL, 0);
    is_str(text, "80090304, 00000000", "a lack of descriptors while a module is opened is not remembered");
    sandbox_remove(&box);
    return tap_done();
}
