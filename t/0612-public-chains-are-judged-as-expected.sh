#!/bin/sh
# SPDX-License-Identifier: MIT
# x509-limbo and BetterTLS through CertGetCertificateChain and the SSL policy, for every provider; a table tells
# how each did.  The data is not ours to ship: $OPENSSPI_CORPORA, or ../shared/corpora beside the source.
. "$top_srcdir/t/lib.sh"

corpora=${OPENSSPI_CORPORA:-$top_srcdir/../shared/corpora}
[ -f "$corpora/limbo.json.xz" ] && [ -f "$corpora/bettertls-pathbuilding.json.xz" ] ||
    skip_all "no corpora here (OPENSSPI_CORPORA names their folder)"
have python3 || skip_all "python3 is not installed"

# GnuTLS 3.7.9 forgets an excluded or permitted name of a kind that it does not store (otherName), each time it reads
# the constraints.  To tell that leak from others takes whole stacks, and those take time.
echo 'leak:gnutls_x509_ext_import_name_constraints' >"$work/leaks"
known_leaks() {
    [ -n "${SAN_FLAGS:-}" ] || return 0
    LSAN_OPTIONS="suppressions=$work/leaks:print_suppressions=0:${LSAN_OPTIONS:-}"
    ASAN_OPTIONS="fast_unwind_on_malloc=0:${ASAN_OPTIONS:-}"
    export LSAN_OPTIONS ASAN_OPTIONS
}

for provider in $PROVIDERS; do
    ( # what is known of one provider's library is not the others'
        [ "$provider" != gnutls ] || known_leaks
        exec python3 "$top_srcdir/t/public-chains.py" "$corpora" "$top_builddir/t/judge" "$provider" >"$work/out" 2>&1
    )
    status=$?
    ok $status "K38 $provider judges the public chains as their authors expect, or as written down" ||
        diag "status $status: $(grep -v '^ok' "$work/out" | head -n 40)"
    diag "$(sed -n 's/^# //p' "$work/out")"
done
tap_done
