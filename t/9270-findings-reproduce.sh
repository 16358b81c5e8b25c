#!/bin/sh
# SPDX-License-Identifier: MIT
# Every finding of doc/findings.md is seen again by the command that stands with it.
. "${top_srcdir:?}/t/lib.sh"
diff=$top_builddir/t/sspi-diff
page=$top_srcdir/doc/findings.md
corpora=${OPENSSPI_CORPORA:-$top_srcdir/../shared/corpora}
[ -f "$corpora/tls-streams.tar.xz" ] || corpora=none
unset OPENSSPI_PROVIDER OPENSSPI_LOG
[ -z "${SAN_FLAGS:-}" ] || skip_all "of what is made of runs: t/9201 and t/9224 run under sanitizers"
[ -x "$diff" ] || skip_all "sspi-diff was not built: no libarchive or jansson"
[ "$PROVIDERS" = "openssl gnutls wolfssl" ] || skip_all "not every provider is here"

# NAME VERDICT openssl gnutls wolfssl
awk '/^    sspi diff repro / { name = $4; gsub("\047", "", name) }
     name && /Seen: / { sub("[.]", "", $1); verdict = $1; states = ""
         for (i = 1; i < NF; i++) if ($i ~ /^(openssl|gnutls|wolfssl)$/) { s = $(i + 1); sub("[,;]", "", s); states = states " " s }
         print name, verdict states; name = "" }' "$page" >"$work/findings"
[ "$(wc -l <"$work/findings")" -eq "$(grep -c '^## ' "$page")" ]
ok $? "each of $(grep -c '^## ' "$page") findings has its command and what was seen"
here=$("$sspi" providers | awk '/^[a-z]/ { name = $1 } $1 == "library" { printf "%s%s %s", comma, name, $2; comma = ", " }')
pinned=$(sed -n 's/^pinned: //p' "$top_srcdir"/tools/diff/rules/*.rules)
while read -r name verdict openssl gnutls wolfssl; do
    case $name in
    accept/* | limbo/*) [ "$corpora" != none ] || { skip "no corpora here" "$name"; continue; } ;;
    esac
    "$diff" repro "$name" --data "$top_srcdir/tools/diff" --corpora "$corpora" >"$work/out" 2>&1
    grep -q "^$verdict" "$work/out" &&
        grep -qE "^ *openssl +$openssl" "$work/out" && grep -qE "^ *gnutls +$gnutls" "$work/out" && grep -qE "^ *wolfssl +$wolfssl" "$work/out"
    seen=$?
    [ $seen -eq 0 ] || [ "$here" = "$pinned" ] || { skip "seen with $pinned, and here are $here" "G13 $name: $verdict"; continue; }
    ok $seen "G13 $name: $verdict" || diag "pinned: $pinned
$(cat "$work/out")"
done <"$work/findings"

# What no stream shows is a program in the page, at the end of its section or of one behind it.
awk -v to="$work/program" '/^# Without a stream/ { on = 1 } on && /^### / { n++ }
    on && sub("^    ", "") { print >(to n ".c") }' "$page"
# program_shows PROGRAM TITLE PATTERN...: its output has a line for each
program_shows() {
    program=$work/program$1
    title=$2
    shift 2
    if ! ${CC:-cc} -o "$program" "$program.c" -lgnutls >"$work/out" 2>&1; then
        skip "GnuTLS's headers or a compiler are missing: $(head -n 1 "$work/out")" "$title"
        return
    fi
    "$program" >"$work/out"
    seen=$?
    for pattern; do
        grep -qE "$pattern" "$work/out" || seen=1
    done
    [ $seen -eq 0 ] || [ "$here" = "$pinned" ] || { skip "seen with $pinned, and here are $here" "$title"; return; }
    ok $seen "$title" || diag "$(cat "$work/out")"
}
program_shows 1 "G13 the leak of GnuTLS" '^grown by [0-9]{5,} '
program_shows 3 "G13 GnuTLS begins again, and writes records of DTLS" '^sent: 22 of 0301 22 of 0301' '^sent: 22 of 0301 21 of 0100$'
tap_done
