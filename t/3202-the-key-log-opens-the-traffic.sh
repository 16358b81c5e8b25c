#!/bin/sh
# SPDX-License-Identifier: MIT
# `sspi serve --keylog` and `sspi connect --keylog`: the same secrets on both ends, a private file, and a refusal where
# the provider cannot.
. "${top_srcdir:?}/t/lib.sh"

can_log() { "$sspi" providers --json | tr -d '\n' | sed 's/{"name"/\n{"name"/g' | grep "^{\"name\": \"$1\"" | grep -q '"keylog"'; }

for provider in $PROVIDERS; do
    rm -f "$work"/server.keys "$work"/client.keys
    if ! can_log "$provider"; then
        "$sspi" serve --provider "$provider" --cert "$pki/server-ecdsa-full.pem" --keylog "$work/server.keys" \
            >"$work/out" 2>&1
        is $? 1 "D12 $provider: cannot log keys, and sspi serve says so"
        grep -q "$work/server.keys: 0x80090302" "$work/out"
        ok $? "D12 $provider: SEC_E_UNSUPPORTED_FUNCTION, and the file is named" || diag "$(cat "$work/out")"
        continue
    fi
    (umask 0 && serve --provider "$provider" --cert "$pki/server-ecdsa-full.pem" --keylog "$work/server.keys" &&
        echo "$port" >"$work/port" && echo "$spawned" >"$work/pid" && trap - EXIT)
    port=$(cat "$work/port") pid=$(cat "$work/pid")
    server=$pid:$(tap_began "$pid")
    tap_pids="$tap_pids $server"
    for version in 1.2 1.3; do
        printf 'GET / HTTP/1.0\r\n\r\n' | "$sspi" connect "localhost:$port" --ca "$pki/root.pem" --quiet --tls $version \
            --provider "$provider" --keylog "$work/client.keys" >/dev/null 2>"$work/err"
        ok $? "$provider tls$version: a page with both ends logging" || diag "$(cat "$work/err")"
    done
    tap_kill "$server"
    is "$(stat -c %a "$work/server.keys") $(stat -c %a "$work/client.keys")" "600 600" "$provider: the files are private"
    sort "$work/server.keys" >"$work/a"
    sort "$work/client.keys" >"$work/b"
    check "$provider: both ends logged the same secrets" cmp "$work/a" "$work/b"
    is "$(grep -cE '^CLIENT_RANDOM [0-9a-fA-F]{64} [0-9a-fA-F]{96}$' "$work/a")" 1 "$provider: one master secret (TLS 1.2)"
    is "$(grep -cE '^(CLIENT|SERVER)_(HANDSHAKE_)?TRAFFIC_SECRET(_0)? [0-9a-fA-F]{64} [0-9a-fA-F]{64,96}$' "$work/a")" 4 \
        "$provider: four traffic secrets (TLS 1.3)"
    ln -sf /dev/null "$work/link"
    "$sspi" connect "localhost:1" --provider "$provider" --keylog "$work/link" </dev/null >"$work/out" 2>&1
    is $? 1 "$provider: a symbolic link is no key log"
done
tap_done
