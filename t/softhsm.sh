# SPDX-License-Identifier: MIT
# t/softhsm.sh -- SoftHSM in a folder of the test's own, with one empty token, "kit".  Source it behind t/lib.sh.

# softhsm_begin PIN: the token, and a configuration that names the module to the providers that ask for one.
softhsm_begin() {
    have softhsm2-util || skip_all "softhsm2-util is not installed"
    softhsm_module=
    for softhsm_file in /usr/lib/softhsm/libsofthsm2.so /usr/lib64/pkcs11/libsofthsm2.so /usr/lib/pkcs11/libsofthsm2.so; do
        [ -r $softhsm_file ] && softhsm_module=$softhsm_file && break
    done
    [ -n "$softhsm_module" ] || skip_all "SoftHSM's module is not installed"
    umask 022
    mkdir -p "$work/conf" "$work/tokens"
    printf 'directories.tokendir = %s/tokens\nobjectstore.backend = file\n' "$work" >"$work/softhsm2.conf"
    SOFTHSM2_CONF=$work/softhsm2.conf OPENSSPI_CONFDIR=$work/conf
    export SOFTHSM2_CONF OPENSSPI_CONFDIR
    printf '[package Schannel]\nlog = stderr\n[provider openssl]\npkcs11-module = %s\n[provider wolfssl]\npkcs11-module = %s\n' \
        "$softhsm_module" "$softhsm_module" >"$work/conf/opensspi.conf"
    softhsm2-util --init-token --free --label kit --pin "$1" --so-pin 12345678 >/dev/null 2>&1 ||
        skip_all "SoftHSM makes no token"
}
