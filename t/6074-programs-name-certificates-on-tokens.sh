#!/bin/sh
# SPDX-License-Identifier: MIT
# `sspi serve` and `sspi connect` with certificate, key and issuing certificates on a token (SoftHSM), to curl and
# openssl (K35, K39).
. "${top_srcdir:?}/t/lib.sh"
. "$top_srcdir/t/softhsm.sh"
for tool in curl openssl p11tool; do have $tool || skip_all "$tool is not installed"; done
pin=30582716449018
softhsm_begin $pin
p11tool --list-tokens 2>/dev/null | grep -q 'token=kit' || skip_all "p11-kit's configuration does not name SoftHSM"
put() { # put FILE LABEL ID [OPTION]
    GNUTLS_PIN=$pin p11tool --login --batch --write --load-certificate "$pki/$1.pem" --label "$2" --id "$3" \
        "${4:---no-mark-private}" pkcs11:token=kit >/dev/null 2>&1 || diag "$1 is not put on the token"
}
number=10
for name in server-rsa server-ecdsa client-ecdsa; do
    softhsm2-util --import "$pki/$name.key" --token kit --label $name --id $number --pin $pin >/dev/null 2>&1
    put $name $name $number
    number=$((number + 1))
done
put intermediate "the one above" 20
put root "the root" 21
put client-ecdsa hidden 12 --mark-private
put server-ip keyless 30
put server-rsa twice 31
put server-wild twice 32
put server-cn server-other 33
softhsm2-util --import "$pki/server-wild.key" --token kit --label server-other --id 33 --pin $pin >/dev/null 2>&1
(umask 077 && echo $pin >"$work/pin" && echo 9$pin >"$work/wrong")
query="pin-source=file:$work/pin"

# refuses WORD NAME ARGUMENT...: `sspi serve` ends with a word.
refuses() {
    word=$1 name=$2
    shift 2
    timeout 60 "$sspi" serve --provider "$provider" "$@" >>"$work/printed" 2>"$work/refused"
    rc=$?
    cat "$work/refused" >>"$work/printed"
    [ $rc -ne 0 ] && [ $rc -ne 124 ] && grep -q -- "$word" "$work/refused"
    ok $? "$name" || diag "$rc $(cat "$work/refused")"
}

# the_page: curl, which has the root alone, and openssl read it.
the_page() {
    for version in 1.2 1.3; do
        check "K35 $provider tls$version: curl reads the page of $1" curl -sS --max-time 60 --cacert "$pki/root.pem" \
            --tlsv$version --tls-max $version --cert "$pki/client-ecdsa-chain.pem" --key "$pki/client-ecdsa.key" \
            "https://localhost:$port/"
        printf 'GET / HTTP/1.0\r\n\r\n' | timeout 60 openssl s_client -connect "127.0.0.1:$port" -showcerts -quiet \
            -CAfile "$pki/root.pem" -verify_return_error -tls1_$([ $version = 1.2 ] && echo 2 || echo 3) \
            -cert "$pki/client-ecdsa.pem" -cert_chain "$pki/intermediate.pem" -key "$pki/client-ecdsa.key" \
            >"$work/page" 2>"$work/page.err"
        grep -q 'This page came through AcceptSecurityContext' "$work/page"
        ok $? "K35 $provider tls$version: and so does openssl" || diag "$(tail -n 5 "$work/page.err" "$serve_log")"
    done
}

# the_client NAME ARGUMENT...: `sspi connect` shows it.
the_client() {
    name=$1
    shift
    for version in 1.2 1.3; do
        printf 'GET / HTTP/1.0\r\n\r\n' | timeout 60 "$sspi" connect "localhost:$port" --provider "$provider" \
            --tls $version --ca "$pki/root.pem" "$@" >"$work/page" 2>"$work/page.err"
        grep -q 'This page came through AcceptSecurityContext' "$work/page"
        ok $? "K35 $provider tls$version: sspi connect shows $name" || diag "$(tail -n 5 "$work/page.err" "$serve_log")"
        cat "$work/page.err" >>"$work/printed"
    done
}

# By the core, whichever the provider.
provider=${PROVIDERS%% *}
kit=pkcs11:token=kit
for bad in "module-path=$softhsm_module" "module-name=softhsm2" "pin-source=|$work/command"; do
    refuses 'pkcs11: URI is refused' "W14 ${bad%%=*} ends it with a word" --cert "$kit;object=server-rsa?$bad"
done
refuses 'its type is not cert' "W14 a key's URI is none of a certificate" --cert "$kit;object=server-rsa;type=private?$query"
refuses 'its type is not private' "W14 nor the other way round" --cert "$kit;object=server-rsa?$query" \
    --key "$kit;object=server-rsa;type=cert?$query"
refuses 'none matches the URI' "W14 a certificate that is not there" --cert "$kit;object=nobody?$query"
refuses 'none matches the URI' "W14 a token that is not there" --cert "pkcs11:token=kitchen;object=server-rsa?$query"
refuses 'matches 2 certificates' "W14 two certificates of one name" --cert "$kit;object=twice?$query"
refuses 'there was no PIN' "W14 one that is not seen without a PIN" --cert "$kit;object=hidden"
refuses 'does not take the PIN' "W14 a wrong PIN" --cert "$kit;object=hidden?pin-source=file:$work/wrong"
refuses 'holds no private key' "W15 a certificate alone, and no --key" --cert "$kit;object=server-rsa;type=cert?$query"
refuses 'is on one too' "W15 its key is no file" --cert "$kit;object=server-rsa?$query" --key "$pki/server-rsa.key"
refuses 'pkcs11: URI: 0x80092004' "a PIN in the URI, which is not printed" --cert "$kit;object=nobody?pin-value=$pin"
check "K35 sspi certs shows what a URI names, and what issued it" "$sspi" certs show "$kit;object=server-rsa"
[ "$(grep -c 'serial' "$work/check.out")" = 3 ]
ok $? "K35 which is three" || diag "$(cat "$work/check.out")"
check "K35 two of one name are told apart by their id" "$sspi" certs show "$kit;object=twice;id=%32"

for provider in $PROVIDERS; do
    for key in server-rsa server-ecdsa; do
        serve --provider "$provider" --cert "$kit;object=$key?$query" --client-cert require --ca "$pki/root.pem"
        status=$?
        if [ $status -ne 0 ] && grep -q 'pkcs11' "$serve_log" && grep -q '0x80090302' "$serve_log"; then
            ok 0 "D12 $provider: without PKCS#11 a key on a token is refused, and the log says why"
            continue 2
        fi
        ok $status "K35 $provider: sspi serve with one URI for certificate and key listens ($key)" || continue
        the_page $key
        if [ $key = server-rsa ]; then
            the_client "a certificate and key by one URI" --cert "$kit;id=%12?$query"
            the_client "a certificate that is not seen without the PIN" \
                --cert "$kit;object=hidden;type=cert?$query" --key "$kit;object=client-ecdsa;type=private?$query"
        fi
        stop "$spawned"
        cat "$serve_log" >>"$work/printed"
    done
    refuses 'no credential' "W15 $provider: a certificate whose key is not on the token" --cert "$kit;object=keyless?$query"
    refuses 'no credential' "W15 $provider: a key of another certificate" --cert "$kit;object=server-other?$query"
done
! grep -q $pin "$work/printed"
ok $? "no PIN in what was printed"
tap_done
