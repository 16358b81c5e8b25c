/* SPDX-License-Identifier: MIT */
#include <config.h>

#include "t/datagrams.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- the network ---- */

void queue_add(struct queue *queue, const void *bytes, size_t len)
{
    if (queue->count == QUEUE_MAX)
        abort();
    memset(&queue->at[queue->count], 0, sizeof queue->at[0]);
    flow_add(&queue->at[queue->count++], bytes, len);
}

void queue_drop(struct queue *queue, unsigned i)
{
    flow_free(&queue->at[i]);
    queue->count--;
    memmove(queue->at + i, queue->at + i + 1, (queue->count - i) * sizeof queue->at[0]);
}

void queue_clear(struct queue *queue)
{
    while (queue->count)
        queue_drop(queue, queue->count - 1);
}

/* ---- ends ---- */

static SECURITY_STATUS acquire(struct peer *peer, const struct peer_options *options)
{
    struct pair_options usual = {.client_provider = options->client_provider,
                                 .server_provider = options->server_provider,
                                 .cert = options->cert,
                                 .client_cert = options->client_cert,
                                 .client_flags = options->client_flags,
                                 .server_flags = options->server_flags,
                                 .roots = options->validate ? "root" : NULL,
                                 .validate = options->validate};
    if (!options->protocols)
        return pair_credential(&usual, peer->server, &peer->credential);
    char package[64];
    const char *provider = peer->server ? options->server_provider : options->client_provider;
    const char *name = peer->server ? options->cert ? options->cert : "server-rsa" : options->client_cert;
    PCCERT_CONTEXT cert = name ? pair_certificate(name) : NULL;
    SCHANNEL_CRED cred = {.dwVersion = SCHANNEL_CRED_VERSION,
                          .cCreds = cert != NULL,
                          .paCred = &cert,
                          .grbitEnabledProtocols = options->protocols,
                          .dwFlags = peer->server ? options->server_flags
                                                  : options->client_flags | SCH_CRED_NO_DEFAULT_CREDS |
                                                        SCH_CRED_MANUAL_CRED_VALIDATION};
    snprintf(package, sizeof package, provider ? "Schannel:%s" : "Schannel", provider ? provider : "");
    SECURITY_STATUS status =
        AcquireCredentialsHandleA(NULL, package, peer->server ? SECPKG_CRED_INBOUND : SECPKG_CRED_OUTBOUND,
                                  NULL, &cred, NULL, NULL, &peer->credential, NULL);
    if (cert)
        CertFreeCertificateContext(cert);
    return status;
}

static void fill_alpn(struct flow *out, const char *name)
{
    uint32_t kind = SecApplicationProtocolNegotiationExt_ALPN;
    uint8_t len = (uint8_t)strlen(name);
    uint16_t list = (uint16_t)(len + 1);
    uint32_t total = 6u + list;
    flow_add(out, &total, sizeof total);
    flow_add(out, &kind, sizeof kind);
    flow_add(out, &list, sizeof list);
    flow_add(out, &len, 1);
    flow_add(out, name, len);
}

static int open_peer(struct peer *peer, const struct peer_options *options, int server)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(4433)};
    peer->server = server;
    peer->mtu = options->mtu;
    peer->request = server ? ASC_REQ_ALLOCATE_MEMORY | ASC_REQ_EXTENDED_ERROR | ASC_REQ_DATAGRAM |
                                 ASC_REQ_CONFIDENTIALITY | options->server_request
                           : ISC_REQ_ALLOCATE_MEMORY | ISC_REQ_EXTENDED_ERROR | ISC_REQ_DATAGRAM |
                                 ISC_REQ_CONFIDENTIALITY | ISC_REQ_USE_SUPPLIED_CREDS |
                                 (options->validate ? 0 : ISC_REQ_MANUAL_CRED_VALIDATION) |
                                 options->client_request;
    if (server && options->cookie) {
        inet_pton(AF_INET, "192.0.2.1", &address.sin_addr);
        memcpy(peer->address, &address, sizeof address);
        peer->address_len = sizeof address;
    }
    const char *alpn = server ? options->server_alpn : options->client_alpn;
    if (alpn)
        fill_alpn(&peer->alpn, alpn);
    uint16_t srtp_len = (uint16_t)(server ? options->server_srtp_len : options->client_srtp_len);
    if (srtp_len) {
        flow_add(&peer->srtp, &srtp_len, sizeof srtp_len);
        flow_add(&peer->srtp, server ? options->server_srtp : options->client_srtp, srtp_len);
    }
    peer->status = acquire(peer, options);
    peer->has_credential = peer->status == SEC_E_OK;
    return peer->has_credential;
}

int peers_open(struct peers *peers, const struct peer_options *options)
{
    memset(peers, 0, sizeof *peers);
    int client = open_peer(&peers->client, options, 0), server = open_peer(&peers->server, options, 1);
    return client && server;
}

