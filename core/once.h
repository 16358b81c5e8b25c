/* SPDX-License-Identifier: MIT
 *
 * core/once.h -- work that is done once per process, can fail, can be tried again, and is waited for by
 * other threads; also a plain lock.  Unlike pthread_once and a mutex it knows the process that began: in
 * the child of a fork() that caught another thread inside, entering reports it instead of hanging. */
#ifndef CORE_ONCE_H
#define CORE_ONCE_H

#include <stdatomic.h>

struct once { /* zeroed: not begun */
    atomic_uint word;
};

enum once_state {
    ONCE_IDLE,    /* to once_leave: not done, the next may try */
    ONCE_DONE,    /* done; what the worker wrote before is visible */
    ONCE_FAILED,  /* failed for good; likewise */
    ONCE_MINE,    /* the caller does the work, then calls once_leave */
    ONCE_ORPHANED /* begun before a fork() by a thread that this process does not have */
};

/* Waits while another thread of this process is inside.  ONCE_DONE, ONCE_FAILED, ONCE_MINE or
 * ONCE_ORPHANED.  A thread that enters twice waits for itself: its caller must know better. */
enum once_state once_enter(struct once *);
/* The state without waiting: ONCE_MINE means that somebody is inside. */
enum once_state once_peek(struct once *);
/* Only after ONCE_MINE; `state` is ONCE_IDLE, ONCE_DONE or ONCE_FAILED. */
void once_leave(struct once *, enum once_state state);

#endif
