/* SPDX-License-Identifier: MIT
 *
 * The functions that TLS libraries get randomness and time from, defined by the program so that the linker
 * gives them to every library of the process (seeded.list).  Every library draws from a stream of its own,
 * so that one more draw in one of them, or in the core, moves nothing in another. */
#include <config.h>

#include "tools/diff/seeded.h"

#include "tools/diff/observe.h"
#include "tools/diff/streams.h"

#include <dlfcn.h>
#include <link.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>
#include <sys/time.h>
#include <time.h>

enum { NEW_YEAR_2026 = 1767225600, UPTIME = 1000 };

/* Not the linker's word for it: the core is part of one program and a library of another. */
static uint64_t key_of(const char *path)
{
    const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path;
    size_t len = strstr(name, ".so") ? (size_t)(strstr(name, ".so") - name) : 0;
    return strstr(name, "sspi") || !len ? diff_hash(0, "core", 4) : diff_hash(0, name, len);
}

/* Few places ask, and often; none of their libraries is unloaded in a child. */
static uint64_t key_of_caller(const void *address)
{
    enum { PLACES = 16 };
    static struct {
        const void *address;
        uint64_t key;
    } known[PLACES];
    size_t at = ((uintptr_t)address >> 2) % PLACES;
    if (known[at].address != address) {
        Dl_info info;
        known[at].key = key_of(dladdr(address, &info) && info.dli_fname ? info.dli_fname : "");
        known[at].address = address;
    }
    return known[at].key;
}

/* ---- what the linker gives to others ---- */

static void *behind(const char *name)
{
    void *function = dlsym(RTLD_NEXT, name);
    if (!function)
        __builtin_trap(); /* libc has them all */
    return function;
}

#pragma GCC visibility push(default) /* seeded.list exports them */

ssize_t getrandom(void *to, size_t len, unsigned flags)
{
    static ssize_t (*real)(void *, size_t, unsigned);
    if (streams_on()) {
        streams_fill(key_of_caller(__builtin_return_address(0)), to, len);
        return (ssize_t)len;
    }
    if (!real)
        *(void **)&real = behind("getrandom");
    return real(to, len, flags);
}

int getentropy(void *to, size_t len)
{
    static int (*real)(void *, size_t);
    if (streams_on()) {
        streams_fill(key_of_caller(__builtin_return_address(0)), to, len);
        return 0;
    }
    if (!real)
        *(void **)&real = behind("getentropy");
    return real(to, len);
}

int clock_gettime(clockid_t clock, struct timespec *now)
{
    static int (*real)(clockid_t, struct timespec *);
    if (streams_on() && clock != CLOCK_PROCESS_CPUTIME_ID && clock != CLOCK_THREAD_CPUTIME_ID && clock >= 0) {
        int wall = clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE || clock == CLOCK_TAI;
        *now = (struct timespec){.tv_sec = wall ? NEW_YEAR_2026 : UPTIME};
        return 0;
    }
    if (!real)
        *(void **)&real = behind("clock_gettime");
    return real(clock, now);
}

time_t time(time_t *to)
{
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    if (to)
        *to = now.tv_sec;
    return now.tv_sec;
}

int gettimeofday(struct timeval *restrict to, void *restrict zone)
{
    struct timespec now;
    (void)zone; /* obsolete, and nobody asks for it */
    clock_gettime(CLOCK_REALTIME, &now);
    *to = (struct timeval){.tv_sec = now.tv_sec, .tv_usec = (suseconds_t)(now.tv_nsec / 1000)};
    return 0;
}

/* ---- libraries with means of their own ---- */

struct wanted {
    const char *library, *symbol;
    void *found;
};

static int look(struct dl_phdr_info *object, size_t size, void *arg)
{
    struct wanted *w = arg;
    const char *slash = strrchr(object->dlpi_name, '/'), *name = slash ? slash + 1 : object->dlpi_name;
    (void)size;
    if (strncmp(name, w->library, strlen(w->library)) != 0)
        return 0;
    void *handle = dlopen(object->dlpi_name, RTLD_LAZY | RTLD_NOLOAD);
    w->found = handle ? dlsym(handle, w->symbol) : NULL;
    if (handle)
        dlclose(handle);
    return w->found != NULL;
}

