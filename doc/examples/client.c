/* SPDX-License-Identifier: MIT
 *
 * A TLS client on Schannel's functions: client HOST PORT [ROOTS.pem] verifies the server, against the system's
 * certificates or those of a file, reads its page with HTTP/1.0 and prints it.  Exit status 0: the server said
 * properly that this was all.  On Windows ROOTS.pem would be a store; the rest is the same source. */
#define SCHANNEL_USE_BLACKLISTS
#include <windows.h>
#include <security.h>
#include <subauth.h>
#include <schannel.h>
#include <wincrypt.h>

#include <opensspi/extra.h>

#include <netdb.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

struct connection {
    int s;
    CredHandle cred;
    CtxtHandle ctx;
    char in[32768]; /* from the network, not used yet */
    DWORD have;
};

static int more(struct connection *c)
{
    ssize_t got = recv(c->s, c->in + c->have, sizeof c->in - c->have, 0);

    c->have += got > 0 ? (DWORD)got : 0;
    return got > 0;
}

/* The bytes that a call left for the next one. */
static void keep(struct connection *c, const char *from, DWORD count)
{
    if (count)
        memmove(c->in, from, count);
    c->have = count;
}

/* The first handshake (name: whom to expect), and what TLS 1.3 has to say after it (name NULL). */
static SECURITY_STATUS handshake(struct connection *c, char *name)
{
    SECURITY_STATUS st = SEC_I_CONTINUE_NEEDED;
    int first = name != NULL;
    ULONG attrs;

    while (st == SEC_I_CONTINUE_NEEDED || st == SEC_E_INCOMPLETE_MESSAGE) {
        SecBuffer ib[2] = {{c->have, SECBUFFER_TOKEN, c->in}, {0, SECBUFFER_EMPTY, NULL}};
        SecBuffer ob = {0, SECBUFFER_TOKEN, NULL};
        SecBufferDesc id = {SECBUFFER_VERSION, 2, ib}, od = {SECBUFFER_VERSION, 1, &ob};

        st = InitializeSecurityContext(&c->cred, first ? NULL : &c->ctx, name,
                                       ISC_REQ_ALLOCATE_MEMORY | ISC_REQ_CONFIDENTIALITY | ISC_REQ_EXTENDED_ERROR |
                                           ISC_REQ_USE_SUPPLIED_CREDS,
                                       0, 0, first ? NULL : &id, 0, &c->ctx, &od, &attrs, NULL);
        if (st == SEC_E_INCOMPLETE_MESSAGE) {
            if (!more(c))
                return st;
            continue;
        }
        if (ob.cbBuffer)
            send(c->s, ob.pvBuffer, ob.cbBuffer, MSG_NOSIGNAL);
        FreeContextBuffer(ob.pvBuffer);
        if (!first)
            keep(c, c->in + c->have - ib[1].cbBuffer, ib[1].BufferType == SECBUFFER_EXTRA ? ib[1].cbBuffer : 0);
        first = 0;
        if (st == SEC_I_CONTINUE_NEEDED && !c->have && !more(c))
            return SEC_E_INCOMPLETE_MESSAGE;
    }
    return st;
}

static SECURITY_STATUS ask(struct connection *c, const char *text)
{
    SecPkgContext_StreamSizes z;
    SECURITY_STATUS st = QueryContextAttributes(&c->ctx, SECPKG_ATTR_STREAM_SIZES, &z);
    DWORD len = (DWORD)strlen(text);
    char out[1024];

    if (st != SEC_E_OK)
        return st;
    SecBuffer b[4] = {{z.cbHeader, SECBUFFER_STREAM_HEADER, out},
                      {len, SECBUFFER_DATA, out + z.cbHeader},
                      {z.cbTrailer, SECBUFFER_STREAM_TRAILER, out + z.cbHeader + len},
                      {0, SECBUFFER_EMPTY, NULL}};
    SecBufferDesc d = {SECBUFFER_VERSION, 4, b};

    memcpy(out + z.cbHeader, text, len);
    st = EncryptMessage(&c->ctx, 0, &d, 0);
    if (st == SEC_E_OK)
        send(c->s, out, b[0].cbBuffer + b[1].cbBuffer + b[2].cbBuffer, MSG_NOSIGNAL);
    return st;
}

