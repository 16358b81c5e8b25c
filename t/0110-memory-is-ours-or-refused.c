/* SPDX-License-Identifier: MIT
 * What was handed out can be given back once; anything else is refused without being read. */
#include "core/memory.c"

#include "t/tap.h"

#include <pthread.h>
#include <sys/mman.h>
#include <unistd.h>

/* The sanitizers would end the program where malloc says no. */
__attribute__((visibility("default"))) const char *__asan_default_options(void);
const char *__asan_default_options(void)
{
    return "allocator_may_return_null=1";
}
__attribute__((visibility("default"))) const char *__tsan_default_options(void);
const char *__tsan_default_options(void)
{
    return "allocator_may_return_null=1";
}

static void addresses(void)
{
    char *one = memory_hand_out(100), *none = memory_hand_out(0), *adopted = malloc(10);
    void *unreadable = mmap(NULL, 4096, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    unsigned i, set = 0;

    ok(one && none, "memory is handed out, of size 0 too");
    for (i = 0; one && i < 100; i++)
        set += one[i] != 0;
    is_int(set, 0, "zeroed");
    is_int(memory_take_back(one + 1), -1, "a pointer into it is refused");
    is_int(memory_take_back(one), 0, "it is taken back");
    is_int(memory_take_back(one), -1, "once");
    is_int(memory_take_back(none), 0, "size 0 is taken back");
    is_int(memory_take_back(adopted), -1, "malloc's own is refused");
    is_int(memory_adopt(adopted), 0, "unless it was adopted");
    is_int(memory_take_back(adopted), 0, "then it is taken back");
    is_int(memory_take_back(NULL), -1, "NULL is refused");
    is_int(memory_adopt(NULL), -1, "NULL is not adopted");
    is_int(memory_take_back((void *)(uintptr_t)0xdeadbeef), -1,
           "K19 a wild pointer is refused, not followed");
    is_int(memory_take_back(unreadable), -1, "an unreadable page is refused, not read");
    is_int(memory_take_back(&set), -1, "the stack is refused");
    ok(!memory_hand_out(SIZE_MAX), "more than there is gives NULL");
    munmap(unreadable, 4096);
}

/* A program that gives ours to free(), whereupon malloc hands out the same address again. */
static void freed_behind_our_back(void)
{
    int block; /* stands for that address */

    ok(memory_adopt(&block) == 0 && memory_adopt(&block) == 0, "one address can come twice");
    ok(address_remove((uintptr_t)&block) && !address_remove((uintptr_t)&block), "and is remembered once");
}

enum { MANY = 20000, THREADS = 8 };

static void many(void)
{
    static void *all[MANY];
    unsigned i, bad = 0;

    for (i = 0; i < MANY; i++)
        bad += !(all[i] = memory_hand_out(i % 40));
    for (i = 0; i < MANY; i += 2)
        bad += memory_take_back(all[i]) != 0;
    for (i = 0; i < MANY; i += 2)
        bad += memory_take_back(all[i]) != -1;
    for (i = 1; i < MANY; i += 2)
        bad += memory_take_back(all[i]) != 0;
    is_int(bad, 0, "%d at once, every other one back, back twice, the rest back", MANY);
}

static void *worker(void *arg)
{
    unsigned i, *bad = arg;
    void *mine[16] = {NULL};

    for (i = 0; i < 20000; i++) {
        void **place = &mine[i * 7 % 16];
        if (*place)
            *bad += memory_take_back(*place) != 0;
        *place = memory_hand_out(i % 64);
        *bad += !*place;
    }
    for (i = 0; i < 16; i++)
        *bad += memory_take_back(mine[i]) != 0;
    return NULL;
}

static void threads(void)
{
    pthread_t thread[THREADS];
    unsigned bad[THREADS] = {0}, sum = 0, i;

    for (i = 0; i < THREADS; i++)
        pthread_create(&thread[i], NULL, worker, &bad[i]);
    for (i = 0; i < THREADS; i++) {
        pthread_join(thread[i], NULL);
        sum += bad[i];
    }
    is_int(sum, 0, "%d threads hand out and take back", THREADS);
}

static void *twice(void *arg)
{
    void **shared = arg;

    return (void *)(intptr_t)memory_take_back(*shared);
}

static void one_winner(void)
{
    unsigned round, bad = 0;

    for (round = 0; round < 300; round++) {
        void *shared = memory_hand_out(8), *a, *b;
        pthread_t one, two;

        pthread_create(&one, NULL, twice, &shared);
        pthread_create(&two, NULL, twice, &shared);
        pthread_join(one, &a);
        pthread_join(two, &b);
        bad += (intptr_t)a + (intptr_t)b != -1;
    }
    is_int(bad, 0, "of two threads that give back one pointer exactly one does");
}

static void runs(void)
{
    struct bytes run = {0};
    unsigned i, bad = 0;
    uint8_t byte;

    for (i = 0; i < 5000; i++) {
        byte = (uint8_t)(i * 31);
        bad += bytes_append(&run, &byte, 1) != 0;
    }
    is_int(run.len, 5000, "a run grows");
    for (i = 0; i < 5000; i++)
        bad += run.ptr[i] != (uint8_t)(i * 31);
    bytes_consume(&run, 4990);
    is_int(run.len, 10, "is consumed from the front");
    for (i = 0; i < 10; i++)
        bad += run.ptr[i] != (uint8_t)((i + 4990) * 31);
    is_int(bad, 0, "and keeps its bytes");
    is_int(bytes_append(&run, &byte, SIZE_MAX - 5), -1, "an impossible length is refused");
    is_int(run.len, 10, "and changes nothing");
    is_int(bytes_append(&run, NULL, 0), 0, "nothing may be appended");
    bytes_consume(&run, 11);
    is_int(run.len, 0, "consuming too much leaves nothing");
    bytes_wipe(&run);
    ok(!run.ptr && run.len == 0 && run.cap == 0, "wiped it is empty");
    bytes_free(&run);
    bytes_wipe(&run);
    ok(!run.ptr, "empty can be freed and wiped");
}

int main(void)
{
    addresses();
    freed_behind_our_back();
    many();
    threads();
    one_winner();
    runs();
    return tap_done();
}
