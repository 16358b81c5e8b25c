# SPDX-License-Identifier: MIT
# t/lies.sh -- providers of which one lies (t/lies): lies_begin PROVIDER..., then lies_tell.  Source it behind t/lib.sh.

# lies_begin PROVIDER...: folders of a test's own with these, and the environment that points at them.
lies_begin() {
    umask 022
    unset OPENSSPI_PROVIDER OPENSSPI_CORPORA
    chmod 755 "$work"
    mkdir -p "$work/modules/real" "$work/manifests" "$work/conf"
    for lies_provider; do
        cp "$OPENSSPI_MANIFESTDIR"/[0-9]*-"$lies_provider.provider" "$work/manifests/"
        cp "$OPENSSPI_PROVIDERDIR/$lies_provider.so" "$work/modules/"
    done
    cp "$OPENSSPI_PROVIDERDIR/openssl.so" "$work/modules/real/"
    cp "$top_builddir/t/lies/lies.so" "$work/modules/"
    OPENSSPI_LOG=all+error OPENSSPI_PROVIDERDIR=$work/modules OPENSSPI_MANIFESTDIR=$work/manifests OPENSSPI_CONFDIR=$work/conf
    export OPENSSPI_LOG OPENSSPI_PROVIDERDIR OPENSSPI_MANIFESTDIR OPENSSPI_CONFDIR
    printf '[package Schannel]\nproviders = openssl\n' >"$work/conf/opensspi.conf"
}
# lies_tell LIE: the provider "lies" drives OpenSSL's and lies so.
lies_tell() {
    printf '[provider lies]\nmodule = lies.so\nabi = 1\nx-module = %s\nx-lie = %s\n' "$work/modules/real/openssl.so" "$1" \
        >"$work/manifests/60-lies.provider"
}
# lies_stand_in LIE VERSION: the same under the name of OpenSSL's, of a library of that version.
lies_stand_in() {
    cp "$top_builddir/t/lies/lies.so" "$work/modules/openssl.so"
    printf '[provider openssl]\nmodule = openssl.so\nabi = 1\nx-module = %s\nx-lie = %s\nx-version = %s\n' \
        "$work/modules/real/openssl.so" "$1" "$2" >"$work/manifests/50-openssl.provider"
}
