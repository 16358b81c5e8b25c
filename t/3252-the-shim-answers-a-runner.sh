#!/bin/sh
# SPDX-License-Identifier: MIT
# The shim for BoringSSL's test runner: a small runner of our own speaks its protocol; with OPENSSPI_BOGO_RUNNER, the
# runner itself, compiled, which runs where its keys lie, a part of its tests (doc/foreign-suites.md).
. "${top_srcdir:?}/t/lib.sh"
have python3 && python3 -c 'import ssl; ssl.TLSVersion' 2>/dev/null || skip_all "no python3 with its ssl module"
shim=$top_builddir/t/sspi-bogo-shim
for provider in $PROVIDERS; do
    timeout 300 python3 -B "$top_srcdir/t/foreign/small-runner.py" "$shim" "$pki" "$provider" >"$work/out" 2>&1
    rc=$?
    while read -r line; do
        case $line in
        "ok "*) ok 0 "${line#* - }" ;;
        "not ok "*) ok 1 "${line#* - }" ;;
        "#"*) echo "$line" ;;
        esac
    done <"$work/out"
    ok $rc "$provider: the small runner is content" || diag "$(grep -v '^ok' "$work/out" | tail -n 5)"
    if [ -z "${OPENSSPI_BOGO_RUNNER:-}" ]; then
        skip "OPENSSPI_BOGO_RUNNER names no runner" "$provider: BoringSSL's runner"
        continue
    fi
    (cd "$(dirname "$OPENSSPI_BOGO_RUNNER")" && timeout 300 "$OPENSSPI_BOGO_RUNNER" -shim-path "$shim" -pipe -allow-unimplemented \
        -shim-extra-flags "-provider;$provider" -shim-config "$top_srcdir/tools/bogo/errors.json" -num-workers 2 \
        -test 'Basic-Client-*;Basic-Server-*;TLS13-Client-*;Shutdown-*;ALPNServer-*') >"$work/bogo" 2>&1
    grep -q '^PASSED' "$work/bogo" && ! grep -q '^FAILED' "$work/bogo"
    ok $? "$provider: BoringSSL's runner: $(grep -c '^PASSED' "$work/bogo") tests" || diag "$(grep -A9 '^FAILED' "$work/bogo" | head -n 40)"
done
tap_done
