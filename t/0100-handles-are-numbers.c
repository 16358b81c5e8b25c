/* SPDX-License-Identifier: MIT
 * The handle table: what is not a live handle of the right kind is refused without being followed.
 * Built a second time with pthread's locks in the slots. */
#include "core/handle.c"

#include "t/tap.h"

static unsigned destroyed;
static void *destroyed_last;

static void destroy(void *object)
{
    destroyed++;
    destroyed_last = object;
}

static void destroy_never(void *object)
{
    (void)object;
    ok(0, "the object of a dead lock is not destroyed");
}

/* Can `handle` be looked up as `kind`, and does it give `object`? */
static int finds(SecHandle handle, enum handle_kind kind, void *object)
{
    void *got = NULL;
    struct handle_slot *slot = handle_lock(&handle, kind, &got);

    if (!slot)
        return 0;
    handle_unlock(slot);
    return got == object;
}

static int is_refused(SecHandle handle, enum handle_kind kind)
{
    void *got = &destroyed;

    return !handle_lock(&handle, kind, &got) && got == &destroyed &&
           handle_close(&handle, kind, destroy) == -1;
}

static void life(void)
{
    int object, other;
    SecHandle first, second;
    unsigned before = destroyed;

    ok(handle_open(HANDLE_CONTEXT, &object, &first) == 0, "a handle opens");
    ok(handle_open(HANDLE_CREDENTIAL, &other, &second) == 0, "a second one opens");
    ok(finds(first, HANDLE_CONTEXT, &object), "the first leads to its object");
    ok(finds(second, HANDLE_CREDENTIAL, &other), "the second leads to its object");
    ok(is_refused(first, HANDLE_CREDENTIAL), "K16 a context is no credential");
    ok(is_refused(second, HANDLE_CONTEXT), "K16 a credential is no context");
    ok(is_refused(second, HANDLE_TOKEN), "K16 a credential is no token");
    ok(handle_close(&first, HANDLE_CONTEXT, destroy) == 0 && destroyed == before + 1 &&
           destroyed_last == &object,
       "closing destroys the object once");
    ok(is_refused(first, HANDLE_CONTEXT), "K16 W56 a closed handle is refused, a second close too");
    ok(destroyed == before + 1, "the second close destroyed nothing");
    ok(finds(second, HANDLE_CREDENTIAL, &other), "the other handle is untouched");
    ok(handle_close(&second, HANDLE_CREDENTIAL, destroy) == 0, "it closes too");
}

static void forgeries(void)
{
    int object;
    SecHandle good, bad;
    unsigned bit, missed = 0, before = destroyed;

    ok(!handle_lock(NULL, HANDLE_CONTEXT, &(void *){NULL}), "S4 NULL is refused");
    ok(handle_close(NULL, HANDLE_CONTEXT, destroy) == -1, "S4 closing NULL is refused");
    handle_open(HANDLE_CONTEXT, &object, &good);
    for (bit = 0; bit < 2 * 8 * sizeof good.dwLower; bit++) {
        ULONG_PTR mask = (ULONG_PTR)1 << bit % (8 * sizeof good.dwLower);
        bad = good;
        if (bit < 8 * sizeof good.dwLower)
            bad.dwLower ^= mask;
        else
            bad.dwUpper ^= mask;
        missed += !is_refused(bad, HANDLE_CONTEXT);
    }
    is_int(missed, 0, "S4 any single wrong bit is refused");
    static const ULONG_PTR odd[][2] = {
        {0, 0}, {~(ULONG_PTR)0, ~(ULONG_PTR)0}, {0xdeadbeef, 0xdeadbeef}, {1, 0}, {0, 1}, {~(ULONG_PTR)0, 0}};
    for (bit = 0; bit < sizeof odd / sizeof *odd; bit++) {
        bad.dwLower = odd[bit][0];
        bad.dwUpper = odd[bit][1];
        ok(is_refused(bad, HANDLE_CONTEXT), "K16 {%#llx, %#llx} is refused", (unsigned long long)bad.dwLower,
           (unsigned long long)bad.dwUpper);
    }
    ok(finds(good, HANDLE_CONTEXT, &object), "after all that the good handle is as good as before");
    ok(handle_close(&good, HANDLE_CONTEXT, destroy) == 0 && destroyed == before + 1, "and closes once");
}

