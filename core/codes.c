/* SPDX-License-Identifier: MIT
 * core/codes.c -- every status code in words. */
#include <config.h>

#include "core/status.h"

#include <stddef.h>
#include <strings.h>

#define CODE(name, meaning, causes)                                                                          \
    {                                                                                                        \
        name, #name, meaning, causes                                                                         \
    }

static const struct status_text codes[] = {
    CODE(SEC_E_OK, "Done.", "Success."),
};

const struct status_text *status_text(SECURITY_STATUS code)
{
    size_t i;

    for (i = 0; i < sizeof codes / sizeof *codes; i++)
        if (codes[i].code == code)
            return &codes[i];
    return NULL;
}

const struct status_text *status_text_named(const char *name)
{
    size_t i;

    for (i = 0; i < sizeof codes / sizeof *codes; i++)
        if (strcasecmp(codes[i].name, name) == 0)
            return &codes[i];
    return NULL;
}
