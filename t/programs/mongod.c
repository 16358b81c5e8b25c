/* SPDX-License-Identifier: MIT
 *
 * A server as mongod is: outputs of its own, 17 KiB and 1 KiB for the alert; attributes of which only
 * EXTENDED_ERROR and MUTUAL_AUTH may be missing; what is left over counts only where EXTRA says where it is.
 */
#include <config.h>

#include "t/programs/world.h"

#include <string.h>

enum { TOKEN_SIZE = 17 * 1024, ALERT_SIZE = 1024 };
struct mongod {
    CredHandle cred;
    CtxtHandle context;
    SecPkgContext_StreamSizes sizes;
    struct flow in, dec;
    uint8_t token[TOKEN_SIZE], alert[ALERT_SIZE];
    int connected;
};
static const ULONG asked = ASC_REQ_SEQUENCE_DETECT | ASC_REQ_REPLAY_DETECT | ASC_REQ_CONFIDENTIALITY |
                           ASC_REQ_EXTENDED_ERROR | ASC_REQ_STREAM | ASC_REQ_MUTUAL_AUTH;

static int acquire(struct mongod *m, struct world *world)
{
    WCHAR package[64];
    PCCERT_CONTEXT cert = program_certificate();
    SCHANNEL_CRED data = {.dwVersion = SCHANNEL_CRED_VERSION,
                          .cCreds = 1,
                          .paCred = &cert,
                          .grbitEnabledProtocols = SP_PROT_TLS1_2_SERVER,
                          .dwFlags = SCH_USE_STRONG_CRYPTO | SCH_SEND_ROOT_CERT | SCH_CRED_NO_SYSTEM_MAPPER |
                                     SCH_CRED_DISABLE_RECONNECTS};
    MultiByteToWideChar(CP_UTF8, 0, world->package, -1, package, 64);
    SECURITY_STATUS status = AcquireCredentialsHandleW(NULL, package, SECPKG_CRED_INBOUND, NULL, &data, NULL,
                                                       NULL, &m->cred, NULL);
    CertFreeCertificateContext(cert);
    return status == SEC_E_OK;
}

static SECURITY_STATUS step(struct mongod *m, struct world *world, int known)
{
    SecBuffer in[2] = {{(ULONG)m->in.len, SECBUFFER_TOKEN, m->in.ptr}, {0, SECBUFFER_EMPTY, NULL}};
    SecBuffer out[2] = {{TOKEN_SIZE, SECBUFFER_TOKEN, m->token}, {ALERT_SIZE, SECBUFFER_ALERT, m->alert}};
    SecBufferDesc ins = {SECBUFFER_VERSION, 2, in}, outs = {SECBUFFER_VERSION, 2, out};
    ULONG got = 0;
    TimeStamp expiry;
    SECURITY_STATUS status = AcceptSecurityContext(&m->cred, known ? &m->context : NULL, &ins, asked, 0,
                                                   &m->context, &outs, &got, &expiry);
    if (status == SEC_E_INCOMPLETE_MESSAGE)
        return status;
    CLAIM(world, "K3", "outputs of one's own are used where they are",
          out[0].pvBuffer == m->token && out[1].pvBuffer == m->alert);
    CLAIM(world, "K19", "where nothing failed there is no alert", !out[1].cbBuffer || status < 0);
    if (status == SEC_E_OK)
        CLAIM(world, "K11", "no attribute that was not asked for, and only two may be missing",
              (got | ASC_RET_EXTENDED_ERROR | ASC_RET_MUTUAL_AUTH) == asked);
    if (status >= 0 && out[0].cbBuffer)
        world_write(world, out[0].pvBuffer, out[0].cbBuffer);
    size_t left = in[1].BufferType == SECBUFFER_EXTRA && in[1].pvBuffer ? in[1].cbBuffer : 0;
    program_left(world, &m->in, &in[1]);
    flow_drop(&m->in, m->in.len - left);
    return status;
}

