#!/bin/sh
# SPDX-License-Identifier: MIT
# Every header alone, and all of them with the layout assertions, by gcc and clang, as C11 and C++17, with
# both widths of WCHAR, ANSI and UNICODE: no warning.  And what must not compile does not.
. "$top_srcdir/t/lib.sh"
[ -z "${SAN_FLAGS:-}" ] || skip_all "of the sources alone: the build without sanitizers says it"
strict='-Wall -Wextra -Wpedantic -Werror'
include="-I$top_srcdir -I$top_srcdir/include"

compile() { $1 $strict $include $2 -fsyntax-only "$3"; }

echo '#include "t/layout.h"' >"$work/all.c"
cp "$work/all.c" "$work/all.cpp"
for cc in gcc clang; do
    have $cc || { skip "$cc is not installed" "$cc takes the headers"; continue; }
    for width in '' -fshort-wchar; do
        for text in '' '-DUNICODE -D_UNICODE'; do
            check "$cc takes all headers as C11 ${width:-with 4-byte WCHAR}${text:+ under UNICODE}" \
                compile "$cc -std=c11" "$width $text" "$work/all.c"
        done
        cxx=g++; [ $cc = gcc ] || cxx=clang++
        have $cxx || { skip "$cxx is not installed" "$cxx takes the headers"; continue; }
        check "$cxx takes all headers as C++17 ${width:-with 4-byte WCHAR}" \
            compile "$cxx -std=c++17" "$width -DUNICODE" "$work/all.cpp"
    done
done

# Alone, before anything else.
have gcc && cc=gcc || cc=${CC%% *}
failed=
for header in "$top_srcdir"/include/*.h "$top_srcdir"/include/opensspi/*.h; do
    name=${header#"$top_srcdir"/include/}
    echo "#include <$name>" >"$work/one.c"
    compile "$cc -std=c11" '' "$work/one.c" >>"$work/alone" 2>&1 || failed="$failed $name"
done
is "$failed" '' 'each header compiles alone' || sed 's/^/#   /' "$work/alone"

# Where a function writes a ULONG: what is taken and what is not.
source_of() {
    cat <<END
#include <windows.h>
#include <sspi.h>
#include <wincrypt.h>
#ifdef __cplusplus
#define TABLE(call) call
#else
#define TABLE(call) (void)(__extension__ call) /* gcc -Wpedantic does not like what the union is for */
#endif
void call(CredHandle *c, CtxtHandle *x, SecBufferDesc *d, TimeStamp *t, PSecurityFunctionTable table)
{
    $1;
    AcceptSecurityContext(c, x, d, 0, 0, x, d, $2, t);
    InitializeSecurityContextA(c, x, 0, 0, 0, 0, d, 0, x, d, $2, t);
    TABLE(table->AcceptSecurityContext(c, x, d, 0, 0, x, d, $2, t));
    DecryptMessage(x, d, 0, $2);
}
END
}
for kind in 'ULONG v = 0' 'DWORD v = 0' 'unsigned long v = 0' 'unsigned v = 0'; do
    source_of "$kind" '&v' | tee "$work/out.c" >"$work/out.cpp"
    check "C: pfContextAttr takes the address of ${kind% v*}" compile "$cc -std=c11" '' "$work/out.c"
    have g++ && check "C++: pfContextAttr takes the address of ${kind% v*}" compile 'g++ -std=c++17' '' "$work/out.cpp"
done
for none in NULL 0; do
    source_of '(void)0' $none | tee "$work/out.c" >"$work/out.cpp"
    check "C: pfContextAttr takes $none" compile "$cc -std=c11" '' "$work/out.c"
    have g++ && check "C++: pfContextAttr takes $none" compile 'g++ -std=c++17' '' "$work/out.cpp"
done
for kind in 'unsigned char v = 0' 'unsigned short v = 0' 'TimeStamp v' 'CtxtHandle v' 'int v = 0'; do
    source_of "$kind" '&v' | tee "$work/out.c" >"$work/out.cpp"
    ! compile "$cc -std=c11" '' "$work/out.c" >/dev/null 2>&1
    ok $? "C: pfContextAttr refuses the address of ${kind% v*}"
    have g++ || continue
    ! compile 'g++ -std=c++17' '' "$work/out.cpp" >/dev/null 2>&1
    ok $? "C++: pfContextAttr refuses the address of ${kind% v*}"
done
cat >"$work/chain.c" <<'END'
#include <windows.h>
int f(PCCERT_CONTEXT c, PCERT_CHAIN_PARA p);
int f(PCCERT_CONTEXT c, PCERT_CHAIN_PARA p)
{
    PCCERT_CHAIN_CONTEXT good;
    CERT_CHAIN_CONTEXT *sloppy;
    return CertGetCertificateChain(0, c, 0, 0, p, 0, 0, &good) + CertGetCertificateChain(0, c, 0, 0, p, 0, 0, &sloppy);
}
END
check 'ppChainContext takes a pointer without const' compile "$cc -std=c11" '' "$work/chain.c"

# windows.h must not take names that belong to C++.
cat >"$work/min.cpp" <<'END'
#include <windows.h>
#include <algorithm>
#include <limits>
int f(int a, int b) { return std::min(a, b) + std::max(a, b) + std::numeric_limits<int>::max(); }
#ifdef CMSG_DATA
#error "windows.h defines CMSG_DATA"
#endif
#include <sys/socket.h>
#include <netdb.h>
#include <resolv.h>
#include <sys/param.h>
END
have g++ && check 'C++: std::min and the socket headers live beside windows.h' compile 'g++ -std=c++17' '' "$work/min.cpp"
sed 's/^int f(int.*//; /algorithm\|limits/d' "$work/min.cpp" >"$work/min.c"
check 'C: the socket headers live beside windows.h' compile "$cc -std=gnu11" '' "$work/min.c"
{ echo '#include <sys/socket.h>'; echo '#include <netdb.h>'; echo '#include <sys/param.h>'; echo '#include <windows.h>'
  echo '#include <schannel.h>'; } >"$work/first.c"
check 'C: the socket headers may come first' compile "$cc -std=gnu11" '' "$work/first.c"
tap_done
