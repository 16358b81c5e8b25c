/* SPDX-License-Identifier: MIT
 *
 * In a text, # is a record of the batch, ? a number below 96 (a bit of the shortest Finished), C V F the
 * numbers of Certificate, CertificateVerify and Finished between braces. */
#include <config.h>

#include "tools/diff/secret/ideas.h"

#include <stdio.h>
#include <string.h>

#define ANY    (IDEA_0 | IDEA_1 | IDEA_2)
#define POST   (IDEA_1 | IDEA_2)
#define BOTH   (IDEA_12 | IDEA_13)
#define ENDS   (IDEA_SERVER | IDEA_CLIENT)
#define CERTS  (IDEA_MUTUAL | IDEA_ALONE)
#define ALL    (ANY | BOTH | ENDS | CERTS)
#define NEW    (ANY | IDEA_13 | ENDS | CERTS)
#define LATER  (POST | IDEA_13 | ENDS | CERTS)
#define DATA   (IDEA_1 | BOTH | ENDS | CERTS)
#define HELLO  (IDEA_0 | BOTH | ENDS | CERTS)
#define SERVES (IDEA_0 | IDEA_13 | IDEA_SERVER | CERTS)
#define CERT   (IDEA_0 | IDEA_13 | ENDS | CERTS)
#define OWNS   (IDEA_0 | IDEA_13 | IDEA_CLIENT | IDEA_MUTUAL)
#define TICKET (POST | IDEA_13 | IDEA_SERVER | CERTS)
#define CLEAR  (IDEA_0 | IDEA_12 | IDEA_CLIENT | CERTS)
#define PROVES (IDEA_0 | IDEA_12 | IDEA_CLIENT | IDEA_MUTUAL)

