/* SPDX-License-Identifier: MIT
 *
 * EncryptMessage and DecryptMessage by contract id: buffer shapes, what is missing, what follows, tampering,
 * sizes, tickets and key updates, closing. */
#include <config.h>

#include "t/pair.h"
#include "t/tap.h"

static char tag[64];
static int version;

/* ---- W57, K20: what EncryptMessage takes ---- */

static SECURITY_STATUS seal(struct end *end, uint8_t *record, ULONG len, ULONG header, ULONG trailer,
                            SecBuffer *bufs)
{
    bufs[0] = (SecBuffer){header, SECBUFFER_STREAM_HEADER, record};
    bufs[1] = (SecBuffer){len, SECBUFFER_DATA, record + header};
    bufs[2] = (SecBuffer){trailer, SECBUFFER_STREAM_TRAILER, record + header + len};
    bufs[3] = (SecBuffer){0, SECBUFFER_EMPTY, NULL};
    SecBufferDesc desc = {SECBUFFER_VERSION, 4, bufs};
    return EncryptMessage(&end->context, 0, &desc, 0);
}

static void encrypt(struct pair *pair)
{
    static uint8_t record[20000];
    struct end *client = &pair->client, *server = &pair->server;
    ULONG header = client->sizes.cbHeader, trailer = client->sizes.cbTrailer,
          most = client->sizes.cbMaximumMessage;
    SecBuffer bufs[4];
    is_status(seal(client, record, 100, header, trailer, bufs), SEC_E_OK, "W57 %s: header, data, trailer",
              tag);
    ok(bufs[0].cbBuffer == header && bufs[1].cbBuffer == 100 && bufs[2].cbBuffer <= trailer, "K20 %s: sizes",
       tag);
    is_int(record[3] << 8 | record[4], bufs[0].cbBuffer + 100 + bufs[2].cbBuffer - 5,
           "W57 %s: the sum is the record", tag);
    flow_add(&client->out, record, bufs[0].cbBuffer + 100 + bufs[2].cbBuffer);

    SecBufferDesc three = {SECBUFFER_VERSION, 3, bufs};
    memcpy(record + header, "three", 5);
    bufs[0].cbBuffer = header, bufs[1].cbBuffer = 5, bufs[2].cbBuffer = trailer;
    bufs[2].pvBuffer = record + header + 5;
    is_status(EncryptMessage(&client->context, 0, &three, 0), SEC_E_OK, "K20 %s: three buffers", tag);
    flow_add(&client->out, record, bufs[0].cbBuffer + 5 + bufs[2].cbBuffer);

    uint8_t apart[3][64] = {{0}, "apart", {0}}; /* not side by side */
    SecBuffer split[3] = {{header, SECBUFFER_STREAM_HEADER, apart[0]},
                          {5, SECBUFFER_DATA, apart[1]},
                          {trailer, SECBUFFER_STREAM_TRAILER, apart[2]}};
    SecBufferDesc split_desc = {SECBUFFER_VERSION, 3, split};
    is_status(EncryptMessage(&client->context, 0, &split_desc, 0), SEC_E_OK, "K20 %s: in three places", tag);
    for (int i = 0; i < 3; i++)
        flow_add(&client->out, split[i].pvBuffer, split[i].cbBuffer);
    pair_move(pair);
    flow_free(&server->data);
    is_status(pair_receive(server), SEC_E_INCOMPLETE_MESSAGE, "%s: all three are read", tag);
    ok(server->data.len == 110 && !memcmp(server->data.ptr + 100, "threeapart", 10), "%s: as written", tag);

    is_status(seal(client, record, 10, header - 1, trailer, bufs), SEC_E_BUFFER_TOO_SMALL,
              "%s: a short header", tag);
    is_status(seal(client, record, 10, header, trailer - 1, bufs), SEC_E_BUFFER_TOO_SMALL,
              "%s: a short trailer", tag);
    is_status(seal(client, record, most + 1, header, trailer, bufs), SEC_E_INVALID_PARAMETER,
              "D15 %s: one too many", tag);
    is_status(seal(client, record, most, header, trailer, bufs), SEC_E_OK, "D15 %s: the most", tag);
    flow_add(&client->out, record, bufs[0].cbBuffer + most + bufs[2].cbBuffer);
    SECURITY_STATUS empty = seal(client, record, 0, header, trailer, bufs);
    ok(empty == SEC_E_OK || empty == SEC_E_UNSUPPORTED_FUNCTION, "D15 %s: nothing (%s)", tag,
       pair_status(empty));
    if (empty == SEC_E_OK)
        flow_add(&client->out, record, bufs[0].cbBuffer + bufs[2].cbBuffer);
    pair_move(pair);
    flow_free(&server->data);
    is_status(pair_receive(server), SEC_E_INCOMPLETE_MESSAGE, "D15 %s: read", tag);
    is_int(server->data.len, most, "D15 %s: all of it", tag);

    SecBufferDesc two = {SECBUFFER_VERSION, 2, bufs};
    is_status(EncryptMessage(&client->context, 0, &two, 0), SEC_E_INVALID_TOKEN, "%s: no trailer buffer",
              tag);
    is_status(EncryptMessage(&client->context, 0, NULL, 0), SEC_E_INVALID_TOKEN, "%s: no buffers", tag);
    is_status(EncryptMessage(&client->context, 1, &three, 0), SEC_E_QOP_NOT_SUPPORTED,
              "%s: a quality of protection", tag);
    is_status(EncryptMessage(NULL, 0, &three, 0), SEC_E_INVALID_HANDLE, "%s: no context", tag);
}

