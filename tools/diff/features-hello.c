/* SPDX-License-Identifier: MIT
 *
 * Words for the two hellos and their extensions. */
#include <config.h>

#include "tools/diff/curve.h"
#include "tools/diff/features-parts.h"

#include <string.h>

/* ---- what every backend is set to ---- */
static const uint16_t groups[] = {29, 23, 24};
static const uint16_t suites_13[] = {0x1301, 0x1302, 0x1303};
static const uint16_t suites_12[] = {0xC02B, 0xC02C, 0xCCA9};  /* ECDSA */
static const uint16_t suites_rsa[] = {0xC02F, 0xC030, 0xCCA8}; /* offered by clients, too */
static const uint16_t schemes_12[] = {0x0403, 0x0503, 0x0603}; /* the certificate's key is on P-256 */
static const uint16_t offered[] = {0, 10, 13, 43, 45, 51, 23, 11, 65281}; /* by each client */
#define COUNT(a) (sizeof(a) / sizeof *(a))

static int among(const uint16_t *list, size_t count, unsigned value)
{
    while (count-- > 0)
        if (list[count] == value)
            return 1;
    return 0;
}

int diff_common_group(unsigned group)
{
    return among(groups, COUNT(groups), group);
}

int diff_lists(const struct diff_stream *s, uint32_t list, unsigned value)
{
    for (uint32_t item = list ? s->nodes[list].first : 0; item; item = s->nodes[item].next)
        if (s->nodes[item].what == DIFF_FIELD && diff_leaf_number(s, item) == value)
            return 1;
    return 0;
}

static int lists_any(const struct diff_stream *s, uint32_t list, const uint16_t *values, size_t count)
{
    while (count-- > 0)
        if (diff_lists(s, list, values[count]))
            return 1;
    return 0;
}

uint32_t diff_list_of(const struct diff_stream *s, uint32_t message, unsigned type)
{
    uint32_t e = diff_extension_of(s, message, type);
    return e && !s->nodes[e].damaged ? s->nodes[e].first : 0;
}

static int empty(const struct diff_stream *s, uint32_t node)
{
    return !s->nodes[node].first && !s->nodes[node].len;
}

static unsigned number(const struct diff_stream *s, uint32_t message, const char *field)
{
    uint32_t node = diff_child(s, message, field);
    return node ? (unsigned)diff_leaf_number(s, node) : 0;
}

/* ---- extensions ---- */
void words_of_extensions(struct words *w, const struct diff_stream *s, uint32_t message, int client)
{
    uint32_t list = diff_child(s, message, "extensions");

    for (uint32_t e = list ? s->nodes[list].first : 0; e; e = s->nodes[e].next) {
        const struct diff_node *n = &s->nodes[e];
        if (n->what != DIFF_EXTENSION)
            continue;
        word_if(w, diff_extension_of(s, message, n->value) != e, client ? W_CH_EXT_DUP : W_SH_EXT_DUP);
        word_if(w, n->damaged, client ? W_CH_EXT_BAD : W_SH_EXT_BAD);
        word_if(w, client && diff_is_grease(n->value), W_CH_GREASE);
        word_if(w, !client && !among(offered, COUNT(offered), n->value), W_SH_EXT_UNOFFERED);
        if (!diff_extension_name(n->value)) {
            word_if(w, 1, client ? W_CH_EXT_UNKNOWN : W_SH_EXT_UNKNOWN);
            continue;
        }
        word_extra(w, diff_ext_word(client, n->value, EXT_PRESENT));
        if (n->damaged)
            word_extra(w, diff_ext_word(client, n->value, EXT_BAD));
        else if (empty(s, e) || (n->first && n->first == n->last && empty(s, n->first)))
            word_extra(w, diff_ext_word(client, n->value, EXT_EMPTY));
    }
}

/* ---- the ClientHello ---- */
/* Is TLS 1.2 listed before 1.3? */
static int tls12_first(const struct diff_stream *s, uint32_t list)
{
    for (uint32_t i = list ? s->nodes[list].first : 0; i; i = s->nodes[i].next) {
        unsigned version = (unsigned)diff_leaf_number(s, i);
        if (version == 0x0303 || version == 0x0304)
            return version == 0x0303 && diff_lists(s, list, 0x0304);
    }
    return 0;
}

