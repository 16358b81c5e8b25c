/* SPDX-License-Identifier: MIT */
#include <config.h>

#include "core/once.h"

#include <limits.h>
#include <linux/futex.h>
#include <sys/syscall.h>
#include <unistd.h>

/* The word: 0, 1 and 2 are the resting states; inside, the process id above two bits that say whether
 * somebody may be waiting.  Process ids stay below 2^22. */
enum { INSIDE = 3u, WAITED = 4u, PID_SHIFT = 3 };

static unsigned word_of_pid(void)
{
    return (unsigned)getpid() << PID_SHIFT | INSIDE;
}

static int is_inside(unsigned word)
{
    return (word & 3u) == INSIDE;
}

enum once_state once_peek(struct once *once)
{
    unsigned word = atomic_load_explicit(&once->word, memory_order_acquire);
    return is_inside(word) ? ONCE_MINE : (enum once_state)word;
}

enum once_state once_enter(struct once *once)
{
    unsigned word = atomic_load_explicit(&once->word, memory_order_acquire), mine;

    if (word == ONCE_DONE || word == ONCE_FAILED)
        return (enum once_state)word;
    mine = word_of_pid();
    for (;;) {
        if (word == ONCE_IDLE) {
            if (atomic_compare_exchange_weak_explicit(&once->word, &word, mine, memory_order_acquire,
                                                      memory_order_acquire))
                return ONCE_MINE;
        } else if (!is_inside(word)) {
            return (enum once_state)word;
        } else if ((word & ~(unsigned)WAITED) != mine) {
            return ONCE_ORPHANED;
        } else if (word & WAITED ||
                   atomic_compare_exchange_weak_explicit(&once->word, &word, word | WAITED,
                                                         memory_order_acquire, memory_order_acquire)) {
            syscall(SYS_futex, &once->word, FUTEX_WAIT_PRIVATE, mine | WAITED, NULL, NULL, 0);
            word = atomic_load_explicit(&once->word, memory_order_acquire);
        }
    }
}

void once_leave(struct once *once, enum once_state state)
{
    unsigned word = atomic_exchange_explicit(&once->word, state, memory_order_release);
    if (word & WAITED)
        syscall(SYS_futex, &once->word, FUTEX_WAKE_PRIVATE, INT_MAX, NULL, NULL, 0);
}