/* ---- W58 to W62, K22 to K24, W81 ---- */

struct opened {
    SecBuffer bufs[4];
    SecBufferDesc desc;
    ULONG qop;
};

static SECURITY_STATUS open_as(struct end *end, struct opened *opened, const ULONG *types, ULONG count,
                               uint8_t *bytes, size_t len)
{
    for (ULONG i = 0; i < 4; i++)
        opened->bufs[i] = (SecBuffer){0, SECBUFFER_EMPTY, NULL};
    for (ULONG i = 0, first = 1; i < count; i++) {
        opened->bufs[i].BufferType = types[i];
        if (types[i] == SECBUFFER_DATA && first) {
            opened->bufs[i].cbBuffer = (ULONG)len;
            opened->bufs[i].pvBuffer = bytes;
            first = 0;
        }
    }
    opened->desc = (SecBufferDesc){SECBUFFER_VERSION, count, opened->bufs};
    opened->qop = 7;
    return DecryptMessage(&end->context, &opened->desc, 0, &opened->qop);
}

static void decrypt_shapes(struct pair *pair)
{
    static const ULONG good[] = {SECBUFFER_DATA, SECBUFFER_EMPTY, SECBUFFER_EMPTY, SECBUFFER_EMPTY};
    static const struct {
        const char *words;
        ULONG count, types[4];
    } bad[] = {
        {"W58 three buffers", 3, {SECBUFFER_DATA, SECBUFFER_EMPTY, SECBUFFER_EMPTY}},
        {"W59 no DATA", 4, {SECBUFFER_EMPTY, SECBUFFER_EMPTY, SECBUFFER_EMPTY, SECBUFFER_EMPTY}},
        {"W60 two DATA", 4, {SECBUFFER_DATA, SECBUFFER_DATA, SECBUFFER_EMPTY, SECBUFFER_EMPTY}},
        {"W61 two EMPTY", 4, {SECBUFFER_DATA, SECBUFFER_EXTRA, SECBUFFER_EMPTY, SECBUFFER_EMPTY}},
    };
    struct end *server = &pair->server;
    struct opened opened;
    flow_free(&server->data);
    pair_send(&pair->client, "first", 5);
    pair_send(&pair->client, "second", 6);
    pair_move(pair);
    uint8_t *bytes = server->in.ptr, copy[64];
    size_t len = server->in.len, first = 5u + (size_t)(bytes[3] << 8 | bytes[4]);
    memcpy(copy, bytes, first < sizeof copy ? first : sizeof copy);
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        is_status(open_as(server, &opened, bad[i].types, bad[i].count, bytes, len), SEC_E_INVALID_TOKEN,
                  "%s %s", bad[i].words, tag);
    is_status(DecryptMessage(&server->context, NULL, 0, NULL), SEC_E_INVALID_TOKEN, "%s: no buffers", tag);
    static const size_t cuts[] = {0, 1, 4, 5, 6};
    for (size_t i = 0; i < sizeof cuts / sizeof *cuts; i++) {
        ULONG want = cuts[i] < 5 ? 5 - (ULONG)cuts[i] : (ULONG)(first - cuts[i]);
        is_status(open_as(server, &opened, good, 4, bytes, cuts[i]), SEC_E_INCOMPLETE_MESSAGE,
                  "K24 %s: %u bytes", tag, (unsigned)cuts[i]);
        ok(opened.bufs[0].BufferType == SECBUFFER_MISSING && opened.bufs[1].BufferType == SECBUFFER_MISSING &&
               opened.bufs[0].cbBuffer == want && opened.bufs[1].cbBuffer == want,
           "K24 %s: %u missing, said twice", tag, (unsigned)want);
    }
    is_status(open_as(server, &opened, good, 4, bytes, first - 5), SEC_E_INCOMPLETE_MESSAGE,
              "W62 %s: 5 short", tag);
    ok(opened.bufs[0].BufferType == SECBUFFER_MISSING && opened.bufs[0].cbBuffer == 5, "W62 %s: in buffer 0",
       tag);
    ok(!memcmp(copy, bytes, first < sizeof copy ? first : sizeof copy), "K24 %s: the input is as it was",
       tag);

    is_status(open_as(server, &opened, good, 4, bytes, len), SEC_E_OK, "W81 %s: the first record", tag);
    ok(opened.bufs[0].BufferType == SECBUFFER_STREAM_HEADER && opened.bufs[1].BufferType == SECBUFFER_DATA &&
           opened.bufs[2].BufferType == SECBUFFER_STREAM_TRAILER &&
           opened.bufs[3].BufferType == SECBUFFER_EXTRA,
       "W81 K22 %s: header, data, trailer, extra", tag);
    ok((uint8_t *)opened.bufs[1].pvBuffer == bytes + opened.bufs[0].cbBuffer &&
           opened.bufs[1].cbBuffer == 5 && !memcmp(opened.bufs[1].pvBuffer, "first", 5),
       "K23 %s: in place", tag);
    is_int(opened.bufs[0].cbBuffer + opened.bufs[1].cbBuffer + opened.bufs[2].cbBuffer, first,
           "W81 %s: the sum", tag);
    ok(opened.bufs[3].pvBuffer == bytes + first && opened.bufs[3].cbBuffer == len - first, "W81 %s: the rest",
       tag);
    is_int(opened.qop, 0, "%s: quality of protection", tag);
    is_status(open_as(server, &opened, good, 4, bytes + first, len - first), SEC_E_OK, "%s: the second", tag);
    ok(opened.bufs[3].BufferType != SECBUFFER_EXTRA && !memcmp(opened.bufs[1].pvBuffer, "second", 6),
       "W81 %s: nothing behind it", tag);
    flow_drop(&server->in, server->in.len);
}

