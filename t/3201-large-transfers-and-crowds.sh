#!/bin/sh
# SPDX-License-Identifier: MIT
# 100 MB echoed byte for byte, large files, pipelined requests, half-close, 200 clients at once.
. "${top_srcdir:?}/t/lib.sh"
for tool in curl openssl gnutls-cli; do have $tool || skip_all "$tool is not installed"; done

megabytes=100
[ -z "${OPENSSPI_QUICK:-}" ] || megabytes=5
openssl enc -aes-128-ctr -K 00000000000000000000000000000000 -iv 00000000000000000000000000000000 -in /dev/zero \
    2>/dev/null | head -c $((megabytes * 1000 * 1000)) >"$work/large"
mkdir "$work/www"
# gnutls-cli sends a line a record, so a little of it is a crowd of records.
head -c 2000000 "$work/large" >"$work/lines"
head -c 4000000 "$work/large" >"$work/www/four.bin"
echo index >"$work/www/index.html"
echo hidden >"$work/www/.hidden"
ln -s /etc/passwd "$work/www/link"

echo_through() { # FILE NAME COMMAND...
    sent=$1 what=$2
    shift 2
    timeout 300 "$@" <"$sent" >"$work/back" 2>"$work/back.err"
    cmp "$sent" "$work/back" >"$work/cmp" 2>&1
    ok $? "$what" || diag "$(cat "$work/cmp"; tail -n 3 "$work/back.err")"
}

files() { # PROVIDER VERSION
    curl -sS --max-time 120 --tls-max "$2" --cacert "$pki/root.pem" "https://localhost:$port/four.bin" >"$work/back"
    cmp -s "$work/www/four.bin" "$work/back"
    ok $? "$1 tls$2: a file of 4 MB arrives whole"
    code=$(curl -sS --path-as-is -o /dev/null -w '%{http_code}' --cacert "$pki/root.pem" \
        "https://localhost:$port/../../etc/passwd")
    code=$code$(curl -sS -o /dev/null -w '%{http_code}' --cacert "$pki/root.pem" "https://localhost:$port/.hidden")
    code=$code$(curl -sS -o /dev/null -w '%{http_code}' --cacert "$pki/root.pem" "https://localhost:$port/link")
    code=$code$(curl -sS -o /dev/null -w '%{http_code}' --cacert "$pki/root.pem" "https://localhost:$port/%00")
    is "$code" 404404404400 "$1 tls$2: nothing outside the folder is served"
    printf 'GET / HTTP/1.1\r\n\r\nGET /four.bin HTTP/1.1\r\n\r\nHEAD / HTTP/1.1\r\n\r\nGET / HTTP/1.0\r\n\r\n' |
        timeout 60 openssl s_client -quiet -connect "127.0.0.1:$port" >"$work/back" 2>/dev/null
    is "$(grep -ao 'HTTP/1.1 200' "$work/back" | wc -l)-$(grep -ac '^index' "$work/back")" 4-2 \
        "$1 tls$2: pipelined requests are answered in order"
}

crowd() { # PROVIDER VERSION
    i=0
    pids=
    while [ $i -lt 200 ]; do
        curl -sS --max-time 120 --tls-max "$2" --cacert "$pki/root.pem" "https://localhost:$port/" \
            >"$work/crowd.$i" 2>&1 &
        pids="$pids $!"
        i=$((i + 1))
    done
    # shellcheck disable=SC2086
    wait $pids
    is "$(cat "$work"/crowd.* | grep -c '^index')" 200 "$1 tls$2: 200 clients at once are all served"
    rm -f "$work"/crowd.*
}

for provider in $PROVIDERS; do
    for version in 1.2 1.3; do
        name="$provider tls$version"
        serve --provider "$provider" --tls $version --echo --cert "$pki/server-ecdsa-full.pem"
        ok $? "$name: sspi serve --echo listens" || continue
        echo_through "$work/large" "$name: $megabytes MB echoed through sspi connect, then half-closed" \
            "$sspi" connect "localhost:$port" --provider "$provider" --ca "$pki/root.pem" --quiet
        echo_through "$work/lines" "$name: 2 MB echoed through gnutls-cli, then half-closed" \
            gnutls-cli --x509cafile "$pki/root.pem" --logfile "$work/cli.log" -p "$port" localhost
        stop "$spawned"
        serve --provider "$provider" --tls $version --www "$work/www" --cert "$pki/server-ecdsa-full.pem"
        ok $? "$name: sspi serve --www listens" || continue
        files "$provider" $version
        crowd "$provider" $version
        stop "$spawned"
    done
done
tap_done
