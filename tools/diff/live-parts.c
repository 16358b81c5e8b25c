/* SPDX-License-Identifier: MIT */
#include <config.h>

#include "tools/diff/live-parts.h"

#include <string.h>

void live_parts_build(const struct live_part *part, uint8_t fill, struct diff_bytes *out)
{
    struct diff_bytes body = {0};

    for (; part->type; part++) {
        size_t header = part->message >= 0 ? 4 : 0;
        body.len = 0;
        (void)diff_bytes_hex(&body, part->hex, strlen(part->hex));
        for (size_t i = 0; i < body.len; i++)
            body.ptr[i] = body.ptr[i] == 0x77 ? fill : body.ptr[i];
        diff_bytes_number(out, part->type, 1);
        diff_bytes_number(out, part->version, 2);
        diff_bytes_number(out, body.len + header, 2);
        if (header) {
            diff_bytes_number(out, (uint64_t)part->message, 1);
            diff_bytes_number(out, body.len, 3);
        }
        diff_bytes_add(out, body.ptr, body.len);
    }
    diff_bytes_free(&body);
}
