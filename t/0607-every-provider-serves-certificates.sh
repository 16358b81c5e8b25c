#!/bin/sh
# SPDX-License-Identifier: MIT
# What the certificate code asks of a provider (hashes, PKCS#12, keys made and taken, chains), asked of each:
# the tests that the first of the list has passed already, with the others in its place.
. "$top_srcdir/t/lib.sh"

set -- $PROVIDERS
shift
for provider; do
    for program in 0601-certificates-live-in-stores 0602-keys-come-in-many-clothes 0606-keys-have-handles \
        0611-chains-are-shown-as-windows-does 0644-bombs-end-in-an-error 0622-chains-are-found-in-stores \
        0624-stores-are-written-as-pkcs12 0626-keys-are-made-and-kept; do
        check "$provider: $program" env OPENSSPI_PROVIDER="$provider" "$top_builddir/t/$program"
    done
done
[ "$tap_count" -gt 0 ] || skip_all "only one provider is built"
tap_done
