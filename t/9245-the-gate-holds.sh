#!/bin/sh
# SPDX-License-Identifier: MIT
# sspi diff run --ci on a part of the project's own seeds and their mutations: every divergence is explained.
# `make diff-gate` runs all, and looks for rules that nothing needs; on libraries other than the pinned ones new
# divergences are drift.
. "${top_srcdir:?}/t/lib.sh"

diff=$top_builddir/t/sspi-diff
[ -z "${SAN_FLAGS:-}" ] || skip_all "of what is made of runs: t/9201 and t/9224 run under sanitizers"
[ -x "$diff" ] || skip_all "sspi-diff is not built: libarchive and jansson are missing"
[ "$(echo $PROVIDERS | wc -w)" -eq 3 ] || skip_all "the rules are about three providers; built are: $PROVIDERS"
set -- --corpora none --shard 1/12
"$diff" run --ci --quiet --data "$top_srcdir/tools/diff" --json "$work/run.jsonl" "$@" >"$work/out" 2>&1
is $? 0 "G11 the gate: nothing is unexplained" || diag "$(tail -n 30 "$work/out")"
check "G14 the run follows the schema" "$top_builddir/t/schema-check" "$top_srcdir/tools/diff/report/schema.json" "$work/run.jsonl"
check "G14 and becomes a page" "$diff" report --html "$work/run.html" --rules "$top_srcdir/tools/diff/rules" "$work/run.jsonl"
"$diff" explain --rules "$top_srcdir/tools/diff/rules" "$work/run.jsonl" >"$work/explained"
is $? 0 "G11 explain says of the run what the run said" || diag "$(tail -n 20 "$work/explained")"
tap_done
