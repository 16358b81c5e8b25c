#!/bin/sh
# SPDX-License-Identifier: MIT
# The manual pages of section 3: one for every exported function, out of the headers, the same at every build, whole
# and without a fault.
. "${top_srcdir:?}/t/lib.sh"
LC_ALL=C; export LC_ALL
have perl || skip_all 'no perl: the pages are not made'
pages=$work/pages
mkdir "$pages" "$work/again" "$work/elsewhere"
make_pages() { perl "$1/doc/man3.pl" "$1" "$2" 'OpenSSPI 1.2.3' 2001-02-03; }
check 'the pages are made' make_pages "$top_srcdir" "$pages"
make_pages "$top_srcdir" "$work/again" && diff -r "$pages" "$work/again" >/dev/null
ok $? 'made again, they are the same'
mkdir "$work/copy" && cp -r "$top_srcdir/include" "$work/copy/" && mkdir "$work/copy/doc" "$work/copy/core" &&
    cp "$top_srcdir"/doc/man3.* "$top_srcdir/doc/attributes.md" "$work/copy/doc/" &&
    cp "$top_srcdir/core/codes.c" "$top_srcdir/core/errors.c" "$work/copy/core/" &&
    TZ=Asia/Kathmandu make_pages "$work/copy" "$work/elsewhere" && diff -r "$pages" "$work/elsewhere" >/dev/null
ok $? 'and in another folder and zone too'
grep -rlF "$work" "$pages" >"$work/leaks"
[ ! -s "$work/leaks" ]
ok $? 'none names a folder of the build'

# The twin of a function, NAME_utf32, is explained where NAME is.
sed -n 's/^    \([A-Za-z_0-9]*\);$/\1/p' "$top_srcdir/core/opensspi.map" | sort >"$work/exported"
sed 's/_utf32$//' "$work/exported" | sort -u | while read -r name; do
    [ -s "$pages/$name.3" ] || echo "$name"
done >"$work/missing"
is "$(cat "$work/missing")" "" "each of $(wc -l <"$work/exported") exported functions has a page"
grep '_utf32$' "$work/exported" | while read -r twin; do
    grep -q "\\\\fB$twin\\\\fP" "$pages/${twin%_utf32}.3" || echo "$twin"
done >"$work/missing"
is "$(cat "$work/missing")" "" "each twin is named on its function's page"
for link in $(find "$pages" -type l); do
    grep -q "^\.SH NAME" "$link" && grep -q "\\\\fB$(basename "$link" .3)\\\\fP(\|^[A-Za-z_0-9, ]*\b$(basename "$link" .3)\b.* \\\\- " "$link" || echo "$link"
done >"$work/lost"
is "$(cat "$work/lost")" "" "each of $(find "$pages" -type l | wc -l) links leads to a page that has the name"

# ---- what each says ----
thin= unreturned=
for page in $(find "$pages" -type f | sort); do
    name=$(basename "$page" .3)
    words=$(sed -n '/^\.SH DESCRIPTION/,/^\.SH [^D]/p' "$page" | grep -v '^\.' | wc -w)
    [ "$words" -ge 5 ] || thin="$thin $name($words)"
    grep -q '^\\fB.*; *$\|^BOOL \|^SECURITY_STATUS \|^NTSTATUS ' "$page" && ! grep -q '^\.SH RETURN VALUE' "$page" && unreturned="$unreturned $name"
done
is "$thin" "" "each of $(find "$pages" -type f | wc -l) pages describes what it is about"
is "$unreturned" "" "each whose functions can fail says what they return"
# Only what a comment of the header says is there: a function without one is refused.
perl -0 -ne 's,/\*.*?\*/,<comment>,gs; print "$1\n" while /\n\n(?!<comment>)SSPI_API[^;]*?(\w+)\(/g' "$top_srcdir"/include/[a-z]*.h >"$work/bare"
is "$(tr '\n' ' ' <"$work/bare")" "" "no function of the headers stands without a comment"
sed -n '/^\.SH SEE ALSO/,$p' $(find "$pages" -type f) | sed 's/\\-/-/g' | sed -n 's/^\.BR \([^ ]*\) (\([1-8]\)).*/\1.\2/p' | sort -u | while read -r other; do
    [ -e "$pages/$other" ] || [ -e "$top_srcdir/doc/$other" ] || echo "$other"
done >"$work/lost"
is "$(cat "$work/lost")" "" "each page that is named is there"

# ---- a header that grows ----
perl -pi -e 's,^SSPI_END,/* Tells nothing. Really. */\nSSPI_API BOOL WINAPI TellNothing(LPCSTR pszWhat);\n\nSSPI_END, if /^SSPI_END/' "$work/copy/include/bcrypt.h"
rm -rf "$work/elsewhere" && mkdir "$work/elsewhere" && make_pages "$work/copy" "$work/elsewhere" &&
    grep -q '^TellNothing \\- tells nothing$' "$work/elsewhere/TellNothing.3"
ok $? 'a function that is new gets a page of its own'
echo 'NoSuch: function' >>"$work/copy/doc/man3.list"
! make_pages "$work/copy" "$work/elsewhere" 2>"$work/err" && grep -q 'no header declares NoSuch' "$work/err"
ok $? 'a page for a function that is gone is refused'

is "$(grep -lE '^\* |^ *\*/' $(find "$pages" -type f) | head -n 3)" "" 'no sign of a comment is left in them'
if have mandoc; then
    check 'mandoc finds no fault in them' mandoc -Tlint -W warning $(find "$pages" -type f | sort)
else
    skip 'no mandoc' 'mandoc finds no fault in them'
fi
if have man && man --help 2>&1 | grep -q -- --warnings; then
    for page in $(find "$pages" -type f | sort); do MANROFFSEQ='' man --warnings -E UTF-8 -l -Tutf8 -Z "$page" 2>&1 >/dev/null; done >"$work/groff" 2>&1
    is "$(head -n 5 "$work/groff")" "" 'groff neither'
else
    skip 'no man' 'groff neither'
fi

# ---- as installed ----
# No sub-make of ours may wait for the one that runs this test.
(cd "$top_builddir" && unset MAKEFLAGS MFLAGS MAKELEVEL &&
    "${MAKE:-make}" -s install-man3 DESTDIR="$work/root" mandir=/man) >"$work/out" 2>&1
ok $? 'they are installed' || diag "$(cat "$work/out")"
is "$(ls "$work/root/man/man3" | wc -l)" "$(ls "$pages" | wc -l)" 'all of them'
[ -s "$work/root/man/man3/AcquireCredentialsHandleW.3" ]
ok $? 'a link leads to its page there'
(cd "$top_builddir" && unset MAKEFLAGS MFLAGS MAKELEVEL &&
    "${MAKE:-make}" -s uninstall-man3 DESTDIR="$work/root" mandir=/man) >"$work/out" 2>&1
is "$(ls "$work/root/man/man3")" "" 'and removed, all of them'
tap_done
