/* SPDX-License-Identifier: MIT */
#include <config.h>

#include "t/pair.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#ifndef _WIN32
#include <opensspi/extra.h>
#endif

/* ---- bytes ---- */

void flow_add(struct flow *flow, const void *bytes, size_t len)
{
    if (!len)
        return;
    if (flow->cap - flow->len < len && flow->gone > flow->len) {
        flow->ptr = memmove(flow->ptr - flow->gone, flow->ptr, flow->len);
        flow->cap += flow->gone;
        flow->gone = 0;
    }
    if (flow->cap - flow->len < len) {
        size_t cap = (flow->len + len) * 2;
        uint8_t *base = realloc(flow->ptr ? flow->ptr - flow->gone : NULL, flow->gone + cap);
        if (!base)
            abort();
        flow->ptr = base + flow->gone;
        flow->cap = cap;
    }
    memcpy(flow->ptr + flow->len, bytes, len);
    flow->len += len;
}

/* Nothing is moved: some read a large flow one octet at a time. */
void flow_drop(struct flow *flow, size_t len)
{
    if (len) {
        flow->ptr += len;
        flow->gone += len;
        flow->cap -= len;
        flow->len -= len;
    }
}

void flow_free(struct flow *flow)
{
    if (flow->ptr)
        free(flow->ptr - flow->gone);
    memset(flow, 0, sizeof *flow);
}

/* ---- certificates ---- */

uint8_t *pair_file(const char *name, size_t *len)
{
    char path[4096];
    const char *top = getenv("top_builddir");
    uint8_t *bytes = NULL;
    snprintf(path, sizeof path, "%s/t/pki/%s", top ? top : ".", name);
    FILE *file = fopen(path, "rb");
    *len = 0;
    if (!file)
        return NULL;
    if (fseek(file, 0, SEEK_END) == 0) {
        long size = ftell(file);
        rewind(file);
        bytes = size > 0 ? malloc((size_t)size + 1) : NULL;
        if (bytes) {
            *len = fread(bytes, 1, (size_t)size, file);
            bytes[*len] = 0;
        }
    }
    fclose(file);
    return bytes;
}

#ifdef _WIN32
/* Windows reads one certificate at a time, and keys from a PFX: t/pki/NAME.pfx, password "test". */
HCERTSTORE pair_store(const char *pem)
{
    char name[256];
    size_t len;
    snprintf(name, sizeof name, "%s.pem", pem);
    uint8_t *text = pair_file(name, &len);
    HCERTSTORE store = text ? CertOpenStore(CERT_STORE_PROV_MEMORY, 0, 0, 0, NULL) : NULL;
    for (const char *at = (const char *)text; store && (at = strstr(at, "-----BEGIN CERT")) != NULL; at++) {
        BYTE der[8192];
        DWORD size = sizeof der;
        if (CryptStringToBinaryA(at, 0, CRYPT_STRING_BASE64HEADER, der, &size, NULL, NULL))
            CertAddEncodedCertificateToStore(store, X509_ASN_ENCODING, der, size, CERT_STORE_ADD_ALWAYS, NULL);
    }
    free(text);
    return store;
}

PCCERT_CONTEXT pair_certificate(const char *name)
{
    char file[256];
    size_t len;
    snprintf(file, sizeof file, "%s.pfx", name);
    uint8_t *bytes = pair_file(file, &len);
    CRYPT_DATA_BLOB blob = {(DWORD)len, bytes};
    HCERTSTORE store = bytes ? PFXImportCertStore(&blob, L"test", 0) : NULL;
    PCCERT_CONTEXT certificate =
        store ? CertFindCertificateInStore(store, X509_ASN_ENCODING, 0, CERT_FIND_HAS_PRIVATE_KEY, NULL, NULL) : NULL;
    if (store)
        CertCloseStore(store, 0);
    free(bytes);
    return certificate;
}

void pair_package(char *out, size_t size, const char *provider)
{
    (void)provider;
    snprintf(out, size, "%s", UNISP_NAME_A);
}
#else
HCERTSTORE pair_store(const char *pem)
{
    char name[256];
    size_t len;
    snprintf(name, sizeof name, "%s.pem", pem);
    uint8_t *bytes = pair_file(name, &len);
    CRYPT_DATA_BLOB blob = {(DWORD)len, bytes};
    HCERTSTORE store = bytes ? CertOpenStore(OPENSSPI_CERT_STORE_PROV_PEM, 0, 0, 0, &blob) : NULL;
    free(bytes);
    return store;
}

