#!/bin/sh
# SPDX-License-Identifier: MIT
# Runs as TAP, JUnit and a page; merged, compared with older ones, and held against rules.
. "${top_srcdir:?}/t/lib.sh"
. "$top_srcdir/t/diff-sample.sh"

diff=$top_builddir/t/sspi-diff
[ -x "$diff" ] || skip_all "sspi-diff is not built: libarchive and jansson are missing"
schema=$top_srcdir/tools/diff/report/schema.json
run=$work/run.jsonl
sample 3.0.22 1/1 >"$run"
says() { grep -q -- "$1" "$2"; }
# fails CODE WORDS NAME COMMAND...
fails() {
    code=$1 words=$2 name=$3
    shift 3
    "$@" >"$work/fails.out" 2>&1
    is "$?" "$code" "$name: exit $code" || diag "$(cat "$work/fails.out")"
    check "$name: it says why" says "$words" "$work/fails.out" || diag "$(cat "$work/fails.out")"
}

# ---- the schema ----
check "G14 schema: a run follows it" "$top_builddir/t/schema-check" "$schema" "$run"
for change in 's/"wait"/"maybe"/' 's/"STATE_DIFF"/"ODD"/' 's/"id":"0/"id":"x/' 's/"format":1/"format":2/' \
    's/"fed":310/"fed":-1/' 's/"us":120/"we":120/' 's/"alert":47/"alert":470/' 's/"ch.tls13"/"a token"/' 's/"unexplained"/"un"/'; do
    sed "$change" "$run" >"$work/other.jsonl"
    ! "$top_builddir/t/schema-check" "$schema" "$work/other.jsonl" >/dev/null
    ok $? "G14 schema: refuses $change"
done

# ---- TAP ----
"$diff" report --tap "$run" >"$work/tap"
is "$(grep -c '^ok\|^not ok' "$work/tap")" 4 "G14 TAP: two groups, the stale rules and the end" || diag "$(cat "$work/tap")"
check "G14 TAP: a group with an unexplained case fails" says '^not ok 1 - accept/odd: 15 cases, 10 differ, 4 explained, 1 unexplained' "$work/tap"
check "G14 TAP: and says how to repeat it" says "repeat: 'sspi diff repro 000000001005'" "$work/tap"
check "G14 TAP: a stale rule fails" says '^not ok 3 - no rule is stale' "$work/tap"
check "G14 TAP: a plan" says '^1\.\.4$' "$work/tap"
sed '$d' "$run" >"$work/short.jsonl"
"$diff" report --tap "$work/short.jsonl" >"$work/tap"
check "G14 TAP: a run that broke off fails" says '^not ok 4 - the run came to its end' "$work/tap"

# ---- JUnit ----
check "G14 JUnit: written" "$diff" report --junit "$work/junit.xml" "$run"
is "$(grep -c '<testcase ' "$work/junit.xml")" 32 "G14 JUnit: thirty cases, the rules, the end"
is "$(grep -c '<failure ' "$work/junit.xml")" 3 "G14 JUnit: two unexplained, one stale"
check "G14 JUnit: markup in names is text" says 'name="accept/odd/&lt;img+src=x&gt;&amp;amp;~5"' "$work/junit.xml"
if have xmllint; then
    check "G14 JUnit: well-formed" xmllint --noout "$work/junit.xml"
else
    skip "no xmllint here" "G14 JUnit: well-formed"
fi

# ---- the page ----
check "G14 page: written" "$diff" report --html "$work/page.html" "$run"
is "$(grep -c '</script>' "$work/page.html")" 2 "G14 page: a name cannot end the data"
! grep -q '<img src=x' "$work/page.html"
ok $? "G14 page: markup in names stays data"
! grep -qE '(src|href)="?(https?:)?//' "$work/page.html"
ok $? "G14 page: nothing is fetched"
fails 2 'usage:' "a report without a form" "$diff" report "$run"
fails 2 'no JSON object' "a report of something else" "$diff" report --tap "$schema"
echo '{"summary":{}}' >"$work/other.jsonl"
fails 2 'no run of sspi diff' "a report of other JSON" "$diff" report --tap "$work/other.jsonl"
fails 2 'No such file' "a report of nothing" "$diff" report --tap "$work/none.jsonl"
fails 2 'cannot\|No such' "a report to nowhere" "$diff" report --html "$work/none/page.html" "$run"

