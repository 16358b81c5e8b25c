#!/bin/sh
# SPDX-License-Identifier: MIT
# Records of one octet from a foreign client; clients and servers that vanish without close_notify.
. "${top_srcdir:?}/t/lib.sh"
for tool in openssl gnutls-serv mkfifo; do have $tool || skip_all "$tool is not installed"; done

# One octet a record: s_client seals what each read gives it, so the next is written when the last has come back.
dribble() {
    dribbled=0
    for letter in o n e _ b y _ o n e; do
        printf '%s' "$letter"
        dribbled=$((dribbled + 1)) tries=0
        while [ "$(wc -c <"$work/back")" -lt $dribbled ] && [ $tries -lt 1200 ]; do
            sleep 0.03
            tries=$((tries + 1))
        done
    done
}

mkfifo "$work/silence"
exec 9<>"$work/silence" # never ends, however slow the machine is

for provider in $PROVIDERS; do
    for version in 1.2 1.3; do
        name="$provider tls$version"
        flag=-tls$(echo $version | tr . _)
        serve --provider "$provider" --tls $version --echo --cert "$pki/server-ecdsa-full.pem"
        ok $? "$name: sspi serve --echo listens" || continue
        server=$spawned
        : >"$work/back"
        dribble | timeout 60 openssl s_client -quiet -no_ign_eof $flag -connect "127.0.0.1:$port" >"$work/back" 2>/dev/null
        is "$(cat "$work/back")" one_by_one "$name: ten records of one octet come back"

        # A client that is killed with its connection open.
        # shellcheck disable=SC2016
        spawn "$work/killed" sh -c 'exec "$@" <"$0"' "$work/silence" openssl s_client $flag -connect "127.0.0.1:$port"
        killed=$spawned
        wait_for "$work/killed" '^New, .*Cipher is' "$killed"
        ok $? "$name: a client connects" || diag "$(tail -n 5 "$work/killed")"
        stop "$killed" -KILL
        is "$(printf still | timeout 60 "$sspi" connect "localhost:$port" --provider "$provider" --ca "$pki/root.pem" --quiet)" \
            still "$name: the server goes on after a client was killed"
        stop "$server"
        is $? 0 "$name: and ends cleanly"

        # A server that is killed: the client says that the answer may be cut short.
        server_port=$(free_port)
        spawn "$work/server.log" gnutls-serv --echo --port "$server_port" --disable-client-cert \
            --priority "NORMAL:-VERS-ALL:+VERS-TLS$version" --x509certfile "$pki/server-ecdsa-chain.pem" \
            --x509keyfile "$pki/server-ecdsa.key"
        server=$spawned
        listening "$server_port" "$server"
        ok $? "$name: gnutls-serv listens" || { diag "$(cat "$work/server.log")"; continue; }
        : >"$work/err"
        timeout 60 "$sspi" connect "localhost:$server_port" --provider "$provider" --ca "$pki/root.pem" \
            <"$work/silence" >"$work/out" 2>"$work/err" &
        client=$!
        wait_for "$work/err" ', verified' "$client"
        ok $? "$name: sspi connect connects" || diag "$(cat "$work/err")"
        stop "$server" -KILL
        wait "$client"
        is $? 1 "$name: sspi connect fails where the server vanished"
        grep -qE 'without close_notify|reset by peer' "$work/err"
        ok $? "$name: and says why" || diag "$(cat "$work/err")"
    done
done
tap_done
