#!/bin/sh
# SPDX-License-Identifier: MIT
# The template of doc/examples/provider builds from the installed headers alone, loads, and serves a page with
# each provider behind it.
. "${top_srcdir:?}/t/lib.sh"
umask 022
have curl || skip_all "curl is not installed"
example=$top_srcdir/doc/examples/provider
compiler=${CC:-cc}
mkdir -p "$work/include/opensspi" "$work/modules" "$work/shipped" "$work/conf"
cp "$top_srcdir/include/opensspi/provider.h" "$work/include/opensspi/" # nothing else
# shellcheck disable=SC2086
check "the template compiles with provider.h alone" ${compiler%% *} -std=c11 -Wall -Wextra -Wpedantic -Werror \
    -I"$work/include" -fPIC -shared -Wl,-z,nodelete -o "$work/modules/trace.so" "$example/trace.c"
[ -e "$work/modules/trace.so" ] || tap_done
if [ -n "${SAN_FLAGS:-}" ]; then
    skip "the modules of a sanitizer build need its runtime first" "the template serves"
    tap_done
fi
chmod 755 "$work"
OPENSSPI_CONFDIR=$work/conf OPENSSPI_MANIFESTDIR=$work/shipped
modules=$OPENSSPI_PROVIDERDIR OPENSSPI_PROVIDERDIR=$work/modules
OPENSSPI_LOG=provider+debug,trace+debug,all+error
export OPENSSPI_CONFDIR OPENSSPI_MANIFESTDIR OPENSSPI_PROVIDERDIR OPENSSPI_LOG
cp "$example/trace.provider" "$work/shipped/90-trace.provider"
for provider in $PROVIDERS; do
    printf '[package Schannel]\nproviders = trace\n[provider trace]\nx-module = %s\n' "$modules/$provider.so" \
        >"$work/conf/opensspi.conf"
    serve --cert "$pki/server-rsa-full.pem"
    ok $? "$provider: sspi serve listens with the template in front" || continue
    for version in 1.2 1.3; do
        page=$(curl -sS --max-time 60 --tlsv$version --tls-max $version --cacert "$pki/root.pem" \
            "https://localhost:$port/" 2>&1)
        case $page in *"This page came through"*) true ;; *) false ;; esac
        ok $? "$provider: curl reads a page over TLS $version" || diag "$page"
    done
    stop "$spawned"
    grep -q 'session_new(.*): ok' "$serve_log" && grep -q 'seal(' "$serve_log"
    ok $? "$provider: every call was logged" || diag "$(tail -n 5 "$serve_log")"
done
printf '[package Schannel]\nproviders = trace\n[provider trace]\nx-module = relative.so\n' >"$work/conf/opensspi.conf"
"$sspi" providers >"$work/out" 2>&1
ok $((! $?)) "a template that cannot load is refused"
tap_done
