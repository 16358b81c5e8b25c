/* SPDX-License-Identifier: MIT
 *
 * A client and a server as pjsip is: output in buffers of its own of 8 KiB, input of no more at a time, no
 * input where nothing has come, a control token whose input is its output, a server that closes through
 * InitializeSecurityContext and signs its own certificate. */
#include <config.h>

#include "t/programs/world.h"

#include <string.h>

enum { CAPACITY = 8192 };
struct pjsip {
    CredHandle cred;
    CtxtHandle context;
    SecPkgContext_StreamSizes sizes;
    struct flow in, dec;
    uint8_t input[CAPACITY], output[CAPACITY];
    int server, established;
};

/* No key is given: CertCreateSelfSignCertificate makes one. */
static PCCERT_CONTEXT self_signed(struct world *world)
{
    BYTE name[128];
    DWORD size = sizeof name;
    CERT_NAME_BLOB blob = {0, name};
    SYSTEMTIME end;
    CertStrToName(X509_ASN_ENCODING, "CN=lab.example", CERT_X500_NAME_STR, NULL, name, &size, NULL);
    blob.cbData = size;
    GetSystemTime(&end);
    end.wYear++;
    end.wDay = end.wDay > 28 ? 28 : end.wDay; /* the 29th of February */
    PCCERT_CONTEXT cert = CertCreateSelfSignCertificate(0, &blob, 0, NULL, NULL, NULL, &end, NULL);
    CLAIM(world, "K35", "a certificate signs itself, with a key of its own", cert != NULL);
    return cert;
}

static int acquire(struct pjsip *p, struct world *world)
{
    PCCERT_CONTEXT cert = p->server ? self_signed(world) : NULL;
    TLS_PARAMETERS parameters = {.grbitDisabledProtocols = ~program_protocols(world, p->server)};
    SCH_CREDENTIALS data = {.dwVersion = SCH_CREDENTIALS_VERSION,
                            .cCreds = cert ? 1 : 0,
                            .paCred = cert ? &cert : NULL,
                            .dwFlags = SCH_USE_STRONG_CRYPTO |
                                       (cert ? 0
                                        : world->judge
                                            ? SCH_CRED_NO_DEFAULT_CREDS | SCH_CRED_AUTO_CRED_VALIDATION |
                                                  SCH_CRED_REVOCATION_CHECK_CHAIN
                                            : SCH_CRED_NO_DEFAULT_CREDS | SCH_CRED_MANUAL_CRED_VALIDATION),
                            .cTlsParameters = 1,
                            .pTlsParameters = &parameters};
    SECURITY_STATUS status = AcquireCredentialsHandle(NULL, (char *)(uintptr_t)world->package,
                                                      p->server ? SECPKG_CRED_INBOUND : SECPKG_CRED_OUTBOUND,
                                                      NULL, &data, NULL, NULL, &p->cred, NULL);
    CertFreeCertificateContext(cert);
    return status == SEC_E_OK;
}

