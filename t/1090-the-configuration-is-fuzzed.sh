#!/bin/sh
# SPDX-License-Identifier: MIT
# The grammar of the configuration over its corpus: by libFuzzer in a --enable-fuzzing build, else by replay.c.
. "${top_srcdir:?}/t/lib.sh"

set -- "$top_srcdir"/t/fuzz/corpus/config/*
check "t/fuzz/config holds on its $# seeds and their relatives" "$top_builddir/t/fuzz/config" "$@"
tap_done
