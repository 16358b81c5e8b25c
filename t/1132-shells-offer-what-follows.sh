#!/bin/sh
# SPDX-License-Identifier: MIT
# What bash offers behind `sspi`; zsh and fish read their files.
. "${top_srcdir:?}/t/lib.sh"
completion=$top_srcdir/tools/completion
have bash || skip_all 'no bash'
mkdir "$work/bin" && ln -s "$sspi" "$work/bin/sspi"
PATH=$work/bin:$PATH
export PATH
unset OPENSSPI_PROVIDER OPENSSPI_LOG
# offers WORD...: what bash would offer for the last of them, sorted, on one line
offers() {
    bash -c '. "$0"; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _sspi; printf "%s\n" "${COMPREPLY[@]}"' \
        "$completion/sspi.bash" sspi "$@" 2>&1 | sort | tr '\n' ' ' | sed 's/ $//'
}
# Behind two blanks, as the help has them.
words() { "$sspi" "$@" | sed -n 's/^  \([a-z-][a-z-]*\) .*/\1/p' | grep "${pattern:-.}" | sort | tr '\n' ' ' | sed 's/ $//'; }
commands=$("$sspi" --help | sed -n 's/^  \([a-z][a-z]*\) .*/\1/p')

is "$(offers '')" "$(echo $commands help --help --version | tr ' ' '\n' | sort | tr '\n' ' ' | sed 's/ $//')" "commands first"
is "$(offers doc)" doctor "a command that was begun"
is "$(offers help '')" "$(echo "$commands" | sort | tr '\n' ' ' | sed 's/ $//')" "help: the commands"
is "$(offers help serve '')" "" "help COMMAND: nothing more"
for command in $commands; do
    pattern=^--
    is "$(offers "$command" --)" "$(words "$command" --help)" "$command: its options"
done
pattern=^[a-z]
is "$(offers config '')" "$(words config --help)" "config: its words"
is "$(offers certs '')" "$(words certs --help)" "certs: its commands"
is "$(offers config get prof)" profile "config get: the settings"
is "$(offers serve --tls '')" "1.2 1.3" "--tls: the versions"
is "$(offers serve --client-cert '')" "none request require" "--client-cert: its words"
is "$(offers certs list --store R)" ROOT "--store: the stores"
is "$(offers connect --provider '')" "$(echo $PROVIDERS | tr ' ' '\n' | sort | tr '\n' ' ' | sed 's/ $//')" "--provider: those that load"
: >"$work/file.pem"
is "$(offers serve --cert "$work/fi")" "$work/file.pem" "--cert: files"
is "$(offers certs show "$work/fi")" "$work/file.pem" "a word: files"
is "$(offers serve --www "$work/b")" "$work/bin" "--www: folders"
for shell in zsh fish; do
    file=$completion/sspi.fish
    [ $shell = fish ] || file=$completion/_sspi
    if have $shell; then
        check "$shell reads its file" $shell -n "$file"
    else
        skip "no $shell" "$shell reads its file"
    fi
done
# Where they are not, at least: each option that takes a value of its own is in all three.
for option in --provider --tls --client-cert --store; do
    grep -q -- "$option" "$completion/sspi.bash" && grep -q -- "$option" "$completion/_sspi" && grep -q -- "$option" "$completion/sspi.fish"
    ok $? "$option is known to all three shells"
done
tap_done
