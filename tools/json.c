/* SPDX-License-Identifier: MIT */
#include <config.h>

#include "tools/tools.h"

#include <string.h>

/* The length of the UTF-8 sequence at `at`, or 0 where there is none. */
static size_t utf8_length(const unsigned char *at)
{
    size_t len = at[0] < 0x80 ? 1 : at[0] >= 0xc2 && at[0] < 0xe0 ? 2 : (at[0] & 0xf0) == 0xe0 ? 3 : 4, i;

    if (at[0] >= 0x80 && (at[0] < 0xc2 || at[0] > 0xf4))
        return 0;
    for (i = 1; i < len; i++) {
        if ((at[i] & 0xc0) != 0x80)
            return 0;
    }
    if ((at[0] == 0xe0 && at[1] < 0xa0) || (at[0] == 0xed && at[1] > 0x9f) || (at[0] == 0xf0 && at[1] < 0x90) ||
        (at[0] == 0xf4 && at[1] > 0x8f))
        return 0;
    return len;
}

void json_string(FILE *out, const char *text)
{
    const unsigned char *at = (const unsigned char *)text;

    if (!text) {
        fputs("null", out);
        return;
    }
    fputc('"', out);
    while (*at) {
        size_t len = utf8_length(at);
        if (!len) {
            fputs("\\ufffd", out);
            len = 1;
        } else if (*at == '"' || *at == '\\') {
            fprintf(out, "\\%c", *at);
        } else if (*at < 0x20 || *at == 0x7f) {
            fprintf(out, "\\u%04x", *at);
        } else {
            fwrite(at, 1, len, out);
        }
        at += len;
    }
    fputc('"', out);
}
