#!/bin/sh
# SPDX-License-Identifier: MIT
# The functions that the public headers declare, those that core/opensspi.map lists and those that the
# library exports are the same, twins included.  With --map as its argument it prints the map instead.
: "${top_srcdir:=$(cd "$(dirname "$0")/.." && pwd)}"
. "$top_srcdir/t/lib.sh"
LC_ALL=C; export LC_ALL
map=$top_srcdir/core/opensspi.map
cc=${CC:-gcc} # may be two words, ccache and gcc

# Declarations end with `;` and carry the visibility attribute; an asm label names the twin.
declared() {
    for header in "$top_srcdir"/include/*.h "$top_srcdir"/include/opensspi/*.h; do
        echo "#include <${header#"$top_srcdir"/include/}>"
    done >"$work/all.c"
    $cc -std=gnu11 -DSCHANNEL_USE_BLACKLISTS -I"$top_srcdir/include" -E -P "$work/all.c" | tr '\n' ' ' | tr ';' '\n' |
        grep '__visibility__("default")' | awk '
            { twin = /"_utf32"/
              sub(/.*__visibility__\("default"\)\)\)/, ""); sub(/\(.*/, ""); sub(/[ \t]+$/, "")
              name = $NF; sub(/^\**/, "", name)
              print name; if (twin) print name "_utf32" }' | sort -u
}

if [ "${1:-}" = --map ]; then
    echo '# SPDX-License-Identifier: MIT'
    echo '# Every function of the public headers; NAME_utf32 is the twin that takes 4-byte wide characters.'
    echo '# Made by t/0204-what-is-declared-is-exported.sh --map.'
    echo 'OPENSSPI_1.0 {'; echo 'global:'
    declared | sed 's/.*/    &;/'
    echo 'local:'; echo '    *;'; echo '};'
    exit 0
fi

declared >"$work/declared"
count=$(wc -l <"$work/declared")
[ "$count" -gt 100 ]
ok $? "the headers declare $count functions, twins counted"
sed -n 's/^    \([A-Za-z_0-9]*\);$/\1/p' "$map" | sort >"$work/listed"
diff "$work/declared" "$work/listed" >"$work/diff"
ok $? 'core/opensspi.map lists what the headers declare' || {
    diag '< is declared, > is listed; this script --map prints the map anew'
    sed 's/^/#   /' "$work/diff"
}
library=$top_builddir/.libs/libopensspi.so
if [ -e "$library" ]; then
    nm -D --defined-only "$library" | awk '$2 == "T" { sub(/@.*/, "", $3); print $3 }' | sort >"$work/exported"
    diff "$work/declared" "$work/exported" >"$work/diff"
    ok $? 'the library exports what the headers declare' || {
        diag '< is declared, > is exported'
        sed 's/^/#   /' "$work/diff"
    }
else
    skip "$library is not built" 'the library exports what the headers declare'
fi
# UTF-16 and UTF-32 forms come in pairs: one without the other would be a function that only some can call.
sed -n 's/_utf32$//p' "$work/declared" | grep -vxFf "$work/declared" >"$work/alone"
[ ! -s "$work/alone" ]
ok $? 'every twin has its UTF-16 form'
tap_done
