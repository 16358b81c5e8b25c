/* SPDX-License-Identifier: MIT
 *
 * Words for records, and for messages other than the hellos; how words become a list. */
#include <config.h>

#include "tools/diff/features.h"

#include "tools/diff/curve.h"
#include "tools/diff/extensions.h"
#include "tools/diff/features-parts.h"
#include "tools/diff/mutate.h"

#include <stdlib.h>
#include <string.h>

static const struct {
    const char *word, *meaning;
} vocabulary[] = {
#define ROW(id, word, meaning) {word, meaning},
    DIFF_WORDS(ROW)
#undef ROW
};

static const struct {
    uint16_t type;
    const char *words[2][EXT_WORDS]; /* of servers and clients */
} ext_words[] = {
#define ROW(type, name, ask, answer, answer_too)                                                             \
    {type,                                                                                                   \
     {{"sh.ext." #name, "sh.ext." #name ".empty", "sh.ext." #name ".bad"},                                   \
      {"ch.ext." #name, "ch.ext." #name ".empty", "ch.ext." #name ".bad"}}},
    DIFF_EXTENSIONS(ROW)
#undef ROW
};
enum { EXTENSIONS = sizeof ext_words / sizeof *ext_words };

const char *diff_ext_word(int client, unsigned type, enum diff_ext_word which)
{
    for (unsigned i = 0; i < EXTENSIONS; i++)
        if (ext_words[i].type == type)
            return ext_words[i].words[client][which];
    return NULL;
}

const char *diff_feature(unsigned index, const char **meaning)
{
    static const char *const meanings[] = {"the extension",
                                           "the extension without content, or with an empty list",
                                           "the extension, not in its form"};

    if (index < DIFF_WORD_COUNT) {
        *meaning = vocabulary[index].meaning;
        return vocabulary[index].word;
    }
    index -= DIFF_WORD_COUNT;
    if (index < EXTENSIONS * 2 * EXT_WORDS) {
        *meaning = meanings[index % EXT_WORDS];
        return ext_words[index / EXT_WORDS / 2].words[index / EXT_WORDS % 2][index % EXT_WORDS];
    }
    *meaning = "an operation changed it";
    return diff_op_token(index - EXTENSIONS * 2 * EXT_WORDS);
}

void word_extra(struct words *w, const char *word)
{
    if (word && w->extra_count < sizeof w->extra / sizeof *w->extra)
        w->extra[w->extra_count++] = word;
}

/* ---- records ---- */
struct seen { /* while records pass */
    struct words *w;
    unsigned records, empties, alerts, changes;
    int message; /* a handshake record was there */
    int inside;  /* a message has begun and not ended */
    unsigned version, versions;
};

static void of_version(struct seen *seen, unsigned version)
{
    static const struct {
        uint16_t version;
        uint16_t word;
    } known[] = {
        {0x0000, W_REC_VERSION_0000}, {0x0002, W_REC_VERSION_0002}, {0x0200, W_REC_VERSION_0200},
        {0x0300, W_REC_VERSION_0300}, {0x0301, W_REC_VERSION_0301}, {0x0302, W_REC_VERSION_0302},
        {0x0303, W_REC_VERSION_0303}, {0x0304, W_REC_VERSION_0304}, {0x0400, W_REC_VERSION_0400},
    };

    for (unsigned i = 0; i < sizeof known / sizeof *known; i++)
        word_if(seen->w, known[i].version == version, (enum diff_word)known[i].word);
    word_if(seen->w, version >> 8 == 3 && version > 0x0304, W_REC_VERSION_03XX);
    word_if(seen->w, version >> 8 != 3, W_REC_VERSION_FOREIGN);
    word_if(seen->w, version >> 8 != 3 && !seen->records, W_REC_VERSION_FIRST_FOREIGN);
    word_if(seen->w, seen->records && version != seen->version, W_REC_VERSION_MIXED);
    seen->version = version;
}

/* What every record has; `len` octets are there of `told`. */
static void of_record(struct seen *seen, unsigned type, unsigned version, uint32_t len, int64_t told)
{
    static const enum diff_word empty[] = {W_REC_EMPTY_CCS, W_REC_EMPTY_ALERT, W_REC_EMPTY_HANDSHAKE,
                                           W_REC_EMPTY_DATA};

    of_version(seen, version);
    if (told == 0) {
        word_if(seen->w, 1, W_REC_EMPTY);
        word_if(seen->w, !seen->records, W_REC_EMPTY_FIRST);
        if (type >= DIFF_T_CCS && type <= DIFF_T_DATA)
            word_if(seen->w, 1, empty[type - DIFF_T_CCS]);
        seen->empties++;
    }
    word_if(seen->w, type < DIFF_T_CCS || type > 24, W_REC_TYPE_UNKNOWN);
    word_if(seen->w, type == 24, W_REC_TYPE_24);
    word_if(seen->w, told > 16384, W_REC_OVER_14);
    word_if(seen->w, told > 16640, W_REC_OVER_13);
    word_if(seen->w, told > 18432, W_REC_OVERLONG);
    word_if(seen->w, told > len, W_REC_TRUNCATED);
    seen->records++;
}

static void of_alert(struct seen *seen, const uint8_t *body, uint32_t len)
{
    int close = len == 2 && body[1] == 0;

    word_if(seen->w, 1, W_ALERT);
    word_if(seen->w, !seen->message, W_ALERT_BEFORE_CH);
    word_if(seen->w, seen->message, W_ALERT_AFTER);
    word_if(seen->w, seen->inside, W_ALERT_INSIDE);
    word_if(seen->w, len != 2, W_ALERT_LEN_BAD);
    word_if(seen->w, close, W_ALERT_CLOSE);
    if (len == 2) {
        word_if(seen->w, body[0] == 1 && !close, W_ALERT_WARNING);
        word_if(seen->w, body[0] == 2, W_ALERT_FATAL);
        word_if(seen->w, body[1] == 90, W_ALERT_CANCELED);
        word_if(seen->w, body[0] != 2 && body[1] == 100, W_ALERT_RENEGOTIATION);
        word_if(seen->w, body[0] != 1 && body[0] != 2, W_ALERT_LEVEL_UNKNOWN);
    }
    seen->alerts++;
}

static void of_other(struct seen *seen, const struct diff_stream *s, const struct diff_node *n)
{
    const uint8_t *body = s->text.ptr + n->offset;

    switch (n->value) {
    case DIFF_T_ALERT:
        of_alert(seen, body, n->len);
        break;
    case DIFF_T_CCS:
        word_if(seen->w, 1, W_CCS);
        word_if(seen->w, !seen->message, W_CCS_BEFORE_CH);
        word_if(seen->w, seen->message, W_CCS_AFTER_CH);
        word_if(seen->w, seen->inside, W_CCS_INSIDE);
        word_if(seen->w, n->len != 1, W_CCS_LEN_BAD);
        word_if(seen->w, n->len == 1 && *body != 1, W_CCS_VALUE_BAD);
        seen->changes++;
        break;
    case DIFF_T_DATA:
        word_if(seen->w, 1, W_DATA);
        word_if(seen->w, !seen->message, W_DATA_BEFORE_CH);
        word_if(seen->w, seen->message, W_DATA_AFTER);
        word_if(seen->w, seen->inside, W_DATA_INSIDE);
        break;
    default:
        word_if(seen->w, seen->inside, W_UNKNOWN_INSIDE);
    }
    word_if(seen->w, seen->inside, W_HS_INTERRUPTED);
}

static void of_run(struct seen *seen, const struct diff_stream *s, uint32_t run)
{
    const struct diff_node *n = &s->nodes[run], *last = &s->nodes[n->last];

    for (uint32_t i = n->offset; i < n->offset + n->len; i++) {
        const struct diff_cut *cut = &s->cuts[i];
        of_record(seen, cut->type, cut->version, cut->len, (int64_t)cut->len + cut->skew);
        word_if(seen->w, cut->len == 0 && cut->at != 0 && cut->at != DIFF_AT_END, W_REC_EMPTY_INSIDE);
        word_if(seen->w, !seen->message && cut->len && cut->len < 4, W_REC_TINY);
        word_if(seen->w, cut->len == 1, W_REC_ONE);
        word_if(seen->w, cut->len && cut->len <= 64 && cut->at != 0, W_REC_SMALL);
        seen->message = seen->message || cut->len;
    }
    seen->inside = n->last && (last->skew > 0 || (last->what == DIFF_REST && last->len < 4));
}

static void of_beginning(struct words *w, const struct diff_stream *s)
{
    static const enum diff_word types[] = {W_FIRST_CCS, W_FIRST_ALERT, W_FIRST_HANDSHAKE, W_FIRST_DATA};
    uint32_t first = s->nodes[0].first;
    const struct diff_node *n = &s->nodes[first];
    const uint8_t *bytes = s->text.ptr + n->offset;

    if (!first) {
        word_if(w, 1, W_FIRST_NOTHING);
    } else if (n->what == DIFF_REST) {
        static const char *const methods[] = {"GET ", "POST", "HEAD", "PUT ", "CONN", "OPTI", "HTTP", "PRI "};
        int http = 0, sslv2 = n->len >= 5 && (bytes[0] & 0x80) && bytes[2] == 1;
        for (unsigned i = 0; i < sizeof methods / sizeof *methods; i++)
            http |= n->len >= 5 && memcmp(bytes, methods[i], 4) == 0;
        word_if(w, http, W_FIRST_HTTP);
        word_if(w, sslv2, W_CH_SSLV2);
        word_if(w, n->len < 5, W_FIRST_SHORT);
        word_if(w, n->len >= 5 && !http && !sslv2, W_FIRST_OTHER);
    } else if (n->what == DIFF_RUN) {
        word_if(w, 1, W_FIRST_HANDSHAKE);
    } else if (n->value >= DIFF_T_CCS && n->value <= DIFF_T_DATA) {
        word_if(w, 1, types[n->value - DIFF_T_CCS]);
        if (n->value == DIFF_T_ALERT && n->len == 2) {
            word_if(w, bytes[1] == 0, W_FIRST_ALERT_CLOSE);
            word_if(w, bytes[0] == 1 && bytes[1] != 0, W_FIRST_ALERT_WARNING);
            word_if(w, bytes[0] == 2, W_FIRST_ALERT_FATAL);
        }
    } else {
        word_if(w, 1, W_FIRST_UNKNOWN);
    }
}

static void of_records(struct words *w, const struct diff_stream *s)
{
    struct seen seen = {.w = w};

    of_beginning(w, s);
    for (uint32_t node = s->nodes[0].first; node; node = s->nodes[node].next) {
        const struct diff_node *n = &s->nodes[node];
        if (n->what == DIFF_RUN) {
            of_run(&seen, s, node);
        } else if (n->what == DIFF_RECORD) {
            of_record(&seen, n->value, n->version, n->len, (int64_t)n->len + n->skew);
            of_other(&seen, s, n);
        } else {
            word_if(w, seen.records != 0, W_REC_TRAILING);
        }
    }
    word_if(w, seen.empties > 32, W_REC_EMPTY_MANY);
    word_if(w, seen.records > 32, W_REC_MANY);
    word_if(w, seen.alerts > 1, W_ALERT_MANY);
    word_if(w, seen.alerts >= 5, W_ALERT_FLOOD);
    word_if(w, seen.changes > 1, W_CCS_MANY);
}

/* ---- messages ---- */
static void of_point(struct words *w, const struct diff_stream *s, uint32_t message)
{
    uint32_t point = diff_child(s, message, "point");
    uint32_t len = point ? s->nodes[point].len : 0;
    unsigned group = len == 65 ? 23 : len == 97 ? 24 : len == 133 ? 25 : 0;

    word_if(w, group && diff_point_check(group, diff_leaf(s, point), len) == DIFF_POINT_OFFCURVE,
            W_CKE_OFFCURVE);
}

static void of_key_exchange(struct words *w, const struct diff_stream *s, uint32_t message)
{
    uint32_t group = diff_child(s, message, "group"), point = diff_child(s, message, "point");

    word_if(w, 1, W_SKE);
    word_if(w,
            !group || !point || !diff_common_group((unsigned)diff_leaf_number(s, group)) ||
                diff_point_check((unsigned)diff_leaf_number(s, group), diff_leaf(s, point),
                                 s->nodes[point].len) != DIFF_POINT_GOOD,
            W_SKE_BAD);
}

static void of_message(struct words *w, const struct diff_stream *s, uint32_t message)
{
    static const struct {
        uint8_t type;
        uint16_t word;
    } plain[] = {
        {DIFF_CLIENT_KEY, W_CKE},
        {DIFF_CERTIFICATE, W_CERT},
        {DIFF_CERTIFICATE_VERIFY, W_CERT_VERIFY},
        {DIFF_KEY_UPDATE, W_KEY_UPDATE},
        {DIFF_FINISHED, W_FINISHED},
        {DIFF_CERTIFICATE_REQUEST, W_CERT_REQUEST},
        {DIFF_HELLO_DONE, W_HELLO_DONE},
        {DIFF_NEW_TICKET, W_TICKET},
        {DIFF_HELLO_REQUEST, W_HELLO_REQUEST},
    };
    const struct diff_node *n = &s->nodes[message];
    uint32_t chain = n->value == DIFF_CERTIFICATE ? diff_child(s, message, "chain") : 0;

    for (unsigned i = 0; i < sizeof plain / sizeof *plain; i++)
        word_if(w, plain[i].type == n->value, (enum diff_word)plain[i].word);
    word_if(w, !diff_message_known(n->value), W_HS_TYPE_UNKNOWN);
    word_if(w, (int64_t)n->len + n->skew >= 1 << 17, W_HS_LEN_HUGE);
    word_if(w, (int64_t)n->len + n->skew > 16384, W_HS_LEN_BIG);
    word_if(w, n->damaged && n->skew == 0, W_HS_DAMAGED);
    word_if(w, chain && !s->nodes[chain].first && !s->nodes[chain].len, W_CERT_EMPTY);
    if (n->value == DIFF_CLIENT_KEY)
        of_point(w, s, message);
    if (n->value == DIFF_KEY_EXCHANGE)
        of_key_exchange(w, s, message);
}

/* In how many records does the first message come? */
static unsigned fragments(const struct diff_stream *s, uint32_t message)
{
    unsigned count = 1;
    for (size_t i = 0; i < s->cut_count; i++)
        count += s->cuts[i].node == message && s->cuts[i].at != 0 && s->cuts[i].at != DIFF_AT_END;
    return count;
}

static void of_first(struct words *w, const struct diff_stream *s, uint32_t message)
{
    const struct diff_node *n = &s->nodes[message];
    unsigned due = s->client ? DIFF_CLIENT_HELLO : DIFF_SERVER_HELLO, parts = fragments(s, message);
    int64_t told = (int64_t)n->len + n->skew;
    int more = n->next != 0, own = 0;

    word_if(w, n->value != due && n->value != DIFF_HELLO_REQUEST, W_HS_FIRST_OTHER);
    word_if(w, more || diff_message_at(s, 1), W_MORE_AFTER_CH);
    for (size_t i = 0; i < s->cut_count;
         i++) /* a record that begins with the next message, or with the end */
        own |= (s->cuts[i].node == n->next && s->cuts[i].at == 0) ||
               (s->cuts[i].node == message && s->cuts[i].at == DIFF_AT_END);
    word_if(w, more && !own, W_MORE_IN_RECORD);
    if (n->value != due)
        return;
    word_if(w, parts > 1, s->client ? W_CH_FRAGMENTED : W_SH_FRAGMENTED);
    word_if(w, n->skew > 0, s->client ? W_CH_TRUNCATED : W_SH_TRUNCATED);
    word_if(w, told >= 1 << 17, s->client ? W_CH_LEN_HUGE : W_SH_LEN_HUGE);
    word_if(w, s->client && parts > 16, W_CH_FRAGMENTED_MANY);
    word_if(w, s->client && told > 16384, W_CH_LEN_BIG);
    word_if(w, s->client && told == 0, W_CH_LEN_ZERO);
    if (s->client)
        words_of_client_hello(w, s, message);
    else
        words_of_server_hello(w, s, message);
}

static int is_retry(const struct diff_stream *s, uint32_t message)
{
    uint32_t random = diff_child(s, message, "random");
    /* SHA-256 of "HelloRetryRequest" */
    return random && s->nodes[random].len == 32 && memcmp(diff_leaf(s, random), "\xCF\x21\xAD\x74", 4) == 0;
}

static void of_messages(struct words *w, const struct diff_stream *s)
{
    unsigned hellos = 0, servers = 0, retries = 0;
    uint32_t message;

    for (unsigned i = 0; (message = diff_message_at(s, i)) != 0; i++) {
        if (i == 0)
            of_first(w, s, message);
        of_message(w, s, message);
        hellos += s->nodes[message].value == DIFF_CLIENT_HELLO;
        servers += s->nodes[message].value == DIFF_SERVER_HELLO;
        retries += s->nodes[message].value == DIFF_SERVER_HELLO && is_retry(s, message);
    }
    word_if(w, hellos > 1, W_CH_TWICE);
    word_if(w, servers > 1, W_SH_TWICE);
    word_if(w, retries, W_SH_HRR);
    word_if(w, retries > 1, W_SH_HRR_TWICE);
    for (uint32_t run = s->nodes[0].first; run; run = s->nodes[run].next) {
        uint32_t last = s->nodes[run].what == DIFF_RUN ? s->nodes[run].last : 0;
        if (last && s->nodes[last].what == DIFF_REST)
            word_if(w, 1, strcmp(s->nodes[last].name, "encrypted") == 0 ? W_HS_ENCRYPTED : W_HS_TRAILING);
    }
}

/* ---- the list ---- */
static int by_text(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

size_t diff_words_settle(const char **words, size_t count)
{
    size_t kept = 0;

    qsort(words, count, sizeof *words, by_text);
    for (size_t i = 0; i < count; i++)
        if (kept == 0 || strcmp(words[kept - 1], words[i]) != 0)
            words[kept++] = words[i];
    return kept;
}

size_t diff_features(const struct diff_stream *s, const char *ops, const char **out, size_t max)
{
    struct words w = {.extra_count = 0};
    const char *all[DIFF_WORD_COUNT + 128], *token;
    size_t count = 0, kept = 0;

    word_if(&w, 1, s->client ? W_ROLE_ACCEPT : W_ROLE_INITIALIZE);
    of_records(&w, s);
    of_messages(&w, s);
    for (unsigned n = 0; ops && (token = diff_ops_token(ops, n)) != NULL; n++)
        word_extra(&w, token);
    for (unsigned i = 0; i < DIFF_WORD_COUNT; i++)
        if (w.has[i])
            all[count++] = vocabulary[i].word;
    for (unsigned i = 0; i < w.extra_count; i++)
        all[count++] = w.extra[i];
    count = diff_words_settle(all, count);
    for (; kept < count && kept < max; kept++)
        out[kept] = all[kept];
    return kept;
}
