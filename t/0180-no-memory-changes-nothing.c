/* SPDX-License-Identifier: MIT
 * Each allocation of the units refused in turn: the call says so, and leaves everything as it was.  Linked
 * with --wrap, so that malloc, calloc and aligned_alloc come through here. */
#include <config.h>

#include "core/buffers.h"
#include "core/handle.h"
#include "core/hello.h"
#include "core/memory.h"

#include "t/tap.h"

static unsigned granted = 1000000; /* allocations until one is refused */
static unsigned refused;

static int is_granted(void)
{
    if (granted == 0) {
        refused++;
        return 0;
    }
    granted--;
    return 1;
}

void *__real_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__real_aligned_alloc(size_t alignment, size_t size);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__wrap_aligned_alloc(size_t alignment, size_t size);

void *__wrap_malloc(size_t size)
{
    return is_granted() ? __real_malloc(size) : NULL;
}

void *__wrap_calloc(size_t count, size_t size)
{
    return is_granted() ? __real_calloc(count, size) : NULL;
}

void *__wrap_aligned_alloc(size_t alignment, size_t size)
{
    return is_granted() ? __real_aligned_alloc(alignment, size) : NULL;
}

/* What each unit does with `granted` allocations.  1: it succeeded; 0: it failed as it should; -1: it did
 * not. */
static int put(void)
{
    SecBuffer slot = {7, SECBUFFER_EMPTY, (void *)&granted};
    SECURITY_STATUS status = buffers_put(&slot, SECBUFFER_TOKEN, "token", 5, 1);

    if (status == SEC_E_OK)
        return memory_take_back(slot.pvBuffer) == 0 ? 1 : -1;
    return status == SEC_E_INSUFFICIENT_MEMORY && slot.cbBuffer == 7 && slot.BufferType == SECBUFFER_EMPTY &&
                   slot.pvBuffer == (void *)&granted
               ? 0
               : -1;
}

static void nothing(void *object)
{
    (void)object;
}

static int open_handle(void)
{
    SecHandle handle = {3, 5};

    if (handle_open(HANDLE_CONTEXT, &refused, &handle) == 0)
        return handle_close(&handle, HANDLE_CONTEXT, nothing) == 0 ? 1 : -1;
    return handle.dwLower == 3 && handle.dwUpper == 5 ? 0 : -1;
}

static int append(void)
{
    struct bytes run = {0};
    uint8_t data[300] = {1};
    int first = bytes_append(&run, data, 10), second = first == 0 ? bytes_append(&run, data, 300) : -1, right;

    right = run.len == (first ? 0u : second ? 10u : 310u);
    bytes_free(&run);
    return !right ? -1 : second == 0;
}

static int gather(void)
{
    static const uint8_t record[] = {22, 3, 1, 0, 2, 1, 0};
    struct hello_gather hello = {0};
    uint8_t alert = 99;
    enum hello_status status = hello_gather(&hello, record, sizeof record, &alert);

    hello_gather_free(&hello);
    return status == HELLO_MORE ? 1 : status == HELLO_BAD && alert == 80 ? 0 : -1;
}

static int request(void)
{
    static const uint8_t record[] = {22, 3, 1, 0, 2, 2, 0};
    struct hello_gather hello = {0};
    struct hello_request found;
    enum hello_status status = hello_request(&hello, record, sizeof record, &found);

    hello_gather_free(&hello);
    return status == HELLO_MORE ? 1 : status == HELLO_BAD ? 0 : -1;
}

int main(void)
{
    static const struct {
        const char *name;
        int (*act)(void);
    } units[] = {
        {"S2 a token for the caller", put}, {"a handle", open_handle},
        {"a run of bytes", append},         {"a hello", gather},
        {"a server's flight", request},
    };
    unsigned i, allowed;

    for (i = 0; i < sizeof units / sizeof *units; i++) {
        int result = 0;

        for (allowed = 0; allowed < 10 && result == 0; allowed++) {
            granted = allowed;
            refused = 0;
            result = units[i].act();
            granted = 1000000;
            ok(result == 1 ? refused == 0 : result == 0 && refused > 0, "%s: %u allocations %s",
               units[i].name, allowed, result == 1 ? "are enough" : "fail and change nothing");
        }
        ok(result == 1 && allowed > 1, "%s: in the end it works", units[i].name);
    }
    return tap_done();
}
