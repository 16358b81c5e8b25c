/* SPDX-License-Identifier: MIT
 *
 * core/handle.h -- the handle table.  A handle is a number that is looked up, never a pointer:
 * dwLower = generation:32 | index:32, dwUpper = 64 random bits (half of each where ULONG_PTR has 32
 * bits).  {0,0} and {-1,-1} are never issued.  A token goes through one word, so its dwUpper is 0.  The lock of an object sits in its slot and the lookup is
 * the lock (ARCHITECTURE.md, "Handles").
 *
 * Lock order: a context, then a credential; never two contexts.  The free list takes no lock.
 *
 * fork(): a lock that another thread held stays taken in the child, where that thread does not exist.
 * The child sees that (the lock's value names its process) and does not wait for it: a credential's lock
 * is taken over, because a credential does not change and the lock guards a count (what is done under it
 * must leave the credential usable at any instant); a context may have been caught in the middle of a call,
 * so looking it up fails and closing it leaks its object. */
#ifndef CORE_HANDLE_H
#define CORE_HANDLE_H

#include <sspi.h>

enum handle_kind { HANDLE_CREDENTIAL = 1, HANDLE_CONTEXT = 2, HANDLE_TOKEN = 3, HANDLE_MOVED = 4, HANDLE_FILE = 5 };

struct handle_slot; /* a locked slot, between handle_lock and handle_unlock */

/* Puts `object` behind a new handle.  0, or -1: no memory, no random numbers, or 16 million handles are
 * open; *out untouched. */
int handle_open(enum handle_kind kind, void *object, SecHandle *out);

/* Locks the object behind the handle and returns its slot, with *object set; NULL for a handle that
 * is NULL, stale, forged, closed, or of another kind.  Waits for a call in progress on it.  Not
 * recursive: never look up a handle whose slot this thread holds. */
struct handle_slot *handle_lock(const SecHandle *handle, enum handle_kind kind, void **object);
void handle_unlock(struct handle_slot *slot);

/* Takes the object out: of several closers exactly one gets 0, the rest -1.  Waits for the call in
 * progress, then calls destroy(object) without the lock, then returns the slot to the free list. */
int handle_close(const SecHandle *handle, enum handle_kind kind, void (*destroy)(void *object));

#endif
