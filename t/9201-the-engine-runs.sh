#!/bin/sh
# SPDX-License-Identifier: MIT
# sspi-diff on its own seeds: cases run, come in order, repeat themselves, and one provider agrees with itself.
. "${top_srcdir:?}/t/lib.sh"
diff=$top_builddir/t/sspi-diff
data=$top_srcdir/tools/diff
unset OPENSSPI_PROVIDER OPENSSPI_LOG OPENSSPI_CORPORA
[ -x "$diff" ] || { skip "sspi-diff was not built: no libarchive or jansson" "sspi-diff"; tap_done; exit; }
# live pairs have a test of their own
run() { "$diff" "$@" --kind replay --data "$data" --rules none --corpora none >"$work/out" 2>"$work/err"; }

backends=$(echo $PROVIDERS | tr ' ' ,)
run list --mutations 0
is $? 0 "the seeds are listed" && seeds=$(wc -l <"$work/out")
[ "$seeds" -ge 100 ]
ok $? "at least a hundred of them ($seeds)"
check "sorted, and none twice" sort -uc "$work/out"

for provider in $PROVIDERS; do
    run run --mutations 0 --backends $provider,$provider,$provider --json "$work/self-$provider"
    is $? 0 "$provider agrees with itself in everything that counts" || diag "$(head -n 20 "$work/out" "$work/err")"
    [ "$(grep -c '"verdict":"AGREE"' "$work/self-$provider")" -eq "$seeds" ]
    ok $? "$provider: $seeds cases agree" || diag "$(grep '^ ' "$work/out")"
done

# verdicts FILE: names and verdicts, in the order they were written
verdicts() { sed -n 's/.*"name":"\([^"]*\)".*"verdict":"\([^"]*\)".*/\1 \2/p' "$1"; }
if [ "$(echo $PROVIDERS | wc -w)" -gt 1 ]; then
    run run --mutations 0 --backends $backends --json "$work/first"
    [ $? -le 1 ]
    ok $? "all providers, one after the other" || diag "$(cat "$work/err")"
    verdicts "$work/first" >"$work/first.verdicts"
    run run --mutations 0 --backends $backends --json "$work/second" --shuffle 7 --jobs 3
    verdicts "$work/second" >"$work/second.verdicts"
    check "in another order the verdicts are the same, and so is theirs" cmp "$work/first.verdicts" "$work/second.verdicts"
    for shard in 1 2 3; do
        run run --mutations 0 --backends $backends --json "$work/shard-$shard" --shard $shard/3
        verdicts "$work/shard-$shard"
    done | sort >"$work/shards"
    sort "$work/first.verdicts" | cmp -s - "$work/shards"
    ok $? "three shards make one whole"
    is "$(grep -c '"broken":0,' "$work/first")" 1 "no invariant is broken" || diag "$(grep INVARIANT "$work/out")"
    "$diff" repro seed/odd-http --data "$data" >"$work/out" 2>&1
    is $? 0 "a case is run by its name"
    id=$(head -n 1 "$work/out" | cut -d' ' -f1)
    "$diff" repro "$id" --data "$data" >"$work/again" 2>&1
    is "$(head -n 1 "$work/again")" "$(head -n 1 "$work/out")" "and by its id"
fi

run show seed/odd-http
grep -q '^> 474554' "$work/out"
ok $? "what a case feeds is shown"
run repro seed/nothing
is $? 2 "a case that is not there: 2"
run run --level L9
is $? 2 "a level that is not there: 2"
run run --backends openssl,nothing
is $? 2 "a provider that is not there: 2"
installed=$(grep -aohE '/[[:alnum:]/._+-]*/opensspi/sspi-diff' "$sspi" "$top_builddir/t/.libs/sspi" 2>/dev/null | head -n 1)
if [ -n "$installed" ] && [ -e "$installed" ]; then
    skip "$installed is there, and is run" "sspi diff says which package has the program"
else
    "$sspi" diff list >"$work/out" 2>&1
    [ $? -eq 2 ] && grep -q "^sspi diff: $installed is not there: the package opensspi-diff has it$" "$work/out"
    ok $? "sspi diff says which package has the program" || diag "$(head -n 5 "$work/out")"
fi
tap_done
