#!/bin/sh
# SPDX-License-Identifier: MIT
# A program may bring a TLS library of its own, first in the order of symbols.  Whichever it is, every provider
# still reaches its own library: handshakes of all pairs come out as they do alone.
. "${top_srcdir:?}/t/lib.sh"

pairs=$top_builddir/t/3000-any-client-meets-any-server
[ -x "$pairs" ] || skip_all "t/3000-any-client-meets-any-server was not built"
if nm -D "$top_builddir"/providers/.libs/*.so | grep -qE '__(asan|tsan)_init'; then
    skip_all "a sanitizer's library has to come first"
fi

"$pairs" >"$work/alone" 2>&1
ok $? "alone: all pairs complete" || diag "$(grep '^not' "$work/alone" | head -n 5)"

# The library file that a provider is linked to.
file_of() { ldd "$top_builddir/providers/.libs/$1.so" 2>/dev/null | awk -v name="$2" 'index($1, name) == 1 {print $3; exit}'; }
for pair in openssl:libssl.so openssl:libcrypto.so gnutls:libgnutls.so wolfssl:libwolfssl.so; do
    provider=${pair%%:*} name=${pair#*:}
    file=$(file_of "$provider" "$name")
    if [ -z "$file" ]; then
        skip "the provider $provider was not built" "beside $name"
        continue
    fi
    LD_PRELOAD=$file "$pairs" >"$work/beside" 2>&1
    ok $? "beside $name: all pairs complete" || diag "$(grep '^not' "$work/beside" | head -n 5)"
    check "beside $name: everything comes out as it does alone" diff "$work/alone" "$work/beside"
    LD_PRELOAD=$file "$top_builddir/t/sspi" providers >"$work/providers.beside" 2>&1
    "$top_builddir/t/sspi" providers >"$work/providers.alone" 2>&1
    check "beside $name: each provider reports its own library and the same capabilities" \
        diff "$work/providers.alone" "$work/providers.beside"
done
tap_done
