/* SPDX-License-Identifier: MIT
 *
 * Lines of transcripts: shortened, compared, and two of them explained to a reader. */
#include <config.h>

#include "tools/diff/golden.h"
#include "tools/diff/tls.h"

#include <stdlib.h>
#include <string.h>

enum { FIELDS_SHOWN = 12, HEX_SHOWN = 48 };

static int has_octets(const char *line)
{
    return (line[0] == '<' || line[0] == '>') && line[1] == ' ';
}

/* 1: the octets of a line in full. */
static int octets_of(const char *line, struct diff_bytes *out)
{
    return has_octets(line) && line[2] != '*' && !strchr(line + 2, ' ') &&
           diff_bytes_hex(out, line + 2, strlen(line + 2)) == 0;
}

/* ---- pieces: messages in the clear, and records ---- */

static const char *record_name(unsigned type)
{
    return type == DIFF_T_CCS     ? "ccs"
           : type == DIFF_T_ALERT ? "alert"
           : type == DIFF_T_DATA  ? "app"
                                  : "record";
}

static void put_message(FILE *out, const struct diff_stream *s, uint32_t node)
{
    struct diff_bytes bytes = {0};
    const char *name = diff_message_name(s->nodes[node].value);
    diff_node_write(s, node, &bytes);
    if (name)
        fprintf(out, " %s.%zu.%04x", name, bytes.len,
                (unsigned)(diff_hash(0, bytes.ptr, bytes.len) & 0xffff));
    else
        fprintf(out, " hs%u.%zu.%04x", s->nodes[node].value, bytes.len,
                (unsigned)(diff_hash(0, bytes.ptr, bytes.len) & 0xffff));
    diff_bytes_free(&bytes);
}

/* What lies behind a CCS in the same flight is sealed. */
static void put_pieces(FILE *out, const struct diff_stream *s)
{
    int sealed = 0;
    for (uint32_t at = s->nodes[0].first; at; at = s->nodes[at].next) {
        const struct diff_node *n = &s->nodes[at];
        struct diff_bytes bytes = {0};
        if (n->what == DIFF_RUN && !sealed) {
            for (uint32_t m = n->first; m; m = s->nodes[m].next)
                if (s->nodes[m].what == DIFF_MESSAGE)
                    put_message(out, s, m);
            continue;
        }
        diff_node_write(s, at, &bytes);
        const char *name = n->what == DIFF_RUN      ? "sealed"
                           : n->what == DIFF_RECORD ? record_name(n->value)
                                                    : "rest";
        fprintf(out, " %s.%zu", name, bytes.len);
        sealed |= n->what == DIFF_RECORD && n->value == DIFF_T_CCS;
        diff_bytes_free(&bytes);
    }
}

char *golden_short(const char *line, int client)
{
    struct diff_bytes bytes = {0};
    struct diff_stream s = {0};
    char *text = NULL;
    size_t len = 0;
    if (!octets_of(line, &bytes))
        return strdup(line);
    FILE *out = open_memstream(&text, &len);
    if (!out)
        abort();
    fprintf(out, "%c %zu %016llx", line[0], bytes.len,
            (unsigned long long)diff_hash(0, bytes.ptr, bytes.len));
    diff_parse(&s, client, bytes.ptr, bytes.len);
    put_pieces(out, &s);
    fclose(out);
    diff_stream_free(&s);
    diff_bytes_free(&bytes);
    return text;
}

char *golden_normal(const char *line)
{
    struct diff_bytes bytes = {0};
    char skeleton[192], *text = NULL;
    uint8_t level, alert;
    if (!octets_of(line, &bytes))
        return strdup(line);
    diff_skeleton(bytes.ptr, bytes.len, skeleton, sizeof skeleton, &level, &alert);
    diff_bytes_free(&bytes);
    if (asprintf(&text, "%c * %s", line[0], skeleton) < 0)
        abort();
    return text;
}

static int in_full(const char *line)
{
    return has_octets(line) && !strchr(line + 2, ' ');
}

int golden_same(const char *kept, const char *full, int client)
{
    if (in_full(kept) || !has_octets(kept))
        return strcmp(kept, full) == 0;
    char *text = kept[2] == '*' ? golden_normal(full) : golden_short(full, client);
    int same = strcmp(kept, text) == 0;
    free(text);
    return same;
}

/* ---- for a reader ---- */

/* The fields of a stream, a line each: "SH.extensions.key_share.key 0102..". */
static void put_fields(FILE *out, const struct diff_stream *s, uint32_t node, const char *path)
{
    const struct diff_node *n = &s->nodes[node];
    char name[200], number[24];
    const char *word = n->name;
    snprintf(number, sizeof number, "%u", n->value);
    if (n->what == DIFF_MESSAGE)
        word = diff_message_name(n->value);
    else if (n->what == DIFF_EXTENSION)
        word = diff_extension_name(n->value);
    else if (n->what == DIFF_RECORD)
        word = record_name(n->value);
    else if (n->what == DIFF_REST)
        word = "rest";
    snprintf(name, sizeof name, "%.150s%s%.40s", path, *path && (!word || *word) ? "." : "",
             word ? word : number);
    for (uint32_t at = n->first; at; at = s->nodes[at].next)
        put_fields(out, s, at, name);
    if (n->first || n->what == DIFF_RUN || n->what == DIFF_ROOT)
        return;
    struct diff_bytes bytes = {0};
    diff_node_content(s, node, &bytes);
    fprintf(out, "%s ", name);
    for (size_t i = 0; i < bytes.len && i < HEX_SHOWN; i++)
        fprintf(out, "%02x", bytes.ptr[i]);
    fprintf(out, "%s (%zu, %04x)\n", bytes.len > HEX_SHOWN ? ".." : "", bytes.len,
            (unsigned)(diff_hash(0, bytes.ptr, bytes.len) & 0xffff));
    diff_bytes_free(&bytes);
}