void peer_reset(struct peer *peer)
{
    if (peer->has_context)
        DeleteSecurityContext(&peer->context);
    peer->has_context = peer->done = 0;
    peer->fragments = peer->sent = 0;
    peer->largest = 0;
    peer->status = SEC_E_OK;
    queue_clear(&peer->out);
    flow_free(&peer->data);
}

void peers_close(struct peers *peers)
{
    struct peer *both[] = {&peers->client, &peers->server};
    for (int i = 0; i < 2; i++) {
        peer_reset(both[i]);
        flow_free(&both[i]->alpn);
        flow_free(&both[i]->srtp);
        if (both[i]->has_credential)
            FreeCredentialsHandle(&both[i]->credential);
        both[i]->has_credential = 0;
    }
}

/* ---- calls ---- */

static SECURITY_STATUS call(struct peer *peer, SecBufferDesc *in, SecBufferDesc *out)
{
    CtxtHandle *context = peer->has_context ? &peer->context : NULL;
    peer->attributes = 0;
    if (peer->server)
        return AcceptSecurityContext(&peer->credential, context, in, peer->request, 0, &peer->context, out,
                                     &peer->attributes, &peer->expiry);
    return InitializeSecurityContextA(&peer->credential, context, (SEC_CHAR *)(uintptr_t) "localhost",
                                      peer->request, 0, SECURITY_NATIVE_DREP, in, 0, &peer->context, out,
                                      &peer->attributes, &peer->expiry);
}

SECURITY_STATUS peer_call(struct peer *peer, const void *datagram, size_t len)
{
    SecBuffer ins[9], outs[2] = {{0, SECBUFFER_TOKEN, NULL}, {0, SECBUFFER_ALERT, NULL}};
    SecBufferDesc in = {SECBUFFER_VERSION, 0, ins}, out = {SECBUFFER_VERSION, 2, outs};
    SEC_DTLS_MTU mtu = {peer->mtu};
    SecBuffer *slot = NULL;
    if (datagram)
        ins[in.cBuffers++] = (SecBuffer){(ULONG)len, SECBUFFER_TOKEN, (void *)(uintptr_t)datagram};
    if (datagram) {
        slot = &ins[in.cBuffers];
        ins[in.cBuffers++] = (SecBuffer){0, SECBUFFER_EMPTY, NULL};
    }
    if (peer->address_len)
        ins[in.cBuffers++] = (SecBuffer){peer->address_len, SECBUFFER_EXTRA, peer->address};
    if (peer->mtu)
        ins[in.cBuffers++] = (SecBuffer){sizeof mtu, SECBUFFER_DTLS_MTU, &mtu};
    for (int i = 0; i < 2; i++)
        if (peer->more[i].BufferType && !peer->has_context)
            ins[in.cBuffers++] = peer->more[i];
    if (peer->srtp.len)
        ins[in.cBuffers++] =
            (SecBuffer){(ULONG)peer->srtp.len, SECBUFFER_SRTP_PROTECTION_PROFILES, peer->srtp.ptr};
    if (peer->alpn.len && !peer->has_context)
        ins[in.cBuffers++] =
            (SecBuffer){(ULONG)peer->alpn.len, SECBUFFER_APPLICATION_PROTOCOLS, peer->alpn.ptr};
    SECURITY_STATUS status = call(peer, in.cBuffers ? &in : NULL, &out);
    peer->status = status;
    peer->extra = slot && slot->BufferType == SECBUFFER_EXTRA ? slot->cbBuffer : 0;
    if (status >= 0)
        peer->has_context = 1;
    if (outs[0].cbBuffer) {
        queue_add(&peer->out, outs[0].pvBuffer, outs[0].cbBuffer);
        peer->sent++;
        if (outs[0].cbBuffer > peer->largest)
            peer->largest = outs[0].cbBuffer;
    }
    peer->alert[0] = peer->alert[1] = 0;
    if (outs[1].cbBuffer == 2)
        memcpy(peer->alert, outs[1].pvBuffer, 2);
    for (int i = 0; i < 2; i++)
        if (outs[i].pvBuffer)
            FreeContextBuffer(outs[i].pvBuffer);
    if (status == SEC_E_OK && !peer->done) {
        QueryContextAttributesA(&peer->context, SECPKG_ATTR_STREAM_SIZES, &peer->sizes);
        peer->done = 1;
    }
    return status;
}

SECURITY_STATUS peer_step(struct peer *peer, const void *datagram, size_t len)
{
    SECURITY_STATUS status = peer_call(peer, datagram, len);
    for (int again = 0; again < 200; again++) {
        if (status == SEC_I_MESSAGE_FRAGMENT) {
            peer->fragments++;
            status = peer_call(peer, NULL, 0);
        } else if (peer->extra && status == SEC_I_CONTINUE_NEEDED) {
            status = peer_call(peer, (const uint8_t *)datagram + len - peer->extra, peer->extra);
        } else {
            break;
        }
    }
    return status;
}