/* SEC_I_CONTEXT_EXPIRED: the server closed properly, and all of it was printed. */
static SECURITY_STATUS print(struct connection *c)
{
    SECURITY_STATUS st = SEC_E_OK;

    while (st == SEC_E_OK || st == SEC_E_INCOMPLETE_MESSAGE) {
        SecBuffer b[4] = {{c->have, SECBUFFER_DATA, c->in}, {0, 0, NULL}, {0, 0, NULL}, {0, 0, NULL}};
        SecBufferDesc d = {SECBUFFER_VERSION, 4, b};

        st = c->have ? DecryptMessage(&c->ctx, &d, 0, NULL) : SEC_E_INCOMPLETE_MESSAGE;
        if (st == SEC_E_INCOMPLETE_MESSAGE) {
            if (!more(c))
                return st;
            continue;
        }
        if (st == SEC_E_OK)
            fwrite(b[1].pvBuffer, 1, b[1].cbBuffer, stdout);
        if (st >= 0)
            keep(c, b[3].pvBuffer, b[3].BufferType == SECBUFFER_EXTRA ? b[3].cbBuffer : 0);
        if (st == SEC_I_RENEGOTIATE) /* a session ticket or a new key: its bytes belong to the handshake */
            st = handshake(c, NULL);
    }
    return st;
}

static int dial(const char *host, const char *port)
{
    struct addrinfo hints = {.ai_socktype = SOCK_STREAM}, *found = NULL;
    int s = -1;

    if (getaddrinfo(host, port, &hints, &found) != 0)
        return -1;
    for (struct addrinfo *at = found; at && s < 0; at = at->ai_next) {
        s = socket(at->ai_family, at->ai_socktype, 0);
        if (s >= 0 && connect(s, at->ai_addr, at->ai_addrlen) != 0) {
            close(s);
            s = -1;
        }
    }
    freeaddrinfo(found);
    return s;
}

static HCERTSTORE roots_of(const char *path)
{
    static char pem[65536];
    FILE *file = fopen(path, "r");
    CRYPT_DATA_BLOB blob = {file ? (DWORD)fread(pem, 1, sizeof pem, file) : 0, (BYTE *)pem};

    if (file)
        fclose(file);
    return CertOpenStore(OPENSSPI_CERT_STORE_PROV_PEM, 0, 0, 0, &blob);
}

int main(int argc, char **argv)
{
    static struct connection c;
    SCH_CREDENTIALS auth = {.dwVersion = SCH_CREDENTIALS_VERSION, .dwFlags = SCH_CRED_NO_DEFAULT_CREDS};
    SECURITY_STATUS st;
    char request[512];

    if (argc < 3 || (argc > 3 && !(auth.hRootStore = roots_of(argv[3])))) {
        fputs("usage: client HOST PORT [ROOTS.pem]\n", stderr);
        return 2;
    }
    st = AcquireCredentialsHandle(NULL, UNISP_NAME, SECPKG_CRED_OUTBOUND, NULL, &auth, NULL, NULL, &c.cred, NULL);
    if (st == SEC_E_OK && (c.s = dial(argv[1], argv[2])) < 0) {
        fprintf(stderr, "client: %s:%s cannot be reached\n", argv[1], argv[2]);
        return 1;
    }
    snprintf(request, sizeof request, "GET / HTTP/1.0\r\nHost: %s\r\n\r\n", argv[1]);
    if (st == SEC_E_OK)
        st = handshake(&c, argv[1]);
    if (st == SEC_E_OK)
        st = ask(&c, request);
    if (st == SEC_E_OK)
        st = print(&c);
    if (st != SEC_I_CONTEXT_EXPIRED)
        fprintf(stderr, "client: 0x%08x (sspi status 0x%08x explains it)\n", (unsigned)st, (unsigned)st);
    DeleteSecurityContext(&c.ctx);
    FreeCredentialsHandle(&c.cred);
    return st != SEC_I_CONTEXT_EXPIRED;
}
