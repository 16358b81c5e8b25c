#!/bin/sh
# SPDX-License-Identifier: MIT
# diff-self.sh [OPTION...]: each provider three times over: nothing may differ, at no level, in no kind of case.  `make
# diff-self` is the whole gate.
#
# PROVIDERS: whom.  0: all agree; 1: not; 2: no run.  An invariant that all three copies break alike is named: the rules
# know it, and it is no difference.
set -u
diff=${top_builddir:?}/t/sspi-diff
work=$(mktemp -d "${TMPDIR:-/tmp}/diff-self.XXXXXX") || exit 2
trap 'rm -rf "$work"' EXIT
trap 'exit 2' INT TERM
# alike ID: do the three copies of $p break the same invariants in the same words?
alike() {
    sed -n "s/^{\"id\":\"$1\".*\"invariants\":\[\"\(.*\)\"\],\"backends\".*/\1/p" "$work/run" | sed 's/","/\n/g' >"$work/broken"
    for copy in "$p" "$p#2" "$p#3"; do sed -n "s/^$copy //p" "$work/broken" >"$work/of.${copy#"$p"}"; done
    [ -s "$work/of." ] && cmp -s "$work/of." "$work/of.#2" && cmp -s "$work/of." "$work/of.#3"
}
differ=0
for p in ${PROVIDERS:?}; do
    "$diff" run --quiet --backends "$p,$p,$p" --level L0 --rules none --data "${top_srcdir:?}/tools/diff" \
        --json "$work/run" "$@" >"$work/out" 2>&1
    [ $? -le 1 ] || { cat "$work/out"; exit 2; }
    echo "$p: $(tail -n 1 "$work/out")"
    sed -n 's/^{"id":"\([0-9a-f]*\)","name":"\([^"]*\)".*"verdict":"\([A-Z_]*\)".*/\3 \1 \2/p' "$work/run" | grep -Ev '^(AGREE|SKIP) ' >"$work/differ"
    while read -r verdict id name; do
        case $verdict in
        INVARIANT | NONDET)
            alike "$id" && { echo "  $id $name: each breaks the same invariant, which is no difference"; continue; }
            echo "  $verdict $id $name" ;;
        ORDER_DEP | CRASH | HANG) echo "  $verdict $id $name" ;;
        *) echo "  $verdict $id $name: of one provider with itself" ;;
        esac
        differ=1
    done <"$work/differ"
done
exit $differ
