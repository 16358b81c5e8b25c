#!/bin/sh
# SPDX-License-Identifier: MIT
# pfContextAttr may point to an `unsigned long`.  Linked statically and optimised as one program, a store of
# another type than the caller's may be dropped; the library's is not.
. "$top_srcdir/t/lib.sh"
cc=${CC%% *}
cat >"$work/rooms.c" <<'END'
#include "core/forms.h"
#include "core/handle.h"
#include "core/memory.h"
#include "core/package.h"
SECURITY_STATUS context_accept(const CredHandle *a, const CtxtHandle *b, SecBufferDesc *c, ULONG d, CtxtHandle *e,
                               SecBufferDesc *f, ULONG *attributes, TimeStamp *g)
{
    (void)a, (void)b, (void)c, (void)e, (void)f, (void)g;
    *attributes = d;
    return SEC_E_OK;
}
END
cat >"$work/caller.c" <<'END'
#include <sspi.h>
#include <stdio.h>
int main(int argc, char **argv)
{
    unsigned long attributes = 0;
    (void)argv;
    AcceptSecurityContext(0, 0, 0, 0x12340000u + (unsigned)argc, 0, 0, 0, &attributes, 0);
    printf("%lx\n", attributes);
    return 0;
}
END
flags="-std=gnu11 -O2 -ffunction-sections -Wl,--gc-sections -DHAVE_CONFIG_H -I$top_builddir -I$top_srcdir -I$top_srcdir/include"
echo 'int main(void) { return 0; }' >"$work/probe.c"
$cc -flto -O2 -o "$work/probe" "$work/probe.c" 2>/dev/null || skip_all "$cc has no link-time optimisation"
if check 'the library and a caller link as one program' \
    $cc -flto $flags -o "$work/one" "$work/caller.c" "$top_srcdir/core/table.c" "$work/rooms.c" \
    -Wl,--unresolved-symbols=ignore-all; then
    is "$("$work/one")" 12340001 'the attributes arrive in an unsigned long'
fi
tap_done
