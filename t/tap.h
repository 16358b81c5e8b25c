/* SPDX-License-Identifier: MIT
 *
 * t/tap.h -- TAP for C tests.  One header, no state outside this translation unit.
 *   ok(cond, "W32 openssl tls12: ..."), is_int(got, want, ...), is_str, is_mem; skip(reason, ...);
 *   return tap_done();
 * With $OPENSSPI_TAP_LINES each line ends with where it stands, for `make contract`. */
#ifndef T_TAP_H
#define T_TAP_H

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static unsigned tap_count, tap_failed;

__attribute__((unused, format(printf, 1, 2))) static void diag(const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    printf("# ");
    vprintf(fmt, args);
    putchar('\n');
    va_end(args);
    fflush(stdout);
}

__attribute__((unused, format(printf, 4, 5))) static int tap_ok(int good, const char *file, int line,
                                                                const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    tap_count++;
    printf("%sok %u - ", good ? "" : "not ", tap_count);
    vprintf(fmt, args);
    va_end(args);
    if (getenv("OPENSSPI_TAP_LINES"))
        printf(" # t/%s:%d", strrchr(file, '/') ? strrchr(file, '/') + 1 : file, line);
    putchar('\n');
    if (!good) {
        tap_failed++;
        printf("#   failed at %s:%d\n", file, line);
    }
    fflush(stdout);
    return good;
}
#define ok(cond, ...) tap_ok(!!(cond), __FILE__, __LINE__, __VA_ARGS__)

#define is_int(got, want, ...)                                                                                \
    do {                                                                                                      \
        long long tap_got = (long long)(got), tap_want = (long long)(want);                                   \
        if (!tap_ok(tap_got == tap_want, __FILE__, __LINE__, __VA_ARGS__))                                    \
            diag("got %lld (0x%llx), wanted %lld (0x%llx)", tap_got, (unsigned long long)tap_got, tap_want,   \
                 (unsigned long long)tap_want);                                                               \
    } while (0)
/* For SECURITY_STATUS: printed as Windows does. */
#define is_status(got, want, ...)                                                                             \
    do {                                                                                                      \
        unsigned tap_got = (unsigned)(got), tap_want = (unsigned)(want);                                      \
        if (!tap_ok(tap_got == tap_want, __FILE__, __LINE__, __VA_ARGS__))                                    \
            diag("got 0x%08x, wanted 0x%08x", tap_got, tap_want);                                             \
    } while (0)
#define is_str(got, want, ...)                                                                                \
    do {                                                                                                      \
        const char *tap_got = (got), *tap_want = (want);                                                      \
        if (!tap_ok(tap_got && tap_want && !strcmp(tap_got, tap_want), __FILE__, __LINE__, __VA_ARGS__))      \
            diag("got '%s', wanted '%s'", tap_got ? tap_got : "(null)", tap_want ? tap_want : "(null)");      \
    } while (0)
#define is_mem(got, want, len, ...) tap_ok(!memcmp((got), (want), (len)), __FILE__, __LINE__, __VA_ARGS__)

/* One case that cannot run here, with the reason: counted and printed, never silent. */
__attribute__((unused, format(printf, 2, 3))) static void skip(const char *reason, const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    printf("ok %u - ", ++tap_count);
    vprintf(fmt, args);
    printf(" # SKIP %s\n", reason);
    va_end(args);
}
__attribute__((unused)) static int skip_all(const char *reason)
{
    printf("1..0 # SKIP %s\n", reason);
    return 0;
}
__attribute__((unused)) static int tap_done(void)
{
    printf("1..%u\n", tap_count);
    if (tap_failed)
        diag("%u of %u failed", tap_failed, tap_count);
    return tap_failed != 0;
}

#endif
