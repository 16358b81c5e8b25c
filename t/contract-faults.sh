#!/bin/sh
# SPDX-License-Identifier: MIT
# make contract-faults: are the tests of the contract able to fail?  Plants the faults of
# t/contract-faults.tsv into the core, one at a time, and asks that a test which names the item says so.
# Compiles the one file, links the twin library of the tests anew in a folder of its own; the build stays as
# it is.  Arguments: the numbers of single rows.
set -u
: "${top_srcdir:?}" "${PROVIDERS:?}" "${COMPILE:?}" "${LINK_WITH:=}" "${AWK:=awk}"
build=$(pwd)
rows=$top_srcdir/t/contract-faults.tsv
work=$(mktemp -d "${TMPDIR:-/tmp}/opensspi-faults.XXXXXX") || exit 99
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT TERM HUP
mkdir "$work/lib" || exit 99

# The core is the same for every provider: one will do.
provider=${PROVIDERS%% *}
top_builddir=$build
OPENSSPI_PROVIDERDIR=$build/providers/.libs
OPENSSPI_MANIFESTDIR=$build/t/manifests
OPENSSPI_CONFDIR=$build/t/conf
OPENSSPI_QUICK=1
TZ=JST-9 # a time that differs from UTC
export top_builddir top_srcdir OPENSSPI_PROVIDERDIR OPENSSPI_MANIFESTDIR OPENSSPI_CONFDIR OPENSSPI_QUICK TZ

link() { # ARCHIVE
    # shellcheck disable=SC2086
    ${COMPILE%% -DHAVE_CONFIG_H*} -shared -fPIC core/.libs/libopensspi_twin_la-paths.o -Wl,--whole-archive "$1" \
        -Wl,--no-whole-archive $LINK_WITH -Wl,-z,relro -Wl,-z,now -Wl,-z,nodelete \
        -Wl,-soname,libopensspi-twin.so -o "$work/lib/libopensspi-twin.so" 2>"$work/link.out"
}

# run NUMBER...: the tests t/NUMBER-*, against the library in the scratch folder; their lines in $work/tap.
run() {
    : >"$work/tap"
    died=
    for number; do
        for program in t/.libs/"$number"*; do
            [ -x "$program" ] || { echo "no test $number is built" >&2; return 1; }
            (LD_LIBRARY_PATH=$work/lib PROVIDERS=$provider timeout 60 "$program" >"$work/one"; exit $?) 2>/dev/null
            [ $? -le 1 ] || died="$died $number"
            cat "$work/one" >>"$work/tap"
        done
    done
}

# plant FILE OLD NEW: the file with the fault on stdout; OLD, in which \n stands for a new line, once.
plant() {
    OLD=$2 NEW=$3 $AWK 'BEGIN { old = ENVIRON["OLD"]; new = ENVIRON["NEW"]
        gsub(/\\n/, "\n", old); gsub(/\\n/, "\n", new); if (new == ";") new = old ~ /;$/ ? ";" : "" }
        { text = text $0 "\n" }
        END { at = index(text, old)
            if (!at || index(substr(text, at + 1), old)) exit 1
            printf "%s%s%s", substr(text, 1, at - 1), new, substr(text, at + length(old)) }' "$1"
}

# compile FILE: what is made of the file in $work/tree; of a header, all that includes it.
compile() {
    sources=$work/tree/$1
    case $1 in *.h) sources=$(grep -lF "#include \"$1\"" "$top_srcdir"/core/*.c) ;; esac
    for source in $sources; do
        $COMPILE -iquote "$work/tree" -fPIC -O0 -w -c -o "$work/objects/libcore_la-$(basename "$source" .c).o" \
            "$source" || return 1
    done
}

failed() { # IDS separated by commas: does a line that failed name one of them?
    grep '^not ok' "$work/tap" | grep -qwE "$(echo "$1" | tr ',' '|')"
}

tab=$(printf '\t')
echo "without a fault, all of these tests must pass ..."
link .libs/libcore.a || { cat "$work/link.out"; exit 1; }
# shellcheck disable=SC2046
run $(grep -v '^#' "$rows" | cut -f5 | tr ' ' '\n' | sort -u)
if [ -n "$died" ] || grep '^not ok' "$work/tap"; then
    echo "they do not:$died"
    exit 1
fi

total=0 caught=0 row=0
while IFS=$tab read -r ids file old new tests; do
    case $ids in '' | '#'*) continue ;; esac
    row=$((row + 1))
    if [ $# -gt 0 ]; then
        case " $* " in *" $row "*) ;; *) continue ;; esac
    fi
    total=$((total + 1))
    verdict="caught"
    rm -rf "$work/tree" "$work/objects"
    mkdir -p "$work/tree/$(dirname "$file")" "$work/objects"
    if ! plant "$top_srcdir/$file" "$old" "$new" >"$work/tree/$file"; then
        verdict="FAILED: the text does not stand there once"
    elif ! compile "$file" 2>"$work/compile.out"; then
        verdict="FAILED: it does not compile: $(grep -m1 error "$work/compile.out")"
    else
        cp .libs/libcore.a "$work/libcore.a"
        ar r "$work/libcore.a" "$work"/objects/*.o 2>/dev/null
        link "$work/libcore.a"
        # shellcheck disable=SC2086
        run $tests
        if failed "$ids"; then
            verdict="caught by $(grep '^not ok' "$work/tap" | grep -wE "$(echo "$ids" | tr ',' '|')" | wc -l) lines"
        elif [ -n "$died" ]; then
            verdict="caught:$died died"
        else
            verdict="NOT CAUGHT ($(grep -c '^not ok' "$work/tap") others failed)"
        fi
    fi
    case $verdict in caught*) caught=$((caught + 1)) ;; esac
    printf '%3d %-14s %-26s %-60.60s %s\n' "$row" "$ids" "$file" "$old" "$verdict"
done <"$rows"
echo "$caught of $total faults were caught"
[ "$caught" -eq "$total" ] && [ "$total" -gt 0 ]
