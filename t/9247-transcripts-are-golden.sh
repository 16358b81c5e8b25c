#!/bin/sh
# SPDX-License-Identifier: MIT
# What every library sends under a seed follows from the seed alone, and is what was kept (tools/diff/golden), as long
# as it is of the version it was kept with.  `make diff-gate` compares all of it; this, a part.
. "${top_srcdir:?}/t/lib.sh"
. "$top_srcdir/t/lies.sh"
diff=$top_builddir/t/sspi-diff
[ -x "$diff" ] || skip_all "sspi-diff was not built: no libarchive or jansson"
[ -z "${SAN_FLAGS:-}" ] || skip_all "the sanitizer's runtime stands where the program has to"
[ "$(echo $PROVIDERS | wc -w)" -eq 3 ] || skip_all "transcripts are of three providers; built are: $PROVIDERS"
golden() { "$diff" golden --data "$top_srcdir/tools/diff" "$@"; }
says() { grep -qE "$2" "$1"; }
few="--only live/*-client/tls13-ecdsa-*"

# ---- kept ----
golden --check --shard 1/4 >"$work/out" 2>&1
is $? 0 "G3 what is sent is what was kept, or other versions send it" || diag "$(head -n 40 "$work/out")"
is "$(grep -cE '^(openssl|gnutls|wolfssl) .*transcripts are as they were kept' "$work/out")" 3 "G3 of all three libraries"
grep drift "$work/out" | while read -r line; do diag "$line"; done
size=$(cat "$top_srcdir"/tools/diff/golden/*.golden | wc -c)
[ "$size" -lt 262144 ]
ok $? "G3 what is kept is small: $size octets"
grep -h '^[<>] [*]' "$top_srcdir"/tools/diff/golden/*.golden >"$work/masked"
[ ! -s "$work/masked" ]
ok $? "G3 no octet had to be left out because it does not repeat"

# ---- the seed, and nothing else ----
golden --seed 7 --out "$work/a" $few >"$work/said" 2>&1
check "G3 transcripts are written" says "$work/said" '^.*/a/wolfssl.golden: [1-9][0-9]* transcripts of wolfssl [0-9.]+$' || diag "$(cat "$work/said")"
(cd / && TZ=Asia/Tokyo golden --seed 7 --out "$work/b" $few >/dev/null)
check "G3 the same seed gives the same octets in another process" cmp "$work/a/openssl.golden" "$work/b/openssl.golden"
check "G3 for all" cmp "$work/a/gnutls.golden" "$work/b/gnutls.golden"
check "G3 three" cmp "$work/a/wolfssl.golden" "$work/b/wolfssl.golden"
golden --seed 8 --out "$work/c" $few >/dev/null
for provider in openssl gnutls wolfssl; do
    grep '^<' "$work/a/$provider.golden" | sort -u >"$work/7"
    grep '^<' "$work/c/$provider.golden" | sort -u >"$work/8"
    # an alert in the clear is the same with any seed
    is "$(comm -12 "$work/7" "$work/8" | grep -vc ' alert')" 0 "G3 $provider: another seed gives other octets in every flight"
done

# ---- a difference is seen ----
mkdir "$work/d"
cp "$work"/a/*.golden "$work/d"
name=$(sed -n '/^live/{p;q}' "$work/a/gnutls.golden")
sed '0,/^</s/^\(< [0-9]* \)[0-9a-f]*/\10123456789abcdef/' "$work/a/gnutls.golden" >"$work/d/gnutls.golden"
golden --check $few "$work/d" >"$work/out" 2>&1
is $? 1 "G3 other octets: exit 1"
check "G3 the transcript and its line are named" says "$work/out" "$name, line [0-9]+:" || diag "$(cat "$work/out")"
check "G3 one library's alone" says "$work/out" '^openssl [0-9.]+: [0-9]+ transcripts are as they were kept$'
sed -i 's/^of: gnutls .*/of: gnutls 3.0.0/' "$work/d/gnutls.golden"
golden --check $few "$work/d" >"$work/out" 2>&1
is $? 0 "G3 kept with another version: drift, exit 0" || diag "$(cat "$work/out")"
check "G3 said as drift" says "$work/out" '^gnutls .*\(kept with 3\.0\.0\).* 1 drifted with other versions' || diag "$(cat "$work/out")"

# ---- and explained, octets in full ----
golden --seed 7 --full --out "$work/full" $few >/dev/null
golden --check $few "$work/full" >"$work/out" 2>&1
is $? 0 "G3 octets in full are compared too" || diag "$(cat "$work/out")"
# the hello's random, octets 11 to 42 of the record
sed -i '0,/^> 16/s/^\(> 16.\{20\}\)..../\1beef/' "$work/full/openssl.golden"
golden --check --backends openssl,gnutls,wolfssl $few "$work/full" >"$work/out" 2>&1
check "G3 the field that differs is named" says "$work/out" '^ +- CH\.random beef' || diag "$(cat "$work/out")"

# ---- a library that changes ----
lies_begin openssl
lies_tell honest
golden --backends lies,openssl --seed 7 --out "$work/lies" --only 'seed/curl*' >/dev/null 2>&1
for lie in flight_random flight_split alert_other; do
    lies_tell $lie
    golden --backends lies,openssl --check --only 'seed/curl*' "$work/lies" >"$work/out" 2>&1
    is $? 1 "G20 a library that lies ($lie): exit 1" || diag "$(cat "$work/out")"
done

# ---- nobody but the tester can do it ----
nm -D --defined-only "$top_builddir/t/.libs/sspi-diff" "$top_builddir/t/sspi-diff" 2>/dev/null | awk '$2 == "T" {print $3}' | sort -u >"$work/exported"
tr -d ' ;{}' <"$top_srcdir/tools/diff/seeded.list" | grep . | sort >"$work/listed"
check "the tester stands before these functions of the system, and no others" cmp "$work/exported" "$work/listed" || diag "$(cat "$work/exported")"
grep -lE 'seeded_|streams_|RAND_set_rand_method|gnutls_crypto_rnd_register|wc_SetSeed_Cb' "$top_srcdir"/core/*.c "$top_srcdir"/core/cert/*.c "$top_srcdir"/providers/*/*.c >"$work/hooks"
[ ! -s "$work/hooks" ]
ok $? "neither core nor providers take randomness from elsewhere" || diag "$(cat "$work/hooks")"
tap_done
