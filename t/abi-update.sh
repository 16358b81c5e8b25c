#!/bin/sh
# SPDX-License-Identifier: MIT
# t/abi-update.sh -- writes t/fixtures/windows-abi.list anew, from mingw-w64's headers; names that they lack
# are taken from ours and stand apart, to be checked against the documentation by hand.
top_srcdir=$(cd "$(dirname "$0")/.." && pwd)
. "$top_srcdir/t/lib.sh"
. "$top_srcdir/t/abi.sh"
LC_ALL=C; export LC_ALL
set -e
abi_source "$top_srcdir/include" >"$work/rows"
abi_values "$work/rows" "$work/native" gcc -fshort-wchar -DOPENSSPI_X509_MACROS -I"$top_srcdir/include"
abi_known "$work/rows" "$work/native" >"$work/shared"
abi_values "$work/shared" "$work/windows" x86_64-w64-mingw32-gcc
{
    echo '# SPDX-License-Identifier: MIT'
    echo '# Constants, sizes and offsets (x86-64, 2-byte wide characters; 32-bit values modulo 2^32) of Windows,'
    echo "# as mingw-w64's headers have them.  Made by t/abi-update.sh."
    cat "$work/windows"
    echo '# Not in mingw-w64 10: from the documentation.'
    awk 'NR == FNR { known[$1] = 1; next } !($1 in known)' "$work/windows" "$work/native"
} >"$top_srcdir/t/fixtures/windows-abi.list"