static void of_versions(struct words *w, const struct diff_stream *s, uint32_t ch)
{
    unsigned legacy = number(s, ch, "version");
    uint32_t list = diff_list_of(s, ch, 43);
    int tls13 = diff_lists(s, list, 0x0304);
    int tls12 = list ? diff_lists(s, list, 0x0303) : legacy >= 0x0303;

    word_if(w, tls13, W_CH_TLS13);
    word_if(w, tls12, W_CH_TLS12);
    word_if(w, tls12 && !tls13, W_CH_TLS12_ONLY);
    word_if(w, tls13 && !tls12, W_CH_TLS13_ONLY);
    word_if(w, !tls13 && !tls12, W_CH_NO_VERSION);
    word_if(w, tls12_first(s, list), W_CH_VERSIONS_TLS12_FIRST);
    word_if(w, legacy < 0x0300, W_CH_LEGACY_LOW);
    word_if(w, legacy == 0x0300, W_CH_LEGACY_0300);
    word_if(w, legacy == 0x0301, W_CH_LEGACY_0301);
    word_if(w, legacy == 0x0302, W_CH_LEGACY_0302);
    word_if(w, legacy == 0x0304, W_CH_LEGACY_0304);
    word_if(w, legacy > 0x0304 && legacy < 0x0400, W_CH_LEGACY_HIGH);
    word_if(w, legacy >= 0x0400, W_CH_LEGACY_FOREIGN);
}

static int any_grease(const struct diff_stream *s, uint32_t list)
{
    for (uint32_t item = list ? s->nodes[list].first : 0; item; item = s->nodes[item].next)
        if (s->nodes[item].what == DIFF_FIELD && s->nodes[item].len == 2 &&
            diff_is_grease((unsigned)diff_leaf_number(s, item)))
            return 1;
    return 0;
}

static void of_suites(struct words *w, const struct diff_stream *s, uint32_t ch)
{
    uint32_t list = diff_child(s, ch, "suites");
    int tls13 = w->has[W_CH_TLS13], modern;

    if (!list)
        return;
    modern =
        lists_any(s, list, suites_12, COUNT(suites_12)) || lists_any(s, list, suites_rsa, COUNT(suites_rsa));
    word_if(w, empty(s, list), W_CH_SUITES_EMPTY);
    word_if(w, s->nodes[list].len % 2, W_CH_SUITES_ODD);
    word_if(w, s->nodes[list].len > 300, W_CH_SUITES_MANY);
    word_if(w,
            !lists_any(s, list, tls13 ? suites_13 : suites_12, tls13 ? COUNT(suites_13) : COUNT(suites_12)),
            W_CH_NO_COMMON_SUITE);
    word_if(w, !modern && !lists_any(s, list, suites_13, COUNT(suites_13)), W_CH_SUITES_LEGACY);
    word_if(w, diff_lists(s, list, 0x5600), W_CH_SCSV_FALLBACK);
    word_if(w, !diff_lists(s, list, 0x00FF) && !diff_extension_of(s, ch, 65281), W_CH_NO_RENEGOTIATION);
    word_if(w, any_grease(s, list), W_CH_GREASE);
}

static void of_compression(struct words *w, const struct diff_stream *s, uint32_t ch)
{
    uint32_t list = diff_child(s, ch, "compression");
    int null = diff_lists(s, list, 0);

    if (!list)
        return;
    word_if(w, empty(s, list), W_CH_COMPRESSION_EMPTY);
    word_if(w, !empty(s, list) && !null, W_CH_COMPRESSION_NO_NULL);
    word_if(w, null && s->nodes[list].len > 1, W_CH_COMPRESSION_NONNULL);
}

