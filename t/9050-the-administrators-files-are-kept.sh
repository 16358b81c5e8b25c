#!/bin/sh
# SPDX-License-Identifier: MIT
# Installing and removing: what the administrator wrote stays, what we brought goes, folders get safe modes.
. "${top_srcdir:?}/t/lib.sh"

cd "$top_builddir" || exit 99
umask 002
root=$work/root
conf=$root/etc/opensspi
# No sub-make of ours may wait for the one that runs this test.
again() { (unset MAKEFLAGS MFLAGS MAKELEVEL; "${MAKE:-make}" -s "$@" DESTDIR="$root" sysconfdir=/etc) >"$work/make.out" 2>&1; }

again install-conf
ok $? "the configuration is installed" || diag "$(cat "$work/make.out")"
check "it is what conf/opensspi.conf says" cmp "$conf/opensspi.conf" "$top_srcdir/conf/opensspi.conf"
is "$(find "$conf" -perm /022)" "" "under umask 002 nothing of it is writable by its group"
[ -d "$conf/conf.d" ] && [ -d "$conf/providers.d" ]
ok $? "conf.d and providers.d are there"

echo '# mine' >>"$conf/opensspi.conf"
again install-conf
is "$(tail -n 1 "$conf/opensspi.conf")" "# mine" "a file that was changed is not replaced"
again uninstall-conf
is "$(tail -n 1 "$conf/opensspi.conf")" "# mine" "nor removed"
rm "$conf/opensspi.conf"

again install-conf && again uninstall-conf
[ ! -e "$conf" ]
ok $? "a file that is as it came is removed, and its folders"

# Every line of the shipped file is a comment or a section: it changes nothing.
is "$(grep -v '^#' "$top_srcdir/conf/opensspi.conf" | grep .)" "[package Schannel]" "the file as it comes sets nothing"
# ... and with the comment signs gone it is valid, and says what is built in.
mkdir -p "$work/conf" "$work/empty" && chmod 755 "$work" "$work/conf" "$work/empty"
(umask 022; sed 's/^#\([a-z\[]\)/\1/' "$top_srcdir/conf/opensspi.conf" >"$work/conf/opensspi.conf")
config() { OPENSSPI_CONFDIR=$1 OPENSSPI_MANIFESTDIR=$work/empty OPENSSPI_PROVIDERDIR=$work/empty "$top_builddir/t/sspi" config; }
config "$work/conf" >"$work/commented" 2>&1
ok $? "every example in it is valid" || diag "$(cat "$work/commented")"
config "$work/empty" >"$work/built-in"
grep -E '^  [a-z]' "$work/commented" | grep -v /opensspi.conf >"$work/a"
grep -E '^  [a-z]' "$work/built-in" | grep -v '^  none' >"$work/b"
check "every default in it is what is built in" diff "$work/a" "$work/b"
# Every key is explained in the manual and in the file.
sed -n 's/^    {"\([a-z0-9-]*\)", CONFIG_[A-Z_ |]*, CONFIG_.*/\1/p' "$top_srcdir/core/config-parse.c" >"$work/keys"
[ "$(wc -l <"$work/keys")" -ge 9 ]
ok $? "the keys were found"
missing=
for key in $(cat "$work/keys"); do
    grep -q "$(echo "$key" | sed 's/-/\\\\-/g') = " "$top_srcdir/doc/opensspi.conf.5" || missing="$missing $key"
done
is "$missing" "" "opensspi.conf(5) explains every key"
tap_done
