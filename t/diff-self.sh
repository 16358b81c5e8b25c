#!/bin/sh
# SPDX-License-Identifier: MIT
# diff-self.sh [OPTION...]: each provider three times over: nothing may differ, at no level, in no kind of case.  `make
# diff-self` is the whole gate.
#
# PROVIDERS: whom.  0: all agree; 1: not; 2: no run.
set -u
diff=${top_builddir:?}/t/sspi-diff
work=$(mktemp -d "${TMPDIR:-/tmp}/diff-self.XXXXXX") || exit 2
trap 'rm -rf "$work"' EXIT
trap 'exit 2' INT TERM
differ=0
for p in ${PROVIDERS:?}; do
    "$diff" run --quiet --backends "$p,$p,$p" --level L0 --rules none --data "${top_srcdir:?}/tools/diff" \
        --json "$work/run" "$@" >"$work/out" 2>&1
    [ $? -le 1 ] || { cat "$work/out"; exit 2; }
    echo "$p: $(tail -n 1 "$work/out")"
    # What breaks an invariant by itself is in the rules, and no difference between copies.
    sed -n 's/^{"id":"\([0-9a-f]*\)","name":"\([^"]*\)".*"verdict":"\([A-Z_]*\)".*/\3 \1 \2/p' "$work/run" | grep -Ev '^(AGREE|SKIP) ' >"$work/differ"
    while read -r verdict id name; do
        case $verdict in
        INVARIANT | NONDET | ORDER_DEP | CRASH | HANG) echo "  $verdict $id $name" ;;
        *) echo "  $verdict $id $name: of one provider with itself" ;;
        esac
        differ=1
    done <"$work/differ"
done
exit $differ
