#!/bin/sh
# SPDX-License-Identifier: MIT
# The account map over its corpus, maps and certificates: by libFuzzer in a --enable-fuzzing build, else by replay.c.
. "${top_srcdir:?}/t/lib.sh"

set -- "$top_srcdir"/t/fuzz/corpus/account/*
check "t/fuzz/account holds on its $# seeds and their relatives" "$top_builddir/t/fuzz/account" "$@"
tap_done
