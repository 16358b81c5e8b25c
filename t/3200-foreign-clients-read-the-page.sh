#!/bin/sh
# SPDX-License-Identifier: MIT
# curl, openssl s_client and gnutls-cli against `sspi serve`: every provider, TLS 1.2 and 1.3, every key type.
. "${top_srcdir:?}/t/lib.sh"
for tool in curl openssl gnutls-cli; do have $tool || skip_all "$tool is not installed"; done

# page FILE VERSION SUFFIX NAME: the status page came through, over that version.
page() {
    grep -q 'This page came through AcceptSecurityContext' "$1" && grep -q "^version       TLS $2" "$1"
    ok $? "$3" || diag "$(tail -n 8 "$1" "$1.err" 2>&1)"
}

clients() { # PROVIDER VERSION KEY
    name="$1 tls$2 $3"
    flag=$(echo "$2" | tr . _)
    curl -sS --max-time 60 --cacert "$pki/root.pem" --tlsv"$2" --tls-max "$2" "https://localhost:$port/" \
        >"$work/page" 2>"$work/page.err"
    page "$work/page" "$2" "$name: curl --cacert reads the page"
    printf 'GET / HTTP/1.0\r\n\r\n' | timeout 60 openssl s_client -quiet -CAfile "$pki/root.pem" \
        -verify_return_error -verify_hostname localhost -servername localhost -tls"$flag" \
        -connect "127.0.0.1:$port" >"$work/page" 2>"$work/page.err"
    page "$work/page" "$2" "$name: openssl s_client -verify_return_error reads the page"
    printf 'GET / HTTP/1.0\r\n\r\n' | timeout 60 gnutls-cli --x509cafile "$pki/root.pem" \
        --sni-hostname localhost --verify-hostname localhost --logfile "$work/page.err" \
        --priority "NORMAL:-VERS-ALL:+VERS-TLS$2" -p "$port" 127.0.0.1 >"$work/page" 2>&1
    page "$work/page" "$2" "$name: gnutls-cli reads the page"
}

for provider in $PROVIDERS; do
    for key in rsa ecdsa ed25519; do
        serve --provider "$provider" --cert "$pki/server-$key-chain.pem" --key "$pki/server-$key.key"
        ok $? "$provider $key: sspi serve listens" || continue
        for version in 1.2 1.3; do clients "$provider" $version $key; done
        stop "$spawned"
        is $? 0 "$provider $key: sspi serve ends cleanly on SIGTERM"
        is "$(grep -c '"GET / HTTP/1' "$serve_log")" 6 "$provider $key: one log line for each client"
    done

    serve --provider "$provider" --tls 1.3 --alpn http/1.1 --pfx "$pki/server-rsa.pfx" --pfx-password "$work/absent" >/dev/null
    [ $? -ne 0 ]
    ok $? "$provider: a password file that is not there ends sspi serve"
    grep -q "$work/absent: No such file" "$serve_log"
    ok $? "$provider: and the message names it" || diag "$(cat "$serve_log")"
    echo test >"$work/password"
    serve --provider "$provider" --tls 1.3 --alpn http/1.1 --pfx "$pki/server-rsa.pfx" --pfx-password "$work/password"
    ok $? "$provider: sspi serve --pfx listens" || continue
    curl -sS --max-time 60 --cacert "$pki/root.pem" --tls-max 1.2 "https://localhost:$port/" >"$work/page" 2>&1
    [ $? -ne 0 ]
    ok $? "$provider: --tls 1.3 refuses a TLS 1.2 client"
    curl -sS --max-time 60 --http1.1 --cacert "$pki/root.pem" "https://localhost:$port/" >"$work/page" 2>"$work/page.err"
    page "$work/page" 1.3 "$provider: curl reads the page of a server with a PFX file"
    grep -q '^ALPN          http/1.1' "$work/page"
    ok $? "$provider: ALPN agrees on http/1.1"
    timeout 60 openssl s_client -alpn spdy/9 -connect "127.0.0.1:$port" </dev/null >"$work/out" 2>&1
    grep -q 'no application protocol' "$work/out"
    ok $? "S11 $provider: no common protocol gives the alert no_application_protocol" || diag "$(tail -n 5 "$work/out")"
    printf 'GET / HTTP/1.0\r\n\r\n' | timeout 60 openssl s_client -quiet -tls1_1 -cipher ALL@SECLEVEL=0 \
        -connect "127.0.0.1:$port" >"$work/out" 2>&1
    grep -qi 'protocol version' "$work/out"
    ok $? "$provider: TLS 1.1 is refused with protocol_version" || diag "$(tail -n 5 "$work/out")"
    stop "$spawned"
done
tap_done
