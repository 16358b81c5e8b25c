#!/bin/sh
# SPDX-License-Identifier: MIT
# Each subcommand of sspi: its --help, its manual page, what its source takes and what the overview says agree.
. "${top_srcdir:?}/t/lib.sh"
doc=$top_srcdir/doc
unset OPENSSPI_PROVIDER OPENSSPI_LOG

commands=$("$sspi" --help | sed -n 's/^  \([a-z][a-z]*\) .*/\1/p')
[ "$(echo "$commands" | wc -l)" -ge 7 ]
ok $? "sspi --help names the commands: $(echo $commands)"
# helped COMMAND [WORDS]: options of its help, or the words that begin a line of it
helped() { "$sspi" "$1" --help | sed -n 's/^  \(--[a-z-]*\).*/\1/p' | sort; }
words() { "$sspi" "$1" --help | sed -n 's/^  \([a-z][a-z-]*\).*/\1/p' | sort; }
# What a page explains: the words in bold that begin a tagged paragraph, options or not.
tagged() { sed -n '/^\.SH OPTIONS/,/^\.SH [^O]/p' "$1" | grep -A1 '^\.TP' | sed 's/\\-/-/g' | grep -oE '^\.B[IR]? "?--[a-z-]+' | grep -oE -- '--.*' | sort; }
verbs() { sed -n '/^\.SH COMMANDS/,/^\.SH [^C]/p' "$1" | grep -A1 '^\.TP' | sed 's/\\-/-/g' | sed -n 's/^\.B[IR]* "\{0,1\}\([a-z][a-z-]*\).*/\1/p' | sort; }
# The source: getopt's table, or words compared.
taken() { grep -ohE '\{"[a-z-]+", *(no|required|optional)_argument|strcmp\(argv\[i\], "--[a-z-]+' "$1" | sed 's/{"/--/; s/.*"--/--/; s/".*//' | sort -u; }
for command in $commands; do
    page=$doc/sspi-$command.1
    [ -s "$page" ]
    ok $? "$command: there is sspi-$command(1)" || continue
    is "$(tagged "$page")" "$(helped $command)" "$command: page and --help list the same options"
    is "$(verbs "$page")" "$(words $command)" "$command: page and --help list the same words"
    [ ! -e "$top_srcdir/tools/$command.c" ] ||
        is "$(taken "$top_srcdir/tools/$command.c")" "$(helped $command)" "$command: --help lists what it takes"
    grep -q "^\.BR sspi.-$command (1)" "$doc/sspi.1" && grep -q '^\.BR sspi (1)' "$page"
    ok $? "$command: sspi(1) and the page name each other"
    bad=
    for section in NAME SYNOPSIS DESCRIPTION OPTIONS 'EXIT STATUS' EXAMPLES 'SEE ALSO'; do
        grep -q "^\.SH $section" "$page" || bad="$bad $section"
    done
    is "$bad" "" "$command: no section is missing"
    "$sspi" help $command >"$work/help" && "$sspi" $command --help | cmp -s - "$work/help"
    ok $? "sspi help $command is sspi $command --help"
    # Pages name other pages: those of this project are there.
    sed -n '/^\.SH SEE ALSO/,$p' "$page" | sed 's/\\-/-/g' | sed -n 's/^\.BR \(sspi[a-z-]*\|opensspi[a-z.-]*\) (\([1-8]\)).*/\1.\2/p' | while read -r other; do
        [ -e "$doc/$other" ] || echo "$other"
    done >"$work/lost"
    is "$(cat "$work/lost")" "" "$command: the pages it names are there"
done
for page in "$doc"/sspi-*.1; do
    name=${page##*/sspi-}
    echo "$commands" | grep -qx "${name%.1}" || echo "$page"
done >"$work/stray"
is "$(cat "$work/stray")" "" "no page is of a command that is not there"
"$sspi" help nonsense >"$work/out" 2>"$work/err"
is $? 2 "sspi help nonsense: usage" && grep -q "no command 'nonsense'" "$work/err"
ok $? "and says so"
"$sspi" help serve more >/dev/null 2>&1
is $? 2 "sspi help with a word too many: usage"
"$sspi" help config >/dev/full 2>/dev/null
is $? 1 "sspi help config to where nothing can be written: 1"
if have mandoc; then
    check "mandoc finds no fault in the pages" mandoc -Tlint -W warning "$doc"/*.[1-8]
else
    skip "no mandoc" "mandoc finds no fault in the pages"
fi
tap_done
