/* SPDX-License-Identifier: MIT */
#include <config.h>

#include "tools/diff/secret/log.h"

#include <string.h>

static const char *const labels[SECRETS] = {
    [SECRET_CLIENT_HANDSHAKE] = "CLIENT_HANDSHAKE_TRAFFIC_SECRET",
    [SECRET_SERVER_HANDSHAKE] = "SERVER_HANDSHAKE_TRAFFIC_SECRET",
    [SECRET_CLIENT_DATA] = "CLIENT_TRAFFIC_SECRET_0",
    [SECRET_SERVER_DATA] = "SERVER_TRAFFIC_SECRET_0",
    [SECRET_MASTER] = "CLIENT_RANDOM",
};

static int digit(char c)
{
    return c >= '0' && c <= '9'   ? c - '0'
           : c >= 'a' && c <= 'f' ? c - 'a' + 10
           : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                  : -1;
}

/* Hex up to a blank or the end; the octets, 0: too many or none. */
static size_t octets(const char *text, uint8_t *out, size_t most)
{
    size_t len = 0;

    for (; digit(text[0]) >= 0 && digit(text[1]) >= 0; text += 2) {
        if (len == most)
            return 0;
        out[len++] = (uint8_t)(digit(text[0]) << 4 | digit(text[1]));
    }
    return *text == ' ' || *text == 0 ? len : 0;
}

void secret_log_line(void *log, const char *line)
{
    struct secret_log *to = log;

    for (unsigned i = 0; i < SECRETS; i++) {
        size_t len = strlen(labels[i]);
        if (strncmp(line, labels[i], len) != 0 || line[len] != ' ')
            continue;
        const char *random = line + len + 1, *secret = strchr(random, ' ');
        if (secret && octets(random, to->client_random, 32) == 32)
            to->known[i] = (uint8_t)octets(secret + 1, to->of[i], SEAL_SECRET_MAX);
    }
}