static int mongod_open(void *state, struct world *world)
{
    struct mongod *m = state;
    SECURITY_STATUS status = SEC_E_INCOMPLETE_MESSAGE;
    int known = 0;
    if (!acquire(m, world))
        return 0;
    while (status == SEC_E_INCOMPLETE_MESSAGE || status == SEC_I_CONTINUE_NEEDED) {
        if ((status == SEC_E_INCOMPLETE_MESSAGE || !m->in.len) && !program_read(world, &m->in, TOKEN_SIZE))
            return 0;
        status = step(m, world, known);
        known |= status == SEC_I_CONTINUE_NEEDED;
    }
    if (status != SEC_E_OK)
        return 0;
    PCCERT_CONTEXT cert = NULL;
    CLAIM(world, "K34", "no certificate came: SEC_E_OK, and a query that fails",
          QueryContextAttributesW(&m->context, SECPKG_ATTR_REMOTE_CERT_CONTEXT, &cert) < 0 && !cert);
    m->connected = QueryContextAttributesW(&m->context, SECPKG_ATTR_STREAM_SIZES, &m->sizes) == SEC_E_OK;
    return m->connected;
}

static int mongod_send(void *state, struct world *world, const uint8_t *bytes, size_t len)
{
    struct mongod *m = state;
    return program_send(&m->context, world, &m->sizes, bytes, len, 4);
}

static long mongod_receive(void *state, struct world *world, uint8_t *out, size_t room)
{
    struct mongod *m = state;
    while (!m->dec.len) {
        SecBuffer in[4] = {{(ULONG)m->in.len, SECBUFFER_DATA, m->in.ptr}, {0}, {0}, {0}};
        SecBufferDesc desc = {SECBUFFER_VERSION, 4, in};
        SECURITY_STATUS status =
            m->in.len ? DecryptMessage(&m->context, &desc, 0, NULL) : SEC_E_INCOMPLETE_MESSAGE;
        if (status == SEC_E_INCOMPLETE_MESSAGE) {
            if (!program_read(world, &m->in, TOKEN_SIZE))
                return -1;
            continue;
        }
        if (status != SEC_E_OK)
            return status == SEC_I_CONTEXT_EXPIRED ? 0 : -1;
        CLAIM(world, "K4", "EXTRA after a record has its pointer",
              in[3].BufferType != SECBUFFER_EXTRA || in[3].pvBuffer);
        flow_add(&m->dec, in[1].pvBuffer, in[1].cbBuffer);
        flow_drop(&m->in, m->in.len - program_left(world, &m->in, &in[3]));
    }
    return (long)program_take(&m->dec, out, room);
}

static void mongod_close(void *state, struct world *world)
{
    struct mongod *m = state;
    if (m->connected) {
        SECURITY_STATUS applied = program_shutdown(&m->context);
        SecBuffer out = {TOKEN_SIZE, SECBUFFER_TOKEN, m->token};
        SecBufferDesc outs = {SECBUFFER_VERSION, 1, &out};
        ULONG got;
        TimeStamp expiry;
        SECURITY_STATUS status =
            AcceptSecurityContext(&m->cred, &m->context, NULL, asked, 0, &m->context, &outs, &got, &expiry);
        CLAIM(world, "K29", "close_notify comes with SEC_E_OK", applied == SEC_E_OK && status == SEC_E_OK);
        world_write(world, out.pvBuffer, out.cbBuffer);
    }
    DeleteSecurityContext(&m->context);
    SecInvalidateHandle(&m->context);
    FreeCredentialsHandle(&m->cred);
    flow_free(&m->in);
    flow_free(&m->dec);
}

const struct program program_mongod_server = {.name = "mongod",
                                              .state_size = sizeof(struct mongod),
                                              .server = 1,
                                              .old = 1,
                                              .flaws = FLAW_NO_REDO,
                                              .open = mongod_open,
                                              .send = mongod_send,
                                              .receive = mongod_receive,
                                              .close = mongod_close};
