#!/bin/sh
# SPDX-License-Identifier: MIT
# doc/examples/server.c builds as a porter would build it, serves curl with every provider, and is what the README shows.
. "${top_srcdir:?}/t/lib.sh"
have curl || skip_all "curl is not installed"
example=$top_srcdir/doc/examples/server.c

sed -n '/README: from here/,/README: to here/p' "$example" | sed '1d;$d' >"$work/shown"
sed -n '/^```c$/,/^```$/p' "$top_srcdir/README.md" | sed '1d;$d' >"$work/readme"
check "the README shows the example as it stands" diff "$work/shown" "$work/readme"

compiler=${CC:-cc}
# shellcheck disable=SC2086
check "the example compiles without a warning" ${compiler%% *} -Wall -Wextra -Werror -I"$top_srcdir/include" \
    ${SAN_FLAGS:-} -o "$work/server" "$example" "$top_builddir/.libs/libopensspi-twin.so"
check "the client compiles without a warning" ${compiler%% *} -Wall -Wextra -Werror -I"$top_srcdir/include" \
    ${SAN_FLAGS:-} -o "$work/client" "$top_srcdir/doc/examples/client.c" "$top_builddir/.libs/libopensspi-twin.so"
[ -x "$work/server" ] || tap_done
for provider in $PROVIDERS; do
    LD_LIBRARY_PATH=$top_builddir/.libs OPENSSPI_PROVIDER=$provider spawn "$work/log" "$work/server" \
        "$pki/server-ecdsa-full.pem"
    wait_for "$work/log" '^[0-9]' "$spawned"
    ok $? "$provider: the example listens" || { diag "$(cat "$work/log")"; continue; }
    port=$(head -n 1 "$work/log")
    page=$(curl -sS --max-time 60 --cacert "$pki/root.pem" "https://localhost:$port/" 2>&1)
    is "$page" hello "$provider: curl reads its page"
    stop "$spawned"
    : >"$work/log"
    serve --provider "$provider" --cert "$pki/server-rsa-full.pem"
    ok $? "$provider: sspi serve listens" || continue
    page=$(LD_LIBRARY_PATH=$top_builddir/.libs OPENSSPI_PROVIDER=$provider "$work/client" localhost "$port" \
        "$pki/root.pem" 2>&1)
    is "$? $(echo "$page" | head -n 1 | tr -d '\r')" "0 HTTP/1.1 200 OK" "$provider: the client reads a page"
    LD_LIBRARY_PATH=$top_builddir/.libs OPENSSPI_PROVIDER=$provider "$work/client" localhost "$port" \
        "$pki/other-root.pem" >"$work/page" 2>&1
    is "$? $(cat "$work/page")" "1 client: 0x80090325 (sspi status 0x80090325 explains it)" \
        "$provider: and none from a server that nobody vouches for"
    stop "$spawned"
done
tap_done
