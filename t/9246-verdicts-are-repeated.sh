#!/bin/sh
# SPDX-License-Identifier: MIT
# The same verdicts again and in another order, and none where one provider stands three times: on a part of the cases.
# `make diff-repeat` and `make diff-self` are the whole.
. "${top_srcdir:?}/t/lib.sh"

diff=$top_builddir/t/sspi-diff
[ -z "${SAN_FLAGS:-}" ] || skip_all "of what is made of runs: t/9201 and t/9224 run under sanitizers"
[ -x "$diff" ] || skip_all "sspi-diff is not built: libarchive and jansson are missing"
unset OPENSSPI_PROVIDER OPENSSPI_CORPORA
set -- --corpora none --shard 1/160

DIFF_REPEAT='0 0 7' sh "$top_srcdir/t/diff-repeat.sh" "$@" >"$work/out" 2>&1
is $? 0 "G20 in order twice, then shuffled: the same verdicts" || diag "$(tail -n 20 "$work/out")"
is "$(grep -c '^run [123]' "$work/out")" 3 "G20 three runs"
sh "$top_srcdir/t/diff-self.sh" "$@" >"$work/out" 2>&1
is $? 0 "G20 each provider three times over: no difference" || diag "$(tail -n 20 "$work/out")"
for p in $PROVIDERS; do
    check "G20 $p: cases of every kind were compared" grep -q "^$p: [1-9][0-9]* cases" "$work/out"
done

# A run that flips one verdict when it is shuffled, and providers that are not equal.
mkdir -p "$work/other/t"
cat >"$work/other/t/sspi-diff" <<'END'
#!/bin/sh
"$DIFF" "$@"
said=$?
case "$*" in
run*'--shuffle 7'*) sed -i '5s/"verdict":"[A-Z_]*"/"verdict":"HANG"/' "$FLIPPED" ;;
run*'--level L0'*) sed -i '5s/"verdict":"[A-Z_]*"/"verdict":"HANG"/' "$FLIPPED" ;;
esac
exit $said
END
sed -i 's/"\$FLIPPED"/"$(printf "%s\\n" "$@" | sed -n "\/^--json\\$\/{n;p;}")"/' "$work/other/t/sspi-diff"
chmod +x "$work/other/t/sspi-diff"
DIFF=$diff
export DIFF
top_builddir=$work/other DIFF_REPEAT='0 7' sh "$top_srcdir/t/diff-repeat.sh" "$@" --kind replay >"$work/out" 2>&1
is $? 1 "G20 a verdict that flips would be noticed" && grep -q 'HANG' "$work/out"
ok $? "G20 and named" || diag "$(tail -n 5 "$work/out")"
top_builddir=$work/other sh "$top_srcdir/t/diff-self.sh" "$@" --kind replay >"$work/out" 2>&1
is $? 1 "G20 so would a provider that differs from itself" || diag "$(tail -n 5 "$work/out")"
tap_done
