#!/bin/sh
# SPDX-License-Identifier: MIT
# sspi diff minimise: less, and the same verdict; what it writes is run as a seed and as a program in C.
. "${top_srcdir:?}/t/lib.sh"
diff=$top_builddir/t/sspi-diff
unset OPENSSPI_PROVIDER OPENSSPI_LOG OPENSSPI_CORPORA
[ -x "$diff" ] || skip_all "sspi-diff was not built: no libarchive or jansson"
[ "$(echo $PROVIDERS | wc -w)" -gt 1 ] || skip_all "one provider differs from nobody; built are: $PROVIDERS"
backends=$(echo $PROVIDERS | tr ' ' ,)
# run COMMAND WORD...
run() { "$diff" "$@" --backends "$backends" --data "$top_srcdir/tools/diff" --corpora none >"$work/out" 2>"$work/err"; }
# octets FILE: how many a seed has
octets() { sed -n 's/^> //p; s/^  //p' "$1" | tr -d '\n ' | wc -c | awk '{print $1 / 2}'; }
# fingerprint: state and class of the alert of each provider in what was printed last, and the verdict
fingerprint() { sed -n 's|^  \([a-z]*\)  *\([a-z]*\) *0x.*alert [0-9]*/\([a-z]*\) .*|\1 \2 \3|p; s/^\([A-Z]*_[A-Z]*\|AGREE\).*/\1/p' "$1"; }

run run --rules none --kind replay --only 'seed/client-*' --mutations 25 --quiet --json "$work/run"
for kind in STATE_DIFF ALERT_DIFF; do
    # Not what is about being long: "00*40000".
    name=$(grep -v '[0-9]\*[0-9]' "$work/run" | sed -n 's/.*"name":"\([^"]*~[^"]*\)".*"role.accept".*"verdict":"'$kind'".*/\1/p' | head -n 1)
    [ -n "$name" ] || { skip "these versions show none" "$kind: a case"; continue; }
    run repro "$name"
    cp "$work/out" "$work/case"
    run show "$name"
    cp "$work/out" "$work/shown"
    run show "${name%~*}"
    cp "$work/out" "$work/base"
    run minimise "$name" --out "$work/small.tst" --c "$work/small.c"
    is $? 0 "G12 $kind: $name is made small" || { diag "$(tail -n 20 "$work/err" "$work/out")"; continue; }
    diag "$(grep octets "$work/out")"
    [ "$(octets "$work/small.tst")" -le "$(octets "$work/shown")" ] && [ "$(octets "$work/small.tst")" -lt "$(octets "$work/base")" ]
    ok $? "G12 $kind: less than the case and its base ($(octets "$work/small.tst") octets)"
    run repro "$work/small.tst"
    is "$(fingerprint "$work/out")" "$(fingerprint "$work/case")" "G12 $kind: and it comes out the same"
    run minimise "$work/small.tst" --tries 20 --out "$work/again.tst"
    is $? 0 "G12 $kind: what was made small may be made smaller" || diag "$(cat "$work/err")"

    # The program, as a maintainer would build it.
    compiler=${CC:-cc}
    # shellcheck disable=SC2086
    check "G13 $kind: a program without a warning" $compiler -Wall -Wextra -Wpedantic -Werror -I"$top_srcdir/include" \
        ${SAN_FLAGS:-} -o "$work/small" "$work/small.c" "$top_builddir/.libs/libopensspi-twin.so" || continue
    : >"$work/statuses"
    for provider in $PROVIDERS; do
        LD_LIBRARY_PATH=$top_builddir/.libs "$work/small" "$provider" >"$work/$provider" 2>&1
        is $? 0 "G13 $kind: $provider is fed" || diag "$(cat "$work/$provider")"
        sed -n "s/^$provider: .*status //p" "$work/$provider" >>"$work/statuses"
    done
    [ $kind = ALERT_DIFF ] || [ "$(sort -u "$work/statuses" | wc -l)" -gt 1 ]
    ok $? "G13 $kind: what it prints differs as the case does: $(echo $(cat "$work/statuses"))"
done

if [ -x "$work/small" ]; then
    LD_LIBRARY_PATH=$top_builddir/.libs "$work/small" openssl "$work/none.pem" >"$work/out" 2>&1
    is $? 2 "G13 a certificate that is not there: 2" && grep -q '^usage: ' "$work/out"
    ok $? "G13 and how it is used"
fi

