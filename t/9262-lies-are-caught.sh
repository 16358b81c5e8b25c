#!/bin/sh
# SPDX-License-Identifier: MIT
# The tester is tested: a provider that drives OpenSSL's and lies in one way at a time (t/lies) is compared with
# what it drives.  Every lie is found; without one there is nothing to find.
. "${top_srcdir:?}/t/lib.sh"
. "$top_srcdir/t/lies.sh"
diff=$top_builddir/t/sspi-diff
[ -x "$diff" ] || skip_all "sspi-diff was not built: no libarchive or jansson"
[ -z "${SAN_FLAGS:-}" ] || skip_all "the modules of a sanitizer build need its runtime first"
lies_begin openssl

# some KIND OPTION...: a run of some cases; everything that differs counts, since both are the same library
some() {
    kind=$1; shift
    "$diff" run --backends openssl,lies --level L0 --rules none --corpora none --mutations 1 --limit 0.5 --kind "$kind" "$@" \
        --data "$top_srcdir/tools/diff" --json "$work/run" >"$work/out" 2>"$work/err"
}
# tell LIE: until one kind of cases shows it; $work/run has them.  1: found.
tell() {
    lies_tell "$1"
    case $1 in
    chain_*) some chain ;;
    sealed_*) some secret --only 'secret/openssl-server/tls13-aes*' ;;
    describe_* | peer_* | *seal_* | verify_* | request_* | alpn_* | handshake_never*) some live --shard 1/32 ;;
    *) some replay && some live --shard 1/32 ;;
    esac
}
# found: how many cases show it, by verdict
found() { sed -n 's/.*"verdict":"\([A-Z_]*\)".*"gated":true.*/\1/p' "$work/run" | sort | uniq -c | sort -rn | awk '{printf "%s %d ", $2, $1}'; }

tell honest && some chain && some secret --only 'secret/openssl-server/tls13-aes*'
is $? 0 "G20 without a lie nothing is found" || diag "$(cat "$work/out" "$work/err")"
caught=0 lies=0
for lie in $(sed -n 's/^    LIE(\([a-z_0-9]*\),.*/\1/p' "$top_srcdir/t/lies/lies.h" | grep -vx honest); do
    lies=$((lies + 1))
    tell "$lie"
    said=$?
    [ $said -eq 1 ] && caught=$((caught + 1))
    is $said 1 "G20 $lie: $(sed -n "s/^    LIE($lie, \"\(.*\)\").*/\1/p" "$top_srcdir/t/lies/lies.h"): $(found)" ||
        diag "$(tail -n 3 "$work/out" "$work/err")"
done
[ $caught -eq $lies ] && [ $lies -ge 40 ]
ok $? "G20 $caught of $lies lies are caught"
tap_done
