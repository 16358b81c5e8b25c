#!/bin/sh
# SPDX-License-Identifier: MIT
# The check of the exported ABI passes as things are, and finds what would break a compiled program: planted
# changes in a small library, and in the dump of the real one.
. "${top_srcdir:?}/t/lib.sh"
abi="sh $top_srcdir/t/abi-check.sh"
library=$top_builddir/.libs/libopensspi.so
dump=$top_srcdir/t/abi/libopensspi.so.1.abi
cc=${CC:-gcc} # may be two words, ccache and gcc

$abi check "$library" "$top_srcdir/include" "$dump" >"$work/out" 2>&1
rc=$?
[ $rc -ne 77 ] || skip_all "$(cat "$work/out")"
ok $rc 'programs that run with the committed dump run with this library' || diag "$(cat "$work/out")"

# ---- a library of two functions, and what may become of it ----
mkdir "$work/include"
cat >"$work/include/small.h" <<'END'
struct pair { int first; long second; struct pair *next; };
END
cat >"$work/source.c" <<'END'
#include "small.h"
long sum(const struct pair *p, int times);
long sum(const struct pair *p, int times) { return p ? p->first * times + p->second : 0; }
int one(void);
int one(void) { return 1; }
END
small() { # small NAME SED: the library with a change
    sed "$2" "$work/source.c" >"$work/$1.c"
    sed "${3:-}" "$work/include/small.h" >"$work/include.new"
    mkdir -p "$work/$1.include" && cp "$work/include.new" "$work/$1.include/small.h"
    $cc -g -shared -fPIC -I"$work/$1.include" -o "$work/$1.so" "$work/$1.c" || diag "$1 does not compile"
}
against() { $abi check "$work/$1.so" "$work/$1.include" "$work/was.abi" >"$work/out" 2>&1; }
small was ''
$abi dump "$work/was.so" "$work/was.include" >"$work/was.abi"
against was
ok $? 'a library agrees with its own dump' || diag "$(cat "$work/out")"

breaks() { # breaks NAME WORDS SED [SED FOR THE HEADER]
    small "$1" "$3" "${4:-}"
    against "$1"
    is $? 1 "$2 is refused" || diag "$(cat "$work/out")"
}
breaks parameter 'a parameter that goes' 's/, int times//; s/ \* times//'
breaks wider 'a parameter that becomes wider' 's/int times/long times/'
breaks gone 'a function that goes' '/one(/d'
breaks result 'another type of result' 's/int one/char *one/; s/return 1/return 0/'
breaks member 'a member that goes' 's/ + p->second//' 's/ long second;//'
breaks order 'members in another order' '' 's/int first; long second;/long second; int first;/'

small more '$a int two(void); int two(void) { return 2; }'
against more
is $? 0 'a new function passes' || diag "$(cat "$work/out")"
grep -q '^    two$' "$work/out" && grep -q 'make abi-dump' "$work/out"
ok $? 'and is named, with how to refresh the dump' || diag "$(cat "$work/out")"
small words 's/times/often/g'
against words
is $? 0 'another name for a parameter passes' || diag "$(cat "$work/out")"

# ---- the real one: changes planted in its dump ----
planted() { # planted WORDS STATUS AWK
    awk "$3" "$dump" >"$work/planted.abi"
    ! cmp -s "$dump" "$work/planted.abi" || { ok 1 "$1: nothing was planted"; return; }
    $abi check "$library" "$top_srcdir/include" "$work/planted.abi" >"$work/out" 2>&1
    is $? "$2" "$1" || diag "$(tail -n 20 "$work/out")"
}
planted 'EncryptMessage once had a parameter less: refused' 1 \
    "/<function-decl name='EncryptMessage'/ { f = 1 } f && /<parameter/ { f = 0; next } { print }"
planted 'SecBufferDesc once had a member less: refused' 1 \
    "/<class-decl name='_SecBufferDesc'/ { f = 1 } f && /layout-offset-in-bits='32'/ { f = 0; getline; getline; next } { print }"
planted 'a function of yesterday is missing: refused' 1 \
    "{ print } /<elf-symbol name='Sleep'/ { sub(/'Sleep'/, \"'Slept'\"); print }"
planted 'Sleep is new since yesterday: passes' 0 \
    "/<elf-symbol name='Sleep'/ { next } /<function-decl name='Sleep'/ { f = 1 } !f { print } /<\/function-decl>/ { f = 0 }"
grep -q '^    Sleep@OPENSSPI_1.0$' "$work/out"
ok $? 'and is named' || diag "$(cat "$work/out")"
tap_done
