#!/bin/sh
# SPDX-License-Identifier: MIT
# Sources written for Windows, against the headers as they are installed and with the flags of opensspi.pc: by gcc
# and clang, in the C of today and tomorrow, with what gcc 14 makes errors: no warning.
. "${top_srcdir:?}/t/lib.sh"
strict='-Wall -Wextra -Werror -Werror=incompatible-pointer-types -Werror=int-conversion -Werror=implicit-function-declaration'

# opensspi.pc: -I${includedir} -I${includedir}/opensspi, and all of it flat in that folder.
mkdir -p "$work/include/opensspi"
cp "$top_srcdir"/include/*.h "$top_srcdir"/include/opensspi/*.h "$work/include/opensspi/"
cflags=$(sed -n 's/^Cflags: //p' "$top_builddir/opensspi.pc" | sed "s|\${includedir}|$work/include|g")
is "$cflags" "-I$work/include -I$work/include/opensspi" "opensspi.pc names the folder of the headers"
for header in "$work"/include/opensspi/*.h; do
    name=${header##*/}
    sed -n 's/^\tinclude\///p' "$top_srcdir/include/local.mk" | grep -qE "^(opensspi/)?$name( |$)" || echo "$name"
done >"$work/forgotten"
is "$(cat "$work/forgotten")" '' "every header is installed"

compile() { $1 $cflags -I"$top_srcdir" -I"$top_builddir" $strict $2 -fsyntax-only "$3"; } # COMPILER FLAGS SOURCE

# Programs with the loops of others, and those of the examples.
for cc in gcc clang; do
    have $cc || { skip "$cc is not installed" "$cc takes the programs"; continue; }
    for flags in -std=c11 -std=gnu17 -std=gnu2x -fshort-wchar; do
        failed=
        for source in "$top_srcdir"/t/programs/*.c "$top_srcdir"/doc/examples/*.c; do
            compile "$cc $([ $flags != -std=c11 ] || echo -D_GNU_SOURCE)" $flags "$source" >>"$work/out" 2>&1 || failed="$failed ${source##*/}"
        done
        is "$failed" '' "$cc $flags takes the programs" || sed 's/^/#   /' "$work/out"
    done
done

# What sources do that is neither here nor there on Windows.
cat >"$work/habits.c" <<'END'
#define WIN32_LEAN_AND_MEAN
#define SECURITY_WIN32
#include <Windows.h>
#include <tchar.h>
#include <subauth.h>
#define SCHANNEL_USE_BLACKLISTS
#include <schnlsp.h>
#include <security.h>
#include <wincrypt.h>
#include <Winternl.h>
#ifndef SECBUFFER_ALERT
#error "macros are asked for by name"
#endif
#if !defined(SEC_E_APPLICATION_PROTOCOL_MISMATCH) || !defined(SECPKG_ATTR_ENDPOINT_BINDINGS) || \
    !defined(SCH_CREDENTIALS_VERSION) || !defined(SCH_USE_STRONG_CRYPTO) || !defined(SP_PROT_TLS1_3_CLIENT)
#error "macros are asked for by name"
#endif
typedef LONG(APIENTRY *VERIFY)(OSVERSIONINFOEXW *, ULONG, ULONGLONG);
int habits(CredHandle *cred, CtxtHandle *context, SecBufferDesc *out);
int habits(CredHandle *cred, CtxtHandle *context, SecBufferDesc *out)
{
    PSecurityFunctionTable table = InitSecurityInterface();
    unsigned long wide = 0;
    DWORD flags = ISC_REQ_STREAM, shut = SCHANNEL_SHUTDOWN;
    TCHAR *host = (TCHAR *)_T("localhost"), *at = _tcschr(host, _TEXT('h'));
    SECURITY_STATUS status;
    SecBuffer token = {sizeof(shut), SECBUFFER_TOKEN, &shut};
    SecBufferDesc desc = {SECBUFFER_VERSION, 1, &token};
    VERIFY verify = (VERIFY)(void (*)(void))GetProcAddress(GetModuleHandle(TEXT("ntdll")), "RtlVerifyVersionInfo");
    status = table->ApplyControlToken(context, &desc);
    if (FAILED(status) || !SecIsValidHandle(context))
        SecInvalidateHandle(context);
    status = InitializeSecurityContext(cred, context, at, flags, 0, SECURITY_NATIVE_DREP, NULL, 0, context, out, &flags, NULL);
    status |= table->InitializeSecurityContext(cred, context, host, flags, 0, 0, NULL, 0, NULL, out, &wide, NULL);
    status |= AcquireCredentialsHandle(NULL, (TCHAR *)UNISP_NAME, SECPKG_CRED_OUTBOUND, NULL, NULL, NULL, NULL, cred, NULL);
    switch (status) {
    case SEC_E_OK:
    case SEC_I_CONTINUE_NEEDED:
    case SEC_E_INCOMPLETE_MESSAGE:
        return verify != NULL;
    default:
        LocalFree(NULL);
        ZeroMemory(&token, sizeof(token));
        return (int)_tcslen(host) + min(1, 2);
    }
}
END
for cc in gcc clang; do
    have $cc || { skip "$cc is not installed" "$cc takes the habits of Windows sources"; continue; }
    for flags in -std=gnu11 '-DUNICODE -D_UNICODE' '-DUNICODE -D_UNICODE -fshort-wchar'; do
        check "$cc $flags takes the habits of Windows sources" compile $cc "$flags" "$work/habits.c"
    done
done
tap_done
