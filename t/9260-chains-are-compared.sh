#!/bin/sh
# SPDX-License-Identifier: MIT
# sspi diff, the kind "chain": chains of certificates through CertGetCertificateChain and the SSL policy, each
# provider in a process of its own; trust bits are compared, and one provider agrees with itself.
. "${top_srcdir:?}/t/lib.sh"
diff=$top_builddir/t/sspi-diff
corpora=${OPENSSPI_CORPORA:-$top_srcdir/../shared/corpora}
[ -f "$corpora/limbo.json.xz" ] || corpora=none
unset OPENSSPI_PROVIDER OPENSSPI_LOG
[ -x "$diff" ] || skip_all "sspi-diff was not built: no libarchive or jansson"
run() { "$diff" run --kind chain --data "$top_srcdir/tools/diff" --json "$work/run" "$@" >"$work/out" 2>"$work/err"; }
cases() { sed -n 's/.*"summary":{"cases":\([0-9]*\),.*/\1/p' "$work/run"; }

backends=$(echo $PROVIDERS | tr ' ' ,)
run --backends "$backends" --corpora none --mutations 20
ok $? "G8 every provider finds the same bits, or the rules say why" || diag "$(cat "$work/out" "$work/err")"
is "$(cases)" 93 "G8 eight chains, each as it is and changed in twenty ways, of which some are the same"
is "$(sed -n 's/^{"id":"\([^"]*\)".*/\1/p' "$work/run" | sort | uniq -d | wc -l)" 0 "G8 no case stands there twice"
grep -q '"name":"chain/ecdsa",.*"state":"open"' "$work/run" && grep -q '"name":"chain/other-host",.*"state":"reject"' "$work/run"
ok $? "G8 a good chain is taken, one for another host is not"
grep -q '"attrs":"trust=00000000/' "$work/run" && grep -q '"attrs":"trust=0001' "$work/run"
ok $? "G8 the bits of the chain are seen"
for provider in $PROVIDERS; do
    run --backends "$provider,$provider" --corpora none --mutations 20 --rules none
    ok $? "G20 $provider agrees with itself about chains" || diag "$(cat "$work/out" "$work/err")"
done

if [ "$corpora" = none ]; then
    skip "no corpora here (OPENSSPI_CORPORA names their folder)" "G8 the public chains"
else
    run --backends "$backends" --corpora "$corpora" --mutations 0 --only 'limbo/*'
    ok $? "G8 x509-limbo: nothing is unexplained" || diag "$(cat "$work/out" "$work/err")"
    is "$(cases)" 207 "G8 all its cases"
    run --backends "$backends" --corpora "$corpora" --mutations 0 --only 'bettertls/*'
    ok $? "G8 BetterTLS: nothing is unexplained" || diag "$(cat "$work/out" "$work/err")"
    is "$(cases)" 81 "G8 all its paths"
fi
tap_done
