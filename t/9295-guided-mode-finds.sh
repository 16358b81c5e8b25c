#!/bin/sh
# SPDX-License-Identifier: MIT
# Guided mode: from one ordinary seed it finds what a lying provider (t/lies) does, writes streams that show it again,
# comes out the same for the same seed, and an execution costs a fraction of a case.  AFL++ drives the same executions.
. "${top_srcdir:?}/t/lib.sh"
umask 022
diff=$top_builddir/t/sspi-diff
afl=$top_builddir/t/sspi-diff-afl
[ -x "$diff" ] || skip_all "sspi-diff was not built: no libarchive or jansson"
unset OPENSSPI_PROVIDER OPENSSPI_CORPORA
OPENSSPI_LOG=all+error
export OPENSSPI_LOG
chmod 755 "$work"
mkdir -p "$work/data/seeds"
cp -r "$top_srcdir/tools/diff/pki" "$top_srcdir/tools/diff/rules" "$work/data/"
cp "$top_srcdir/tools/diff/seeds/curl-default.tst" "$work/data/seeds/"
"$diff" guide --out "$work/none" --data "$work/data" >"$work/out" 2>&1
if grep -q 'without libFuzzer' "$work/out"; then
    skip "built without libFuzzer" "guided mode by libFuzzer"
    libfuzzer=no
else
    libfuzzer=yes
    grep -q 'guide takes' "$work/out"
    ok $? "G17 guided mode says what it takes"
fi

same=${PROVIDERS%% *},${PROVIDERS%% *}
all=$(echo $PROVIDERS | tr ' ' ,)