/* ---- W82, K25, K26: what comes after a TLS 1.3 handshake ---- */

static void tickets(struct pair *pair)
{
    struct end *client = &pair->client;
    static const ULONG good[] = {SECBUFFER_DATA, SECBUFFER_EMPTY, SECBUFFER_EMPTY, SECBUFFER_EMPTY};
    if (version != 13)
        return;
    if (!client->in.len && !pair->server.out.len) {
        skip("the server sends none", "W82 %s: a ticket", tag);
        return;
    }
    pair_send(&pair->server, "behind", 6);
    pair_move(pair);
    uint8_t *bytes = client->in.ptr;
    size_t len = client->in.len, first = 5u + (size_t)(bytes[3] << 8 | bytes[4]);
    struct opened opened;
    is_status(open_as(client, &opened, good, 4, bytes, len), SEC_I_RENEGOTIATE, "W82 K26 %s: a ticket", tag);
    ok(opened.bufs[1].BufferType == SECBUFFER_DATA && opened.bufs[1].cbBuffer == 0 &&
           (uint8_t *)opened.bufs[1].pvBuffer >= bytes && (uint8_t *)opened.bufs[1].pvBuffer <= bytes + len,
       "K23 K26 %s: no data, inside the input", tag);
    ok(opened.bufs[3].BufferType == SECBUFFER_EXTRA && opened.bufs[3].pvBuffer == bytes &&
           opened.bufs[3].cbBuffer == len,
       "K26 %s: EXTRA begins with that message", tag);
    is_status(pair_step_null(client), SEC_E_OK, "K26 %s: ISC without input first, as Qt does", tag);
    ok(!client->out.len, "K26 %s: nothing to send", tag);
    is_status(pair_step(client, client->in.len), SEC_E_OK, "K26 %s: ISC with the bytes", tag);
    is_int(client->in.len, len - first, "K5 K26 %s: EXTRA is the rest", tag);
    is_status(pair_step(client, client->in.len), SEC_E_OUT_OF_SEQUENCE, "D14 %s: ISC once more", tag);
    SecPkgContext_ApplicationProtocol protocol;
    is_status(QueryContextAttributesA(&client->context, SECPKG_ATTR_APPLICATION_PROTOCOL, &protocol),
              SEC_E_OK, "K26 %s: attributes still answer", tag);
    flow_free(&client->data);
    is_status(pair_receive(client), SEC_E_INCOMPLETE_MESSAGE, "K26 %s: and on with data", tag);
    ok(client->data.len == 6 && !memcmp(client->data.ptr, "behind", 6), "K26 %s: nothing lost", tag);
}