static void of_groups(struct words *w, const struct diff_stream *s, uint32_t ch)
{
    uint32_t list = diff_list_of(s, ch, 10), schemes = diff_list_of(s, ch, 13);
    int tls13 = w->has[W_CH_TLS13];

    word_if(w, !diff_extension_of(s, ch, 10), W_CH_NO_GROUPS);
    word_if(w, list && !lists_any(s, list, groups, COUNT(groups)), W_CH_NO_COMMON_GROUP);
    word_if(w, list && !diff_lists(s, list, 23), W_CH_NO_P256);
    word_if(w, diff_extension_of(s, ch, 14), W_CH_SRTP);
    word_if(w, any_grease(s, list), W_CH_GREASE);
    word_if(w, !diff_extension_of(s, ch, 13), W_CH_NO_SIGALGS);
    word_if(w, schemes && !lists_any(s, schemes, schemes_12, tls13 ? 1 : COUNT(schemes_12)),
            W_CH_NO_COMMON_SIGALG);
    word_if(w, schemes && s->nodes[schemes].len > 128, W_CH_SIGALGS_MANY);
}

struct share {
    unsigned group;
    uint32_t key;
};

static int share_of(const struct diff_stream *s, uint32_t item, struct share *out)
{
    uint32_t group = diff_child(s, item, "group"), key = diff_child(s, item, "key");

    if (!group || !key)
        return 0;
    *out = (struct share){(unsigned)diff_leaf_number(s, group), key};
    return 1;
}

/* Where a group stands in supported_groups; -1: not there. */
static int rank(const struct diff_stream *s, uint32_t list, unsigned group)
{
    int at = 0;
    for (uint32_t item = list ? s->nodes[list].first : 0; item; item = s->nodes[item].next, at++)
        if (diff_leaf_number(s, item) == group)
            return at;
    return -1;
}

static enum diff_point check(const struct diff_stream *s, const struct share *share)
{
    return diff_point_check(share->group, diff_leaf(s, share->key), s->nodes[share->key].len);
}

static void of_share(struct words *w, const struct diff_stream *s, const struct share *share)
{
    static const enum diff_word words[] = {DIFF_WORD_COUNT, W_CH_SHARE_LEN, W_CH_SHARE_FORM,
                                           W_CH_SHARE_OFFCURVE, W_CH_SHARE_LOW};
    enum diff_point point = check(s, share);

    if (point != DIFF_POINT_GOOD) {
        word_if(w, 1, words[point]);
        word_if(w, 1, W_CH_SHARE_BAD);
    }
    word_if(w, diff_is_grease(share->group), W_CH_GREASE);
}

static void of_shares(struct words *w, const struct diff_stream *s, uint32_t ch)
{
    uint32_t listed = diff_list_of(s, ch, 10), shares = diff_list_of(s, ch, 51), seen = 0;
    int last = -1, best = -1, common = 0, count = 0, found = 0;
    struct share share;

    word_if(w, w->has[W_CH_TLS13] && !diff_extension_of(s, ch, 51), W_CH_NO_SHARE);
    for (uint32_t item = listed ? s->nodes[listed].first : 0; item && best < 0; item = s->nodes[item].next)
        if (diff_common_group((unsigned)diff_leaf_number(s, item)))
            best = (int)diff_leaf_number(s, item);
    for (uint32_t item = shares ? s->nodes[shares].first : 0; item; item = s->nodes[item].next) {
        if (!share_of(s, item, &share))
            continue;
        int at = rank(s, listed, share.group);
        uint32_t bit = share.group < 32 ? 1u << share.group : 0;
        of_share(w, s, &share);
        word_if(w, listed && at < 0, W_CH_SHARE_NOT_IN_GROUPS);
        word_if(w, at >= 0 && at < last, W_CH_SHARE_ORDER);
        word_if(w, (seen & bit) != 0, W_CH_SHARE_DUP);
        seen |= bit;
        last = at > last ? at : last;
        common |= diff_common_group(share.group) && at >= 0;
        found |= (int)share.group == best;
        count++;
    }
    word_if(w, count && !(seen & (1u << 29 | 1u << 23 | 1u << 24)), W_CH_SHARE_ONLY_UNSUPPORTED);
    word_if(w, count && best >= 0 && !found, W_CH_SHARE_LOWER);
    word_if(w, shares && best >= 0 && !common, W_CH_HRR);
}

