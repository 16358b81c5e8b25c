#!/bin/sh
# SPDX-License-Identifier: MIT
# A client that offers both versions and not every suite of each still finds one of TLS 1.3.
. "${top_srcdir:?}/t/lib.sh"
have openssl || skip_all "no openssl here"

for provider in $PROVIDERS; do
    serve --provider "$provider" --cert "$pki/server-ecdsa-chain.pem" --key "$pki/server-ecdsa.key" || { ok 1 "$provider serves"; continue; }
    for suite in TLS_AES_128_GCM_SHA256 TLS_AES_256_GCM_SHA384 TLS_CHACHA20_POLY1305_SHA256; do
        for old in ECDHE-ECDSA-CHACHA20-POLY1305 ECDHE-ECDSA-AES128-GCM-SHA256; do
            echo Q | openssl s_client -connect "127.0.0.1:$port" -ciphersuites $suite -cipher $old >"$work/client" 2>&1
            grep -q "^New, TLSv1.3, Cipher is $suite" "$work/client"
            ok $? "$provider: $suite, although $old is offered too" || diag "$(grep -E 'alert|New,' "$work/client")"
        done
    done
    stop "$spawned"
done
tap_done