PCCERT_CONTEXT pair_certificate(const char *name)
{
    char pem[256];
    snprintf(pem, sizeof pem, "%s-full", name);
    HCERTSTORE store = pair_store(pem);
    PCCERT_CONTEXT certificate = store ? CertEnumCertificatesInStore(store, NULL) : NULL;
    if (store)
        CertCloseStore(store, 0);
    return certificate;
}

void pair_package(char *out, size_t size, const char *provider)
{
    snprintf(out, size, provider ? "%s:%s" : "%s", SCHANNEL_NAME_A, provider ? provider : "");
}
#endif

/* ---- credentials ---- */

static size_t certificates(const char *names, PCCERT_CONTEXT *out, size_t cap)
{
    size_t count = 0;
    char copy[512], *save = NULL;
    snprintf(copy, sizeof copy, "%s", names ? names : "");
    for (char *name = strtok_r(copy, " ", &save); name && count < cap; name = strtok_r(NULL, " ", &save)) {
        out[count] = pair_certificate(name);
        if (out[count])
            count++;
        else
            fprintf(stderr, "# no certificate %s\n", name);
    }
    return count;
}

static void package_name(char *out, size_t size, const struct pair_options *options, int server)
{
    const char *provider = server ? options->server_provider : options->client_provider;
    if (!provider)
        provider = options->provider;
    pair_package(out, size, provider);
}

SECURITY_STATUS pair_credential(const struct pair_options *options, int server, CredHandle *out)
{
    char package[64];
    PCCERT_CONTEXT certs[8];
    const char *names = server ? options->cert ? options->cert : "server-rsa" : options->client_cert;
    const char *roots_name = server ? options->server_roots : options->roots;
    DWORD count = (DWORD)certificates(names, certs, 8);
    HCERTSTORE roots = roots_name ? pair_store(roots_name) : NULL;
    ULONG flags = server ? options->server_flags
                         : options->client_flags | SCH_CRED_NO_DEFAULT_CREDS |
                               (options->validate ? 0 : SCH_CRED_MANUAL_CRED_VALIDATION);
    DWORD lifespan = server ? options->server_lifespan : options->client_lifespan;
    DWORD without = options->tls == 12 ? SP_PROT_TLS1_3 : options->tls == 13 ? SP_PROT_TLS1_2 : 0;
    TLS_PARAMETERS parameters = {.grbitDisabledProtocols = without};
    SCH_CREDENTIALS fresh = {.dwVersion = SCH_CREDENTIALS_VERSION,
                             .cCreds = count,
                             .paCred = certs,
                             .hRootStore = roots,
                             .dwSessionLifespan = lifespan,
                             .dwFlags = flags,
                             .cTlsParameters = 1,
                             .pTlsParameters = &parameters};
    SCHANNEL_CRED old = {.dwVersion = SCHANNEL_CRED_VERSION,
                         .cCreds = count,
                         .paCred = certs,
                         .hRootStore = roots,
                         .grbitEnabledProtocols = options->protocols,
                         .dwSessionLifespan = lifespan,
                         .dwFlags = flags};
    package_name(package, sizeof package, options, server);
    SECURITY_STATUS status =
        AcquireCredentialsHandleA(NULL, package, server ? SECPKG_CRED_INBOUND : SECPKG_CRED_OUTBOUND, NULL,
                                  options->old_struct ? (void *)&old : (void *)&fresh, NULL, NULL, out, NULL);
    for (DWORD i = 0; i < count; i++)
        CertFreeCertificateContext(certs[i]);
    if (roots)
        CertCloseStore(roots, 0);
    return status;
}