/* One call; what it did not take stays in p->in. */
static SECURITY_STATUS step(struct pjsip *p, struct world *world)
{
    size_t len = p->in.len < CAPACITY ? p->in.len : CAPACITY;
    int known = SecIsValidHandle(&p->context);
    if (len)
        memcpy(p->input, p->in.ptr, len);
    SecBuffer in[2] = {{(ULONG)len, SECBUFFER_TOKEN, p->input}, {0, SECBUFFER_EMPTY, NULL}};
    SecBuffer out = {CAPACITY, SECBUFFER_TOKEN, p->output};
    SecBufferDesc ins = {SECBUFFER_VERSION, 2, in}, outs = {SECBUFFER_VERSION, 1, &out};
    SECURITY_STATUS status;
    if (p->server) {
        DWORD flags = ASC_REQ_CONFIDENTIALITY | ASC_REQ_REPLAY_DETECT | ASC_REQ_SEQUENCE_DETECT |
                      ASC_REQ_STREAM | (world->variant ? ASC_REQ_MUTUAL_AUTH : 0);
        status = AcceptSecurityContext(&p->cred, known ? &p->context : NULL, len ? &ins : NULL, flags, 0,
                                       known ? NULL : &p->context, &outs, &flags, NULL);
    } else {
        DWORD flags = ISC_REQ_USE_SUPPLIED_CREDS | ISC_REQ_CONFIDENTIALITY | ISC_REQ_REPLAY_DETECT |
                      ISC_REQ_SEQUENCE_DETECT | ISC_REQ_STREAM;
        status = InitializeSecurityContext(&p->cred, known ? &p->context : NULL,
                                           (char *)(uintptr_t) "localhost", flags, 0, 0, len ? &ins : NULL, 0,
                                           known ? NULL : &p->context, &outs, &flags, NULL);
    }
    if (status == SEC_E_INCOMPLETE_MESSAGE)
        return status;
    if (in[1].BufferType == SECBUFFER_EXTRA && in[1].cbBuffer)
        flow_drop(&p->in, len - in[1].cbBuffer);
    else
        flow_drop(&p->in, len);
    if (status >= 0 && out.cbBuffer) {
        CLAIM(world, "K3", "without ALLOCATE_MEMORY the token is in the caller's buffer",
              out.pvBuffer == p->output && out.cbBuffer <= CAPACITY);
        world_write(world, out.pvBuffer, out.cbBuffer);
    }
    return status;
}

static SECURITY_STATUS handshake(struct pjsip *p, struct world *world)
{
    for (;;) {
        SECURITY_STATUS status = step(p, world);
        if (status == SEC_E_OK || (status < 0 && status != SEC_E_INCOMPLETE_MESSAGE))
            return status;
        if ((status == SEC_E_INCOMPLETE_MESSAGE || !p->in.len) && !program_read(world, &p->in, 1500))
            return SEC_E_INTERNAL_ERROR;
    }
}

static int pjsip_open(struct pjsip *p, struct world *world)
{
    SecPkgContext_CipherInfo cipher = {.dwVersion = SECPKGCONTEXT_CIPHERINFO_V1};
    PCCERT_CONTEXT cert = NULL;
    SecInvalidateHandle(&p->context);
    if (!acquire(p, world) || (p->server && !program_read(world, &p->in, 1500)))
        return 0;
    world->refusal = handshake(p, world);
    if (world->refusal != SEC_E_OK)
        return 0;
    p->established = QueryContextAttributes(&p->context, SECPKG_ATTR_STREAM_SIZES, &p->sizes) == SEC_E_OK;
    if (p->sizes.cbMaximumMessage > CAPACITY - p->sizes.cbHeader - p->sizes.cbTrailer)
        p->sizes.cbMaximumMessage = CAPACITY - p->sizes.cbHeader - p->sizes.cbTrailer;
    CLAIM(world, "K41", "the cipher suite has its number and its name",
          QueryContextAttributes(&p->context, SECPKG_ATTR_CIPHER_INFO, &cipher) == SEC_E_OK &&
              cipher.dwCipherSuite && cipher.szCipherSuite[0] == 'T');
    SECURITY_STATUS asked = QueryContextAttributes(&p->context, SECPKG_ATTR_REMOTE_CERT_CONTEXT, &cert);
    if (p->server)
        CLAIM(world, "K34", "a client without a certificate: the query fails, the handshake went on",
              asked < 0 && !cert);
    else
        CLAIM(world, "K37", "the server's certificate is told", asked == SEC_E_OK && cert);
    CertFreeCertificateContext(cert);
    return p->established;
}

static int client_open(void *state, struct world *world)
{
    return pjsip_open(state, world);
}

static int server_open(void *state, struct world *world)
{
    struct pjsip *p = state;
    p->server = 1;
    return pjsip_open(p, world);
}

static int pjsip_send(void *state, struct world *world, const uint8_t *bytes, size_t len)
{
    struct pjsip *p = state;
    return program_send(&p->context, world, &p->sizes, bytes, len, 4);
}

static SecBuffer *find(SecBuffer *buffers, ULONG type)
{
    for (int i = 0; i < 4; i++)
        if (buffers[i].BufferType == type)
            return &buffers[i];
    return NULL;
}

