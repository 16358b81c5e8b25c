#!/bin/sh
# SPDX-License-Identifier: MIT
# Renegotiation, late certificates and KeyUpdate with openssl s_client, s_server and gnutls-serv on the other end
# (D14, K26, K27, W63): they begin, `sspi serve` and `sspi connect` follow, and data passes before and after.
. "${top_srcdir:?}/t/lib.sh"
for tool in openssl gnutls-serv mkfifo; do have $tool || skip_all "$tool is not installed"; done
chain=$pki/server-rsa-chain.pem key=$pki/server-rsa.key

# pipe NAME FD: an end that stays open, so that neither side waits for the other.
pipe() {
    rm -f "$work/$1"
    mkfifo "$work/$1"
    eval "exec $2<>\"$work/$1\""
}
# reading NAME LOG COMMAND...: spawns it with that pipe as its input.
reading() {
    reading_from=$work/$1 reading_log=$2
    shift 2
    # shellcheck disable=SC2016
    spawn "$reading_log" sh -c 'exec "$@" <"$0" 3>&- 4>&-' "$reading_from" timeout 240 "$@"
}
# typed FD WORD FILE PATTERN: writes the word, and waits until one more line of the file matches.  Words follow one after
# the other: openssl takes one for a command only where nothing stands behind it, and drops what does.  With -msg it
# tells when a handshake is over.
typed() {
    typed_before=$(grep -c "$4" "$3")
    printf '%s\n' "$2" >&"$1"
    [ -z "$4" ] || wait_for "$3" "$4" "$other" $((typed_before + 1)) || { diag "no $4 for $2"; return 1; }
}
over='^<<< .*Finished'
# session WORD=PATTERN...: each word to the program that reads $work/in, open as descriptor 3, and its answer in $log.
session() {
    session_rc=0
    for pair in "$@"; do
        typed 3 "${pair%%=*}" "$log" "${pair#*=}" || { session_rc=1; break; }
    done
    exec 3>&-
    return $session_rc
}

# ---- sspi serve: the client begins ----
from_s_client() { # PROVIDER VERSION PAIRS...
    provider=$1 version=$2
    shift 2
    serve --cert "$pki/server-rsa-full.pem" --port 0 --provider "$provider" --tls "$version" --echo ||
        { ok 1 "$provider $version: serves"; return; }
    pipe in 3
    log=$work/client.log
    : >"$log"
    reading in "$log" openssl s_client -connect "127.0.0.1:$port" "-tls1_${version#1.}" -msg -CAfile "$pki/root.pem"
    other=$spawned
    session "$@"
}
for provider in $PROVIDERS; do
    if [ "$provider" = wolfssl ]; then
        ok 0 "D14 $provider TLS 1.2: refused: renegotiate"
    else
        from_s_client "$provider" 1.2 first=^first "R=$over" second=^second "R=$over" third=^third
        ok $? "D14 $provider TLS 1.2: s_client begins two new handshakes" || diag "$(tail -n 20 "$log")"
    fi
    from_s_client "$provider" 1.3 first=^first k=^KEYUPDATE second=^second K=^KEYUPDATE third=^third K=^KEYUPDATE fourth=^fourth
    ok $? "K26 D14 $provider TLS 1.3: s_client renews its keys, and asks for new ones" || diag "$(tail -n 20 "$log")"
done

# ---- sspi connect: the server begins ----
to_s_server() { # PROVIDER VERSION OPTIONS PAIRS...
    provider=$1 version=$2 options=$3
    shift 3
    server_port=$(free_port)
    pipe in 3
    pipe up 4
    # shellcheck disable=SC2086
    reading in "$work/server.log" openssl s_server -accept "127.0.0.1:$server_port" -cert_chain "$chain" \
        -cert "$pki/server-rsa.pem" -key "$key" -CAfile "$pki/root.pem" "-tls1_${version#1.}" -msg $options
    other=$spawned
    listening "$server_port" "$other"
    log=$work/connect.log
    : >"$log"
    reading up "$log" "$sspi" connect "localhost:$server_port" --ca "$pki/root.pem" --provider "$provider" \
        --tls "$version" --cert "$pki/client-rsa-full.pem"
    connect=$spawned
    wait_for "$log" 'connected to' "$connect" || { exec 3>&- 4>&-; return 1; }
    rc=0
    for pair in "$@"; do # word=pattern: typed at the server; :word=pattern: a command of its; +word=pattern: at the client
        word=${pair%%=*} pattern=${pair#*=}
        case $pair in
        +*) typed 4 "${word#+}" "$work/server.log" "$pattern" ;;
        :*) typed 3 "${word#:}" "$work/server.log" "$pattern" ;;
        *) typed 3 "$word" "$log" "$pattern" ;;
        esac || { rc=1; break; }
    done
    exec 3>&- 4>&-
    return $rc
}
update='^>>> .*KeyUpdate'
said() { diag "$(tail -n 12 "$work/server.log" "$work/connect.log")"; }
for provider in $PROVIDERS; do
    if [ "$provider" = wolfssl ]; then
        # Without RFC 5746 the server must be told to; a client that cannot says so and does not loop.
        to_s_server "$provider" 1.2 -legacy_renegotiation one=^one ':r=^>>> .*HelloRequest' x=
        wait_for "$work/connect.log" 80090302
        ok $? "K27 $provider TLS 1.2: HelloRequest of s_server: SEC_E_UNSUPPORTED_FUNCTION" || said
        ok 0 "W63 $provider TLS 1.2: refused: renegotiate"
    else
        to_s_server "$provider" 1.2 '' one=^one +up=^up ":r=$over" two=^two +more=^more ":R=$over" three=^three +last=^last
        ok $? "W63 K27 D14 $provider TLS 1.2: s_server begins, once asking for a certificate" || said
        grep -q 'depth=0 CN *= *client' "$work/server.log"
        ok $? "W64 $provider TLS 1.2: which it has" || said
    fi
    to_s_server "$provider" 1.3 '' one=^one +up=^up ":k=$update" two=^two +more=^more ":K=$update" three=^three +again=^again \
        ":c=$over" four=^four +last=^last
    ok $? "K26 D14 $provider TLS 1.3: s_server renews keys, and asks for a certificate late" || said
    grep -q 'depth=0 CN *= *client' "$work/server.log"
    ok $? "D14 $provider TLS 1.3: which it has" || said
done

# ---- gnutls-serv: the client's words make it begin (its renegotiation ends in failure with gnutls-cli too) ----
to_gnutls_serv() { # PROVIDER VERSION PAIRS...
    provider=$1 version=$2
    shift 2
    server_port=$(free_port)
    pipe in 3
    spawn "$work/server.log" timeout 240 gnutls-serv --echo --port "$server_port" --x509certfile "$chain" \
        --x509keyfile "$key" --x509cafile "$pki/root.pem" --priority NORMAL --disable-client-cert 3>&-
    listening "$server_port" "$spawned"
    log=$work/connect.log
    : >"$log"
    reading in "$log" "$sspi" connect "localhost:$server_port" --ca "$pki/root.pem" --provider "$provider" \
        --tls "$version" --cert "$pki/client-rsa-full.pem"
    other=$spawned
    session "$@"
}
for provider in $PROVIDERS; do
    to_gnutls_serv "$provider" 1.3 one=^one '**REAUTH**=^Successfully' two=^two three=^three
    ok $? "K26 D14 $provider TLS 1.3: gnutls-serv asks for a certificate late" || said
done
tap_done
