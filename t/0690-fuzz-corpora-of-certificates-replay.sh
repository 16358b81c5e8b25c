#!/bin/sh
# SPDX-License-Identifier: MIT
# The fuzz targets of certificates over their corpora, as 0190 does it for the rest.
. "$top_srcdir/t/lib.sh"

for target in certificate pem name; do
    set -- "$top_srcdir"/t/fuzz/corpus/$target/*
    check "t/fuzz/$target holds on its $# seeds" "$top_builddir/t/fuzz/$target" "$@"
done
tap_done
