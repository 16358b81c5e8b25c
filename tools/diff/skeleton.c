/* SPDX-License-Identifier: MIT
 *
 * What one side sent, as text that is the same from run to run: kinds of records and messages.  Lengths of
 * what carries a signature or is encrypted vary by themselves and are left out; those of hellos and
 * certificates are rounded up to 32 octets. */
#include <config.h>

#include "tools/diff/observe.h"

#include <stdio.h>
#include <string.h>

struct text {
    char *at;
    size_t left;
    int full;
};

static void add(struct text *text, const char *word)
{
    size_t len = strlen(word);
    if (text->full)
        return;
    if (len + 5 > text->left) { /* " ..." always fits */
        text->full = 1;
        word = " ...";
        len = 4;
        if (len + 1 > text->left)
            return;
    }
    memcpy(text->at, word, len + 1);
    text->at += len;
    text->left -= len;
}

static const struct {
    uint8_t type;
    const char *name;
    int sized;
} messages[] = {
    {0, "HRQ", 0},   {1, "CH", 1},   {2, "SH", 1},  {4, "NST", 0},  {8, "EE", 1},
    {11, "Cert", 1}, {12, "SKE", 0}, {13, "CR", 0}, {14, "SHD", 0}, {15, "CV", 0},
    {16, "CKE", 0},  {20, "Fin", 0}, {22, "CS", 1},
};

static const uint8_t retry_random[8] = {0xcf, 0x21, 0xad, 0x74, 0xe5, 0x9a, 0x61, 0x11};

const char *diff_message_name(unsigned type)
{
    for (size_t i = 0; i < sizeof messages / sizeof *messages; i++)
        if (messages[i].type == type)
            return messages[i].name;
    return NULL;
}

static void message_text(struct text *text, const uint8_t *message, size_t len)
{
    char word[32];
    const char *name = NULL;
    int sized = 0;
    for (size_t i = 0; i < sizeof messages / sizeof *messages; i++)
        if (messages[i].type == message[0]) {
            name = messages[i].name;
            sized = messages[i].sized;
        }
    if (message[0] == 2 && len >= 14 && memcmp(message + 6, retry_random, 8) == 0)
        name = "HRR";
    if (!name)
        snprintf(word, sizeof word, " hs%u", message[0]);
    else if (sized)
        snprintf(word, sizeof word, " %s(%zu)", name, (len - 4 + 31) / 32);
    else
        snprintf(word, sizeof word, " %s", name);
    add(text, word);
}

/* Messages lie across records: what is left of the last one waits in `hold`. */
struct gathered {
    uint8_t head[64];
    size_t have, want; /* want 0: not yet known */
};

static void handshake_text(struct text *text, struct gathered *g, const uint8_t *bytes, size_t len)
{
    while (len) {
        size_t need = g->want ? g->want - g->have : 4 - g->have;
        size_t take = need < len ? need : len;
        if (g->have < sizeof g->head)
            memcpy(g->head + g->have, bytes,
                   take < sizeof g->head - g->have ? take : sizeof g->head - g->have);
        g->have += take;
        bytes += take;
        len -= take;
        if (!g->want && g->have == 4)
            g->want = 4 + ((size_t)g->head[1] << 16 | (size_t)g->head[2] << 8 | g->head[3]);
        if (g->want && g->have == g->want) {
            message_text(text, g->head, g->want);
            memset(g, 0, sizeof *g);
        }
    }
}

static void alert_text(struct text *text, const uint8_t *body, size_t len, uint8_t *level, uint8_t *alert)
{
    char word[32] = " alert";
    if (len == 2) {
        snprintf(word, sizeof word, " alert(%u,%u)", body[0], body[1]);
        if (body[0] == 2 && !*level) {
            *level = body[0];
            *alert = body[1];
        }
    }
    add(text, word);
}

void diff_skeleton(const uint8_t *bytes, size_t len, char *out, size_t size, uint8_t *level, uint8_t *alert)
{
    struct text text = {out, size, 0};
    struct gathered g = {0};
    int sealed = 0; /* behind a CCS of TLS 1.2 handshake records are encrypted; TLS 1.3 has only app then */
    out[0] = 0;
    *level = *alert = 0;
    while (len >= 5) {
        size_t body = (size_t)bytes[3] << 8 | bytes[4];
        if (body > len - 5)
            break;
        if (bytes[0] == 22 && !sealed)
            handshake_text(&text, &g, bytes + 5, body);
        else if (bytes[0] == 21)
            alert_text(&text, bytes + 5, body, level, alert);
        else if (bytes[0] == 20)
            add(&text, " ccs"), sealed = 1;
        else
            add(&text, bytes[0] == 23 ? " app" : bytes[0] == 22 ? " sealed" : " ?");
        bytes += 5 + body;
        len -= 5 + body;
    }
    if (len)
        add(&text, " part");
    if (out[0] == ' ')
        memmove(out, out + 1, strlen(out));
}