static char *fields_of(const struct diff_bytes *bytes, int client)
{
    struct diff_stream s = {0};
    char *text = NULL;
    size_t len;
    FILE *out = open_memstream(&text, &len);
    if (!out)
        abort();
    diff_parse(&s, client, bytes->ptr, bytes->len);
    put_fields(out, &s, 0, "");
    fclose(out);
    diff_stream_free(&s);
    return text;
}

char *golden_line(char **at)
{
    char *line = *at;
    if (!line || !*line)
        return NULL;
    size_t len = strcspn(line, "\n");
    *at = line + len + (line[len] == '\n');
    line[len] = 0;
    return line;
}

/* Is there a line of that text among the lines? */
static int has_line(const char *text, const char *line, size_t len)
{
    for (; *text; text += strcspn(text, "\n"), text += *text == '\n')
        if (strncmp(text, line, len) == 0 && (!text[len] || text[len] == '\n'))
            return 1;
    return 0;
}

/* The lines of `text` that `other` has not; how many. */
static unsigned lines_alone(FILE *out, char sign, const char *text, const char *other)
{
    unsigned count = 0;
    for (size_t len; *text; text += len + (text[len] == '\n')) {
        len = strcspn(text, "\n");
        if (has_line(other, text, len))
            continue;
        if (count++ < FIELDS_SHOWN)
            fprintf(out, "      %c %.*s\n", sign, (int)len, text);
    }
    if (count > FIELDS_SHOWN)
        fprintf(out, "      %c and %u more fields\n", sign, count - FIELDS_SHOWN);
    return count;
}

/* Both in full: the fields that only one has. */
static void explain_full(FILE *out, const struct diff_bytes *was, const struct diff_bytes *is, int client)
{
    char *a = fields_of(was, client), *b = fields_of(is, client);
    unsigned count = lines_alone(out, '-', a, b);
    count += lines_alone(out, '+', b, a);
    if (!count)
        fprintf(out, "      the same fields in another order or number\n");
    free(a);
    free(b);
}

/* The words of two lines from the third on: the first that differ; "" where one has no more. */
static void first_piece(const char *kept, const char *full, char *was, char *is, size_t size)
{
    const char *at[2] = {kept, full};
    char *to[2] = {was, is};
    *was = *is = 0;
    for (unsigned word = 0; *at[0] || *at[1]; word++) {
        for (int i = 0; i < 2; i++) {
            size_t len = strcspn(at[i], " ");
            snprintf(to[i], size, "%.*s", (int)len, at[i]);
            at[i] += len + (at[i][len] == ' ');
        }
        if (word >= 3 && strcmp(was, is) != 0)
            return;
    }
    *was = *is = 0;
}

/* Of what is there now, the fields of the message that the piece "SH.90.12ab" stands for. */
static void explain_piece(FILE *out, const char *piece, const struct diff_bytes *is, int client)
{
    size_t len = strcspn(piece, ".");
    char *text = fields_of(is, client), *at = text;
    unsigned shown = 0;
    for (const char *line; (line = golden_line(&at));)
        if (strncmp(line, piece, len) == 0 && (line[len] == '.' || line[len] == ' ') &&
            shown++ < 4 * FIELDS_SHOWN)
            fprintf(out, "        %s\n", line);
    free(text);
}

void golden_explain(FILE *out, const char *kept, const char *full, int client)
{
    struct diff_bytes was = {0}, is = {0};
    char *text = golden_short(full, client), a[80], b[80];
    if (octets_of(kept, &was) && octets_of(full, &is)) {
        explain_full(out, &was, &is, client);
    } else {
        fprintf(out, "      - %s\n      + %s\n", kept, text);
        first_piece(kept, text, a, b, sizeof a);
        if (*a || *b)
            fprintf(out, "      the first piece that differs: %s -> %s\n", *a ? a : "none", *b ? b : "none");
        if (*b && octets_of(full, &is))
            explain_piece(out, b, &is, client);
    }
    free(text);
    diff_bytes_free(&was);
    diff_bytes_free(&is);
}

void golden_piece(const char *kept, const char *full, int client, char *piece, size_t size)
{
    char *was = in_full(kept) ? golden_short(kept, client) : strdup(kept);
    char *is = golden_short(full, client), a[80] = "", b[80] = "";
    if (was && has_octets(was) && has_octets(is) && was[2] != '*')
        first_piece(was, is, a, b, sizeof a);
    a[strcspn(a, ".")] = b[strcspn(b, ".")] = 0;
    if (!strcmp(a, b))
        snprintf(piece, size, "%s", *a ? a : kept[0] == '=' ? "how it ends" : "sealed octets");
    else
        snprintf(piece, size, "%s -> %s", *a ? a : "nothing", *b ? b : "nothing");
    free(was);
    free(is);
}
