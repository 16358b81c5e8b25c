/* SPDX-License-Identifier: MIT
 * The handle table under eight threads, and in a child forked while another thread holds a lock.
 * OPERATIONS in the environment sets the length per thread. */
#include "core/handle.c"

#include "t/tap.h"

#include <sys/wait.h>
#include <time.h>

enum { THREADS = 8, SHARED = 64 };

struct thing {
    _Atomic int users; /* inside a lock: 0 or 1 */
    _Atomic int gone;
    _Atomic unsigned uses;
};

static pthread_mutex_t shelf_lock = PTHREAD_MUTEX_INITIALIZER;
static SecHandle shelf[SHARED]; /* handles everyone uses and replaces, under shelf_lock */
static _Atomic unsigned opened, destroyed, used, stale, lost, forged_in, overlaps, used_gone, kind_in;
static unsigned operations = 20000;

static void thing_destroy(void *object)
{
    struct thing *thing = object;

    if (atomic_exchange(&thing->gone, 1) || atomic_load(&thing->users))
        atomic_fetch_add(&used_gone, 1);
    atomic_fetch_add(&destroyed, 1);
    free(thing);
}

static void thing_use(const SecHandle *handle)
{
    void *object;
    struct handle_slot *slot = handle_lock(handle, HANDLE_CONTEXT, &object);
    struct thing *thing = object;

    if (!slot) {
        atomic_fetch_add(&stale, 1);
        return;
    }
    if (atomic_fetch_add(&thing->users, 1) != 0)
        atomic_fetch_add(&overlaps, 1);
    if (atomic_load(&thing->gone))
        atomic_fetch_add(&used_gone, 1);
    thing->uses++;
    atomic_fetch_sub(&thing->users, 1);
    handle_unlock(slot);
    atomic_fetch_add(&used, 1);
}

static void thing_replace(unsigned place)
{
    struct thing *thing = calloc(1, sizeof *thing);
    SecHandle fresh, old;

    if (!thing || handle_open(HANDLE_CONTEXT, thing, &fresh) != 0)
        abort();
    atomic_fetch_add(&opened, 1);
    pthread_mutex_lock(&shelf_lock);
    old = shelf[place];
    shelf[place] = fresh;
    pthread_mutex_unlock(&shelf_lock);
    if (old.dwLower && handle_close(&old, HANDLE_CONTEXT, thing_destroy) != 0)
        atomic_fetch_add(&lost, 1);
}

static void *worker(void *arg)
{
    uint32_t seed = 2463534242u + (uint32_t)(uintptr_t)arg * 7919u;
    unsigned i;
    void *object;

    for (i = 0; i < operations; i++) {
        unsigned place, dice;
        SecHandle handle, bad;

        seed ^= seed << 13, seed ^= seed >> 17, seed ^= seed << 5;
        place = seed % SHARED;
        dice = seed / SHARED % 16;
        pthread_mutex_lock(&shelf_lock);
        handle = shelf[place];
        pthread_mutex_unlock(&shelf_lock);
        if (dice == 0) {
            thing_replace(place);
        } else if (dice == 1) { /* race to close: the one that loses must hear of it */
            if (handle.dwLower && handle_close(&handle, HANDLE_CONTEXT, thing_destroy) != 0)
                atomic_fetch_add(&lost, 1);
        } else if (dice == 2) {
            bad = handle;
            bad.dwUpper ^= 1;
            if (handle_lock(&bad, HANDLE_CONTEXT, &object) ||
                handle_close(&bad, HANDLE_CONTEXT, thing_destroy) == 0)
                atomic_fetch_add(&forged_in, 1);
        } else if (dice == 3) {
            if (handle_lock(&handle, HANDLE_CREDENTIAL, &object))
                atomic_fetch_add(&kind_in, 1);
        } else {
            thing_use(&handle);
        }
    }
    return NULL;
}