static void reuse(void)
{
    int object;
    SecHandle old, fresh;
    unsigned i, same_words = 0, stale = 0, reused = 0;

    handle_open(HANDLE_CONTEXT, &object, &old);
    handle_close(&old, HANDLE_CONTEXT, destroy);
    for (i = 0; i < 1000; i++) {
        handle_open(HANDLE_CONTEXT, &object, &fresh);
        reused += (uint32_t)fresh.dwLower == (uint32_t)old.dwLower;
        same_words += fresh.dwLower == old.dwLower || fresh.dwUpper == old.dwUpper;
        stale += is_refused(old, HANDLE_CONTEXT);
        handle_close(&fresh, HANDLE_CONTEXT, destroy);
    }
    ok(reused > 0, "slots are used again");
    is_int(same_words, 0, "but neither word of a handle is");
    is_int(stale, 1000, "so the old handle never leads to a stranger");
}

static void many(void)
{
    enum { MANY = 3 * CHUNK_SLOTS + 5 };
    static SecHandle handles[MANY];
    static int objects[MANY];
    unsigned i, j, bad = 0, twins = 0, before = destroyed;

    for (i = 0; i < MANY; i++)
        bad += handle_open(HANDLE_TOKEN, &objects[i], &handles[i]) != 0;
    is_int(bad, 0, "%d handles open at once, over several chunks", MANY);
    for (i = 0; i < MANY; i++) {
        bad += !finds(handles[i], HANDLE_TOKEN, &objects[i]);
        for (j = 0; j < i; j++)
            twins += (uint32_t)handles[i].dwLower == (uint32_t)handles[j].dwLower;
    }
    is_int(bad, 0, "each leads to its own object");
    is_int(twins, 0, "no two share a slot");
    for (i = 0; i < MANY; i++)
        bad += handle_close(&handles[i], HANDLE_TOKEN, destroy) != 0;
    is_int(bad + destroyed - before, MANY, "all close, each object destroyed once");
}

/* The last generation of a slot: the slot retires, so that 2^32 handles later nobody meets a stranger. */
static void wrap(void)
{
    int object;
    SecHandle handle, later;
    struct handle_slot *slot;
    uint32_t index;
    unsigned i, again = 0;

    handle_open(HANDLE_CONTEXT, &object, &handle);
    index = (uint32_t)handle.dwLower & HALF_MASK;
    handle_close(&handle, HANDLE_CONTEXT, destroy);
    slot = slot_at(index);
    atomic_store(&slot->gen, HALF_MASK);
    for (i = 0; i < 600; i++) { /* until it is its turn */
        handle_open(HANDLE_CONTEXT, &object, &handle);
        if (((uint32_t)handle.dwLower & HALF_MASK) == index)
            break;
    }
    ok(i < 600 && handle.dwLower >> HALF_BITS == HALF_MASK, "a slot issues its last generation");
    ok(finds(handle, HANDLE_CONTEXT, &object), "which works");
    ok(handle_close(&handle, HANDLE_CONTEXT, destroy) == 0, "and closes");
    for (i = 0; i < 2000; i++) {
        handle_open(HANDLE_CONTEXT, &object, &later);
        again += ((uint32_t)later.dwLower & HALF_MASK) == index;
    }
    is_int(again, 0, "then the slot is never issued again");
    handle.dwLower = index;
    ok(is_refused(handle, HANDLE_CONTEXT), "nor does generation 0 open it");
}

