/* SPDX-License-Identifier: MIT
 *
 * core/cert/registry.h -- every certificate, store, key and chain this library has handed out, by address.
 * An application's pointer is looked up here before it is read through, so one that is not ours, or was
 * given back, is refused and never followed.
 *
 * An object that lives in a store is held through its owner: each reference to it counts for the store too,
 * and the store goes, with all it holds, when nothing of it is in anybody's hands.
 *
 * One lock guards the registry and what hangs on registered objects (members, properties).  It is held for
 * moments, never across a provider's or an application's code.  In a process forked while another thread
 * held it, the lock is made anew. */
#ifndef CORE_CERT_REGISTRY_H
#define CORE_CERT_REGISTRY_H

enum registry_kind {
    REGISTRY_CERTIFICATE = 1,
    REGISTRY_CRL,
    REGISTRY_STORE,
    REGISTRY_KEY,
    REGISTRY_CHAIN,
    REGISTRY_ENGINE,
    REGISTRY_CSP,
    REGISTRY_HASH,
    REGISTRY_DRAFT /* a key that is not finalized yet */
};

void registry_lock(void);
void registry_unlock(void);

/* All below: under the lock. */

/* Enters an object with `references` to it; owner: a registered store, or NULL.  0, or -1 no memory. */
int registry_add(enum registry_kind, const void *object, const void *owner, unsigned references);
/* 1: of that kind and in somebody's hands.  0: not ours, of another kind, or given back. */
int registry_has(enum registry_kind, const void *object);
/* One reference more: 0, or -1 as registry_has says. */
int registry_hold(enum registry_kind, const void *object);
/* One more for an object of ours that may be in nobody's hands just now (a store's member). */
void registry_hold_member(const void *object);
/* One reference less.  -1: not ours.  0: taken.  1: and now nobody holds it, nor its owner: *gone is what
 * to destroy (the object, or its owner with all members) and has left the registry already; members leave by
 * registry_remove. */
int registry_drop(enum registry_kind, const void *object, const void **gone);
/* From now on it is of another kind, its references as they are: 0, or -1 as registry_has says. */
int registry_become(enum registry_kind from, enum registry_kind to, const void *object);
/* Leaves its owner and stands alone; 1: and nobody holds it, so it has left the registry: destroy it. */
int registry_disown(const void *object);
void registry_remove(const void *object);
/* References to an object, its members' included. */
unsigned registry_count(const void *object);

#endif
