#!/bin/sh
# SPDX-License-Identifier: MIT
# The tests of the contract are programs for Windows too: with mingw-w64's own headers, and linked against its
# secur32 and crypt32, so that what they expect can be asked of Windows itself.
. "${top_srcdir:?}/t/lib.sh"
[ -z "${SAN_FLAGS:-}" ] || skip_all "of the sources alone: the build without sanitizers says it"

mingw=x86_64-w64-mingw32-gcc
have $mingw || skip_all "$mingw is not installed"
: >"$work/config.h"

compile() { # OUTPUT ARGUMENTS...: never our own headers
    compile_out=$1
    shift
    $mingw -std=gnu11 -Wall -Wextra -Werror -O1 -I"$work" -I"$top_srcdir" -DSECURITY_WIN32 -o "$compile_out" "$@"
}

check "pair.c compiles for Windows" compile "$work/pair.o" -c "$top_srcdir/t/pair.c"
for number in 5000 6000 6010 6020 6050 6100 6102 6104 6106 6108 6110; do
    for source in "$top_srcdir/t/$number"-*.c; do
        check "$(basename "$source" .c) compiles and links for Windows" compile "$work/test.exe" "$source" \
            "$work/pair.o" -lsecur32 -lcrypt32 -lncrypt -ladvapi32
    done
done
# mingw-w64 does not know QueryContextAttributesEx, which this one calls.
check "6030-attributes-answer compiles for Windows" compile "$work/test.o" -c "$top_srcdir"/t/6030-*.c
tap_done