# ---- merging ----
for i in 1 2 3; do sample 3.0.22 $i/3 "i % 3 == $i - 1" >"$work/$i.jsonl"; done
"$diff" merge "$work/3.jsonl" "$work/1.jsonl" "$work/2.jsonl" >"$work/merged.jsonl"
is $? 1 "G16 merge: exits as the run would"
# (the order of names is by base, then by seed)
sed '1d;$d' "$work/merged.jsonl" | LC_ALL=C sort >"$work/merged.cases"
sed '1d;$d' "$run" | LC_ALL=C sort >"$work/run.cases"
check "G16 merge: the same cases" cmp "$work/run.cases" "$work/merged.cases"
is "$(head -n 1 "$work/merged.jsonl")" "$(head -n 1 "$run")" "G16 merge: the same manifest"
check "G16 merge: the summary is computed again" says '"unexplained":2,.*"grave":0,"stale":\["never-used"\],"rules":{"gnutls-keeps-waiting":8}' "$work/merged.jsonl"
check "G16 merge: the schema holds" "$top_builddir/t/schema-check" "$schema" "$work/merged.jsonl"
fails 2 'is one of 3 shards, and 2 are given' "G16 merge: a shard is missing" "$diff" merge "$work/1.jsonl" "$work/2.jsonl"
fails 2 'are the same shard' "G16 merge: a shard twice" "$diff" merge "$work/1.jsonl" "$work/2.jsonl" "$work/2.jsonl"
sample 3.0.11 3/3 'i % 3 == 2' >"$work/old.jsonl"
fails 2 'their backends differ' "G16 merge: other versions" "$diff" merge "$work/1.jsonl" "$work/2.jsonl" "$work/old.jsonl"
sed '$d' "$work/3.jsonl" >"$work/short.jsonl"
fails 2 'breaks off' "G16 merge: a shard that broke off" "$diff" merge "$work/1.jsonl" "$work/2.jsonl" "$work/short.jsonl"

# ---- drift ----
sample 3.0.11 1/1 >"$work/old.jsonl"
"$diff" drift "$work/old.jsonl" "$run" >"$work/drift"
is $? 1 "G3 drift: exit 1"
check "G3 drift: counted" says '^20 of 30 cases came out differently: openssl 3.0.11, .* -> openssl 3.0.22' "$work/drift" || diag "$(tail -n 3 "$work/drift")"
check "G3 drift: no drift between a run and itself" "$diff" drift "$run" "$run"
check "G3 drift: on the page" "$diff" report --html "$work/page.html" --drift "$work/old.jsonl" "$run"
check "G3 drift: with its versions" says '"from":{"openssl":"3.0.11"' "$work/page.html"
sed '1s/common-1/common-0/' "$run" >"$work/other.jsonl"
fails 2 'other profiles' "G3 drift: of another profile" "$diff" drift "$work/other.jsonl" "$run"

# ---- rules after the fact ----
cat >"$work/a.rules" <<'END'
pinned: openssl 3.0.22, gnutls 3.7.9, wolfssl 5.5.4
[gnutls-keeps-waiting]
when:  ch.ext.dup
class: STATE_DIFF
see:   openssl=reject/parse gnutls=wait wolfssl=reject/none/0x80090308
why:   a made-up reason for a made-up run
ref:   RFC 8446 4.2
END
"$diff" explain --rules "$work/a.rules" "$run" >"$work/explained"
is $? 1 "G11 explain: something is left"
check "G11 explain: how often a rule is used" says '^ *5  gnutls-keeps-waiting (a.rules:2)' "$work/explained"
check "G11 explain: what is left, by what was seen" says '^5  STATE_DIFF: openssl reject/parse/47, gnutls wait, wolfssl reject$' "$work/explained" || diag "$(cat "$work/explained")"
check "G11 explain: and what it has in common" says '^ *ch ch.tls13 role.accept live.peer.gnutls([0-9]*)$' "$work/explained"
sed -i 's/when:  ch.ext.dup/when:  ch/' "$work/a.rules"
check "G11 explain: nothing is left" "$diff" explain --rules "$work/a.rules" "$run"
fails 2 'a.rules:8' "G11 explain: refused rules" sh -c "echo 'when: x/y' >>'$work/a.rules'; '$diff' explain --rules '$work/a.rules' '$run'"

tap_done
