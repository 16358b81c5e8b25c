#!/bin/sh
# SPDX-License-Identifier: MIT
# The rules are of pinned versions.  With a library of another version what no rule explains is drift, said and no
# failure; what no version excuses (a broken invariant, a crash) fails all the same.  A provider that lies stands in
# for OpenSSL's, and says which version it is of.
. "${top_srcdir:?}/t/lib.sh"
. "$top_srcdir/t/lies.sh"
diff=$top_builddir/t/sspi-diff
[ -x "$diff" ] || skip_all "sspi-diff was not built: no libarchive or jansson"
[ -z "${SAN_FLAGS:-}" ] || skip_all "the modules of a sanitizer build need its runtime first"
[ "$(echo $PROVIDERS | wc -w)" -eq 3 ] || skip_all "the rules are about three providers; built are: $PROVIDERS"
lies_begin openssl gnutls wolfssl
rules=$top_srcdir/tools/diff/rules
pinned=$(sed -n 's/^pinned: openssl \([^,]*\),.*/\1/p' "$rules"/*.rules | head -n 1)
other=3.0.999

# run LIE VERSION: $said; $work/run.jsonl and $work/out have it
run() {
    lies_stand_in "$1" "$2"
    "$diff" run --ci --quiet --kind replay --corpora none --mutations 2 --only 'seed/o*' --data "$top_srcdir/tools/diff" --limit 1 \
        --json "$work/run.jsonl" >"$work/out" 2>&1
    said=$?
}
says() { grep -qE "$2" "$1"; }
# others WANT WORDS: what reads the run comes to the same
others() {
    "$diff" explain --rules "$rules" "$work/run.jsonl" >"$work/explained"
    is $? "$1" "$2: explain says the same" || diag "$(tail -n 2 "$work/explained")"
    "$diff" merge "$work/merge.jsonl" >"$work/merged.jsonl"
    is $? "$1" "$2: and merge"
}
unexplained() { sed -n 's/.*"unexplained":\([0-9]*\).*/\1/p' "$work/run.jsonl" | tail -n 1; }

# ---- another version, and all is as the rules have it ----
run honest "$other"
is $said 0 "G19 another version that does the same: exit 0" || diag "$(tail -n 5 "$work/out")"
check "G19 it says whose rules they are" says "$work/out" "^drift:.* openssl is $other, and the rules are of $pinned;"

# ---- something new ----
run honest "$pinned"
if grep -q '^drift:' "$work/out"; then
    skip "GnuTLS or wolfSSL are of other versions here" "G11 the pinned version goes on where it fails: exit 1"
    there=
else
    run handshake_swallows "$pinned"
    is $said 1 "G11 the pinned version goes on where it fails: exit 1"
    there=$(unexplained)
fi
run handshake_swallows "$other"
is $said 0 "G19 another version goes on where it fails: drift, exit 0" || diag "$(tail -n 5 "$work/out")"
here=$(unexplained)
[ "$here" -gt 0 ] && [ "$here" -eq "${there:-$here}" ]
ok $? "G19 and it is the same $here divergences, of which none is explained away"
check "G19 said as drift" says "$work/out" "^drift: .* $here divergences are unexplained, 0 of them grave"
check "G19 with the pinned versions in the manifest" says "$work/run.jsonl" "\"pinned\":{\"openssl\":\"$pinned\""
cp "$work/run.jsonl" "$work/merge.jsonl"
sed -i '1s,"shard":"[0-9/]*","shard":"1/1",' "$work/merge.jsonl"
others 0 "G19 drift"
"$diff" report --tap "$work/run.jsonl" >"$work/tap"
grep '^not ok' "$work/tap" >"$work/bad"
[ -s "$work/bad" ] && ! grep -qv '# TODO drift' "$work/bad"
ok $? "G14 TAP: drift is there and no failure" || diag "$(cat "$work/bad")"
"$diff" report --junit "$work/junit.xml" "$work/run.jsonl"
is "$(grep -c '<failure' "$work/junit.xml") $(grep -c '<skipped message=' "$work/junit.xml")" "0 $here" "G14 JUnit: the same"

# ---- what no version excuses ----
for lie in order_seventh order_after_failure random_refusal crash; do
    run $lie "$other"
    is $said 1 "G19 another version that breaks an invariant or dies ($lie): exit 1" || diag "$(tail -n 5 "$work/out")"
    cp "$work/run.jsonl" "$work/merge.jsonl"
    sed -i '1s,"shard":"[0-9/]*","shard":"1/1",' "$work/merge.jsonl"
    [ $lie = random_refusal ] || others 1 "G19 $lie"
done
check "G19 said as grave" says "$work/out" '^drift: .* [1-9][0-9]* of them grave'
tap_done
