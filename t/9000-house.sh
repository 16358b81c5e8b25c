#!/bin/sh
# SPDX-License-Identifier: MIT
# The rules of the house (ARCHITECTURE.md), checked on the sources and on what was built.
. "${top_srcdir:?}/t/lib.sh"

cd "$top_srcdir" || exit 99
core=$(find core -name '*.[ch]')
providers=$(find providers -name '*.[ch]')
tools=$(find tools -name '*.[ch]')

# none NAME PATTERN FILES...: no line of the files matches.
none() {
    name=$1 pattern=$2
    shift 2
    found=$(grep -nE "$pattern" "$@" /dev/null)
    [ -z "$found" ]
    ok $? "$name" || diag "$found"
}
but() { # but FILE LIST...: the list without the file
    skipped_file=$1
    shift
    for file; do [ "$file" = "$skipped_file" ] || echo "$file"; done
}

# ---- the three rules ----
none "no file of the core includes a TLS library's header" '#[[:space:]]*include[[:space:]]*[<"](openssl|gnutls|wolfssl)/' $core
none "no file of a provider includes a Windows header" \
    '#[[:space:]]*include[[:space:]]*[<"](sspi|schannel|wincrypt|security|windows|schnlsp|winerror)\.h' $providers
none "the differential engine includes no header of core or providers" '#[[:space:]]*include[[:space:]]*[<"](core|providers)/' $(find tools/diff -name '*.[ch]')
# (core/cert/storage-wide.c walks NCrypt's list of parameters, whose members have the same names)
none "core/buffers.c alone walks a SecBufferDesc" '(->|\.)(pBuffers|cBuffers)' $(but core/buffers.c $(but core/buffers.h $(but core/cert/storage-wide.c $core)))
none "core/provider.c alone uses libltdl" '<ltdl\.h>|\blt_dl' $(but core/provider.c $core)
none "core/status.c alone maps failures to SECURITY_STATUS" 'SSPI_WHY_[A-Z_]+.*(SEC_E_|CRYPT_E_)' $(but core/status.c $core)

# ---- habits ----
none "the environment is read with secure_getenv only" '(^|[^_a-z])getenv[[:space:]]*\(' $core $providers $tools
none "no atexit, atfork, constructors or destructors" '\b(atexit|pthread_atfork)[[:space:]]*\(|__attribute__.*\b(con|de)structor' $core $providers
none "nothing is left for later in the sources" '\b(TODO|FIXME|XXX)\b' $core $providers $tools
for file in $core $providers $tools $(find include t -name '*.[ch]' -o -name '*.sh' -o -name '*.cpp'); do
    head -n 4 "$file" | grep -q 'SPDX-License-Identifier: MIT' || echo "$file"
done >"$work/spdx"
[ ! -s "$work/spdx" ]
ok $? "every source names its licence" || diag "$(cat "$work/spdx")"
for file in $core $providers $tools $(find t -name '*.[ch]'); do
    lines=$(wc -l <"$file")
    [ "$lines" -le 600 ] || echo "$file: $lines lines"
done >"$work/long"
[ ! -s "$work/long" ]
ok $? "no file is longer than 600 lines" || diag "$(cat "$work/long")"

# ---- what was built ----
cd "$top_builddir" || exit 99
defined() { nm -D --defined-only "$1" | awk '$2 ~ /[A-Z]/ && $2 != "A" {sub(/@.*/, "", $3); print $3}' | sort -u; }
undefined() { nm -D --undefined-only "$1" | awk '{sub(/@.*/, "", $NF); print $NF}' | sort -u; }

library=.libs/libopensspi.so
sed -n '/global:/,/local:/p' "$top_srcdir/core/opensspi.map" | sed 's,/\*.*\*/,,' | tr -d ' \t' | tr ';' '\n' |
    grep -E '^[A-Za-z_0-9]+$' | sort -u >"$work/map"
defined $library >"$work/exported"
check "libopensspi exports what core/opensspi.map lists, no more and no less" diff "$work/map" "$work/exported"
nm -D --defined-only $library | awk '$2 ~ /[TDBR]/ && $3 !~ /@@OPENSSPI_1\.0$/' >"$work/unversioned"
[ ! -s "$work/unversioned" ]
ok $? "every exported symbol carries the version OPENSSPI_1.0" || diag "$(cat "$work/unversioned")"

library_of() { # the shared library behind a provider's module
    ldd "providers/.libs/$1.so" | awk -v name="lib${2}" '$1 ~ "^" name "[.]so" {print $3}'
}
soname_openssl="ssl crypto" soname_gnutls="gnutls" soname_wolfssl="wolfssl"
for provider in $PROVIDERS; do
    module=providers/.libs/$provider.so
    is "$(defined "$module")" "${provider}_LTX_sspi_provider" "$provider.so exports its entry point alone"
    readelf -d "$module" | grep -q 'NEEDED.*libopensspi'
    [ $? -ne 0 ]
    ok $? "$provider.so does not depend on the core"
    readelf -d "$module" | grep -q NODELETE
    ok $? "$provider.so stays in memory (-z nodelete)"
    undefined "$module" >"$work/$provider.undefined"
    eval "names=\$soname_$provider"
    for name in $names; do defined "$(library_of "$provider" "$name")"; done | sort -u >"$work/$provider.library"
done
for provider in $PROVIDERS; do
    for other in $PROVIDERS; do
        [ "$provider" != "$other" ] || continue
        comm -12 "$work/$provider.undefined" "$work/$other.library" >"$work/common"
        [ ! -s "$work/common" ]
        ok $? "no symbol that $provider.so needs is also exported by the library of $other" || diag "$(cat "$work/common")"
    done
done

tap_done