static void stress(void)
{
    pthread_t threads[THREADS];
    unsigned i;

    for (i = 0; i < THREADS; i++)
        pthread_create(&threads[i], NULL, worker, (void *)(uintptr_t)i);
    for (i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
    for (i = 0; i < SHARED; i++)
        handle_close(&shelf[i], HANDLE_CONTEXT, thing_destroy);
    diag("%u opened, %u used, %u stale, %u closes lost", (unsigned)opened, (unsigned)used, (unsigned)stale,
         (unsigned)lost);
    ok(opened > operations / 4 && used > operations && stale > 0 && lost > 0, "every path was taken");
    is_int(destroyed, opened, "each object was destroyed exactly once");
    is_int(overlaps, 0, "never two threads inside one object");
    is_int(used_gone, 0, "never inside a destroyed one");
    is_int(forged_in, 0, "no forged handle got in");
    is_int(kind_in, 0, "no handle got in under another kind");
}

/* ---- fork ---- */

static int held[2], release[2];

static void *holder(void *arg)
{
    SecHandle *handles = arg;
    struct handle_slot *slots[2];
    void *object;
    char byte = 0;

    slots[0] = handle_lock(&handles[0], HANDLE_CONTEXT, &object);
    slots[1] = handle_lock(&handles[1], HANDLE_CREDENTIAL, &object);
    byte = slots[0] && slots[1];
    if (write(held[1], &byte, 1) != 1 || read(release[0], &byte, 1) != 1)
        abort();
    handle_unlock(slots[0]);
    handle_unlock(slots[1]);
    return NULL;
}

static unsigned gone_in_child;

static void count(void *object)
{
    (void)object;
    gone_in_child++;
}

/* What a child finds; each failure is a bit of its exit status. */
static int child(SecHandle *handles, void *free_object)
{
    void *object;
    struct handle_slot *slot;
    SecHandle fresh;
    int bad = 0, one;

    alarm(60);
    gone_in_child = 0;
    bad |= handle_lock(&handles[0], HANDLE_CONTEXT, &object) ? 1 : 0;
    bad |= handle_close(&handles[0], HANDLE_CONTEXT, count) != 0 || gone_in_child != 0 ? 2 : 0;
    bad |= handle_close(&handles[0], HANDLE_CONTEXT, count) != -1 ? 4 : 0;
    slot = handle_lock(&handles[1], HANDLE_CREDENTIAL, &object);
    bad |= slot ? 0 : 8;
    if (slot)
        handle_unlock(slot);
    slot = handle_lock(&handles[2], HANDLE_CONTEXT, &object);
    bad |= slot && object == free_object ? 0 : 16;
    if (slot)
        handle_unlock(slot);
    bad |= handle_close(&handles[2], HANDLE_CONTEXT, count) != 0 || gone_in_child != 1 ? 32 : 0;
    bad |= handle_open(HANDLE_CONTEXT, &one, &fresh) != 0 || handle_close(&fresh, HANDLE_CONTEXT, count) != 0
               ? 64
               : 0;
    return bad;
}

static void fork_while_held(const char *how)
{
    int objects[3], status = -1, nested = -1;
    SecHandle handles[3];
    pthread_t thread;
    char byte = 0;
    pid_t pid;

    if (pipe(held) != 0 || pipe(release) != 0)
        abort();
    handle_open(HANDLE_CONTEXT, &objects[0], &handles[0]);
    handle_open(HANDLE_CREDENTIAL, &objects[1], &handles[1]);
    handle_open(HANDLE_CONTEXT, &objects[2], &handles[2]);
    pthread_create(&thread, NULL, holder, handles);
    ok(read(held[0], &byte, 1) == 1 && byte == 1, "%s: another thread holds a context and a credential", how);
    pid = fork();
    if (pid == 0) {
        pid_t grandchild = fork(); /* and once more, before this child has looked at the time */
        if (grandchild == 0)
            _exit(child(handles, &objects[2]));
        waitpid(grandchild, &nested, 0);
        if (!WIFEXITED(nested) || WEXITSTATUS(nested) != 0)
            _exit(WIFEXITED(nested) ? 128 | WEXITSTATUS(nested) : 255);
        _exit(child(handles, &objects[2]));
    }
    waitpid(pid, &status, 0);
    ok(WIFEXITED(status), "%s: the child does not hang", how);
    is_int(WIFEXITED(status) ? WEXITSTATUS(status) : 255, 0,
           "%s: the child and its child: refused, leaked, taken over", how);
    ok(write(release[1], &byte, 1) == 1 && pthread_join(thread, NULL) == 0, "%s: the parent goes on", how);
    gone_in_child = 0;
    ok(handle_close(&handles[0], HANDLE_CONTEXT, count) == 0 &&
           handle_close(&handles[1], HANDLE_CREDENTIAL, count) == 0 &&
           handle_close(&handles[2], HANDLE_CONTEXT, count) == 0 && gone_in_child == 3,
       "%s: and closes all three", how);
    close(held[0]), close(held[1]), close(release[0]), close(release[1]);
}

int main(void)
{
    const char *length = getenv("OPERATIONS");

    if (length)
        operations = (unsigned)strtoul(length, NULL, 10);
    stress();
    if (atomic_load(&era_page) != &era_none)
        fork_while_held("page wiped on fork");
    else
        skip("this kernel has no MADV_WIPEONFORK", "page wiped on fork");
    atomic_store(&era_page, &era_none); /* what an old kernel leaves us with; nothing is locked now */
    fork_while_held("process id");
    return tap_done();
}
