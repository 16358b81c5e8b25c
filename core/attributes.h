/* SPDX-License-Identifier: MIT
 *
 * core/attributes.h -- attributes that are made of a connection's secrets (core/keying.c).  Called with the
 * lock of the context held, after completion; `out` has the attribute's own size. */
#ifndef CORE_ATTRIBUTES_H
#define CORE_ATTRIBUTES_H

#include "core/context.h"
#include "core/forms.h"

/* RFC 5929 and RFC 9266, as a SEC_CHANNEL_BINDINGS for FreeContextBuffer (W54, W55, D20).
 * SEC_E_UNSUPPORTED_FUNCTION: neither version nor library gives one that is unique. */
SECURITY_STATUS keying_unique(struct context *, void *out, enum form form);
SECURITY_STATUS keying_endpoint(struct context *, void *out, enum form form);

/* SECPKG_ATTR_KEYING_MATERIAL_INFO: label, context and length to export with (RFC 5705), kept with the
 * context; SECPKG_ATTR_KEYING_MATERIAL: the bytes, for FreeContextBuffer. */
SECURITY_STATUS keying_set(struct context *, const void *in);
SECURITY_STATUS keying_material(struct context *, void *out, enum form form);

#endif