/* "h2 http/1.1" as a SECBUFFER_APPLICATION_PROTOCOLS (W46). */
static void fill_alpn(struct flow *out, const char *names)
{
    uint8_t list[512];
    size_t len = 0;
    if (!names)
        return;
    while (*names) {
        size_t word = strcspn(names, " ");
        list[len++] = (uint8_t)word;
        memcpy(list + len, names, word);
        len += word;
        names += word + (names[word] == ' ');
    }
    uint32_t total = (uint32_t)(4 + 2 + len), kind = SecApplicationProtocolNegotiationExt_ALPN;
    uint16_t size = (uint16_t)len;
    flow_add(out, &total, sizeof total);
    flow_add(out, &kind, sizeof kind);
    flow_add(out, &size, sizeof size);
    flow_add(out, list, len);
}

static int end_open(struct end *end, const struct pair_options *options, int server)
{
    memset(end, 0, sizeof *end);
    end->server = server;
    if (server) {
        end->request = ASC_REQ_ALLOCATE_MEMORY | ASC_REQ_EXTENDED_ERROR | ASC_REQ_CONFIDENTIALITY |
                       ASC_REQ_REPLAY_DETECT | ASC_REQ_SEQUENCE_DETECT | ASC_REQ_STREAM;
        end->request = (end->request | options->server_request) & ~options->server_without;
    } else {
        end->request = ISC_REQ_ALLOCATE_MEMORY | ISC_REQ_EXTENDED_ERROR | ISC_REQ_CONFIDENTIALITY |
                       ISC_REQ_REPLAY_DETECT | ISC_REQ_SEQUENCE_DETECT | ISC_REQ_STREAM |
                       ISC_REQ_USE_SUPPLIED_CREDS | (options->validate ? 0 : ISC_REQ_MANUAL_CRED_VALIDATION);
        end->request = (end->request | options->client_request) & ~options->client_without;
        end->target = !options->target                    ? "localhost"
                      : strcmp(options->target, "-") == 0 ? NULL
                                                          : options->target;
    }
    fill_alpn(&end->alpn, server ? options->server_alpn : options->client_alpn);
    end->status = pair_credential(options, server, &end->credential);
    end->has_credential = end->status == SEC_E_OK;
    return end->has_credential;
}

int pair_open(struct pair *pair, const struct pair_options *options)
{
    memset(pair, 0, sizeof *pair);
    pair->delivery = options->delivery;
    pair->early = options->early;
    int client = end_open(&pair->client, options, 0);
    int server = end_open(&pair->server, options, 1);
    return client && server;
}

static void end_reset(struct end *end)
{
    if (end->has_context)
        DeleteSecurityContext(&end->context);
    end->has_context = 0;
    end->calls = end->renegotiates = 0;
    end->status = SEC_E_OK;
    flow_free(&end->in);
    flow_free(&end->out);
    flow_free(&end->data);
}

void pair_again(struct pair *pair)
{
    end_reset(&pair->client);
    end_reset(&pair->server);
}

static void end_close(struct end *end)
{
    end_reset(end);
    flow_free(&end->alpn);
    if (end->has_credential)
        FreeCredentialsHandle(&end->credential);
    end->has_credential = 0;
}

void pair_close(struct pair *pair)
{
    end_close(&pair->client);
    end_close(&pair->server);
}

/* ---- steps ---- */

static SECURITY_STATUS call(struct end *end, SecBufferDesc *in, SecBufferDesc *out)
{
    CtxtHandle *context = end->has_context ? &end->context : NULL;
    end->attributes = 0;
    if (end->server)
        return AcceptSecurityContext(&end->credential, context, in, end->request, 0, &end->context, out,
                                     &end->attributes, &end->expiry);
    return InitializeSecurityContextA(&end->credential, context, (SEC_CHAR *)(uintptr_t)end->target,
                                      end->request, 0, 0, in, 0, &end->context, out, &end->attributes,
                                      &end->expiry);
}