# guide NAME OPTION...: one process, from the one seed
guide() {
    name=$1; shift
    "$diff" guide --jobs 1 --seed 1 --corpora none --mutations 0 --data "$work/data" --out "$work/$name" "$@" >"$work/$name.out" 2>&1
}
with_libfuzzer() {
    guide first --runs 600 --backends $same --rules none --corpus "$work/one"
    is $? 0 "G17 a provider beside itself: nothing is found" || diag "$(tail -n 5 "$work/first.out")"
    guide second --runs 600 --backends $same --rules none --corpus "$work/two"
    is "$(ls "$work/two")" "$(ls "$work/one")" "G17 one process and a count of executions: a seed makes a run again"
    [ "$(ls "$work/one" | wc -l)" -ge 20 ]
    ok $? "G17 answers of other kinds are kept ($(ls "$work/one" | wc -l) inputs)"
    [ "$(ls "$work/first" | wc -l)" -ge 3 ]
    ok $? "G17 and streams are made of them ($(ls "$work/first" | wc -l))"
    smaller=$(for f in "$work/first"/*.tst; do wc -c <"$f"; done | sort -n | sed -n 2p)
    [ "$smaller" -lt "$(wc -c <"$work/data/seeds/curl-default.tst")" ]
    ok $? "G12 which are small (one of $smaller characters)"
    "$diff" run --streams "$work/first" --only 'stream/*' --backends $same --rules none --corpora none --mutations 0 \
        --data "$work/data" >"$work/out" 2>&1
    is $? 0 "G17 and that a run reads" || diag "$(cat "$work/out")"
    [ -z "${SAN_FLAGS:-}" ] || { skip "of time: without sanitizers" "G17 what an execution costs"; return; }

    # processor time, both of one job on one machine: no clock of the machine's decides
    guide rate --runs 3000 --count 1 --backends "$all"
    cost=$(sed -n 's/.* \([0-9]*\) with the fuzzer.*/\1/p' "$work/rate.out")
    rate=$(sed -n 's/.* with the fuzzer: \([0-9]*\)\/s by the time of 1 processor$/\1/p' "$work/rate.out")
    [ "${rate:-0}" -gt 0 ] && [ $((rate * (cost - 1))) -le 1000000 ] && [ $((rate * (cost + 1))) -ge 1000000 ]
    ok $? "G17 the search says its rate by processor time ($rate/s)"
    "$diff" run --kind replay --jobs 1 --mutations 400 --backends "$all" --corpora none --data "$work/data" >"$work/out" 2>&1
    whole=$(sed -n 's/^\([0-9]*\) cases.* \([0-9.]*\) s of processors.*/\1 \2/p' "$work/out" | awk '{ printf "%d", $2 * 1e6 / $1 }')
    [ "${cost:-0}" -gt 0 ] && [ $((cost * 5 / 2)) -le "${whole:-0}" ]
    ok $? "G17 an execution costs at most two fifths of a case ($cost us against $whole us)" || diag "$(tail -n 3 "$work/rate.out")"
}

# Lies: a provider that drives OpenSSL's.
lies() {
    mkdir "$work/modules" "$work/manifests" "$work/conf"
    cp "$OPENSSPI_MANIFESTDIR/50-openssl.provider" "$work/manifests/"
    cp "$OPENSSPI_PROVIDERDIR/openssl.so" "$top_builddir/t/lies/lies.so" "$work/modules/"
    printf '[package Schannel]\nproviders = openssl\n' >"$work/conf/opensspi.conf"
    OPENSSPI_PROVIDERDIR=$work/modules OPENSSPI_MANIFESTDIR=$work/manifests OPENSSPI_CONFDIR=$work/conf
    export OPENSSPI_PROVIDERDIR OPENSSPI_MANIFESTDIR OPENSSPI_CONFDIR
    for lie in honest handshake_fears_ccs handshake_spares_alerts crash; do
        printf '[provider lies]\nmodule = lies.so\nabi = 1\nx-module = %s\nx-lie = %s\n' "$work/modules/openssl.so" "$lie" \
            >"$work/manifests/60-lies.provider"
        if [ $lie != honest ]; then
            "$diff" run --backends openssl,lies --level L0 --rules none --corpora none --mutations 0 --kind replay \
                --data "$work/data" >"$work/out" 2>&1
            is $? 0 "G17 $lie: the seed as it stands does not show it" || diag "$(cat "$work/out")"
        fi
        guide $lie --runs 1200 --backends openssl,lies --level L0 --rules none
        said=$?
        [ $lie != honest ] || { is $said 0 "G17 without a lie nothing is found" || diag "$(cat "$work/honest.out")"; continue; }
        is $said 1 "G17 $lie is found" || diag "$(tail -n 3 "$work/$lie.out")"
        stream=$(ls "$work/$lie"/finding-*.tst 2>/dev/null | head -n 1)
        "$diff" repro "${stream:-none.tst}" --backends openssl,lies --level L0 --data "$work/data" >"$work/out" 2>&1
        is $? 1 "G17 and its stream shows it again: $(tail -n 1 "$work/out")" || diag "$(cat "$work/out" "$work/$lie.out")"
    done
    is "$(tail -n 1 "$work/out")" "CRASH, to be explained" "G15 what kills the process leaves the stream that does"
}

with_afl() {
    unset AFL_CUSTOM_MUTATOR_LIBRARY ASAN_OPTIONS
    "$afl" --corpora none --data "$work/data" --corpus "$work/sown"
    is "$(ls "$work/sown" | wc -l)" 1 "G17 the seed is an input for AFL++"
    is "$("$afl" --data "$work/data" <"$work/sown/$(ls "$work/sown")" 2>&1)" "1 tuples" "G17 which is executed alone too"
    AFL_SKIP_CPUFREQ=1 AFL_I_DONT_CARE_ABOUT_MISSING_CRASHES=1 AFL_NO_UI=1 AFL_NO_AFFINITY=1 \
        AFL_CUSTOM_MUTATOR_LIBRARY=$top_builddir/t/.libs/afl-mutator.so \
        timeout 600 afl-fuzz -s 1 -E 500 -t 5000 -m none -i "$work/sown" -o "$work/afl" -- "$afl" --data "$work/data" >"$work/out" 2>&1
    inputs=$(ls "$work/afl/default/queue" 2>/dev/null | wc -l)
    [ "$inputs" -ge 5 ]
    ok $? "G17 AFL++ keeps what is answered as nothing before ($inputs inputs)" || diag "$(tail -n 8 "$work/out")"
    [ $libfuzzer = yes ] || return
    guide reaped --corpus "$work/afl/default/queue" --backends $same --rules none
    is $? 0 "G17 its inputs are judged"
    [ "$(ls "$work/reaped" | wc -l)" -ge 1 ]
    ok $? "G17 and made streams ($(ls "$work/reaped" | wc -l))" || diag "$(cat "$work/reaped.out")"
}

[ $libfuzzer = no ] || with_libfuzzer
if [ ! -x "$afl" ] || ! command -v afl-fuzz >/dev/null; then
    skip "no afl++ here" "G17 AFL++"
elif [ -n "${SAN_FLAGS:-}" ]; then
    skip "AFL++ gives a sanitizer no room" "G17 AFL++"
else
    with_afl
fi
if [ $libfuzzer = no ] || [ -n "${SAN_FLAGS:-}" ]; then
    skip "the modules of a sanitizer build need its runtime first, or there is no libFuzzer" "G17 lies"
else
    lies
fi
tap_done
