/* SPDX-License-Identifier: MIT
 *
 * core/memory.h -- memory that leaves the library, and secrets.  What is handed out is remembered, so
 * FreeContextBuffer can refuse what is not ours (or was taken back) without reading through it. */
#ifndef CORE_MEMORY_H
#define CORE_MEMORY_H

#include <stddef.h>
#include <stdint.h>

/* size bytes, zeroed, for the application to give to FreeContextBuffer; NULL: no memory.  A size of 0
 * gives a pointer that can be freed. */
void *memory_hand_out(size_t size);
/* Makes an allocation that malloc made one of those; 0, or -1: no memory (and still the caller's). */
int memory_adopt(void *allocation);
/* 0: it was ours, wiped no, freed yes.  -1: never handed out or already back; nothing was read. */
int memory_take_back(void *pointer);

/* A growing run of bytes.  Zeroed struct: empty.  Never holds secrets unless wiped by its owner. */
struct bytes {
    uint8_t *ptr;
    size_t len, cap;
};
int bytes_append(struct bytes *, const void *data, size_t len); /* 0, or -1: no memory, unchanged */
void bytes_consume(struct bytes *, size_t len);                  /* drops from the front */
void bytes_free(struct bytes *);                                 /* and makes it empty */
void bytes_wipe(struct bytes *);                                 /* explicit_bzero, then free */

#endif
