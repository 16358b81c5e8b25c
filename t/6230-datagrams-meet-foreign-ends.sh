#!/bin/sh
# SPDX-License-Identifier: MIT
# DTLS 1.2 over UDP with openssl s_server and s_client, gnutls-serv and gnutls-cli: every provider, both roles.
. "${top_srcdir:?}/t/lib.sh"
for tool in openssl gnutls-serv gnutls-cli; do have $tool || skip_all "$tool is not installed"; done
end=$top_builddir/t/datagram-end
chain=$pki/server-rsa-chain.pem key=$pki/server-rsa.key

connect() { # PROVIDER NAME
    timeout 120 "$end" connect "$1" "$server_port" >"$work/client.log" 2>&1 && grep -q '^received: .' "$work/client.log"
    ok $? "W22 $1: a client of $2" || diag "$(cat "$work/client.log" "$work/server.log")"
}
lines() { # what a server or client types, until nobody reads it
    while echo 'a line of theirs' 2>/dev/null; do sleep 0.2; done
}
lines_until_back() { # the same of a client, which ends with its input, when one of them has come back
    until grep -q 'a line of theirs' "$work/client.log" || ! echo 'a line of theirs' 2>/dev/null; do sleep 0.2; done
}

for provider in $PROVIDERS; do
    for listen in '' -listen; do
        server_port=$(free_port)
        mkfifo "$work/keys"
        lines >"$work/keys" &
        typist=$!:$(tap_began $!)
        # shellcheck disable=SC2086
        spawn "$work/server.log" sh -c "exec openssl s_server -dtls1_2 $listen -port $server_port -cert '$pki/server-rsa.pem' \
            -key '$key' -cert_chain '$chain' <'$work/keys'"
        listening_udp "$server_port"
        connect "$provider" "openssl s_server $listen"
        # Its answer does not wait for our line: it says what is typed, whenever that is.
        wait_for "$work/server.log" 'a line of ours' "$spawned"
        ok $? "W22 $provider: which reads what it says $listen"
        stop "$spawned"
        tap_kill "$typist"
        wait "${typist%:*}" 2>/dev/null
        rm -f "$work/keys"
    done

    server_port=$(free_port)
    spawn "$work/server.log" gnutls-serv --udp --echo --port "$server_port" --x509certfile "$chain" \
        --x509keyfile "$key" --priority NORMAL --disable-client-cert
    listening_udp "$server_port"
    connect "$provider" gnutls-serv
    stop "$spawned"

    for client in openssl gnutls; do
        server_log=$(mktemp "$work/serve.XXXXXX")
        spawn "$server_log" timeout 120 "$end" serve "$provider"
        wait_for "$server_log" '^listening on' "$spawned"
        port=$(sed -n 's/^listening on .*:\([0-9]*\)$/\1/p' "$server_log")
        : >"$work/client.log"
        if [ $client = openssl ]; then
            lines_until_back |
                timeout 60 openssl s_client -dtls1_2 -connect "127.0.0.1:$port" -CAfile "$pki/root.pem" \
                    -servername localhost -verify_return_error >"$work/client.log" 2>&1
        else
            lines_until_back |
                timeout 60 gnutls-cli --udp -p "$port" --x509cafile "$pki/root.pem" localhost \
                    >"$work/client.log" 2>&1
        fi
        wait "$spawned"
        grep -q '^received: a line of theirs' "$server_log" && grep -q 'a line of theirs' "$work/client.log"
        ok $? "W22 $provider: a server of $client's client" || diag "$(cat "$server_log" "$work/client.log")"
    done
done
tap_done
