#!/bin/sh
# SPDX-License-Identifier: MIT
# Every fuzz target over its corpus: by libFuzzer in a --enable-fuzzing build, else by replay.c.
. "$top_srcdir/t/lib.sh"

for target in record hello request buffers; do
    set -- "$top_srcdir"/t/fuzz/corpus/$target/*
    check "t/fuzz/$target holds on its $# seeds" "$top_builddir/t/fuzz/$target" "$@"
done
tap_done
