/* SPDX-License-Identifier: MIT
 *
 * t/refuse.h -- allocations that can be refused, for a test linked with --wrap against the core itself
 * (t/machine.mk): `granted` is how many more are given before one is not.  Included once. */
#ifndef T_REFUSE_H
#define T_REFUSE_H

#include <stddef.h>

void *__real_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__real_realloc(void *old, size_t size);
char *__real_strdup(const char *text);
void __real_free(void *memory);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__wrap_realloc(void *old, size_t size);
char *__wrap_strdup(const char *text);
void __wrap_free(void *memory);

static long granted = -1; /* allocations until one is refused; below 0: all are granted */
static unsigned refused;
static long live; /* what was given out and not freed */

static int is_granted(void)
{
    if (granted < 0)
        return 1;
    if (granted == 0) {
        refused++;
        granted = -1;
        return 0;
    }
    granted--;
    return 1;
}

static void *count(void *memory)
{
    live += memory != NULL;
    return memory;
}

void *__wrap_malloc(size_t size)
{
    return is_granted() ? count(__real_malloc(size)) : NULL;
}

void *__wrap_calloc(size_t n, size_t size)
{
    return is_granted() ? count(__real_calloc(n, size)) : NULL;
}

void *__wrap_realloc(void *old, size_t size)
{
    if (!is_granted())
        return NULL;
    void *fresh = __real_realloc(old, size);
    live += fresh && !old;
    return fresh;
}

char *__wrap_strdup(const char *text)
{
    return is_granted() ? count(__real_strdup(text)) : NULL;
}

void __wrap_free(void *memory)
{
    live -= memory != NULL;
    __real_free(memory);
}

#endif
