#!/bin/sh
# SPDX-License-Identifier: MIT
# `sspi serve` and `sspi connect` with keys on a token (SoftHSM), to curl and to each other (K35).
. "${top_srcdir:?}/t/lib.sh"
. "$top_srcdir/t/softhsm.sh"
for tool in curl; do have $tool || skip_all "$tool is not installed"; done
pin=48216639071852
softhsm_begin $pin
for key in server-rsa client-ecdsa; do
    softhsm2-util --import "$pki/$key.key" --token kit --label $key --id ${#key} --pin $pin >/dev/null 2>&1
done
(umask 077 && echo $pin >"$work/pin")
uri() { echo "pkcs11:token=kit;object=$1?pin-source=file:$work/pin"; }

for provider in $PROVIDERS; do
    serve --provider "$provider" --cert "$pki/server-rsa-chain.pem" --key "$(uri server-rsa)" \
        --client-cert require --ca "$pki/root.pem"
    ok $? "K35 $provider: sspi serve with its key on a token listens" || { diag "$(cat "$serve_log")"; continue; }
    for version in 1.2 1.3; do
        check "K35 $provider tls$version: curl reads its page" curl -sS --max-time 60 --cacert "$pki/root.pem" \
            --tlsv$version --tls-max $version --cert "$pki/client-ecdsa-chain.pem" --key "$pki/client-ecdsa.key" \
            "https://localhost:$port/"
        printf 'GET / HTTP/1.0\r\n\r\n' | timeout 60 "$sspi" connect "localhost:$port" --provider "$provider" --tls $version \
            --ca "$pki/root.pem" --cert "$pki/client-ecdsa-chain.pem" --key "$(uri client-ecdsa)" \
            >"$work/page" 2>"$work/page.err"
        grep -q 'This page came through AcceptSecurityContext' "$work/page"
        ok $? "K35 $provider tls$version: sspi connect shows a certificate whose key is on a token" ||
            diag "$(tail -n 5 "$work/page.err" "$serve_log")"
    done
    stop "$spawned"
    for bad in "module-path=$softhsm_module" "module-name=softhsm2" "pin-source=|$work/command"; do
        timeout 60 "$sspi" serve --provider "$provider" --cert "$pki/server-rsa-chain.pem" \
            --key "pkcs11:token=kit;object=server-rsa?$bad" >"$work/bad" 2>&1
        [ $? -ne 0 ] && grep -q 'pkcs11: URI is refused' "$work/bad"
        ok $? "W14 $provider: ${bad%%=*} ends it with a word" || diag "$(cat "$work/bad")"
    done
    ! grep -rq $pin "$work/page.err" "$serve_log" "$work/bad"
    ok $? "$provider: no PIN in what was printed"
done
tap_done
