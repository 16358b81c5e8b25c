#!/bin/sh
# SPDX-License-Identifier: MIT
# The fuzz targets of certificates over their corpora, as 0190 does it for the rest.
. "$top_srcdir/t/lib.sh"

for target in certificate pem name list blob path; do
    set -- "$top_srcdir"/t/fuzz/corpus/$target/*
    check "t/fuzz/$target holds on its $# seeds" "$top_builddir/t/fuzz/$target" "$@"
done
for provider in $PROVIDERS; do
    set -- "$top_srcdir"/t/fuzz/corpus/pfx/*
    check "t/fuzz/pfx holds on its $# seeds, with $provider" env OPENSSPI_PROVIDER="$provider" "$top_builddir/t/fuzz/pfx" "$@"
done
tap_done
