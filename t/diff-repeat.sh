#!/bin/sh
# SPDX-License-Identifier: MIT
# diff-repeat.sh [OPTION...]: the run with these options five times in order and three times shuffled; each case has to
# come to the same each time.  Names a case that does not, with both outcomes.  `make diff-repeat` is the whole gate.
#
# DIFF_REPEAT: the orders, 0 for that of the names and others for seeds of a shuffle.  0: alike; 1: not; 2: no run.
set -u
diff=${top_builddir:?}/t/sspi-diff
work=$(mktemp -d "${TMPDIR:-/tmp}/diff-repeat.XXXXXX") || exit 2
trap 'rm -rf "$work"' EXIT
trap 'exit 2' INT TERM
flips=0 runs=0
for order in ${DIFF_REPEAT:-0 0 0 0 0 1 2 3}; do
    [ $runs -eq 0 ] && run=$work/first || run=$work/again
    "$diff" run --quiet --data "${top_srcdir:?}/tools/diff" --shuffle "$order" --json "$run" "$@" >"$work/out" 2>&1
    said=$?
    [ $said -le 1 ] || { cat "$work/out"; exit 2; }
    runs=$((runs + 1))
    cases=$(($(wc -l <"$run") - 2))
    [ "$run" = "$work/first" ] && { first=$cases; said_first=$said; echo "run 1: $(tail -n 1 "$work/out")"; continue; }
    "$diff" drift "$work/first" "$run" >"$work/drift" 2>&1
    same=$?
    [ $same -le 1 ] || { cat "$work/drift"; exit 2; }
    [ $same -eq 0 ] && [ "$cases" -eq "$first" ] && [ $said -eq $said_first ] || flips=1
    [ "$order" = 0 ] && how="in order" || how="shuffled by $order"
    echo "run $runs, $how: exit $said, $cases cases, $(tail -n 1 "$work/drift" | sed 's/:.*//')"
    sed '$d' "$work/drift"
    # What invariants say of them: how it was, and how it was alone.
    sed -n 's/^\([0-9a-f]\{12\}\) .*/"id":"\1"/p' "$work/drift" | head -n 20 | grep -Ff - "$work/first" "$run" |
        sed -n 's/^[^:]*\/\([a-z]*\):{"id":"\([0-9a-f]*\)".*"invariants":\[\([^]]*[^]]\)\],"backends.*/    \1 \2: \3/p'
done
exit $flips
