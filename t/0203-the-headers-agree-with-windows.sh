#!/bin/sh
# SPDX-License-Identifier: MIT
# Every constant and layout of the headers, against t/fixtures/windows-abi.list and, where it is installed,
# against mingw-w64's headers.  t/abi-update.sh writes the list anew.
. "$top_srcdir/t/lib.sh"
. "$top_srcdir/t/abi.sh"
LC_ALL=C; export LC_ALL
[ -z "${SAN_FLAGS:-}" ] || skip_all "of the sources alone: the build without sanitizers says it"
have gcc || skip_all 'gcc is not installed (the rows are read out of its assembler text)'
list=$top_srcdir/t/fixtures/windows-abi.list
mingw=x86_64-w64-mingw32-gcc
abi_list() { sed -e '/^#/d' "$1" | sort; }                             # all of it
abi_list_of_mingw() { sed -e '/^# Not in mingw/,$d' -e '/^#/d' "$1" | sort; } # what mingw-w64 has too

abi_source "$top_srcdir/include" >"$work/rows"
rows=$(wc -l <"$work/rows")
[ "$rows" -gt 2500 ]
ok $? "the headers hold $rows names to compare"

abi_values "$work/rows" "$work/native" gcc -fshort-wchar -DOPENSSPI_X509_MACROS -I"$top_srcdir/include"
ok $? "the names compile with 2-byte wide characters"
grep 'undeclared' "$work/abi.1" >"$work/undeclared"
[ ! -s "$work/undeclared" ]
ok $? 'no macro leans on a name that is not there' || sed 's/^/#   /' "$work/undeclared"

abi_list "$list" | diff - "$work/native" >"$work/diff"
ok $? "$(wc -l <"$work/native") values are those of t/fixtures/windows-abi.list" || {
    diag "< is the list, > are the headers; t/abi-update.sh writes the list anew"
    head -40 "$work/diff" | sed 's/^/#   /'
}

# With 4-byte wide characters only what holds an array of them may differ.
abi_values "$work/rows" "$work/wide" gcc -DOPENSSPI_X509_MACROS -I"$top_srcdir/include"
diff "$work/native" "$work/wide" | sed -n 's/^[<>] \(sizeof(\)\{0,1\}\([A-Za-z_]*\).*/\2/p' | grep -v SECURITY_ENTRYPOINT | sort -u | tr '\n' ' ' \
    >"$work/differ"
is "$(cat "$work/differ")" 'OSVERSIONINFOEXW OSVERSIONINFOW SCHANNEL_CERT_HASH_STORE SEC_TRAFFIC_SECRETS SEC_WCHAR SecPkgContext_CipherInfo SecPkgContext_ConnectionInfoEx WCHAR ' \
    'with 4-byte wide characters nothing else has another layout'

if have $mingw; then
    abi_list_of_mingw "$list" >"$work/listed"
    abi_known "$work/rows" "$work/listed" >"$work/shared"
    abi_values "$work/shared" "$work/windows" $mingw
    ok $? "the same source compiles for Windows"
    diff "$work/listed" "$work/windows" >"$work/diff"
    ok $? "$(wc -l <"$work/windows") values are mingw-w64's" || head -40 "$work/diff" | sed 's/^/#   /'
else
    skip "$mingw is not installed" 'the same source compiles for Windows'
    skip "$mingw is not installed" "the values are mingw-w64's"
fi
tap_done
