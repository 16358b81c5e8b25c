/* SPDX-License-Identifier: MIT
 *
 * A TLS server on Schannel's functions: server CHAIN-AND-KEY.pem answers one client after another and prints its
 * port first.  On Windows the certificate would come from a store; the rest is the same source. */
#include <windows.h>
#include <security.h>
#include <schannel.h>
#include <wincrypt.h>

#include <opensspi/extra.h>

#include <arpa/inet.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

/* README: from here */
static SECURITY_STATUS handshake(int s, CredHandle *cred, CtxtHandle *ctx, char *in, DWORD *have)
{
    SECURITY_STATUS st = SEC_E_INCOMPLETE_MESSAGE;
    PCtxtHandle known = NULL;
    ULONG attrs;

    while (st == SEC_I_CONTINUE_NEEDED || st == SEC_E_INCOMPLETE_MESSAGE) {
        ssize_t got = recv(s, in + *have, 32768 - *have, 0);
        SecBuffer ib[2] = {{*have += got > 0 ? (DWORD)got : 0, SECBUFFER_TOKEN, in}, {0, SECBUFFER_EMPTY, NULL}};
        SecBuffer ob = {0, SECBUFFER_TOKEN, NULL};
        SecBufferDesc id = {SECBUFFER_VERSION, 2, ib}, od = {SECBUFFER_VERSION, 1, &ob};

        if (got <= 0)
            return SEC_E_INCOMPLETE_MESSAGE;
        st = AcceptSecurityContext(cred, known, &id, ASC_REQ_ALLOCATE_MEMORY | ASC_REQ_EXTENDED_ERROR, 0, ctx, &od,
                                   &attrs, NULL);
        if (st == SEC_E_INCOMPLETE_MESSAGE)
            continue; /* read more; nothing was taken, and a first call has made no context */
        if (ob.cbBuffer)
            send(s, ob.pvBuffer, ob.cbBuffer, MSG_NOSIGNAL); /* the answer, or the alert of a failure */
        FreeContextBuffer(ob.pvBuffer);
        known = ctx;
        *have = ib[1].BufferType == SECBUFFER_EXTRA ? ib[1].cbBuffer : 0; /* what belongs to the next call */
        memmove(in, in + ib[0].cbBuffer - *have, *have);
    }
    return st;
}
/* README: to here */

static void answer(int s, CtxtHandle *ctx, char *in, DWORD have)
{
    static const char page[] = "HTTP/1.0 200 OK\r\nContent-Length: 6\r\n\r\nhello\n";
    char out[1024];
    SecPkgContext_StreamSizes z;
    SECURITY_STATUS st = SEC_E_INCOMPLETE_MESSAGE;

    while (st == SEC_E_INCOMPLETE_MESSAGE) {
        SecBuffer b[4] = {{have, SECBUFFER_DATA, in}, {0, 0, NULL}, {0, 0, NULL}, {0, 0, NULL}};
        SecBufferDesc d = {SECBUFFER_VERSION, 4, b};
        ssize_t got;

        st = have ? DecryptMessage(ctx, &d, 0, NULL) : SEC_E_INCOMPLETE_MESSAGE;
        if (st != SEC_E_INCOMPLETE_MESSAGE)
            break;
        if ((got = recv(s, in + have, 32768 - have, 0)) <= 0)
            return;
        have += (DWORD)got;
    }
    if (st == SEC_E_OK && QueryContextAttributes(ctx, SECPKG_ATTR_STREAM_SIZES, &z) == SEC_E_OK) {
        SecBuffer b[4] = {{z.cbHeader, SECBUFFER_STREAM_HEADER, out},
                          {sizeof page - 1, SECBUFFER_DATA, out + z.cbHeader},
                          {z.cbTrailer, SECBUFFER_STREAM_TRAILER, out + z.cbHeader + sizeof page - 1},
                          {0, SECBUFFER_EMPTY, NULL}};
        SecBufferDesc d = {SECBUFFER_VERSION, 4, b};

        memcpy(out + z.cbHeader, page, sizeof page - 1);
        if (EncryptMessage(ctx, 0, &d, 0) == SEC_E_OK)
            send(s, out, b[0].cbBuffer + b[1].cbBuffer + b[2].cbBuffer, MSG_NOSIGNAL);
    }
}

/* Port 0: the system picks one, which is printed. */
static int listen_local(void)
{
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
    socklen_t size = sizeof at;
    int s = socket(AF_INET, SOCK_STREAM, 0);

    if (s < 0 || bind(s, (struct sockaddr *)&at, size) != 0 || listen(s, 8) != 0 ||
        getsockname(s, (struct sockaddr *)&at, &size) != 0)
        return -1;
    printf("%d\n", ntohs(at.sin_port));
    fflush(stdout);
    return s;
}

int main(int argc, char **argv)
{
    static char pem[65536], in[32768];
    FILE *file = argc == 2 ? fopen(argv[1], "r") : NULL;
    CRYPT_DATA_BLOB blob = {file ? (DWORD)fread(pem, 1, sizeof pem, file) : 0, (BYTE *)pem};
    HCERTSTORE store = CertOpenStore(OPENSSPI_CERT_STORE_PROV_PEM, 0, 0, 0, &blob);
    PCCERT_CONTEXT cert = CertFindCertificateInStore(store, X509_ASN_ENCODING, 0, CERT_FIND_HAS_PRIVATE_KEY, NULL, NULL);
    SCHANNEL_CRED auth = {.dwVersion = SCHANNEL_CRED_VERSION, .cCreds = 1, .paCred = &cert};
    CredHandle cred;
    int listener;

    if (!cert || AcquireCredentialsHandle(NULL, UNISP_NAME, SECPKG_CRED_INBOUND, NULL, &auth, NULL, NULL, &cred, NULL)) {
        fputs("usage: server CHAIN-AND-KEY.pem\n", stderr);
        return 1;
    }
    if ((listener = listen_local()) < 0)
        return 1;
    for (;;) {
        int s = accept(listener, NULL, NULL);
        CtxtHandle ctx;
        DWORD have = 0;

        SecInvalidateHandle(&ctx);
        if (handshake(s, &cred, &ctx, in, &have) == SEC_E_OK)
            answer(s, &ctx, in, have);
        DeleteSecurityContext(&ctx);
        close(s);
    }
}
