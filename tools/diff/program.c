/* SPDX-License-Identifier: MIT
 *
 * A stimulus as a program in C that anybody can compile: what it says to a maintainer needs none of this
 * engine. */
#include <config.h>

#include "tools/diff/one.h"
#include "tools/diff/profile.h"

#include <string.h>

static const char head[] = "#define SECURITY_WIN32\n"
                           "#define SCHANNEL_USE_BLACKLISTS\n"
                           "#include <windows.h>\n"
                           "#include <winternl.h>\n"
                           "#include <opensspi/extra.h>\n"
                           "#include <schannel.h>\n"
                           "#include <security.h>\n"
                           "#include <wincrypt.h>\n"
                           "#include <ncrypt.h>\n"
                           "#include <stdio.h>\n\n";

/* Of a server: a key as the profile's, or the file's. */
static const char with_certificate[] =
    "static PCCERT_CONTEXT certificate(const char *file)\n"
    "{\n"
    "    /* DER of CN=localhost */\n"
    "    static BYTE subject[] = {0x30, 0x14, 0x31, 0x12, 0x30, 0x10, 0x06, 0x03, 0x55, 0x04, 0x03,\n"
    "                             0x0c, 0x09, 'l',  'o',  'c',  'a',  'l',  'h',  'o',  's',  't'};\n"
    "    static BYTE pem[65536];\n"
    "    CERT_NAME_BLOB name = {sizeof subject, subject};\n"
    "    FILE *in = file ? fopen(file, \"rb\") : NULL;\n"
    "    NCRYPT_PROV_HANDLE storage;\n"
    "    NCRYPT_KEY_HANDLE key;\n\n"
    "    if (in) {\n"
    "        CRYPT_DATA_BLOB blob = {(DWORD)fread(pem, 1, sizeof pem, in), pem};\n"
    "        HCERTSTORE store = CertOpenStore(OPENSSPI_CERT_STORE_PROV_PEM, 0, 0, 0, &blob);\n"
    "        fclose(in);\n"
    "        return store ? CertFindCertificateInStore(store, X509_ASN_ENCODING, 0, "
    "CERT_FIND_HAS_PRIVATE_KEY, NULL, NULL)\n"
    "                     : NULL;\n"
    "    }\n"
    "    if (file || NCryptOpenStorageProvider(&storage, MS_KEY_STORAGE_PROVIDER, 0) ||\n"
    "        NCryptCreatePersistedKey(storage, &key, KEY, NULL, 0, 0) || NCryptFinalizeKey(key, 0))\n"
    "        return NULL;\n"
    "    return CertCreateSelfSignCertificate(key, &name, 0, NULL, NULL, NULL, NULL, NULL);\n"
    "}\n\n";
static const char without_certificate[] = "static PCCERT_CONTEXT certificate(const char *file)\n"
                                          "{\n"
                                          "    (void)file;\n"
                                          "    return NULL;\n"
                                          "}\n\n";

static const char call_accept[] =
    "static SECURITY_STATUS call(CredHandle *cred, CtxtHandle *known, CtxtHandle *made, SecBufferDesc *in,\n"
    "                            SecBufferDesc *out)\n"
    "{\n"
    "    ULONG granted;\n"
    "    return AcceptSecurityContext(cred, known, in, REQUEST | ASC_REQ_ALLOCATE_MEMORY, 0, made, out, "
    "&granted, NULL);\n"
    "}\n\n";
static const char call_initialize[] =
    "static SECURITY_STATUS call(CredHandle *cred, CtxtHandle *known, CtxtHandle *made, SecBufferDesc *in,\n"
    "                            SecBufferDesc *out)\n"
    "{\n"
    "    ULONG granted;\n"
    "    char target[] = \"localhost\";\n"
    "    return InitializeSecurityContextA(cred, known, target, REQUEST | ISC_REQ_ALLOCATE_MEMORY, 0, 0, in, "
    "0, made, out,\n"
    "                                      &granted, NULL);\n"
    "}\n\n";

