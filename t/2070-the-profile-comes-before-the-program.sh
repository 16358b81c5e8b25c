#!/bin/sh
# SPDX-License-Identifier: MIT
# `profile =` on the wire: what each allows and refuses, for every provider, in both roles and versions, against
# openssl's own client and server that know nothing else.  And where one program has another, that is said.
. "${top_srcdir:?}/t/lib.sh"
have openssl || skip_all 'openssl is not installed'
umask 022
chmod 755 "$work"
unset OPENSSPI_PROVIDER OPENSSPI_LOG
profiles='default legacy strict approved-only'
for profile in $profiles; do
    mkdir "$work/$profile"
    printf '[package Schannel]\nprofile = %s\nlog = none\n' "$profile" >"$work/$profile/opensspi.conf"
done
chain=$pki/server-rsa-chain.pem key=$pki/server-rsa.key

# Each row: what one end of openssl is held to, and whether default, legacy, strict and approved-only agree with it.
# `s` is for a server under the profile, `c` for a client, `b` for both.  `-`: not asked, libraries differ; `w`: yes, but wolfSSL is built without.
rows() {
    cat <<'END'
b|y y n y|1.2 AES-128|-tls1_2 -cipher ECDHE-RSA-AES128-GCM-SHA256
b|y y y y|1.2 AES-256|-tls1_2 -cipher ECDHE-RSA-AES256-GCM-SHA384
b|y y y n|1.2 ChaCha20|-tls1_2 -cipher ECDHE-RSA-CHACHA20-POLY1305
b|n y n n|1.2 CBC|-tls1_2 -cipher ECDHE-RSA-AES256-SHA@SECLEVEL=0
b|n w n n|1.2 RSA key exchange|-tls1_2 -cipher AES256-GCM-SHA384
b|y y y n|1.2 x25519|-tls1_2 -cipher ECDHE-RSA-AES256-GCM-SHA384 -groups X25519
b|y y y y|1.2 P-256|-tls1_2 -cipher ECDHE-RSA-AES256-GCM-SHA384 -groups P-256
b|n n n n|1.2 X448|-tls1_2 -cipher ECDHE-RSA-AES256-GCM-SHA384 -groups X448
b|n - n n|1.2 SHA-1|-tls1_2 -cipher ECDHE-RSA-AES256-GCM-SHA384@SECLEVEL=0 -sigalgs RSA+SHA1
b|n n n n|1.2 no encryption|-tls1_2 -cipher ECDHE-RSA-NULL-SHA@SECLEVEL=0
b|y y n y|1.3 AES-128|-tls1_3 -ciphersuites TLS_AES_128_GCM_SHA256
b|y y y y|1.3 AES-256|-tls1_3 -ciphersuites TLS_AES_256_GCM_SHA384
b|y y y n|1.3 ChaCha20|-tls1_3 -ciphersuites TLS_CHACHA20_POLY1305_SHA256
b|n n n n|1.3 CCM|-tls1_3 -ciphersuites TLS_AES_128_CCM_SHA256
b|y y y n|1.3 x25519|-tls1_3 -ciphersuites TLS_AES_256_GCM_SHA384 -groups X25519
b|y y y y|1.3 P-384|-tls1_3 -ciphersuites TLS_AES_256_GCM_SHA384 -groups P-384
b|n - n n|1.1|-tls1_1 -cipher DEFAULT@SECLEVEL=0
b|n - n n|1.0|-tls1 -cipher DEFAULT@SECLEVEL=0
END
}
[ -z "${OPENSSPI_QUICK:-}" ] || quick='ChaCha20|CBC|1.3 AES-128|1.1'
rows | grep -E "${quick:-.}" >"$work/rows"
wanted() { # wanted COLUMNS PROFILE PROVIDER
    set -- "$2" "$3" $1
    case $1 in default) set -- "$2" "$3" ;; legacy) set -- "$2" "$4" ;; strict) set -- "$2" "$5" ;; *) set -- "$2" "$6" ;; esac
    case $2:$1 in w:wolfssl) echo - ;; w:*) echo y ;; *) echo "$2" ;; esac
}
judge() { # judge STATUS WANTED WORDS
    case $2 in
    y) ok "$1" "$3: agrees" ;;
    n) [ "$1" -ne 0 ]; ok $? "$3: refused" ;;
    esac
}

# ---- a server under the profile ----
for profile in $profiles; do
    for provider in $PROVIDERS; do
        OPENSSPI_CONFDIR=$work/$profile
        export OPENSSPI_CONFDIR
        serve --cert "$chain" --key "$key" --provider "$provider" || { ok 1 "$provider $profile: serves"; continue; }
        server=$spawned
        while IFS='|' read -r who columns words arguments; do
            want=$(wanted "$columns" "$profile" "$provider")
            [ "$who" != c ] && [ "$want" != - ] || continue
            # shellcheck disable=SC2086
            timeout 60 openssl s_client -connect "127.0.0.1:$port" $arguments </dev/null >"$work/out" 2>&1
            judge $? "$want" "$provider $profile server, $words" || diag "$(tail -n 3 "$work/out")"
        done <"$work/rows"
        stop "$server"
    done
done

