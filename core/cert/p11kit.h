/* SPDX-License-Identifier: MIT
 *
 * core/cert/p11kit.h -- libp11-kit's public functions, opened when somebody first asks and then for good: its
 * hooks into fork() must not outlive it. */
#ifndef CORE_CERT_P11KIT_H
#define CORE_CERT_P11KIT_H

#include <p11-kit/p11-kit.h>
#include <p11-kit/pkcs11.h>
#include <p11-kit/uri.h>

struct p11kit {
    CK_FUNCTION_LIST *(*module_load)(const char *path, int flags);
    CK_FUNCTION_LIST **(*modules_load)(const char *reserved, int flags);
    void (*modules_release)(CK_FUNCTION_LIST **);
    P11KitUri *(*uri_new)(void);
    int (*uri_parse)(const char *text, P11KitUriType, P11KitUri *);
    void (*uri_free)(P11KitUri *);
    int (*uri_match_module)(const P11KitUri *, const CK_INFO *);
    int (*uri_match_slot)(const P11KitUri *, const CK_SLOT_INFO *);
    int (*uri_match_token)(const P11KitUri *, const CK_TOKEN_INFO *);
    int (*uri_match_attributes)(const P11KitUri *, const CK_ATTRIBUTE *, CK_ULONG);
    CK_ATTRIBUTE *(*uri_attributes)(P11KitUri *, CK_ULONG *);
    CK_SLOT_ID (*uri_slot_id)(P11KitUri *);
};
/* NULL: libp11-kit is not there, or (*there set) not the one that was built against.  Any thread. */
const struct p11kit *p11kit_get(int *there);

#endif