/* A symbol of a library that a provider brought along; NULL: it is not there. */
static void *symbol_of(const char *library, const char *symbol)
{
    struct wanted w = {.library = library, .symbol = symbol};
    dl_iterate_phdr(look, &w);
    return w.found;
}

/* wolfSSL reads the device itself, but asks for its seeds through the linker. */
int wc_GenerateSeed(void *os, uint8_t *to, uint32_t len);
int wc_GenerateSeed(void *os, uint8_t *to, uint32_t len)
{
    static int (*real)(void *, uint8_t *, uint32_t);
    if (streams_on()) {
        streams_fill(diff_hash(0, "libwolfssl", 10), to, len);
        return 0;
    }
    if (!real)
        *(void **)&real = symbol_of("libwolfssl.so", "wc_GenerateSeed");
    return real ? real(os, to, len) : -1;
}

/* Its generators are made per connection or per key and stretch a seed; so that no draw depends on the draws
 * before it, each is a stream's (wolfssl/wolfcrypt/random.h). */
int wc_RNG_GenerateBlock(void *generator, uint8_t *to, uint32_t len);
int wc_RNG_GenerateBlock(void *generator, uint8_t *to, uint32_t len)
{
    static int (*real)(void *, uint8_t *, uint32_t);
    if (streams_on()) {
        streams_fill(diff_hash(0, "libwolfssl", 10), to, len);
        return 0;
    }
    if (!real)
        *(void **)&real = symbol_of("libwolfssl.so", "wc_RNG_GenerateBlock");
    return real ? real(generator, to, len) : -1;
}

/* The same of GnuTLS, whose generator stretches what it asked for once (gnutls/crypto.h). */
int gnutls_rnd(int level, void *to, size_t len);
int gnutls_rnd(int level, void *to, size_t len)
{
    static int (*real)(int, void *, size_t);
    if (streams_on()) {
        streams_fill(diff_hash(0, "libgnutls", 9), to, len);
        return 0;
    }
    if (!real)
        *(void **)&real = symbol_of("libgnutls.so", "gnutls_rnd");
    return real ? real(level, to, len) : -1;
}

#pragma GCC visibility pop

/* OpenSSL mixes the processor's counter into its generator, so it is given another one (RAND_set_rand_method
 * (3)).  The table is part of libcrypto's ABI; no header of it is included here. */
static int openssl_bytes(unsigned char *to, int len)
{
    if (len > 0)
        streams_fill(diff_hash(0, "libcrypto", 9), to, (size_t)len);
    return 1;
}

static int openssl_seed(const void *from, int len)
{
    (void)from, (void)len;
    return 1;
}

static int openssl_add(const void *from, int len, double entropy)
{
    (void)from, (void)len, (void)entropy;
    return 1;
}

static int openssl_status(void)
{
    return 1;
}

int seeded_libraries(char *why, size_t size)
{
    static const struct {
        int (*seed)(const void *, int);
        int (*bytes)(unsigned char *, int);
        void (*cleanup)(void);
        int (*add)(const void *, int, double);
        int (*pseudorand)(unsigned char *, int);
        int (*status)(void);
    } method = {openssl_seed, openssl_bytes, NULL, openssl_add, openssl_bytes, openssl_status};
    int (*set)(const void *);
    if (!symbol_of("libcrypto.so", "RAND_bytes"))
        return 0;
    *(void **)&set = symbol_of("libcrypto.so", "RAND_set_rand_method");
    if (set && set(&method) == 1)
        return 0;
    snprintf(why, size, "this libcrypto takes no other generator (RAND_set_rand_method)");
    return -1;
}

void seeded_child(uint64_t seed)
{
    char unused[128];
    streams_begin(seed);
    (void)seeded_libraries(unused, sizeof unused); /* one that takes no other keeps its own */
}
