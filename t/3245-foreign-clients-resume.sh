#!/bin/sh
# SPDX-License-Identifier: MIT
# openssl s_client and gnutls-cli resume against `sspi serve`, at another process of the same fleet too, and not
# where its keys are others.
. "${top_srcdir:?}/t/lib.sh"
for tool in openssl gnutls-cli; do have $tool || skip_all "$tool is not installed"; done

# client FLAG PORT ARGUMENTS...: one request; the output in $work/out.
client() {
    flag=$1 at=$2
    shift 2
    printf 'GET / HTTP/1.0\r\n\r\n' | timeout 60 openssl s_client -ign_eof -CAfile "$pki/root.pem" -servername localhost \
        "$flag" -connect "127.0.0.1:$at" "$@" >"$work/out" 2>&1
}

reused() { # NAME
    grep -q '^Reused, TLSv1' "$work/out" && grep -q 'This page came through' "$work/out"
    ok $? "$1" || diag "$(grep -E '^(Reused|New)|error|alert' "$work/out")"
}

fresh() { # NAME
    grep -q '^New, TLSv1' "$work/out" && grep -q 'This page came through' "$work/out"
    ok $? "$1" || diag "$(grep -E '^(Reused|New)|error|alert' "$work/out")"
}

key() { # DIGIT
    printf '%032d %064d\n' "$1" "$1"
}

# A configuration for servers that share keys.
mkdir "$work/conf" && chmod 755 "$work" "$work/conf"
printf '[package Schannel]\nlog = stderr\nticket-keys = %s\n' "$work/conf/keys" >"$work/conf/opensspi.conf"
chmod 644 "$work/conf/opensspi.conf"
(umask 077; key 1 >"$work/conf/keys")

for provider in $PROVIDERS; do
    serve --provider "$provider" --cert "$pki/server-rsa-chain.pem" --key "$pki/server-rsa.key"
    ok $? "$provider: sspi serve listens" || continue
    for version in 1_2 1_3; do
        rm -f "$work/session"
        client -tls$version "$port" -sess_out "$work/session"
        fresh "W84 $provider tls$version: openssl's first handshake"
        client -tls$version "$port" -sess_in "$work/session"
        reused "W84 $provider tls$version: openssl resumes"
        timeout 60 gnutls-cli --resume --waitresumption --x509cafile "$pki/root.pem" --sni-hostname localhost \
            --verify-hostname localhost --priority "NORMAL:-VERS-ALL:+VERS-TLS$(echo $version | tr _ .)" -p "$port" \
            127.0.0.1 </dev/null >"$work/out" 2>&1
        grep -q 'This is a resumed session' "$work/out"
        ok $? "W84 $provider tls$version: gnutls-cli resumes" || diag "$(tail -n 5 "$work/out")"
    done
    stop "$spawned"

    OPENSSPI_CONFDIR=$work/conf
    export OPENSSPI_CONFDIR
    rm -f "$work/conf/keys"
    (umask 077; key 1 >"$work/conf/keys")
    serve --provider "$provider" --cert "$pki/server-rsa-chain.pem" --key "$pki/server-rsa.key"
    one=$port one_pid=$spawned
    serve --provider "$provider" --cert "$pki/server-rsa-chain.pem" --key "$pki/server-rsa.key"
    ok $? "$provider: two servers of a fleet listen" || continue
    for version in 1_2 1_3; do
        rm -f "$work/session"
        client -tls$version "$one" -sess_out "$work/session"
        fresh "TICKET_FILE $provider tls$version: a session of one server"
        client -tls$version "$port" -sess_in "$work/session"
        reused "TICKET_FILE $provider tls$version: another process of the fleet resumes it"
    done
    client -tls1_2 "$one" -sess_out "$work/session"
    (umask 077; key 2 >"$work/conf/keys")
    client -tls1_2 "$port" -sess_in "$work/session"
    fresh "TICKET_FILE $provider: a file that has changed, without a restart: a full handshake"
    chmod 644 "$work/conf/keys"
    client -tls1_2 "$port" -sess_out "$work/session"
    client -tls1_2 "$port" -sess_in "$work/session"
    fresh "TICKET_FILE $provider: a file that others may read serves nobody"
    grep -q 'a secret that others can read' "$serve_log"
    ok $? "TICKET_FILE $provider: and the log says so" || diag "$(cat "$serve_log")"
    stop "$spawned"
    stop "$one_pid"
    unset OPENSSPI_CONFDIR
done
tap_done
