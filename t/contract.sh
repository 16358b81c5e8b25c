#!/bin/sh
# SPDX-License-Identifier: MIT
# make contract: one line for each item of t/contract.ids and each provider, with the test that proves it.
# Takes the logs of the last `make check` where nothing newer was built, and runs the tests of the others.
set -u
: "${top_srcdir:?}" "${PROVIDERS:?}" "${TESTS:?}" "${AWK:=awk}" "${MAKE:=make}"

# The tests whose source names an item, those of the contract itself first.
named=
for family in 6 3 5 7 8 2 4 1 0; do
    for test in $TESTS; do
        case $test in "t/$family"*) ;; *) continue ;; esac
        case $test in *.sh) source=$top_srcdir/$test ;; *) source=$top_srcdir/$test.c ;; esac
        [ -e "$source" ] && grep -qE '"[^"]*\b[SWKD][0-9]' "$source" && named="$named $test"
    done
done

stale=
logs=
for test in $named; do
    log=${test%.sh}.log
    logs="$logs $log"
    program=$test
    case $test in *.sh) program=$top_srcdir/$test ;; esac
    for part in "$program" .libs/libopensspi-twin.so .libs/libopensspi.so providers/.libs/*.so; do
        [ -e "$part" ] || continue
        [ "$log" -nt "$part" ] && [ -e "${log%.log}.trs" ] && continue
        rm -f "$log" "${log%.log}.trs"
        stale="$stale $log"
        break
    done
done
if [ -n "$stale" ]; then
    # shellcheck disable=SC2086
    $MAKE $stale >contract.out 2>&1 || { tail -n 20 contract.out; exit 1; }
    rm -f contract.out
fi

died=
for log in $logs; do
    grep -q '^:test-result: ERROR' "${log%.log}.trs" && died="$died ${log%.log}"
done
# shellcheck disable=SC2086
$AWK -v providers="$PROVIDERS" -v died="$died" -f "$top_srcdir/t/contract.awk" \
    "$top_srcdir/t/contract.ids" "$top_srcdir/doc/providers.md" $logs