# What cannot be made small, or is no file of a stimulus.
run minimise live/none
is $? 2 "a case that is not there: 2"

# A live pair: fewer operations, simpler settings.  The last line is the command that shows what is left.
pair=live/gnutls-client/tls13-ecdsa-mutual-alpn-judged-memory
set -- "$pair" --ops 'at.flight 1; rec.ccs 0 1; rec.split 0 1'
run repro "$@"
[ $? -le 1 ]
ok $? "G12 $pair: a pair that no run has, and operations of no seed" || diag "$(cat "$work/err")"
fingerprint "$work/out" >"$work/before"
run minimise "$@"
is $? 0 "G12 $pair: it is made small" || diag "$(tail -n 20 "$work/err" "$work/out")"
left=$(sed -n 's/^\([0-9]*\) operations of 2 and \([0-9]*\) settings of 4 are left.*/\1 \2/p' "$work/out")
case $left in '' | '2 4') ok 1 "G12 $pair: of two operations and four settings fewer are left" || diag "$(cat "$work/out")" ;;
*) ok 0 "G12 $pair: of two operations and four settings fewer are left: $left" ;; esac
command=$(tail -n 1 "$work/out")
eval "set -- ${command#sspi diff repro}"
run repro "$@"
is "$(fingerprint "$work/out")" "$(cat "$work/before")" "G12 $pair: and it comes out the same: $command"
run minimise "$@" --c "$work/live.c"
is $? 2 "G13 a live pair is no program: 2" && grep -q 'new keys in each run' "$work/err"
ok $? "G13 and why"
run repro "$pair" --ops 'at.flight 1; no.such 1'
is $? 2 "operations that are none: 2"

# A chain: fewer certificates and properties; as a file and as a program.
run repro chain/other-host
fingerprint "$work/out" >"$work/before"
run minimise chain/other-host --out "$work/chain.tst" --c "$work/chain.c"
is $? 0 "G12 a chain is made small" || diag "$(tail -n 20 "$work/err" "$work/out")"
left=$(sed -n 's/^\([0-9]*\) items and .* are left.*/\1/p' "$work/out")
[ "${left:-9}" -lt 5 ]
ok $? "G12 a chain: $left items of 5 are left"
run repro "$work/chain.tst"
is "$(fingerprint "$work/out")" "$(cat "$work/before")" "G12 a chain: it comes out the same"
# shellcheck disable=SC2086
if check "G13 a chain: a program without a warning" ${CC:-cc} -Wall -Wextra -Wpedantic -Werror -I"$top_srcdir/include" \
    ${SAN_FLAGS:-} -o "$work/chain" "$work/chain.c" "$top_builddir/.libs/libopensspi-twin.so"; then
    : >"$work/statuses"
    for provider in $PROVIDERS; do
        LD_LIBRARY_PATH=$top_builddir/.libs "$work/chain" "$provider" 2>&1 | sed -n "s/^$provider: .*policy //p" >>"$work/statuses"
    done
    is "$(wc -l <"$work/statuses")" "$(echo $PROVIDERS | wc -w)" "G13 a chain: each provider is asked"
    is "$(sort -u "$work/statuses")" "$(sed -n 's/^  openssl *reject \(0x[0-9a-f]*\) .*/\1/p' "$work/out")" "G13 a chain: and says what the case does"
fi
printf 'kind: chain\nrole: accept\n> 4300000002 30\n' >"$work/odd.tst"
run repro "$work/odd.tst"
is $? 2 "a file with half a certificate: 2"
run repro "$work/none.tst"
is $? 2 "a file that is not there: 2"
printf 'role: accept\n> 1\n' >"$work/odd.tst"
run repro "$work/odd.tst"
is $? 2 "a file with half an octet: 2" && grep -q ':2: ' "$work/err"
ok $? "and its line"
printf 'role: initialize\nprofile: alpn\n> 1503030002 0228\n' >"$work/alert.tst"
run repro "$work/alert.tst" --out "$work/copy.tst" --c "$work/alert.c"
[ $? -le 1 ] && grep -q '^profile: alpn' "$work/copy.tst" && grep -q 'SECPKG_CRED_OUTBOUND' "$work/alert.c"
ok $? "a client's stimulus, with the profile it needs" || diag "$(cat "$work/err")"
run repro "$work/alert.tst" --c "$work/nowhere/x.c"
is $? 2 "a file that cannot be written: 2"
tap_done