static SECURITY_STATUS step(struct end *end, SecBufferDesc *in)
{
    SecBuffer outs[2] = {{0, SECBUFFER_TOKEN, NULL}, {0, SECBUFFER_ALERT, NULL}};
    SecBufferDesc out = {SECBUFFER_VERSION, 2, outs};
    SECURITY_STATUS status = call(end, in, &out);
    end->calls++;
    end->status = status;
    if (status >= 0)
        end->has_context = 1;
    if (outs[0].cbBuffer)
        flow_add(&end->out, outs[0].pvBuffer, outs[0].cbBuffer);
    end->alert[0] = end->alert[1] = 0;
    if (outs[1].cbBuffer == 2)
        memcpy(end->alert, outs[1].pvBuffer, 2);
    for (int i = 0; i < 2; i++)
        if (outs[i].pvBuffer)
            FreeContextBuffer(outs[i].pvBuffer);
    if (status == SEC_E_OK)
        QueryContextAttributesA(&end->context, SECPKG_ATTR_STREAM_SIZES, &end->sizes);
    return status;
}

SECURITY_STATUS pair_step(struct end *end, size_t len)
{
    if (len > end->in.len)
        len = end->in.len;
    SecBuffer ins[6] = {{(ULONG)len, SECBUFFER_TOKEN, end->in.ptr},
                        {0, SECBUFFER_EMPTY, NULL},
                        {(ULONG)end->alpn.len, SECBUFFER_APPLICATION_PROTOCOLS, end->alpn.ptr}};
    SecBufferDesc in = {SECBUFFER_VERSION, end->alpn.len && !end->has_context ? 3 : 2, ins};
    for (unsigned i = 0; i < end->more_count && !end->has_context; i++)
        ins[in.cBuffers++] = end->more[i];
    if (!end->has_context && !end->server) { /* a client's first call has nothing to read (K1) */
        in.pBuffers += 2;
        in.cBuffers -= 2;
        return step(end, in.cBuffers ? &in : NULL);
    }
    SECURITY_STATUS status = step(end, &in);
    end->missing = ins[1].BufferType == SECBUFFER_MISSING ? ins[1].cbBuffer : 0;
    if (status < 0 || status == SEC_I_INCOMPLETE_CREDENTIALS)
        return status;
    flow_drop(&end->in, ins[1].BufferType == SECBUFFER_EXTRA ? len - ins[1].cbBuffer : len);
    return status;
}

SECURITY_STATUS pair_step_null(struct end *end)
{
    return step(end, NULL);
}

static void move(struct end *from, struct end *to)
{
    flow_add(&to->in, from->out.ptr, from->out.len);
    flow_drop(&from->out, from->out.len);
}

void pair_move(struct pair *pair)
{
    move(&pair->client, &pair->server);
    move(&pair->server, &pair->client);
}

static int is_done(const struct end *end)
{
    return end->has_context && end->status == SEC_E_OK;
}

/* Gives the end what has come, as the pair delivers.  0: nothing came of it. */
static int advance(struct pair *pair, struct end *end, struct end *other)
{
    int moved = 0;
    size_t given = 0;
    while (!is_done(end) && end->status >= 0 && (other->out.len || (end->in.len && !given))) {
        if (pair->delivery == PAIR_BYTES && other->out.len) {
            flow_add(&end->in, other->out.ptr, 1);
            flow_drop(&other->out, 1);
        } else {
            move(other, end);
        }
        size_t before = end->in.len;
        pair_step(end, before);
        moved = 1;
        given = end->in.len == before && !other->out.len; /* no use in asking again */
        if (end->status == SEC_E_INCOMPLETE_MESSAGE)
            end->status = SEC_I_CONTINUE_NEEDED; /* more will come */
    }
    return moved;
}

SECURITY_STATUS pair_handshake(struct pair *pair)
{
    int early = pair->delivery == PAIR_COALESCED && pair->early;
    struct end *client = &pair->client, *server = &pair->server;
    if (!client->has_context && pair_step(client, 0) < 0)
        return client->status;
    for (int round = 0, idle = 0; round < 100 && !(is_done(client) && is_done(server)); round++) {
        int moved = round % 2 ? advance(pair, client, server) : advance(pair, server, client);
        idle = moved ? 0 : idle + 1;
        if (early && (is_done(client) || is_done(server))) {
            early = 0;
            pair->early_from = is_done(client) ? client : server;
            pair_send(pair->early_from, pair->early, strlen(pair->early));
        }
        if (client->status < 0 || server->status < 0) /* what was said last reaches the other end */
            break;
        if (idle == 2)
            return SEC_E_INTERNAL_ERROR;
    }
    if (is_done(client) && is_done(server))
        return SEC_E_OK;
    return server->status < 0 ? server->status : client->status < 0 ? client->status : SEC_E_INTERNAL_ERROR;
}