static const struct {
    unsigned where;
    const char *text;
} ideas[] = {
    /* protection itself */
    {ALL, "seal.flip # ?"},
    {ALL, "seal.flip # 0"},
    {ALL, "seal.flip # 15"},
    {ALL, "seal.flip # 16"},
    {ALL, "seal.number # 1"},
    {ALL, "seal.number # -1"},
    {ALL, "seal.again #"},
    {ALL, "seal.clear #"},
    {ALL, "seal.key # back"},
    {NEW, "seal.key # handshake"},
    {NEW, "seal.key # data"},
    {NEW, "seal.key # next"},
    {ALL, "seal.grow # 1"},
    {ALL, "seal.grow # 255"},
    {ALL, "seal.grow # 256"},
    {ALL, "seal.grow # 2048"},
    {ALL, "rec.len # -1"},
    {ALL, "rec.len # =0"},
    {ALL, "rec.len # =15"},
    {ALL, "rec.len # =16"},
    {ALL, "rec.version # 0x0301"},
    {ALL, "rec.version # 0x0304"},
    {NEW, "seal.outer # 22"},
    {NEW, "seal.outer # 21"},
    {NEW, "seal.outer # 24"},
    {NEW, "seal.pad # 1"},
    {NEW, "seal.pad # 255"},
    {NEW, "seal.pad # 4000"},
    {NEW, "seal.full # 0"},
    {NEW, "seal.full # 1"},
    {NEW, "seal.full # 255"},
    {ALL, "seal.bare #"},
    {NEW, "seal.bare #; seal.pad # 32"},
    /* records within */
    {ALL, "rec.split # 1"},
    {ALL, "rec.crumble # 1"},
    {ALL, "rec.crumble # 3"},
    {ALL, "rec.merge 0"},
    {ALL, "rec.dup #"},
    {ALL, "rec.drop #"},
    {ALL, "rec.empty # 22"},
    {ALL, "rec.empty # 23"},
    {ALL, "rec.empty # 21"},
    {ALL, "rec.empty # 20"},
    {ALL, "rec.type # 20"},
    {ALL, "rec.type # 21"},
    {ALL, "rec.type # 22"},
    {ALL, "rec.type # 23"},
    {ALL, "rec.type # 24"},
    {NEW, "rec.type # 0"},
    {ALL, "rec.type # 255"},
    {ALL, "rec.ccs # 1"},
    {ALL, "rec.alert # 1 0"},
    {ALL, "rec.alert # 1 90"},
    {ALL, "rec.alert # 1 100"},
    {ALL, "rec.alert # 2 0"},
    {ALL, "rec.alert # 2 40"},
    {ALL, "rec.alert # 3 10"},
    {ALL, "rec.add # 21 01"},
    {ALL, "rec.add # 21 010000"},
    {NEW, "rec.add # 22 00000000"},
    {ALL, "rec.add # 22 63000000"},
    {ALL, "rec.add # 22 01"},
    {ALL, "rec.add # 23 61*32"},
    {DATA, "rec.grow 0 16384"},
    {DATA, "rec.grow 0 16385"},
    {DATA, "rec.grow 0 18432"},
    {DATA, "rec.empty 0 23; rec.empty 0 23; rec.empty 0 23"},
    {DATA, "rec.add 0 21 0100; rec.dup 1"},
    /* KeyUpdate */
    {LATER, "rec.add 0 22 1800000100"},
    {LATER, "rec.add 0 22 1800000101"},
    {LATER, "rec.add 0 22 1800000102"},
    {LATER, "rec.add 0 22 18000001ff"},
    {LATER, "rec.add 0 22 18000000"},
    {LATER, "rec.add 0 22 180000020000"},
    {LATER, "rec.add 0 22 1800000100; rec.dup 0"},
    {LATER, "rec.add 0 22 1800000101; rec.dup 0"},
    {LATER, "rec.add 0 22 18000001001800000100"},
    {LATER, "rec.add 0 22 180000010018"},
    {LATER, "rec.add 0 22 1800000100; rec.split 0 2"},
    {LATER, "rec.add 0 22 1800000100; rec.split 0 2; rec.add 1 23 61"},
    {LATER, "rec.add 0 22 1800000100; seal.keep 0"},
    {LATER, "rec.add 0 22 1800000100; seal.pad 0 100"},
    {LATER, "rec.add 1 22 1800000100"},
    {IDEA_0 | IDEA_13 | ENDS | CERTS, "rec.add # 22 1800000100"},
    /* tickets */
    {TICKET, "rec.add 0 22 0400002e+00000e100000000001000020+61*32+0000"},
    {TICKET, "rec.add 0 22 0400000e+00000e100000000001000000+0000"},
    {TICKET, "rec.add 0 22 0400002e+000000000000000001000020+61*32+0000"},
    {TICKET, "rec.add 0 22 0400002e+00093a810000000001000020+61*32+0000"},
    {TICKET, "rec.add 0 22 0400002d+00000e1000000000000020+61*32+0000"},
    {TICKET, "rec.add 0 22 0400012c+00000e1000000000ff+62*255+0020+61*32+0000"},
    {TICKET, "rec.add 0 22 04000036+00000e100000000001000020+61*32+0008002a0004ffffffff"},
    {TICKET, "rec.add 0 22 0400003e+00000e100000000001000020+61*32+0010002a000400000100002a000400000100"},
    {TICKET, "rec.add 0 22 04000032+00000e100000000001000020+61*32+00047a010000"},
    {TICKET, "rec.add 0 22 0400002f+00000e100000000001000020+61*32+000000"},
    {TICKET, "rec.add 0 22 0400002c+00000e100000000001000020+61*32"},
    {TICKET, "rec.add 0 22 0400002e+00000e100000000001000021+61*32+0000"},
    {TICKET, "rec.add 0 22 0400400e+00000e100000000001004000+61*16384+0000; rec.split 0 9000"},
    {POST | IDEA_13 | IDEA_CLIENT | CERTS, "rec.add 0 22 0400002e+00000e100000000001000020+61*32+0000"},
    /* what must not come after the handshake */
    {LATER, "rec.add 0 22 0d00000b+000008000d000400020403"},
    {LATER, "rec.add 0 22 05000000"},
    {LATER, "rec.add 0 22 14000020+00*32"},
    {LATER, "rec.add 0 22 0800000200+00"},
    {LATER, "rec.add 0 22 01000026+0303+00*32+0000+0000"},
    {LATER, "rec.add 0 22 0b00000400000000"},
    {LATER, "rec.add 0 22 18ffffff00"},
    /* Finished */
    {HELLO, "seal.finish"},
    {HELLO, "field.flip {F}/body ?"},
    {HELLO, "field.flip {F}/body 0"},
    {HELLO, "field.flip {F}/body 95"},
    {HELLO, "field.set {F}/body 00*32"},
    {HELLO, "field.set {F}/body -"},
    {HELLO, "field.set {F}/body 00*12"},
    {HELLO, "hs.len {F} +1"},
    {HELLO, "hs.len {F} -1"},
    {HELLO, "hs.len {F} =16777215"},
    {HELLO, "hs.drop {F}"},
    {HELLO, "hs.dup {F}"},
    {HELLO, "seal.finish; hs.dup {F}"},
    {HELLO, "hs.type {F} 24"},
    {HELLO, "hs.add {F} 24 00"},
    {HELLO, "hs.add {F} 20 00*32"},
    {HELLO, "hs.add {F} 99 00"},
    /* EncryptedExtensions */
    {SERVES, "ext.unknown 31297 00"},
    {SERVES, "ext.add 0 -"},
    {SERVES, "ext.add 0 -; ext.dup 0"},
    {SERVES, "ext.add 1 04"},
    {SERVES, "ext.add 5 -"},
    {SERVES, "ext.add 10 0002001d"},
    {SERVES, "ext.add 10 0000"},
    {SERVES, "ext.add 13 00020804"},
    {SERVES, "ext.add 16 0003026832"},
    {SERVES, "ext.add 18 -"},
    {SERVES, "ext.add 21 00*255"},
    {SERVES, "ext.add 23 -"},
    {SERVES, "ext.add 27 00020001"},
    {SERVES, "ext.add 28 0040"},
    {SERVES, "ext.add 41 0000"},
    {SERVES, "ext.add 42 -"},
    {SERVES, "ext.add 43 0304"},
    {SERVES, "ext.add 51 001d0020+61*32"},
    {SERVES, "ext.add 65281 00"},
    {SERVES, "hs.dup 0"},
    {SERVES, "hs.drop 0"},
    {SERVES, "hs.drop 0; seal.finish"},
    {SERVES, "hs.swap 0 {C}"},
    {SERVES, "hs.add 0 4 00000e100000000001000020+61*32+0000"},
    {SERVES, "hs.add 0 13 000008000d000400020804"},
    {SERVES, "hs.add 0 13 00000000"},
    {SERVES, "field.extend 0 00"},
    /* Certificate and CertificateVerify */
    {CERT, "hs.drop {V}; seal.finish"},
    {CERT, "hs.drop {V}"},
    {CERT, "hs.drop {C}; seal.finish"},
    {CERT, "hs.drop {V}; hs.drop {C}; seal.finish"},
    {CERT, "hs.swap {C} {V}; seal.finish"},
    {CERT, "hs.dup {C}; seal.finish"},
    {CERT, "hs.dup {V}; seal.finish"},
    {CERT, "field.flip {V}/signature ?; seal.finish"},
    {CERT, "field.set {V}/signature -; seal.finish"},
    {CERT, "field.set {V}/signature 00*256; seal.finish"},
    {CERT, "field.set {V}/scheme 0401; seal.finish"},
    {CERT, "field.set {V}/scheme 0403; seal.finish"},
    {CERT, "field.set {V}/scheme 0201; seal.finish"},
    {CERT, "field.set {V}/scheme 0805; seal.finish"},
    {CERT, "field.set {V}/scheme 0000; seal.finish"},
    {CERT, "list.empty {C}/chain; seal.finish"},
    {CERT, "list.empty {C}/chain; hs.drop {V}; seal.finish"},
    {CERT, "item.dup {C}/chain/0 1"},
    {CERT, "item.dup {C}/chain/0 32"},
    {CERT, "field.set {C}/context 61"},
    {CERT, "field.set {C}/chain/0/certificate -"},
    {CERT, "field.set {C}/chain/0/certificate 30"},
    {CERT, "field.flip {C}/chain/0/certificate ?"},
    {CERT, "field.set {C}/chain/0/extensions 7a010000"},
    {CERT, "field.set {C}/chain/0/extensions 00120000"},
    {CERT, "field.set {C}/chain/0/extensions 0005000401000000"},
    {CERT, "field.set {C}/chain/0/extensions 002b00020304"},
    {CERT, "field.set {C}/chain/0/extensions 0005"},
    {CERT, "field.len {C}/chain +1"},
    {CERT, "field.len {C}/chain =16777215"},
    {CERT, "hs.type {C} 25"},
    {CERT, "hs.type {C} 25; seal.finish"},
    {OWNS, "list.empty {C}/chain; hs.drop {V}; seal.finish"},
    {OWNS, "hs.drop {V}; seal.finish"},
    {OWNS, "hs.drop {V}; hs.drop {C}; seal.finish"},
    {OWNS, "field.flip {V}/signature ?; seal.finish"},
    /* TLS 1.2: what comes in the clear is changed, and the Finished fits it */
    {PROVES, "<hs.drop 2>seal.finish"},
    {PROVES, "<field.flip 2/signature ?>seal.finish"},
    {PROVES, "<field.set 2/signature ->seal.finish"},
    {PROVES, "<field.set 2/scheme 0201>seal.finish"},
    {PROVES, "<field.set 2/scheme 0403>seal.finish"},
    {PROVES, "<list.empty 0/chain>seal.finish"},
    {PROVES, "<list.empty 0/chain; hs.drop 2>seal.finish"},
    {PROVES, "<hs.drop 0>seal.finish"},
    {PROVES, "<hs.drop 0; hs.drop 1>seal.finish"},
    {PROVES, "<hs.dup 2>seal.finish"},
    {PROVES, "<hs.swap 1 2>seal.finish"},
    {CLEAR, "<hs.dup 0>seal.finish"},
    {CLEAR, "<hs.add 0 0 ->seal.finish"},
    {CLEAR, "<hs.add 0 15 08040000>seal.finish"},
    {CLEAR, "<rec.ccs 1 1>seal.finish"},
};
enum { IDEAS = sizeof ideas / sizeof *ideas };