static void of_name(struct words *w, const uint8_t *name, uint32_t len)
{
    int digits = len != 0, dot = len && (name[0] == '.' || name[len - 1] == '.');

    for (uint32_t i = 0; i < len; i++) {
        uint8_t c = name[i];
        int letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'), digit = c >= '0' && c <= '9';
        word_if(w, c == 0, W_CH_SNI_NUL);
        word_if(w, c == '_', W_CH_SNI_UNDERSCORE);
        word_if(w, c > 126 || (c && c < 32), W_CH_SNI_UTF8);
        word_if(w, c >= 'A' && c <= 'Z', W_CH_SNI_UPPER);
        word_if(w, !letter && !digit && c != '-' && c != '.' && c != '_', W_CH_SNI_CHARS);
        word_if(w, c == ':', W_CH_SNI_ADDRESS);
        digits = digits && (digit || c == '.');
        dot = dot || (i && c == '.' && name[i - 1] == '.');
    }
    word_if(w, digits, W_CH_SNI_ADDRESS);
    word_if(w, dot, W_CH_SNI_DOT);
    word_if(w, len > 255, W_CH_SNI_LONG);
    word_if(w, len == 0, W_CH_SNI_EMPTY);
    word_if(w, len != 9 || memcmp(name, "localhost", 9) != 0, W_CH_SNI_OTHER);
}

static void of_names(struct words *w, const struct diff_stream *s, uint32_t ch)
{
    uint32_t list = diff_list_of(s, ch, 0);

    word_if(w, list && diff_child_count(s, list) > 1, W_CH_SNI_TWO);
    for (uint32_t item = list ? s->nodes[list].first : 0; item; item = s->nodes[item].next) {
        uint32_t name = diff_child(s, item, "name");
        word_if(w, number(s, item, "type") != 0, W_CH_SNI_TYPE);
        if (name)
            of_name(w, diff_leaf(s, name), s->nodes[name].len);
    }
}

static void of_protocols(struct words *w, const struct diff_stream *s, uint32_t ch)
{
    uint32_t list = diff_list_of(s, ch, 16);
    int match = 0;

    for (uint32_t item = list ? s->nodes[list].first : 0; item; item = s->nodes[item].next) {
        const uint8_t *name = diff_leaf(s, item);
        uint32_t len = s->nodes[item].len;
        word_if(w, len == 0, W_CH_ALPN_NAME_EMPTY);
        match |= (len == 2 && memcmp(name, "h2", 2) == 0) || (len == 8 && memcmp(name, "http/1.1", 8) == 0);
    }
    word_if(w, list && !match, W_CH_ALPN_MISMATCH);
}

static void of_psk(struct words *w, const struct diff_stream *s, uint32_t ch)
{
    uint32_t psk = diff_extension_of(s, ch, 41), early = diff_extension_of(s, ch, 42),
             modes = diff_list_of(s, ch, 45);
    uint32_t list = diff_child(s, ch, "extensions");

    word_if(w, early != 0, W_CH_EARLY);
    word_if(w, early && !psk, W_CH_EARLY_NO_PSK);
    word_if(w, modes && !diff_lists(s, modes, 1), W_CH_MODES_NO_DHE);
    if (!psk)
        return;
    word_if(w, 1, W_CH_PSK);
    word_if(w, !diff_extension_of(s, ch, 45), W_CH_PSK_NO_MODES);
    word_if(w, list && s->nodes[list].last != psk, W_CH_PSK_NOT_LAST);
    uint32_t identities = diff_child(s, psk, "identities"), binders = diff_child(s, psk, "binders");
    if (!identities || !binders || s->nodes[psk].damaged)
        return;
    word_if(w, diff_child_count(s, identities) != diff_child_count(s, binders), W_CH_PSK_BINDERS);
    for (uint32_t b = s->nodes[binders].first; b; b = s->nodes[b].next)
        word_if(w, s->nodes[b].len < 32, W_CH_PSK_BINDER_SHORT);
}

/* An extension's only number, or `otherwise`. */
static unsigned single(const struct diff_stream *s, uint32_t message, unsigned type, unsigned otherwise)
{
    uint32_t field = diff_list_of(s, message, type);
    return field && s->nodes[field].len <= 2 && !s->nodes[field].first ? (unsigned)diff_leaf_number(s, field)
                                                                       : otherwise;
}

/* Did a rest take the place of one of these? */
static int has_rest(const struct diff_stream *s, uint32_t node)
{
    return node && s->nodes[node].last && s->nodes[s->nodes[node].last].what == DIFF_REST;
}