/* ---- messages ---- */

SECURITY_STATUS pair_send(struct end *end, const void *data, size_t len)
{
    size_t room = end->sizes.cbHeader + len + end->sizes.cbTrailer;
    uint8_t *record = malloc(room + 1);
    if (!record)
        abort();
    memcpy(record + end->sizes.cbHeader, data, len);
    SecBuffer buffers[4] = {
        {end->sizes.cbHeader, SECBUFFER_STREAM_HEADER, record},
        {(ULONG)len, SECBUFFER_DATA, record + end->sizes.cbHeader},
        {end->sizes.cbTrailer, SECBUFFER_STREAM_TRAILER, record + end->sizes.cbHeader + len},
        {0, SECBUFFER_EMPTY, NULL},
    };
    SecBufferDesc desc = {SECBUFFER_VERSION, 4, buffers};
    SECURITY_STATUS status = EncryptMessage(&end->context, 0, &desc, 0);
    if (status == SEC_E_OK)
        flow_add(&end->out, record, buffers[0].cbBuffer + buffers[1].cbBuffer + buffers[2].cbBuffer);
    free(record);
    return status;
}

static SecBuffer *find(SecBuffer *buffers, ULONG type)
{
    for (int i = 0; i < 4; i++)
        if (buffers[i].BufferType == type)
            return &buffers[i];
    return NULL;
}

SECURITY_STATUS pair_decrypt(struct end *end)
{
    SecBuffer buffers[4] = {{(ULONG)end->in.len, SECBUFFER_DATA, end->in.ptr},
                            {0, SECBUFFER_EMPTY, NULL},
                            {0, SECBUFFER_EMPTY, NULL},
                            {0, SECBUFFER_EMPTY, NULL}};
    SecBufferDesc desc = {SECBUFFER_VERSION, 4, buffers};
    SECURITY_STATUS status = DecryptMessage(&end->context, &desc, 0, NULL);
    SecBuffer *data = find(buffers, SECBUFFER_DATA), *extra = find(buffers, SECBUFFER_EXTRA);
    SecBuffer *missing = find(buffers, SECBUFFER_MISSING);
    end->missing = missing ? missing->cbBuffer : 0;
    if (status != SEC_E_OK && status != SEC_I_RENEGOTIATE && status != SEC_I_CONTEXT_EXPIRED)
        return status;
    if (data)
        flow_add(&end->data, data->pvBuffer, data->cbBuffer);
    flow_drop(&end->in, end->in.len - (extra ? extra->cbBuffer : 0));
    if (status == SEC_I_RENEGOTIATE)
        end->renegotiates++;
    return status;
}

SECURITY_STATUS pair_receive(struct end *end)
{
    SECURITY_STATUS status;
    do {
        status = pair_decrypt(end);
        if (status == SEC_I_RENEGOTIATE)
            status = pair_step(end, end->in.len);
    } while (status == SEC_E_OK);
    return status;
}

SECURITY_STATUS pair_shutdown(struct end *end)
{
    DWORD type = SCHANNEL_SHUTDOWN;
    SecBuffer buffer = {sizeof type, SECBUFFER_TOKEN, &type};
    SecBufferDesc desc = {SECBUFFER_VERSION, 1, &buffer};
    SECURITY_STATUS status = ApplyControlToken(&end->context, &desc);
    return status == SEC_E_OK ? pair_step_null(end) : status;
}

/* ---- loops ---- */

void pair_each(void (*f)(const char *provider, int tls))
{
    char list[256], *save = NULL;
    const char *providers = getenv("PROVIDERS");
    snprintf(list, sizeof list, "%s", providers ? providers : "openssl");
    for (char *name = strtok_r(list, " ", &save); name; name = strtok_r(NULL, " ", &save)) {
        f(name, 12);
        f(name, 13);
    }
}

const char *pair_status(SECURITY_STATUS status)
{
    static char texts[8][16];
    static unsigned next;
    char *text = texts[next++ % 8];
    snprintf(text, sizeof texts[0], "0x%08x", (unsigned)status);
    return text;
}