/* The program goes on with DecryptMessage and never calls ISC: the shown record is passed over. */
static void tickets_ignored(const struct pair_options *options)
{
    struct pair pair;
    if (version != 13 || !pair_open(&pair, options) || pair_handshake(&pair) != SEC_E_OK)
        return;
    struct end *client = &pair.client;
    static const ULONG good[] = {SECBUFFER_DATA, SECBUFFER_EMPTY, SECBUFFER_EMPTY, SECBUFFER_EMPTY};
    pair_send(&pair.server, "behind", 6);
    pair_move(&pair);
    struct opened opened;
    struct flow original = {0};
    flow_add(&original, client->in.ptr, client->in.len);
    if (open_as(client, &opened, good, 4, client->in.ptr, client->in.len) == SEC_I_RENEGOTIATE) {
        SECURITY_STATUS status = open_as(client, &opened, good, 4, original.ptr, original.len);
        ok(status == SEC_E_OK && opened.bufs[1].cbBuffer == 6 &&
               !memcmp(opened.bufs[1].pvBuffer, "behind", 6),
           "K26 %s: the bytes come back in a copy, to DecryptMessage: passed over", tag);
    }
    flow_free(&original);
    pair_close(&pair);
}

/* ---- D4, K28 to K30 ---- */

static void tampered(const struct pair_options *options)
{
    static const char *const where[] = {"type", "version", "body", "end"};
    for (int i = 0; i < 4; i++) {
        struct pair pair;
        if (!ok(pair_open(&pair, options) && pair_handshake(&pair) == SEC_E_OK, "D4 %s: a connection", tag)) {
            pair_close(&pair);
            continue;
        }
        pair_send(&pair.client, "hello", 5);
        pair_move(&pair);
        struct end *server = &pair.server;
        size_t at[] = {0, 1, server->in.len / 2, server->in.len - 1};
        server->in.ptr[at[i]] ^= 0x40;
        is_status(pair_receive(server), SEC_E_MESSAGE_ALTERED, "D4 %s: tampered, %s", tag, where[i]);
        is_int(server->data.len, 0, "D4 %s: no data", tag);
        is_status(pair_decrypt(server), SEC_E_MESSAGE_ALTERED, "D4 D17 %s: dead", tag);
        is_status(pair_send(server, "x", 1), SEC_E_MESSAGE_ALTERED, "D4 %s: both ways", tag);
        is_status(pair_step_null(server), SEC_E_MESSAGE_ALTERED, "D17 %s: ASC says the same", tag);
        /* What is no record never reached the library; else its alert leaves, once. */
        int alert = options->tls == 12 ? 21 : 23;
        ok(i < 2 ? !server->out.len : server->out.len && server->out.ptr[0] == alert, "D1 %s: with an alert, %s", tag,
           where[i]);
        size_t said = server->out.len;
        is_status(pair_step_null(server), SEC_E_MESSAGE_ALTERED, "D17 %s: and again", tag);
        is_int(server->out.len, said, "D17 %s: and puts nothing more out", tag);
        pair_close(&pair);
    }
}

