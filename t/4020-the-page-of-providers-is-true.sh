#!/bin/sh
# SPDX-License-Identifier: MIT
# doc/providers.md says what each provider can do; this makes it from trials (openssl s_client against `sspi serve`) and
# from what the providers report, and compares.  With --page it prints the page: the way to make it anew.
: "${top_srcdir:?}" "${top_builddir:?}"
. "$top_srcdir/t/lib.sh"
have openssl || skip_all "openssl is not installed"
page=$top_srcdir/doc/providers.md

# tried PROVIDER KEY OPTIONS...: does openssl s_client complete a handshake with it?
tried() {
    tried_provider=$1 tried_key=$2
    shift 2
    serve --provider "$tried_provider" --cert "$pki/server-$tried_key-full.pem" || return 1
    timeout 60 openssl s_client -CAfile "$pki/root.pem" -verify_return_error "$@" -connect "127.0.0.1:$port" \
        </dev/null >"$work/tried" 2>&1
    tried_status=$?
    stop "$spawned"
    return $tried_status
}
list() { # PROVIDER OPTION FIXED... -- NAMES: the names that work behind OPTION
    list_provider=$1 list_option=$2 list_key=$3
    shift 3
    list_found=
    for list_name; do
        if [ "$list_option" = key ]; then tried "$list_provider" "$list_name"; else
            tried "$list_provider" "$list_key" "$list_option" "$list_name"; fi && list_found="$list_found, $list_name"
    done
    echo "${list_found#, }"
}
versions() { # PROVIDER
    versions_found=
    for versions_flag in 1_1 1_2 1_3; do
        tried "$1" rsa -tls$versions_flag -cipher ALL@SECLEVEL=0 &&
            versions_found="$versions_found, $(echo $versions_flag | tr _ .)"
    done
    echo "${versions_found#, }"
}

"$sspi" providers --json >"$work/json" || { cat "$work/json"; skip_all "sspi providers failed"; }
# One line a provider: name, library version, capabilities.
tr -d '\n' <"$work/json" | sed 's/{"name"/\n{"name"/g' |
    sed -n 's/^{"name": "\([a-z]*\)".*"version": "\([^"]*\)".*"capabilities": \[\([^]]*\)\].*/\1 \2 \3/p' |
    tr -d '",' >"$work/providers"
# The bits in order, with the reasons why a library cannot: the table of the test that tries them.
{ tr -d '\n' <"$top_srcdir/t/3090-a-bit-is-a-promise.c"; echo; } | sed 's/{\([0-9]*\), "/\n\1 /g' |
    sed -n 's/^[0-9]* \([a-z0-9-]*\)", [A-Za-z_0()]*, *"\([^"]*\)"}.*/\1 \2/p' >"$work/bits"

cell() { # PROVIDER BIT REASONS
    if grep -q "^$1 .* $2\( \|$\)" "$work/providers"; then
        echo yes
    else
        cell_reason=$(echo "$3" | tr ';' '\n' | sed -n "s/^ *$1: //p")
        echo "no: ${cell_reason:-the library cannot}"
    fi
}
row() { # LABEL COMMAND ARGUMENTS...: a cell for each provider
    row_text="| $1 |"
    shift
    for row_provider in $names; do row_text="$row_text $("$1" "$row_provider" "$2" "$3") |"; done
    echo "$row_text"
}
cell_version() { sed -n "s/^$1 \([^ ]*\) .*/\1/p" "$work/providers"; }
cell_versions() { versions "$1"; }
cell_groups() { list "$1" -groups rsa X25519 P-256 P-384 P-521 X448; }
cell_keys() { list "$1" key "" rsa ecdsa ed25519; }

make_page() {
    names=$(cut -d' ' -f1 "$work/providers")
    cat <<'END'
# The providers

What each can do, and what differs, with Debian 12's libraries. `t/4020-the-page-of-providers-is-true.sh` makes this page:
versions, groups and keys from trials against `sspi serve`, the rest from what the providers report, which
`t/3090-a-bit-is-a-promise.c` and its neighbours try. `sspi providers` says the same of the machine at hand.

END
    echo "| | $(echo $names | sed 's/ / | /g') |"
    echo "|---|$(for name in $names; do printf -- '---|'; done)"
    row "library" cell_version "" ""
    row "TLS versions by default" cell_versions "" ""
    row "groups" cell_groups "" ""
    row "certificate keys" cell_keys "" ""
    while read -r bit reasons; do
        row "$bit" cell "$bit" "$reasons"
    done <"$work/bits"
}

make_page >"$work/page.md"
if [ "${1:-}" = --page ]; then
    cat "$work/page.md"
    exit 0
fi
[ "$(grep -c '' "$work/bits")" -ge 30 ]
ok $? "the bits and their reasons were found"
for provider in $PROVIDERS; do
    grep -q "^$provider " "$work/providers"
    ok $? "$provider reports"
done
if [ "$(grep '^| library' "$page")" = "$(grep '^| library' "$work/page.md")" ]; then
    check "doc/providers.md says what was tried" diff "$page" "$work/page.md"
else
    skip "the libraries here are others: $(grep '^| library' "$work/page.md")" "doc/providers.md says what was tried"
    diff "$page" "$work/page.md" | sed 's/^/# /'
fi
tap_done
