/* SPDX-License-Identifier: MIT */
#include <config.h>

#include "core/extras.h"

#include <stdlib.h>

struct extras *context_extras(struct context *context)
{
    if (!context->extras)
        context->extras = calloc(1, sizeof *context->extras);
    return context->extras;
}

void extras_free(struct context *context)
{
    struct extras *extras = context->extras;
    if (!extras)
        return;
    bytes_free(&extras->issuers);
    bytes_free(&extras->signatures);
    bytes_wipe(&extras->app_data);
    bytes_free(&extras->prf);
    bytes_free(&extras->staple);
    free(extras);
    context->extras = NULL;
}

int extras_request(struct context *context, const struct hello_request *request)
{
    struct extras *extras = context_extras(context);
    if (!extras || bytes_append(&extras->issuers, request->names.ptr, request->names.len) != 0 ||
        bytes_append(&extras->signatures, request->signatures.ptr, request->signatures.len) != 0)
        return -1;
    extras->asked = 1;
    return 0;
}

int extras_staple(struct context *context, struct sspi_bytes staple)
{
    if (context->extras)
        bytes_free(&context->extras->staple);
    if (!staple.len)
        return 0;
    struct extras *extras = context_extras(context);
    return extras ? bytes_append(&extras->staple, staple.ptr, staple.len) : -1;
}