static long pjsip_receive(void *state, struct world *world, uint8_t *out, size_t room)
{
    struct pjsip *p = state;
    while (!p->dec.len) {
        size_t len = p->in.len < CAPACITY ? p->in.len : CAPACITY;
        if (len)
            memcpy(p->input, p->in.ptr, len);
        SecBuffer in[4] = {{(ULONG)len, SECBUFFER_DATA, p->input}, {0}, {0}, {0}}, *extra, *data;
        SecBufferDesc desc = {SECBUFFER_VERSION, 4, in};
        SECURITY_STATUS status = len ? DecryptMessage(&p->context, &desc, 0, NULL) : SEC_E_INCOMPLETE_MESSAGE;
        if (status == SEC_E_INCOMPLETE_MESSAGE) {
            if (!program_read(world, &p->in, 1500))
                return -1;
            continue;
        }
        extra = find(in, SECBUFFER_EXTRA);
        data = find(in, SECBUFFER_DATA);
        if (status == SEC_E_OK) {
            flow_drop(&p->in, len - (extra ? extra->cbBuffer : 0));
            flow_add(&p->dec, data->pvBuffer, data->cbBuffer);
        } else if (status == SEC_I_RENEGOTIATE) { /* what EXTRA points at is put back, to be read again */
            CLAIM(world, "K26", "EXTRA has its octets", !extra || (extra->pvBuffer && extra->cbBuffer));
            struct flow rest = {0};
            flow_add(&rest, p->in.ptr + len, p->in.len - len);
            flow_drop(&p->in, p->in.len);
            if (extra)
                flow_add(&p->in, extra->pvBuffer, extra->cbBuffer);
            flow_add(&p->in, rest.ptr, rest.len);
            flow_free(&rest);
            if (handshake(p, world) != SEC_E_OK)
                return -1;
        } else {
            return status == SEC_I_CONTEXT_EXPIRED ? 0 : -1;
        }
    }
    return (long)program_take(&p->dec, out, room);
}

/* Input and output are one descriptor, and what is in it is of no meaning. */
static void pjsip_close(void *state, struct world *world)
{
    struct pjsip *p = state;
    if (p->established && SecIsValidHandle(&p->context)) {
        SECURITY_STATUS applied = program_shutdown(&p->context);
        SecBuffer both = {CAPACITY, SECBUFFER_TOKEN, p->output};
        SecBufferDesc desc = {SECBUFFER_VERSION, 1, &both};
        DWORD flags =
            ISC_REQ_CONFIDENTIALITY | ISC_REQ_REPLAY_DETECT | ISC_REQ_SEQUENCE_DETECT | ISC_REQ_STREAM;
        memset(p->output, 0x5a, CAPACITY);
        SECURITY_STATUS status = InitializeSecurityContext(&p->cred, &p->context, NULL, flags, 0, 0, &desc, 0,
                                                           NULL, &desc, &flags, NULL);
        CLAIM(world, "K30", "with a control token the input is ignored, though it is the output",
              applied == SEC_E_OK && status == SEC_E_OK && both.cbBuffer && both.cbBuffer < 100);
        if (p->server)
            CLAIM(world, "K13", "a server closes through InitializeSecurityContext", status == SEC_E_OK);
        world_write(world, both.pvBuffer, both.cbBuffer);
    }
    DeleteSecurityContext(&p->context);
    SecInvalidateHandle(&p->context);
    CLAIM(world, "K16", "an invalidated handle is refused",
          DeleteSecurityContext(&p->context) == SEC_E_INVALID_HANDLE);
    FreeCredentialsHandle(&p->cred);
    flow_free(&p->in);
    flow_free(&p->dec);
}

#define PJSIP(open_it)                                                                                       \
    .state_size = sizeof(struct pjsip), .say_max = 4000, .open = open_it, .send = pjsip_send,                \
    .receive = pjsip_receive, .close = pjsip_close
const struct program program_pjsip = {.name = "pjsip", PJSIP(client_open)};
const struct program program_pjsip_server = {
    .name = "pjsip-server", .server = 1, .variant = 1, PJSIP(server_open)};