# ---- a client under the profile ----
# reaches PROVIDER: sspi connect gets through to the server of openssl on $port
reaches() {
    timeout 60 "$sspi" connect "localhost:$port" --provider "$1" --ca "$pki/root.pem" --quiet </dev/null >"$work/out" 2>&1
    # openssl's server closes without saying so, which is no failure of the handshake.
    [ $? -eq 0 ] || ! grep -q ': 0x8' "$work/out"
}
while IFS='|' read -r who columns words arguments; do
    [ "$who" != s ] || continue
    port=$(free_port)
    # shellcheck disable=SC2086
    spawn "$work/s_server" openssl s_server -accept "127.0.0.1:$port" -cert "$pki/server-rsa.pem" -cert_chain "$chain" \
        -key "$key" -quiet -rev $arguments
    listening "$port" "$spawned" || { ok 1 "$words: openssl's server starts"; diag "$(cat "$work/s_server")"; continue; }
    server=$spawned
    for profile in $profiles; do
        OPENSSPI_CONFDIR=$work/$profile
        for provider in $PROVIDERS; do
            want=$(wanted "$columns" "$profile" "$provider")
            [ "$want" != - ] || continue
            reaches "$provider"
            judge $? "$want" "$provider $profile client, $words" || diag "$(tail -n 3 "$work/out")"
        done
    done
    stop "$server"
done <"$work/rows"

# ---- an exception is said ----
conf=$work/exception
mkdir "$conf"
cat >"$conf/opensspi.conf" <<'END'
[package Schannel]
profile = strict
client-certificate = require
log = stderr
[program sspi]
profile = legacy
[program tight]
profile = approved-only
client-certificate = request
END
OPENSSPI_CONFDIR=$conf
in_out() { grep -qF -- "$1" "$work/out" || { diag "$(cat "$work/out")"; return 1; }; }
"$sspi" config explain profile >"$work/out" 2>&1 &&
    in_out "except [program sspi], $conf/opensspi.conf:6: legacy, which allows more: TLS 1.0, TLS 1.1, DTLS 1.0, 17 cipher suites, 2 signature algorithms" &&
    in_out "except [program tight], $conf/opensspi.conf:8: approved-only, which allows more: 3 cipher suites"
ok $? 'explain names the programs for which it is another profile, where, and what that allows more'
"$sspi" config explain profile --program sspi >"$work/out" 2>&1 &&
    in_out "an exception: $conf/opensspi.conf:6 allows what the machine's strict does not:" &&
    in_out 'TLS 1.0, TLS 1.1, DTLS 1.0, TLS_AES_128_GCM_SHA256' && in_out 'TLS_RSA_WITH_AES_128_CBC_SHA, ecdsa_sha1, rsa_pkcs1_sha1'
ok $? 'explain --program names each version, suite and algorithm'
[ "$(grep ', TLS_' "$work/out" | wc -L)" -le 110 ]
ok $? 'in lines that fit'
"$sspi" config explain profile --program tight >"$work/out" 2>&1 && in_out "and not what that allows:" && in_out 'TLS_CHACHA20_POLY1305_SHA256'
ok $? 'and what it takes away'
"$sspi" config explain revocation >"$work/out" 2>&1 && in_out 'require' && in_out 'set by built-in for profile = strict' &&
    in_out 'except [program sspi], built-in: available'
ok $? 'explain revocation: what hangs on the profile is an exception too'
"$sspi" config explain client-certificate --program tight >"$work/out" 2>&1 &&
    in_out "an exception: for the machine it is require, set by $conf/opensspi.conf:3"
ok $? 'explain: another setting, and what holds for the machine'
"$sspi" config explain client-certificate --program another >"$work/out" 2>&1 && ! grep -qE 'an exception|except \[' "$work/out"
ok $? 'a program without a section is no exception'
first=${PROVIDERS%% *}
"$sspi" config get policy --provider "$first" >"$work/out" 2>&1 && is "$(cat "$work/out")" @SYSTEM 'policy under strict: the system'"'"'s'
printf '[package Schannel]\nprofile = legacy\n' >"$work/legacy/opensspi.conf"
OPENSSPI_CONFDIR=$work/legacy "$sspi" config explain policy --provider "$first" >"$work/out" 2>&1 &&
    in_out 'policy              none' && in_out 'set by built-in for profile = legacy'
ok $? 'policy under legacy: none, and why'

said() { # said PROVIDER: what a program logs that acquires a credential
    "$sspi" connect localhost:1 --provider "$1" </dev/null >"$work/out" 2>&1
    serve_log=$(mktemp "$work/serve.XXXXXX")
    spawn "$serve_log" "$sspi" serve --cert "$chain" --key "$key" --provider "$1"
    wait_for "$serve_log" '^listening on' "$spawned"
    stop "$spawned"
    cp "$serve_log" "$work/out"
}
said "$first"
in_out "program sspi: profile = legacy ($conf/opensspi.conf:6) allows what the machine's strict does not: TLS 1.0, TLS 1.1, DTLS 1.0, 17 cipher suites, 2 signature algorithms" &&
    in_out 'program sspi: revocation = available (built-in), where the machine says require'
ok $? 'the log of a program with an exception says so'
is "$(grep -c 'program sspi: profile' "$work/out")" 1 'once'
sed -i 's/^\[program sspi\]/[program nobody]/' "$conf/opensspi.conf"
said "$first"
! grep -q 'program ' "$work/out"
ok $? 'that of one without says nothing' || diag "$(cat "$work/out")"
printf '[package Schannel]\nprofile = legacy\nlog = stderr\n[program sspi]\nprofile = strict\nfallback = no\n' >"$conf/opensspi.conf"
said "$first"
! grep -q 'program ' "$work/out"
ok $? 'nor of one that is held to less' || diag "$(cat "$work/out")"
OPENSSPI_LOG=config+info
export OPENSSPI_LOG
said "$first"
in_out "program sspi: profile = strict ($conf/opensspi.conf:5), where the machine says legacy" &&
    in_out "program sspi: fallback = no ($conf/opensspi.conf:6), where the machine says yes"
ok $? 'which it tells whoever asks for more'
tap_done