static int deliver(struct peer *from, struct peer *to)
{
    if (!from->out.count)
        return 0;
    struct flow one = from->out.at[0];
    memset(&from->out.at[0], 0, sizeof one);
    queue_drop(&from->out, 0);
    if (to->status >= 0 && !to->done)
        peer_step(to, one.ptr, one.len);
    else if (to->done && peer_open(to, one.ptr, one.len, NULL) == SEC_I_RENEGOTIATE)
        peer_step(to, one.ptr, one.len);
    flow_free(&one);
    return 1;
}

void peers_settle(struct peers *peers)
{
    for (int i = 0; i < 1000; i++)
        if (!(deliver(&peers->client, &peers->server) | deliver(&peers->server, &peers->client)))
            return;
}

int peers_shake(struct peers *peers)
{
    if (!peers->client.has_context)
        peer_step(&peers->client, NULL, 0);
    peers_settle(peers);
    return peers->client.done && peers->server.done;
}

/* ---- messages ---- */

SECURITY_STATUS peer_seal(struct peer *peer, const void *data, size_t len, struct flow *out)
{
    size_t header = peer->sizes.cbHeader, trailer = peer->sizes.cbTrailer;
    uint8_t *record = malloc(header + len + trailer + 1);
    if (!record)
        abort();
    memcpy(record + header, data, len);
    SecBuffer buffers[4] = {{(ULONG)header, SECBUFFER_STREAM_HEADER, record},
                            {(ULONG)len, SECBUFFER_DATA, record + header},
                            {(ULONG)trailer, SECBUFFER_STREAM_TRAILER, record + header + len},
                            {0, SECBUFFER_EMPTY, NULL}};
    SecBufferDesc desc = {SECBUFFER_VERSION, 4, buffers};
    SECURITY_STATUS status = EncryptMessage(&peer->context, 0, &desc, 0);
    if (status == SEC_E_OK)
        flow_add(out, record, buffers[0].cbBuffer + buffers[1].cbBuffer + buffers[2].cbBuffer);
    free(record);
    return status;
}

SECURITY_STATUS peer_open(struct peer *peer, const void *datagram, size_t len, size_t *extra)
{
    uint8_t *copy = malloc(len + 1);
    if (!copy)
        abort();
    memcpy(copy, datagram, len);
    SecBuffer buffers[4] = {{(ULONG)len, SECBUFFER_DATA, copy},
                            {0, SECBUFFER_EMPTY, NULL},
                            {0, SECBUFFER_EMPTY, NULL},
                            {0, SECBUFFER_EMPTY, NULL}};
    SecBufferDesc desc = {SECBUFFER_VERSION, 4, buffers};
    SECURITY_STATUS status = DecryptMessage(&peer->context, &desc, 0, NULL);
    if (extra)
        *extra = 0;
    for (int i = 0; status >= 0 && i < 4; i++) {
        if (buffers[i].BufferType == SECBUFFER_DATA)
            flow_add(&peer->data, buffers[i].pvBuffer, buffers[i].cbBuffer);
        if (buffers[i].BufferType == SECBUFFER_EXTRA && extra)
            *extra = buffers[i].cbBuffer;
    }
    free(copy);
    return status;
}

static int one_way(struct peer *from, struct peer *to)
{
    struct flow record = {0};
    int good = peer_seal(from, "a message", 9, &record) == SEC_E_OK &&
               peer_open(to, record.ptr, record.len, NULL) == SEC_E_OK && to->data.len >= 9 &&
               memcmp(to->data.ptr + to->data.len - 9, "a message", 9) == 0;
    flow_free(&record);
    return good;
}

int peers_talk(struct peers *peers)
{
    return one_way(&peers->client, &peers->server) && one_way(&peers->server, &peers->client);
}

SECURITY_STATUS peer_control(struct peer *peer, const void *token, size_t len)
{
    SecBuffer buffer = {(ULONG)len, SECBUFFER_TOKEN, (void *)(uintptr_t)token};
    SecBufferDesc desc = {SECBUFFER_VERSION, 1, &buffer};
    return ApplyControlToken(&peer->context, &desc);
}

/* ---- loops ---- */

void peers_each(void (*f)(const char *provider))
{
    char list[256], *save = NULL;
    const char *providers = getenv("PROVIDERS");
    snprintf(list, sizeof list, "%s", providers ? providers : "openssl");
    for (char *name = strtok_r(list, " ", &save); name; name = strtok_r(NULL, " ", &save))
        f(name);
}

static void (*pair_f)(const char *client, const char *server);
static const char *pair_client;

static void with_client(const char *server)
{
    pair_f(pair_client, server);
}

static void with_each(const char *client)
{
    pair_client = client;
    peers_each(with_client);
}

void peers_each_pair(void (*f)(const char *client, const char *server))
{
    pair_f = f;
    peers_each(with_each);
}
