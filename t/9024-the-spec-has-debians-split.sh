#!/bin/sh
# SPDX-License-Identifier: MIT
# packaging/opensspi.spec parses, and puts each installed file into the package that debian/ puts it into.
. "${top_srcdir:?}/t/lib.sh"
LC_ALL=C; export LC_ALL
spec=$top_srcdir/packaging/opensspi.spec
[ -e "$spec" ] && [ -e "$top_srcdir/debian/control" ] || skip_all 'a tarball has no packaging'
version=$(sed -n 's/^AC_INIT(\[OpenSSPI\], \[\([^]]*\)\].*/\1/p' "$top_srcdir/configure.ac")
is "$(sed -n 's/^Version: *//p' "$spec")" "$version" "its version is configure's"
dpkg_version=$(sed -n '1s/.*(\([^)]*\)).*/\1/p' "$top_srcdir/debian/changelog")
is "${dpkg_version%%[-+~]*}" "$version" "Debian's too"
have rpmspec || { skip 'rpmspec is not installed' 'it parses, and has the split of Debian'; tap_done; }

# The same folders for both, whatever this machine's macros say.
rpmspec -P --define '_prefix /usr' --define '_libdir /usr/lib/x' --define '_sysconfdir /etc' --define '_datadir /usr/share' \
    --define '_mandir /usr/share/man' --define '_bindir /usr/bin' --define '_includedir /usr/include' \
    --define '_libexecdir /usr/libexec' "$spec" >"$work/spec" 2>"$work/err"
[ $? -eq 0 ] && [ ! -s "$work/err" ]
ok $? 'it parses without a word' || diag "$(cat "$work/err")"

# What Debian calls each of its packages.
name_of() {
    case $1 in
    libopensspi1) echo opensspi ;;
    libopensspi-common) echo opensspi-common ;;
    libopensspi-dev) echo opensspi-devel ;;
    *) echo "$1" ;;
    esac
}
sed -n 's/^Package: //p' "$top_srcdir/debian/control" | while read -r package; do name_of "$package"; done | sort >"$work/debian.names"
{ echo opensspi; sed -n 's/^%package */opensspi-/p' "$work/spec"; } | sort >"$work/spec.names"
check 'it has the packages of Debian' diff "$work/debian.names" "$work/spec.names"

# PATTERN PACKAGE, a line for each pattern that takes files.
for list in "$top_srcdir"/debian/*.install; do
    package=$(basename "$list" .install)
    sed "s|\$| $(name_of "$package")|" "$list"
done >"$work/debian.patterns"
awk '/^%files/ { name = "opensspi" ($2 == "" ? "" : "-" $2); in_files = 1; next }
     /^%(changelog|post|package|description|prep)/ { in_files = 0 }
     in_files && /^(%config(\([a-z]*\))? )?\// { sub(/^%config(\([a-z]*\))? /, ""); sub(/^\//, ""); print $1, name }' \
    "$work/spec" >"$work/spec.patterns"
[ "$(wc -l <"$work/spec.patterns")" -gt 15 ]
ok $? 'its lists of files are read'

# Texts that a package brings along; Debian takes NEWS by itself, and the examples by another list.
for list in "$top_srcdir"/debian/*.docs; do
    sed "s|\$| $(name_of "$(basename "$list" .docs)")|" "$list"
done | sort >"$work/debian.docs"
awk '/^%files/ { name = "opensspi" ($2 == "" ? "" : "-" $2) }
     /^%doc / { for (i = 2; i <= NF; i++) if ($i ~ /\.md$/) print $i, name }' "$work/spec" | sort >"$work/spec.docs"
check "each of $(wc -l <"$work/debian.docs") texts is in the package that has it in Debian" diff "$work/debian.docs" "$work/spec.docs"
while read -r file package; do [ -s "$top_srcdir/$file" ] || echo "$file"; done <"$work/debian.docs" >"$work/lost"
is "$(cat "$work/lost")" "" "and each is there"

# What is installed, under /usr and /etc.  No sub-make of ours may wait for the one that runs this test.
(cd "$top_builddir" && unset MAKEFLAGS MFLAGS MAKELEVEL && "${MAKE:-make}" -s install DESTDIR="$work/root") >"$work/out" 2>&1
ok $? 'everything is installed' || diag "$(tail -n 5 "$work/out")"
prefix=$(sed -n 's/^prefix = //p' "$top_builddir/Makefile")
(cd "$work/root$prefix" && find . ! -type d ! -name '*.la') | sed 's,^\./,,; s,^etc/,../etc/,; s,^lib/,lib/x/,; s,^,usr/,; s,^usr/\.\./,,' |
    sort >"$work/files"
taken() { # taken PATTERNS: each file and the package that takes it
    awk 'NR == FNR { sub(/\/$/, "", $1); pattern[NR] = $1; package[NR] = $2; gsub(/[.+]/, "\\\\&", pattern[NR])
                     gsub(/\*/, "[^/]*", pattern[NR]); count = NR; next }
         { who = ""
           for (i = 1; i <= count; i++) if ($0 ~ ("^" pattern[i] "(/.*)?$") && !index(" " who " ", " " package[i] " "))
               who = who (who == "" ? "" : " ") package[i]
           print $0, who == "" ? "nobody" : who }' "$1" "$work/files"
}
taken "$work/debian.patterns" >"$work/by.debian"
taken "$work/spec.patterns" >"$work/by.spec"
check "each of $(wc -l <"$work/files") files is in the package that has it in Debian" diff "$work/by.debian" "$work/by.spec"
grep -E ' (nobody|.* .*)$' "$work/by.spec" >"$work/odd"
is "$(head -n 5 "$work/odd")" "" "none is in no package, or in two"
# A pattern that takes nothing would fail rpmbuild; providers that are not built here aside.
while read -r pattern package; do
    case $package in
    opensspi-provider-*) case " $PROVIDERS " in *" ${package#opensspi-provider-} "*) ;; *) continue ;; esac ;;
    opensspi-diff) [ -e "$work/root$prefix/libexec/opensspi/sspi-diff" ] || continue ;;
    esac
    printf '%s %s\n' "$pattern" "$package" >"$work/one"
    taken "$work/one" | grep -qv ' nobody$' || echo "$pattern"
done <"$work/spec.patterns" >"$work/idle"
is "$(cat "$work/idle")" "" "each pattern takes a file"

# Who needs whom, as in debian/control: the core needs any provider, and no provider the core.
! awk '/^%package provider-/ { on = 1; next } /^%description/ { on = 0 } on' "$work/spec" | grep -q '^Requires'
ok $? 'no provider requires the core'
grep -q '^Requires: *opensspi-provider(abi) = 1$' "$work/spec" && [ "$(grep -c '^Provides: *opensspi-provider(abi) = 1$' "$work/spec")" -eq 3 ]
ok $? 'the core requires one of three that provide the ABI'
tap_done
