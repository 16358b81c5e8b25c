#!/bin/sh
# SPDX-License-Identifier: MIT
# Build files written for Windows: -lsecur32, -lcrypt32 and the like lead to this library, in a folder that is
# searched only when asked for.
. "${top_srcdir:?}/t/lib.sh"
cd "$top_builddir" || exit 99
library=$top_builddir/.libs/libopensspi.so
[ -e "$library" ] || skip_all 'the shared library is not built'
cc=${CC:-gcc} # may be two words
libdir=/usr/lib
root=$work/root
link=$root$libdir/opensspi/link
again() { (unset MAKEFLAGS MFLAGS MAKELEVEL; "${MAKE:-make}" -s "$@" DESTDIR="$root" libdir=$libdir) >"$work/make.out" 2>&1; }

again install-link
ok $? "without a shared library nothing is installed" && [ ! -e "$link" ]
ok $? "and nothing made"
mkdir -p "$root$libdir"
ln -s "$library" "$root$libdir/libopensspi.so"
(umask 077; again install-link)
ok $? "the names are installed" || diag "$(cat "$work/make.out")"
is "$(stat -c %a "$link")" 755 "in a folder that everybody can read, whatever the umask"
again install-link
ok $? "and may be installed again" || diag "$(cat "$work/make.out")"

# The names are those that GetModuleHandle knows.
sed -n '/^static const char \*const modules/,/};/p' "$top_srcdir/core/modules.c" | grep -o '"[a-z0-9]*"' | tr -d '"' | sort >"$work/modules"
ls "$link" | sed 's/^lib\(.*\)\.so$/\1/' | sort >"$work/names"
check "D19 a name for each module that GetModuleHandle knows" diff "$work/modules" "$work/names"
[ "$(wc -l <"$work/names")" -ge 10 ]
ok $? "all ten of them"
is "$(ls "$root$libdir")" "$(printf 'libopensspi.so\nopensspi')" "none of them where every linker looks"

cat >"$work/one.c" <<'END'
#include <windows.h>
#include <bcrypt.h>
#include <ncrypt.h>
#include <schannel.h>
#include <security.h>
int main(void)
{
    unsigned char octet;
    NCRYPT_PROV_HANDLE keys = 0;
    HCERTSTORE store = CertOpenStore(CERT_STORE_PROV_MEMORY, 0, 0, 0, NULL);
    PSecurityFunctionTable table = InitSecurityInterface();
    return !store || !CertCloseStore(store, 0) || !table || GetLastError() == ERROR_MOD_NOT_FOUND ||
           BCryptGenRandom(NULL, &octet, 1, BCRYPT_USE_SYSTEM_PREFERRED_RNG) ||
           NCryptOpenStorageProvider(&keys, MS_KEY_STORAGE_PROVIDER, 0) || NCryptFreeObject(keys);
}
END
# build ARGUMENTS...: links as a makefile for mingw does.
build() { rm -f "$work/one"; $cc $SAN_FLAGS -DSECURITY_WIN32 -DSCHANNEL_USE_BLACKLISTS -I"$top_srcdir/include" -o "$work/one" "$work/one.c" "$@" >"$work/cc.out" 2>&1; }
needed() { readelf -d "$work/one" | sed -n 's/.*(NEEDED).*\[\(lib[^]]*\)\]/\1/p' | grep -v -e '^libc\.' -e san -e '^ld-' -e '^lib[mc]\.so'; }

for name in $(cat "$work/names"); do
    build -L"$link" -l"$name" && [ "$(needed)" = libopensspi.so.1 ]
    ok $? "-l$name links, and the program needs libopensspi.so.1" || diag "$(cat "$work/cc.out")"
done
build -L"$link" -lsecur32 -lcrypt32 -lncrypt -lbcrypt -ladvapi32 -lkernel32
ok $? "the libraries of a Windows build file, all at once" || diag "$(cat "$work/cc.out")"
is "$(needed)" libopensspi.so.1 "are one library"
LD_LIBRARY_PATH=$top_builddir/.libs${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH} "$work/one"
is $? 0 "and the program runs"
! build -lsecur32
ok $? "without the folder there is no such library"
! build -L"$link" -lws2_32
ok $? "sockets are not ours"
for linker in bfd gold lld; do
    if have ld.$linker; then
        build -fuse-ld=$linker -L"$link" -lsecur32 -lcrypt32 && [ "$(needed)" = libopensspi.so.1 ]
        ok $? "ld.$linker takes them" || diag "$(cat "$work/cc.out")"
    else
        skip "ld.$linker is not installed" "ld.$linker takes them"
    fi
done

# opensspi.pc names the folder, below the libdir of the moment.
[ "$(sed -n 's/^linkdir=//p' opensspi.pc | sed 's|\${exec_prefix}/lib|${libdir}|')" = '${libdir}/opensspi/link' ]
ok $? "opensspi.pc names the folder" || diag "$(cat opensspi.pc)"
if have pkg-config; then
    is "$(PKG_CONFIG_PATH=. pkg-config --define-variable=libdir=/x --variable=linkdir opensspi)" /x/opensspi/link "pkg-config --variable=linkdir gives it"
else
    skip "pkg-config is not installed" "pkg-config --variable=linkdir gives it"
fi

again uninstall-link
ok $? "the names are removed" || diag "$(cat "$work/make.out")"
[ ! -e "$link" ] && [ -e "$root$libdir/libopensspi.so" ]
ok $? "and their folder, and nothing else"
tap_done