static const char tail[] =
    "/* What came out: records, and an alert in the clear. */\n"
    "static void show(const unsigned char *out, ULONG len)\n"
    "{\n"
    "    printf(\"out %u octets:\", (unsigned)len);\n"
    "    for (ULONG at = 0, size; len - at >= 5; at += size) {\n"
    "        size = 5 + ((ULONG)out[at + 3] << 8 | out[at + 4]);\n"
    "        if (size > len - at)\n"
    "            break;\n"
    "        if (out[at] == 21 && size == 7)\n"
    "            printf(\" alert(%u,%u)\", out[at + 5], out[at + 6]);\n"
    "        else\n"
    "            printf(\" record(%u,%u)\", out[at], (unsigned)size - 5);\n"
    "    }\n"
    "    putchar('\\n');\n"
    "}\n\n"
    "static SECURITY_STATUS step(CredHandle *cred, CtxtHandle *ctx, int *known, unsigned char *bytes, ULONG "
    "*len)\n"
    "{\n"
    "    SecBuffer ins[3] = {{*len, SECBUFFER_TOKEN, bytes},\n"
    "                        {0, SECBUFFER_EMPTY, NULL},\n"
    "                        {sizeof protocols - 1, SECBUFFER_APPLICATION_PROTOCOLS, protocols}};\n"
    "    SecBuffer outs[1] = {{0, SECBUFFER_TOKEN, NULL}};\n"
    "    SecBufferDesc in = {SECBUFFER_VERSION, !*known && sizeof protocols > 1 ? 3 : 2, ins};\n"
    "    SecBufferDesc out = {SECBUFFER_VERSION, 1, outs};\n"
    "    SecBufferDesc names = {SECBUFFER_VERSION, 1, ins + 2};\n"
    "    SECURITY_STATUS st = call(cred, *known ? ctx : NULL, ctx, bytes ? &in : in.cBuffers == 3 ? &names : "
    "NULL, &out);\n\n"
    "    *known |= st >= 0;\n"
    "    *len = ins[1].BufferType == SECBUFFER_EXTRA ? ins[1].cbBuffer : 0;\n"
    "    printf(\"status 0x%08x, \", (unsigned)st);\n"
    "    show(outs[0].pvBuffer, outs[0].pvBuffer ? outs[0].cbBuffer : 0);\n"
    "    if (outs[0].pvBuffer)\n"
    "        FreeContextBuffer(outs[0].pvBuffer);\n"
    "    return st;\n"
    "}\n\n"
    "int main(int argc, char **argv)\n"
    "{\n"
    "    char package[80];\n"
    "    PCCERT_CONTEXT cert = certificate(argc > 2 ? argv[2] : NULL);\n"
    "    TLS_PARAMETERS tls = {.grbitDisabledProtocols = DISABLED};\n"
    "    SCH_CREDENTIALS auth = {.dwVersion = SCH_CREDENTIALS_VERSION,\n"
    "                            .cCreds = cert ? 1 : 0,\n"
    "                            .paCred = &cert,\n"
    "                            .dwFlags = CREDENTIAL,\n"
    "                            .cTlsParameters = 1,\n"
    "                            .pTlsParameters = &tls};\n"
    "    CredHandle cred;\n"
    "    CtxtHandle ctx;\n"
    "    int known = 0;\n"
    "    ULONG left = sizeof input - 1, none = 0;\n"
    "    SECURITY_STATUS st;\n\n"
    "    if (argc < 2 || (DIRECTION == SECPKG_CRED_INBOUND && !cert)) {\n"
    "        fprintf(stderr, \"usage: %s PROVIDER [CHAIN-AND-KEY.pem]\\n\", argv[0]);\n"
    "        return 2;\n"
    "    }\n"
    "    snprintf(package, sizeof package, \"Schannel:%s\", argv[1]);\n"
    "    st = AcquireCredentialsHandleA(NULL, package, DIRECTION, NULL, &auth, NULL, NULL, &cred, NULL);\n"
    "    if (st) {\n"
    "        fprintf(stderr, \"%s: no credential: 0x%08x\\n\", argv[1], (unsigned)st);\n"
    "        return 2;\n"
    "    }\n"
    "    st = SEC_I_CONTINUE_NEEDED;\n"
    "    if (DIRECTION == SECPKG_CRED_OUTBOUND)\n"
    "        st = step(&cred, &ctx, &known, NULL, &none);\n"
    "    do\n"
    "        st = st == SEC_I_CONTINUE_NEEDED ? step(&cred, &ctx, &known, input + (sizeof input - 1 - left), "
    "&left) : st;\n"
    "    while (st == SEC_I_CONTINUE_NEEDED && left);\n"
    "    printf(\"%s: %s, status 0x%08x\\n\", argv[1],\n"
    "           st == SEC_E_OK                   ? \"open\"\n"
    "           : st == SEC_I_CONTINUE_NEEDED    ? \"wants more\"\n"
    "           : st == SEC_E_INCOMPLETE_MESSAGE ? \"wants the rest of a record\"\n"
    "                                            : \"refused\",\n"
    "           (unsigned)st);\n"
    "    if (known)\n"
    "        DeleteSecurityContext(&ctx);\n"
    "    FreeCredentialsHandle(&cred);\n"
    "    return 0;\n"
    "}\n";

