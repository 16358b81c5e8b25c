/* SPDX-License-Identifier: MIT */
#include <config.h>

#include "core/cert/file.h"

#include "core/cert/key.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

/* Twice the room, the old one wiped. */
static uint8_t *grow(uint8_t *old, size_t used, size_t *room)
{
    size_t larger = *room ? 2 * *room : 65536;
    uint8_t *fresh = secret_new(larger);
    if (fresh && used)
        memcpy(fresh, old, used);
    if (fresh) {
        secret_free(old, *room);
        *room = larger;
    }
    return fresh;
}

/* secret_free needs the size that secret_new was given: it stands before the text. */
#define HEADER 16u

const char *file_read(int fd, size_t limit, struct sspi_bytes *out)
{
    uint8_t *text = NULL;
    size_t used = HEADER, room = 0;
    const char *why = NULL;
    for (;;) {
        if (used >= room) {
            uint8_t *grown = grow(text, room ? used : 0, &room);
            if (!grown) {
                why = "no memory";
                break;
            }
            text = grown;
        }
        ssize_t got = read(fd, text + used, room - used);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            why = strerror(errno);
        if (got <= 0)
            break;
        used += (size_t)got;
        if (used - HEADER > limit) {
            why = "too large";
            break;
        }
    }
    if (!why && used == HEADER)
        why = "empty";
    if (why) {
        secret_free(text, room);
        return why;
    }
    memcpy(text, &room, sizeof room);
    *out = (struct sspi_bytes){text + HEADER, used - HEADER};
    return NULL;
}

void file_free(struct sspi_bytes text)
{
    size_t room;
    if (!text.ptr)
        return;
    memcpy(&room, text.ptr - HEADER, sizeof room);
    secret_free((void *)(uintptr_t)(text.ptr - HEADER), room);
}
