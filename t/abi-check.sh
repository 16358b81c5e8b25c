#!/bin/sh
# SPDX-License-Identifier: MIT
# t/abi-check.sh -- what a program compiled yesterday relies on: symbols, parameters, layouts, by libabigail.
#   abi-check.sh dump LIBRARY HEADERS >DUMP    the exported ABI, without places and private types
#   abi-check.sh check LIBRARY HEADERS DUMP    fails where a program made for DUMP would not run with LIBRARY
# An addition passes and is named.  77: nothing was compared, and why.  `make abi-check`, `make abi-dump`.
LC_ALL=C; export LC_ALL
usage() { echo "usage: $0 dump LIBRARY HEADERS | check LIBRARY HEADERS DUMP" >&2; exit 2; }
unable() { echo "abi-check: $*, nothing was compared" >&2; exit 77; }
[ $# -ge 3 ] || usage
verb=$1 library=$2 headers=$3 dump=${4:-}
command -v abidw >/dev/null 2>&1 && command -v abidiff >/dev/null 2>&1 || unable 'no abidw: install abigail-tools'
# Without debugging information everything would look alike.
readelf -S "$library" 2>/dev/null | grep -q ' \.debug_info' || unable "$library was built without -g"
work=$(mktemp -d "${TMPDIR:-/tmp}/abi.XXXXXX") || exit 99
trap 'rm -rf "$work"' EXIT

# Types are named by their contents and files from the top, so that a new dump differs in what changed and no more.
abidw --no-show-locs --no-comp-dir-path --no-corpus-path --no-elf-needed --no-parameter-names \
    --no-write-default-sizes --exported-interfaces-only --type-id-style hash --drop-private-types \
    --headers-dir "$headers" --out-file "$work/now" "$library" 2>"$work/err" || { cat "$work/err" >&2; exit 99; }
sed "s,^\( *<abi-instr .*\)path='[./]*/,\1path='," "$work/now" >"$work/now.abi"
case $verb in
dump) cat "$work/now.abi"; exit ;;
check) [ -s "$dump" ] || usage ;;
*) usage ;;
esac
machine() { sed -n "1s/.*architecture='\([^']*\)'.*/\1/p" "$1"; }
[ "$(machine "$dump")" = "$(machine "$work/now.abi")" ] ||
    unable "$dump is of $(machine "$dump") and $library of $(machine "$work/now.abi")"

# abidiff keeps silent about what no compiled program notices (a typedef's new name); of the rest, only what is
# new does no harm.
abidiff --no-added-syms --no-show-locs "$dump" "$work/now.abi" >"$work/report" 2>&1
[ $? -eq 0 ] || {
    cat "$work/report"
    echo "not ok: programs that run with $dump would not run with $library."
    echo 'Where the change is meant, raise the version of the library, then: make abi-dump'
    exit 1
}
symbols() { sed -n "s/.*<elf-symbol name='\([^']*\)' version='\([^']*\)'.*/\1@\2/p; s/.*<elf-symbol name='\([^']*\)' type.*/\1/p" "$1" | sort -u; }
symbols "$dump" >"$work/before"
symbols "$work/now.abi" | comm -13 "$work/before" - >"$work/added"
[ ! -s "$work/added" ] || {
    echo 'new since the dump, which does no harm; refresh it with `make abi-dump`:'
    sed 's/^/    /' "$work/added"
}
echo "ok: programs that run with $dump run with $library"
