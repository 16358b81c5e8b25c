#!/bin/sh
# SPDX-License-Identifier: MIT
# curl --cert against `sspi serve --client-cert`: who gets a page, as which account, and with whose files.
. "${top_srcdir:?}/t/lib.sh"
for tool in curl openssl; do have $tool || skip_all "$tool is not installed"; done
id daemon >/dev/null 2>&1 || skip_all "this machine has no account daemon"
umask 022

mkdir -p "$work/conf" "$work/www"
digest() { openssl x509 -in "$pki/$1.pem" -noout -fingerprint -sha256 | sed 's/.*=//'; }
ca=$(digest intermediate)
printf '# %s\nca %s email client@example\\.test => deny\nca %s upn ([a-z]+)@example\\.test => $1\n' \
    'the clients of the tests' "$ca" "$ca" >"$work/accounts"
printf '[package Schannel]\naccount-map = %s\nlog = none\n' "$work/accounts" >"$work/mapped.conf"
printf '[package Schannel]\nlog = none\n' >"$work/plain.conf"
OPENSSPI_CONFDIR=$work/conf
export OPENSSPI_CONFDIR

# fetch VERSION CLIENT|- PATH: curl's status; the answer is in $work/page, its HTTP status in $code.
fetch() {
    fetch_version=$1 fetch_path=$3
    if [ "$2" = - ]; then set --; else set -- --cert "$pki/$2-chain.pem" --key "$pki/$2.key"; fi
    code=$(curl -sS --max-time 60 --cacert "$pki/root.pem" --tlsv"$fetch_version" --tls-max "$fetch_version" "$@" \
        -o "$work/page" -w '%{http_code}' "https://localhost:$port$fetch_path" 2>"$work/page.err")
}
page() { # VERSION CLIENT yes|no NAME
    rm -f "$work/page"
    fetch "$1" "$2" /
    got=no
    [ -s "$work/page" ] && grep -q 'This page came through AcceptSecurityContext' "$work/page" && got=yes
    is "$got" "$3" "$4" || diag "$(tail -n 3 "$work/page.err" "$serve_log")"
}

for provider in $PROVIDERS; do
    cp "$work/plain.conf" "$work/conf/opensspi.conf"
    for word in request require; do
        serve --provider "$provider" --cert "$pki/server-ecdsa-full.pem" --client-cert $word --ca "$pki/root.pem"
        ok $? "$provider: sspi serve --client-cert $word listens" || continue
        for version in 1.2 1.3; do
            name="$provider tls$version $word"
            [ $word = request ] && without=yes || without=no
            page $version - $without "D7 $name: no certificate"
            page $version client-ecdsa yes "D7 $name: a good one"
            page $version client-rsa yes "D7 $name: a good one, RSA"
            page $version other-client no "D16 $name: one that nobody trusts"
            page $version client-expired no "D16 $name: one that has expired"
            page $version client-wrong-usage no "D16 $name: a server's"
            printf 'GET / HTTP/1.0\r\n\r\n' | timeout 60 "$sspi" connect "localhost:$port" --quiet --tls $version \
                --provider "$provider" --ca "$pki/root.pem" --cert "$pki/client-rsa-chain.pem" \
                --key "$pki/client-rsa.key" >"$work/page" 2>"$work/page.err"
            grep -q 'This page came through' "$work/page"
            ok $? "D7 $name: sspi connect --cert reads the page" || diag "$(cat "$work/page.err")"
        done
        stop "$spawned"
    done
    is "$(grep -c ': no client certificate$' "$serve_log")" 2 "$provider: the log says that no certificate came"

    cp "$work/mapped.conf" "$work/conf/opensspi.conf"
    serve --provider "$provider" --cert "$pki/server-ecdsa-full.pem" --client-cert request --ca "$pki/root.pem"
    ok $? "$provider: sspi serve with a map listens" || continue
    for version in 1.2 1.3; do
        name="$provider tls$version"
        page $version map-daemon yes "D22 $name: a certificate with an account"
        is "$(sed -n 's/^account  *//p' "$work/page")" daemon "D22 $name: the page names it"
        page $version map-two yes "D22 $name: one without"
        is "$(sed -n 's/^account  *//p' "$work/page")" '' "D22 $name: the page names none"
        page $version client-ecdsa no "S6 $name: one that is denied"
    done
    stop "$spawned"
    is "$(grep -c ' as daemon "GET / ' "$serve_log")" 2 "$provider: the log names the account"

    if [ "$(id -u)" -ne 0 ]; then
        skip "acting as another account needs root" "D22 $provider: --impersonate"
        continue
    fi
    for name in everyone daemon root; do echo "for $name" >"$work/www/$name"; done
    chmod 0644 "$work/www/everyone"
    chmod 0400 "$work/www/daemon" "$work/www/root"
    chown daemon "$work/www/daemon"
    serve --provider "$provider" --cert "$pki/server-ecdsa-full.pem" --client-cert request --ca "$pki/root.pem" \
        --www "$work/www" --impersonate
    ok $? "$provider: sspi serve --impersonate listens" || continue
    for version in 1.2 1.3; do
        for row in map-daemon:everyone:200 map-daemon:daemon:200 map-daemon:root:404 -:everyone:403 map-two:daemon:403; do
            want=${row##*:} client=${row%%:*} path=${row#*:}
            fetch $version "$client" "/${path%:*}"
            is "$code" "$want" "D22 $provider tls$version: $client asks for the file of ${path%:*}"
        done
    done
    stop "$spawned"
done
tap_done