/* One octet more than it holds, so that nothing is an array too. */
static void print_array(FILE *out, const char *name, const uint8_t *bytes, size_t len)
{
    fprintf(out, "static unsigned char %s[] = {", name);
    for (size_t i = 0; i < len; i++)
        fprintf(out, "%s0x%02x,", i % 16 ? " " : "\n    ", bytes[i]);
    fputs("\n    0 /* not a part of it */};\n", out);
}

static void print_settings(FILE *out, const struct diff_profile *profile, int accept)
{
    static const char *const old = "SP_PROT_TLS1_0 | SP_PROT_TLS1_1";
    fprintf(out, "#define DIRECTION %s\n", accept ? "SECPKG_CRED_INBOUND" : "SECPKG_CRED_OUTBOUND");
    fprintf(out, "#define DISABLED  (%s%s)\n", old,
            profile->disabled & SP_PROT_TLS1_3   ? " | SP_PROT_TLS1_3"
            : profile->disabled & SP_PROT_TLS1_2 ? " | SP_PROT_TLS1_2"
                                                 : "");
    fputs("#define CREDENTIAL (SCH_CRED_MANUAL_CRED_VALIDATION | SCH_CRED_NO_DEFAULT_CREDS | "
          "SCH_CRED_DISABLE_RECONNECTS)\n",
          out);
    if (accept)
        fprintf(out,
                "#define REQUEST (ASC_REQ_EXTENDED_ERROR | ASC_REQ_CONFIDENTIALITY | ASC_REQ_STREAM%s)\n",
                profile->server_request & ASC_REQ_MUTUAL_AUTH ? " | ASC_REQ_MUTUAL_AUTH" : "");
    else
        fputs("#define REQUEST (ISC_REQ_EXTENDED_ERROR | ISC_REQ_CONFIDENTIALITY | ISC_REQ_STREAM | "
              "ISC_REQ_USE_SUPPLIED_CREDS | \\\n                 ISC_REQ_MANUAL_CRED_VALIDATION)\n",
              out);
    if (accept)
        fprintf(out, "#define KEY %s\n",
                strcmp(profile->server, "server-rsa") == 0 ? "NCRYPT_RSA_ALGORITHM"
                                                           : "NCRYPT_ECDSA_P256_ALGORITHM");
}

void diff_program_print(FILE *out, const struct diff_case *c, const struct diff_result *r,
                        const struct diff_backend *backends)
{
    const struct diff_profile *profile = diff_profile_find(c->base->profile);
    int accept = c->stimulus.role == DIFF_ACCEPT;
    uint8_t alpn[300];
    size_t alpn_len = diff_alpn(accept ? profile->server_alpn : profile->client_alpn, alpn, sizeof alpn);
    fprintf(out, "/* %s: %zu octets from a TLS %s, %s.\n *\n", c->name, c->stimulus.len,
            accept ? "client" : "server", diff_verdict_name(r->verdict));
    for (unsigned i = 0; i < r->count; i++)
        fprintf(out, " *   %-10s %-10s %-7s status 0x%08x, alert %u\n", backends[i].name, backends[i].version,
                r->of[i].end == DIFF_FINE ? diff_state_name(r->of[i].state) : diff_end_name(r->of[i].end),
                (unsigned)r->of[i].status, r->of[i].alert);
    fprintf(out,
            " *\n * cc THIS.c $(pkg-config --cflags --libs opensspi) -o repro && ./repro PROVIDER%s */\n",
            accept ? " [CHAIN-AND-KEY.pem]" : "");
    fputs(head, out);
    print_settings(out, profile, accept);
    print_array(out, "input", c->stimulus.bytes, c->stimulus.len);
    print_array(out, "protocols", alpn, alpn_len);
    fputc('\n', out);
    fputs(accept ? with_certificate : without_certificate, out);
    fputs(accept ? call_accept : call_initialize, out);
    fputs(tail, out);
}
