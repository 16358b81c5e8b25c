#!/bin/sh
# SPDX-License-Identifier: MIT
# Live pairs of sspi-diff: any client meets any server, a provider agrees with itself, mutated in the middle or not.
. "${top_srcdir:?}/t/lib.sh"
diff=$top_builddir/t/sspi-diff
unset OPENSSPI_PROVIDER OPENSSPI_LOG OPENSSPI_CORPORA
[ -x "$diff" ] || { skip "sspi-diff was not built: no libarchive or jansson" "live pairs"; tap_done; exit; }
run() { "$diff" run --data "$top_srcdir/tools/diff" --rules none --corpora none --kind live "$@" >"$work/out" 2>"$work/err"; }

shard=1/6
[ -z "${OPENSSPI_QUICK:-}" ] || shard=1/24
for provider in $PROVIDERS; do
    run --mutations 1 --shard $shard --backends "$provider,$provider,$provider" --json "$work/json"
    is $? 0 "$provider agrees with itself in live pairs" || diag "$(head -n 20 "$work/out" "$work/err")"
    cases=$(grep -c '"kind":"live"' "$work/json") same=$(grep -c '"verdict":"AGREE"' "$work/json")
    is "$same" "$cases" "$provider: $cases cases, each the same three times" || diag "$(grep '^[A-Z]' "$work/out")"
    [ "$(grep -c '"ops":\["at.flight' "$work/json")" -gt "$((cases / 3))" ]
    ok $? "$provider: many of them changed in the middle"
    [ "$(grep -c '"state":"closed"' "$work/json")" -gt "$((cases / 6))" ]
    ok $? "$provider: many connections end in order"
done
for provider in $PROVIDERS; do
    run --mutations 0 --only "live/$provider-*/*-whole" --shard 1/3 --json "$work/json"
    [ $? -le 1 ] && grep -q '"kind":"live"' "$work/json" && ! grep -q 'ACCEPT_DIFF\|STATE_DIFF' "$work/json"
    ok $? "with $provider at the other end all providers come to the same state" || diag "$(grep '^[A-Z]' "$work/out")"
done
tap_done