const char *idea_text(unsigned index, unsigned *where)
{
    if (index >= IDEAS)
        return NULL;
    *where = ideas[index].where;
    return ideas[index].text;
}

struct text {
    char *ptr;
    size_t len, size;
};

static void add(struct text *t, const char *word)
{
    size_t len = strlen(word);
    if (t->len + len + 1 > t->size)
        return;
    memcpy(t->ptr + t->len, word, len + 1);
    t->len += len;
}

static void add_number(struct text *t, unsigned number)
{
    char word[16];
    snprintf(word, sizeof word, "%u", number);
    add(t, word);
}

/* Fills the gaps; 0: there is no such message in this batch. */
static int fill(const char *from, unsigned batch, const struct idea_places *at, struct diff_random *random,
                struct text *out)
{
    char letter[2] = "";

    out->len = 0;
    if (*from == '<')
        add(out, "at.flight 1; ");
    else
        add(out, "at.sealed "), add_number(out, batch), add(out, "; ");
    for (; *from; from++) {
        int place = *from != '{'     ? 0
                    : from[1] == 'C' ? at->certificate
                    : from[1] == 'V' ? at->verify
                                     : at->finished;
        letter[0] = *from;
        if (place < 0)
            return 0;
        if (*from == '<')
            continue;
        if (*from == '>')
            add(out, "; at.sealed 0; ");
        else if (*from == '#')
            add_number(out, diff_random_below(random, at->records));
        else if (*from == '?')
            add_number(out, diff_random_below(random, 96));
        else if (*from == '{')
            add_number(out, (unsigned)place), from += 2;
        else
            add(out, letter);
    }
    return 1;
}

void idea_make(unsigned setting, const struct idea_places at[3], struct diff_random *random, char *out,
               size_t size)
{
    struct text text = {out, 0, size};

    for (;;) {
        unsigned which = diff_random_below(random, IDEAS), batch = diff_random_below(random, 3);
        if ((ideas[which].where & setting) == setting && ideas[which].where >> batch & 1 &&
            fill(ideas[which].text, batch, &at[batch], random, &text))
            return;
    }
}