/* What keeps a slot that left the free list and came back from passing for an unchanged head. */
static void free_list(void)
{
    int object;
    SecHandle handle;
    uint64_t heads[3];

    heads[0] = atomic_load(&free_head);
    handle_open(HANDLE_CONTEXT, &object, &handle);
    heads[1] = atomic_load(&free_head);
    handle_close(&handle, HANDLE_CONTEXT, destroy);
    heads[2] = atomic_load(&free_head);
    ok((uint32_t)heads[0] == (uint32_t)heads[2], "a slot that is given back is the first to go out again");
    ok(heads[0] >> 32 != heads[1] >> 32 && heads[1] >> 32 != heads[2] >> 32 &&
           heads[0] >> 32 != heads[2] >> 32,
       "but the head tells that it was away");
}

static void full(void)
{
    static struct handle_slot *kept[CHUNKS];
    uint64_t head = atomic_load(&free_head);
    SecHandle handle = {7, 9};
    static struct handle_slot blocker;
    uint32_t i;

    atomic_store(&free_head, 0);
    for (i = 0; i < CHUNKS; i++) {
        kept[i] = atomic_load(&chunks[i]);
        if (!kept[i])
            atomic_store(&chunks[i], &blocker);
    }
    ok(handle_open(HANDLE_CONTEXT, &handle, &handle) == -1, "a full table opens nothing");
    ok(handle.dwLower == 7 && handle.dwUpper == 9, "and leaves the handle untouched");
    for (i = 0; i < CHUNKS; i++)
        atomic_store(&chunks[i], kept[i]);
    atomic_store(&free_head, head);
    ok(handle_open(HANDLE_CONTEXT, &head, &handle) == 0 &&
           handle_close(&handle, HANDLE_CONTEXT, destroy) == 0,
       "with room again it goes on");
}

/* ---- A lock whose holder stayed behind ---- */

/* As if a thread of the process that forked this one held the lock: its era is not ours. */
static struct handle_slot *die_holding(const SecHandle *handle)
{
    struct handle_slot *slot = slot_at((uint32_t)handle->dwLower & HALF_MASK);

#ifdef ENABLE_PTHREAD_SLOTS
    pthread_mutex_lock(&slot->lock.mutex);
    atomic_store(&slot->lock.holder, era_now() + 2);
#else
    atomic_store(&slot->lock.word, (era_now() + 2) | 1);
#endif
    return slot;
}

static void dead_locks(void)
{
    int object, other;
    SecHandle context, credential, token;
    unsigned before = destroyed;

    handle_open(HANDLE_CONTEXT, &object, &context);
    handle_open(HANDLE_CREDENTIAL, &other, &credential);
    die_holding(&context);
    die_holding(&credential);
    ok(!finds(context, HANDLE_CONTEXT, &object),
       "fork: a context caught in a call is refused, not waited for");
    ok(!finds(context, HANDLE_CONTEXT, &object), "fork: again");
    ok(handle_close(&context, HANDLE_CONTEXT, destroy_never) == 0, "fork: closing it leaks it");
    ok(handle_close(&context, HANDLE_CONTEXT, destroy_never) == -1, "fork: once");
    ok(finds(credential, HANDLE_CREDENTIAL, &other), "fork: a credential's lock is taken over");
    ok(finds(credential, HANDLE_CREDENTIAL, &other), "fork: and released");
    ok(handle_close(&credential, HANDLE_CREDENTIAL, destroy) == 0 && destroyed == before + 1,
       "fork: closing it destroys it");

    handle_open(HANDLE_TOKEN, &object, &token);
    handle_close(&token, HANDLE_TOKEN, destroy);
    die_holding(&token);
    ok(handle_open(HANDLE_TOKEN, &object, &context) == 0 && finds(context, HANDLE_TOKEN, &object),
       "fork: a free slot with a dead lock is used again");
    ok(handle_close(&context, HANDLE_TOKEN, destroy) == 0, "fork: and closes");
}

int main(void)
{
    ok(sizeof(struct handle_slot) % 64 == 0, "slots fill cache lines (%zu bytes)",
       sizeof(struct handle_slot));
    life();
    forgeries();
    reuse();
    many();
    dead_locks();
    free_list();
    wrap();
    full();
    return tap_done();
}