static void closes(const struct pair_options *options)
{
    struct pair pair;
    DWORD type = SCHANNEL_SHUTDOWN;
    uint8_t junk[64];
    if (!ok(pair_open(&pair, options) && pair_handshake(&pair) == SEC_E_OK, "%s: a connection", tag)) {
        pair_close(&pair);
        return;
    }
    struct end *client = &pair.client, *server = &pair.server;
    SecBuffer token = {sizeof type, SECBUFFER_TOKEN, &type};
    SecBufferDesc control = {SECBUFFER_VERSION, 1, &token};
    is_status(ApplyControlToken(&server->context, &control), SEC_E_OK, "K29 %s: SHUTDOWN", tag);
    memset(junk, 0xaa, sizeof junk);
    SecBuffer same = {sizeof junk, SECBUFFER_TOKEN,
                      junk}; /* one descriptor for input and output, as libgit2 does */
    SecBufferDesc both = {SECBUFFER_VERSION, 1, &same};
    ULONG attributes;
    TimeStamp expiry;
    is_status(InitializeSecurityContextA(&server->credential, &server->context, NULL, 0, 0, 0, &both, 0,
                                         &server->context, &both, &attributes, &expiry),
              SEC_E_OK, "K13 K30 %s: ISC on a server, input ignored", tag);
    ok(same.pvBuffer == junk && same.cbBuffer > 5 && same.cbBuffer < sizeof junk,
       "K30 %s: the record is there", tag);
    flow_add(&server->out, junk, same.cbBuffer);
    pair_move(&pair);
    pair_send(client, "half closed", 11);
    is_status(pair_receive(client), SEC_I_CONTEXT_EXPIRED, "K28 %s: the client sees it", tag);
    is_status(pair_decrypt(client), SEC_I_CONTEXT_EXPIRED, "K28 %s: and again", tag);
    pair_move(&pair);
    is_status(pair_receive(server), SEC_E_INCOMPLETE_MESSAGE, "%s: the client may still write", tag);
    is_int(server->data.len, 11, "%s: and is read", tag);
    is_status(pair_send(server, "x", 1), SEC_E_CONTEXT_EXPIRED, "%s: the server not any more", tag);
    pair_close(&pair);
}

/* ---- before completion ---- */

static void too_early(const struct pair_options *options)
{
    struct pair pair;
    SecPkgContext_StreamSizes sizes;
    static const ULONG good[] = {SECBUFFER_DATA, SECBUFFER_EMPTY, SECBUFFER_EMPTY, SECBUFFER_EMPTY};
    struct opened opened;
    SecBuffer bufs[4];
    uint8_t record[256] = {0};
    if (!pair_open(&pair, options))
        return;
    pair_step(&pair.client, 0);
    is_status(seal(&pair.client, record, 10, 20, 40, bufs), SEC_E_INVALID_HANDLE, "D15 %s: Encrypt too early",
              tag);
    is_status(open_as(&pair.client, &opened, good, 4, record, 64), SEC_E_INVALID_HANDLE,
              "D15 %s: Decrypt too early", tag);
    is_status(QueryContextAttributesA(&pair.client.context, SECPKG_ATTR_STREAM_SIZES, &sizes),
              SEC_E_UNSUPPORTED_FUNCTION, "D3 %s: STREAM_SIZES too early", tag);
    pair_close(&pair);
}

static void each(const char *provider, int tls)
{
    struct pair pair;
    struct pair_options options = {.provider = provider, .tls = tls};
    version = tls;
    snprintf(tag, sizeof tag, "%s tls%d", provider, tls);
    if (ok(pair_open(&pair, &options) && pair_handshake(&pair) == SEC_E_OK, "%s: a connection", tag)) {
        tickets(&pair);
        encrypt(&pair);
        decrypt_shapes(&pair);
    }
    pair_close(&pair);
    tickets_ignored(&options);
    tampered(&options);
    closes(&options);
    too_early(&options);
}

int main(void)
{
    pair_each(each);
    return tap_done();
}