void words_of_client_hello(struct words *w, const struct diff_stream *s, uint32_t ch)
{
    uint32_t list = diff_child(s, ch, "extensions"), session = diff_child(s, ch, "session");
    uint32_t formats = diff_list_of(s, ch, 11);
    unsigned mfl = single(s, ch, 1, 1);

    word_if(w, 1, W_CH);
    word_if(w, s->nodes[ch].damaged && s->nodes[ch].skew == 0 && !list, W_CH_DAMAGED);
    word_if(w, list && has_rest(s, ch), W_CH_EXTRA);
    word_if(w, has_rest(s, list), W_CH_EXT_LIST_BAD);
    word_if(w, !list && !s->nodes[ch].damaged, W_CH_NO_EXTENSIONS);
    word_if(w, session && s->nodes[session].len != 0, W_CH_SESSION);
    word_if(w, session && s->nodes[session].len > 32, W_CH_SESSION_LONG);
    word_if(w, session && s->nodes[session].len && s->nodes[session].len < 32, W_CH_SESSION_SHORT);
    of_versions(w, s, ch);
    of_suites(w, s, ch);
    of_compression(w, s, ch);
    of_groups(w, s, ch);
    of_shares(w, s, ch);
    of_names(w, s, ch);
    of_protocols(w, s, ch);
    of_psk(w, s, ch);
    word_if(w, mfl < 1 || mfl > 4, W_CH_MFL_BAD);
    word_if(w, single(s, ch, 28, 64) < 64, W_CH_RSL_SMALL);
    word_if(w, formats && !diff_lists(s, formats, 0), W_CH_FORMATS_NO_NULL);
    word_if(w, !diff_extension_of(s, ch, 23), W_CH_NO_EMS);
    word_if(w, any_grease(s, diff_list_of(s, ch, 13)) || any_grease(s, diff_list_of(s, ch, 43)), W_CH_GREASE);
    words_of_extensions(w, s, ch, 1);
}

/* ---- the ServerHello ---- */
void words_of_server_hello(struct words *w, const struct diff_stream *s, uint32_t sh)
{
    uint32_t random = diff_child(s, sh, "random"), session = diff_child(s, sh, "session");
    uint32_t e = diff_extension_of(s, sh, 51);
    unsigned legacy = number(s, sh, "version"), chosen = single(s, sh, 43, legacy),
             suite = number(s, sh, "suite");
    int tls13 = chosen == 0x0304, tls12 = chosen == 0x0303;
    struct share share = {0, 0};

    word_if(w, 1, W_SH);
    word_if(w, s->nodes[sh].damaged && s->nodes[sh].skew == 0, W_SH_DAMAGED);
    word_if(w, tls13, W_SH_TLS13);
    word_if(w, tls12, W_SH_TLS12);
    word_if(w, chosen >= 0x0300 && chosen < 0x0303, W_SH_VERSION_OLD);
    word_if(w, chosen < 0x0300 || chosen > 0x0304, W_SH_VERSION_BAD);
    word_if(w,
            tls13
                ? !among(suites_13, COUNT(suites_13), suite)
                : !among(suites_12, COUNT(suites_12), suite) && !among(suites_rsa, COUNT(suites_rsa), suite),
            W_SH_SUITE_OTHER);
    word_if(w, number(s, sh, "compression") != 0, W_SH_COMPRESSION);
    word_if(w, session && s->nodes[session].len != 0, W_SH_SESSION);
    word_if(w, random && s->nodes[random].len == 32 && memcmp(diff_leaf(s, random) + 24, "DOWNGRD", 7) == 0,
            W_SH_DOWNGRADE);
    word_if(w, !tls13 && !diff_extension_of(s, sh, 65281), W_SH_NO_RENEGOTIATION);
    word_if(w, !tls13 && !diff_extension_of(s, sh, 23), W_SH_NO_EMS);
    word_if(w, tls13 && !e, W_SH_NO_SHARE);
    if (e && share_of(s, e, &share)) {
        word_if(w, !diff_common_group(share.group), W_SH_SHARE_OTHER);
        word_if(w, check(s, &share) != DIFF_POINT_GOOD, W_SH_SHARE_BAD);
    }
    words_of_extensions(w, s, sh, 0);
}
