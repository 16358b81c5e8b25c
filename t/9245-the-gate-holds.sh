#!/bin/sh
# SPDX-License-Identifier: MIT
# sspi diff run --ci on the project's own seeds and their mutations: every divergence is explained.  With
# $OPENSSPI_QUICK a part of them, and then no rule can be stale; on libraries other than the pinned ones new
# divergences are drift.
. "${top_srcdir:?}/t/lib.sh"

diff=$top_builddir/t/sspi-diff
[ -x "$diff" ] || skip_all "sspi-diff is not built: libarchive and jansson are missing"
[ "$(echo $PROVIDERS | wc -w)" -eq 3 ] || skip_all "the rules are about three providers; built are: $PROVIDERS"
set -- --corpora none
[ -z "${OPENSSPI_QUICK:-}" ] || set -- "$@" --shard 1/12
"$diff" run --ci --quiet --data "$top_srcdir/tools/diff" --json "$work/run.jsonl" "$@" >"$work/out" 2>&1
is $? 0 "G11 the gate: nothing is unexplained, no rule is stale" || diag "$(tail -n 30 "$work/out")"
check "G14 the run follows the schema" "$top_builddir/t/schema-check" "$top_srcdir/tools/diff/report/schema.json" "$work/run.jsonl"
check "G14 and becomes a page" "$diff" report --html "$work/run.html" --rules "$top_srcdir/tools/diff/rules" "$work/run.jsonl"
"$diff" explain --rules "$top_srcdir/tools/diff/rules" "$work/run.jsonl" >"$work/explained"
is $? 0 "G11 explain says of the run what the run said" || diag "$(tail -n 20 "$work/explained")"
tap_done
