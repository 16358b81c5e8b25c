# SPDX-License-Identifier: MIT
# t/abi.sh -- reads constants and layouts out of a compiler, without running what it makes: each becomes a
# line in the assembler text.  Needs t/lib.sh.
abi_headers='windows.h sspi.h security.h schannel.h schnlsp.h wincrypt.h bcrypt.h ncrypt.h subauth.h winternl.h ntstatus.h'
abi_defines='-DWIN32_NO_STATUS -DNTDDI_VERSION=0x0A000006 -D_WIN32_WINNT=0x0A00 -DSECURITY_WIN32
  -DSCHANNEL_USE_BLACKLISTS -DCERT_CHAIN_PARA_HAS_EXTRA_FIELDS -DCERT_CHAIN_ENGINE_CONFIG_HAS_EXTRA_FIELDS
  -DCRYPT_OID_INFO_HAS_EXTRA_FIELDS'
abi_scalars='ULONG LONG DWORD WORD BYTE BOOL BOOLEAN USHORT UCHAR SHORT INT UINT LONGLONG ULONGLONG DWORDLONG
  ULONG_PTR LONG_PTR DWORD_PTR SIZE_T HANDLE HMODULE HCERTSTORE HCRYPTPROV HCRYPTKEY HCRYPTHASH HCERTCHAINENGINE
  ALG_ID SECURITY_STATUS NTSTATUS HRESULT WCHAR CHAR SEC_WCHAR LPSTR LPWSTR FARPROC NCRYPT_KEY_HANDLE'
abi_unsigned='ULONG DWORD WORD BYTE BOOLEAN USHORT UCHAR UINT ULONGLONG ULONG_PTR SIZE_T ALG_ID LONG INT BOOL SHORT
  LONGLONG LONG_PTR SECURITY_STATUS NTSTATUS HRESULT'

# abi_source FOLDER >rows: MACRO and ROW lines of every header but OpenSSPI's own.
abi_source() {
    for abi_h in "$1"/opensspi/types.h "$1"/*.h; do cat "$abi_h"; done | awk -f "$top_srcdir/t/abi-rows.awk" |
        grep -v -e 'SSPI_[A-Z]' -e OPENSSPI_
    for abi_t in $abi_scalars; do echo "ROW(\"sizeof($abi_t)\", sizeof($abi_t))"; done
    for abi_t in $abi_unsigned; do echo "ROW(\"signed($abi_t)\", ($abi_t)-1 < 1)"; done
}

# abi_values ROWS OUT COMPILER FLAG...: "NAME VALUE" for what the compiler's headers have, sorted.
abi_values() {
    abi_rows=$1 abi_out=$2
    shift 2
    for abi_h in $abi_headers; do
        [ $abi_h = ntstatus.h ] && echo '#undef WIN32_NO_STATUS'
        echo "#include <$abi_h>"
    done >"$work/head.c"
    abi_first=$(wc -l <"$work/head.c")

    # Macros that are text: the preprocessor shows them.
    { cat "$work/head.c"
      sed -n 's/^MACRO \(.*\)/@"\1" \1/p' "$abi_rows"; } >"$work/text.c"
    "$@" $abi_defines -E -P -w "$work/text.c" 2>/dev/null |
        sed -n 's/^@"\([A-Za-z_0-9]*\)" \(L\{0,1\}"[^"]*"\)$/\1 \2/p' >"$work/texts"

    # The rest, each in a function of its own, so that each names what it lacks; those rows are dropped.
    awk 'NR == FNR { text[$1] = 1; next } !($1 == "MACRO" && $2 in text)' "$work/texts" "$abi_rows" |
        sed -e 's/^MACRO \(.*\)/"\1" \1/' -e 's/^ROW(\("[^"]*"\), \(.*\))$/\1 \2/' >"$work/some"
    rm -f "$work/abi.s"; : >"$work/abi.1"
    for abi_pass in 1 2 3 4 5; do
        { cat "$work/head.c"
          awk '{ name = $1; $1 = ""; gsub(/"/, "", name)
                 printf "void r%d(void) { __asm__ volatile(\"\\n.ascii \\\"->%s %%0\\\"\" : : \"i\"((long long)(%s))); }\n",
                        NR, name, $0 }' "$work/some"; } >"$work/abi.c"
        "$@" $abi_defines -S -O0 -w -fno-pie -fmax-errors=0 -fno-diagnostics-show-caret \
            -o "$work/abi.s" "$work/abi.c" 2>"$work/abi.err" && break
        [ $abi_pass -gt 1 ] || cp "$work/abi.err" "$work/abi.1"
        sed -n 's/^[^ ]*abi\.c:\([0-9]*\):[0-9]*: \(error\|note\):.*/\1/p' "$work/abi.err" |
            awk -v first="$abi_first" '$1 > first { print $1 - first }' | sort -nu >"$work/bad"
        [ -s "$work/bad" ] || break
        awk 'NR == FNR { bad[$1] = 1; next } !(FNR in bad)' "$work/bad" "$work/some" >"$work/fewer"
        mv "$work/fewer" "$work/some"
    done
    [ -s "$work/abi.s" ] || { head -5 "$work/abi.err"; return 1; }
    # 32-bit values modulo 2^32: a cast to HRESULT and a plain constant are the same bits.
    sed -n 's/.*->\([A-Za-z_0-9().]*\) \$\{0,1\}\(-\{0,1\}[0-9][0-9]*\)".*/\1 \2/p' "$work/abi.s" |
        awk '{ v = $2; if (substr(v, 1, 1) == "-" && length(v) <= 11) v = sprintf("%.0f", v + 4294967296)
               print $1, v }' >"$work/numbers"
    sort -u "$work/numbers" "$work/texts" >"$abi_out"
}

# abi_known ROWS VALUES >rows: those that have a value already, so that a slower compiler is spared the rest.
abi_known() {
    awk 'NR == FNR { known[$1] = 1; next }
         { name = $1 == "MACRO" ? $2 : substr($1, 6, length($1) - 7); if (name in known) print }' "$2" "$1"
}
