/* SPDX-License-Identifier: MIT
 *
 * A store of what a pkcs11: URI names.  Which modules there are is for p11-kit's configuration alone to say.
 * They are loaded once and never finalised: whoever else in the process uses one, past p11-kit perhaps, would
 * lose its sessions. */
#include <config.h>

#include "core/cert/open.h"
#include "core/cert/token-find.h"
#include "core/config.h"
#include "core/utf.h"

#include <stdlib.h>
#include <string.h>

#define LOG_AREA "cert"
#include "core/log.h"

static CK_FUNCTION_LIST **modules_get(const struct p11kit *kit)
{
    static CK_FUNCTION_LIST **loaded; /* atomic; of two that load them at once one's are kept */
    CK_FUNCTION_LIST **modules = __atomic_load_n(&loaded, __ATOMIC_ACQUIRE), **none = NULL;
    if (modules || !(modules = kit->modules_load(NULL, 0)))
        return modules;
    if (!__atomic_compare_exchange_n(&loaded, &none, modules, 0, __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE)) {
        kit->modules_release(modules);
        modules = none;
    }
    return modules;
}

static DWORD find(const struct token_name *name, struct token_certificates *out)
{
    int there;
    const struct p11kit *kit = p11kit_get(&there);
    CK_FUNCTION_LIST **modules = kit ? modules_get(kit) : NULL;
    if (modules)
        return token_find(kit, modules, name, out);
    log_error("a certificate on a token: %s", kit     ? "p11-kit cannot load its modules"
                                              : there ? "libp11-kit is not the one that was built against"
                                                      : "libp11-kit is not there");
    return ERROR_MOD_NOT_FOUND;
}

static int tell_key(struct certificate *c, const char *uri)
{
    int bad;
    size_t units = 0;
    void *wide = utf8_to_wide(uri, 16, &units, &bad);
    CRYPT_KEY_PROV_INFO info = {.pwszContainerName = wide};
    int failed = !wide || !property_set(&c->shown, CERT_KEY_PROV_INFO_PROP_ID, 0, &info, 16);
    if (wide)
        explicit_bzero(wide, units * 2);
    free(wide);
    return failed;
}

DWORD open_token(struct store *store, const char *uri)
{
    const char *why;
    struct token_name name;
    struct token_certificates found = {0};
    (void)config_get(&why); /* so that refusals go where the configuration sends the log */
    enum token_state state = token_read(uri, TOKEN_CERTIFICATE, &name);
    if (state != TOKEN_GOOD)
        return state == TOKEN_MEMORY ? (DWORD)E_OUTOFMEMORY : (DWORD)E_INVALIDARG;
    DWORD error = find(&name, &found);
    for (unsigned i = 0; i < found.count && error == ERROR_SUCCESS; i++) {
        struct certificate *leaf = NULL;
        int failed = store_append(store, found.of[i], NULL, i ? NULL : &leaf) ||
                     (leaf && !name.typed && tell_key(leaf, uri));
        if (failed)
            error = (DWORD)E_OUTOFMEMORY;
        if (leaf)
            certificate_release(leaf);
    }
    token_certificates_free(&found);
    token_name_free(&name);
    return error;
}
