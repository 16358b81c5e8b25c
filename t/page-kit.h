/* SPDX-License-Identifier: MIT
 *
 * t/page-kit.h -- AcceptSecurityContext called directly, with everything a program may look at afterwards.
 * For the tests of its reference page (t/61xx); t/pair.h plays the client. */
#ifndef T_PAGE_KIT_H
#define T_PAGE_KIT_H

#include "t/pair.h"
#include "t/tap.h"

#define UNTOUCHED      ((ULONG_PTR)0xdeadbeef)
#define UNTOUCHED_BITS ((ULONG)0xabababab)

/* Of struct pair_options: the client remembers no session. */
#define FULL_HANDSHAKES .client_lifespan = (ULONG)-1

static char tag[96]; /* "openssl tls12" */

struct asc {
    SecBuffer in[3], out[2]; /* {TOKEN, EMPTY, -}, {TOKEN, ALERT} in our memory */
    SecBufferDesc ins, outs;
    CtxtHandle fresh;
    ULONG attributes, representation;
    TimeStamp stamp;
    uint8_t token[16384], alert[16];
};

__attribute__((unused)) static void asc_ready(struct asc *asc, const struct flow *bytes)
{
    asc->in[0] = (SecBuffer){(ULONG)bytes->len, SECBUFFER_TOKEN, bytes->ptr};
    asc->in[1] = (SecBuffer){0, SECBUFFER_EMPTY, NULL};
    asc->out[0] = (SecBuffer){sizeof asc->token, SECBUFFER_TOKEN, asc->token};
    asc->out[1] = (SecBuffer){sizeof asc->alert, SECBUFFER_ALERT, asc->alert};
    asc->ins = (SecBufferDesc){SECBUFFER_VERSION, 2, asc->in};
    asc->outs = (SecBufferDesc){SECBUFFER_VERSION, 2, asc->out};
    asc->fresh = (CtxtHandle){UNTOUCHED, UNTOUCHED};
    asc->attributes = UNTOUCHED_BITS;
    asc->representation = 0;
    asc->stamp.QuadPart = 0x5555555555555555;
}

/* Memory of the library is copied into ours and freed. */
__attribute__((unused)) static SECURITY_STATUS asc_call(struct asc *asc, CredHandle *credential,
                                                        CtxtHandle *context, ULONG request)
{
    uint8_t *ours[2] = {asc->token, asc->alert};
    if (request & ASC_REQ_ALLOCATE_MEMORY)
        asc->out[0].pvBuffer = asc->out[1].pvBuffer = NULL;
    SECURITY_STATUS status =
        AcceptSecurityContext(credential, context, &asc->ins, request, asc->representation, &asc->fresh,
                              &asc->outs, &asc->attributes, &asc->stamp);
    for (int i = 0; i < 2; i++) {
        if (!asc->out[i].pvBuffer || asc->out[i].pvBuffer == ours[i])
            continue;
        memcpy(ours[i], asc->out[i].pvBuffer, asc->out[i].cbBuffer);
        FreeContextBuffer(asc->out[i].pvBuffer);
        asc->out[i].pvBuffer = ours[i];
    }
    return status;
}

/* A fresh client and its ClientHello in client.out. */
__attribute__((unused)) static void asc_hello(struct pair *pair)
{
    pair_again(pair);
    pair_step(&pair->client, 0);
}

/* One call with all that the client has said; the client answers.  *context NULL before the first. */
__attribute__((unused)) static SECURITY_STATUS asc_turn(struct pair *pair, struct asc *asc,
                                                        CredHandle *credential, CtxtHandle **context,
                                                        CtxtHandle *handle, ULONG request)
{
    struct end *client = &pair->client;
    asc_ready(asc, &client->out);
    SECURITY_STATUS status = asc_call(asc, credential, *context, request);
    flow_drop(&client->out, client->out.len);
    if (status >= 0 && !*context) {
        *handle = asc->fresh;
        *context = handle;
    }
    if (asc->out[0].cbBuffer && asc->out[0].cbBuffer <= sizeof asc->token)
        flow_add(&client->in, asc->token, asc->out[0].cbBuffer);
    if (client->in.len && client->status == SEC_I_CONTINUE_NEEDED)
        pair_step(client, client->in.len);
    return status;
}

/* From the ClientHello to the end; what the last call left stands in `asc`. */
__attribute__((unused)) static SECURITY_STATUS asc_all(struct pair *pair, struct asc *asc, CtxtHandle *handle,
                                                       ULONG request)
{
    CtxtHandle *context = NULL;
    SECURITY_STATUS status;
    asc_hello(pair);
    do
        status = asc_turn(pair, asc, &pair->server.credential, &context, handle, request);
    while (status == SEC_I_CONTINUE_NEEDED && pair->client.out.len);
    return status;
}

#endif
