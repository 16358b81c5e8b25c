/* SPDX-License-Identifier: MIT
 *
 * A chain as a program in C: the question that chain-judge.c asks, by the functions of wincrypt.h alone. */
#include <config.h>

#include "tools/diff/chain.h"
#include "tools/diff/one.h"

#include <string.h>

static const char head[] =
    "#include <windows.h>\n"
    "#include <wincrypt.h>\n"
    "#include <stdio.h>\n"
    "#include <stdlib.h>\n\n"
    "struct item {\n"
    "    char kind; /* Anchor, Certificate (the first is the leaf), Revocation list */\n"
    "    DWORD len;\n"
    "    const BYTE *der;\n"
    "};\n";

static const char tail[] =
    "static int add(const struct item *i, HCERTSTORE anchors, HCERTSTORE others)\n"
    "{\n"
    "    PCCRL_CONTEXT list;\n"
    "    int taken;\n\n"
    "    if (i->kind != 'R')\n"
    "        return CertAddEncodedCertificateToStore(i->kind == 'A' ? anchors : others, X509_ASN_ENCODING,\n"
    "                                                i->der, i->len, CERT_STORE_ADD_ALWAYS, NULL);\n"
    "    list = CertCreateCRLContext(X509_ASN_ENCODING, i->der, i->len);\n"
    "    taken = list && CertAddCRLContextToStore(others, list, CERT_STORE_ADD_ALWAYS, NULL);\n"
    "    CertFreeCRLContext(list);\n"
    "    return taken;\n"
    "}\n\n"
    "static DWORD policy(PCCERT_CHAIN_CONTEXT chain)\n"
    "{\n"
    "    static WCHAR host[] = {HOST 0};\n"
    "    SSL_EXTRA_CERT_CHAIN_POLICY_PARA ssl = {.cbSize = sizeof ssl, .dwAuthType = AUTH,\n"
    "                                            .pwszServerName = host[0] ? host : NULL};\n"
    "    CERT_CHAIN_POLICY_PARA para = {.cbSize = sizeof para, .pvExtraPolicyPara = &ssl};\n"
    "    CERT_CHAIN_POLICY_STATUS status = {.cbSize = sizeof status};\n"
    "    return CertVerifyCertificateChainPolicy(CERT_CHAIN_POLICY_SSL, chain, &para, &status) ? "
    "status.dwError\n"
    "                                                                                          : "
    "GetLastError();\n"
    "}\n\n"
    "int main(int argc, char **argv)\n"
    "{\n"
    "    static char usage[] = USAGE;\n"
    "    LPSTR usages[] = {usage};\n"
    "    ULONGLONG ticks = (TIME + 11644473600u) * 10000000u; /* from 1601 on, of 100 ns */\n"
    "    FILETIME when = {(DWORD)ticks, (DWORD)(ticks >> 32)};\n"
    "    PCCERT_CONTEXT leaf = NULL;\n"
    "    PCCERT_CHAIN_CONTEXT chain = NULL;\n"
    "    HCERTCHAINENGINE engine = NULL;\n"
    "    int lists = 0;\n\n"
    "    if (argc != 2) {\n"
    "        fprintf(stderr, \"usage: %s PROVIDER\\n\", argv[0]);\n"
    "        return 2;\n"
    "    }\n"
    "    setenv(\"OPENSSPI_PROVIDER\", argv[1], 1);\n"
    "    HCERTSTORE anchors = CertOpenStore(CERT_STORE_PROV_MEMORY, 0, 0, 0, NULL);\n"
    "    HCERTSTORE others = CertOpenStore(CERT_STORE_PROV_MEMORY, 0, 0, 0, NULL);\n"
    "    for (const struct item *i = items; i->kind; i++) {\n"
    "        int taken = add(i, anchors, others);\n"
    "        printf(\"%c, %u octets%s\\n\", i->kind, (unsigned)i->len, taken ? \"\" : \": not taken\");\n"
    "        lists += i->kind == 'R' && taken;\n"
    "        if (i->kind == 'C' && !leaf)\n"
    "            leaf = CertCreateCertificateContext(X509_ASN_ENCODING, i->der, i->len);\n"
    "    }\n"
    "    CERT_CHAIN_ENGINE_CONFIG config = {.cbSize = sizeof config, .hExclusiveRoot = anchors,\n"
    "                                       .dwExclusiveFlags = CERT_CHAIN_EXCLUSIVE_ENABLE_CA_FLAG};\n"
    "    CERT_CHAIN_PARA para = {.cbSize = sizeof para};\n"
    "    para.RequestedUsage.Usage.cUsageIdentifier = usage[0] != 0;\n"
    "    para.RequestedUsage.Usage.rgpszUsageIdentifier = usages;\n"
    "    DWORD error = 0;\n"
    "    if (!leaf || !CertCreateCertificateChainEngine(&config, &engine) ||\n"
    "        !CertGetCertificateChain(engine, leaf, TIME ? &when : NULL, others, &para,\n"
    "                                 lists ? CERT_CHAIN_REVOCATION_CHECK_CHAIN : 0, NULL, &chain)) {\n"
    "        error = GetLastError();\n"
    "        printf(\"%s: no chain, error 0x%08x\\n\", argv[1], (unsigned)error);\n"
    "    } else {\n"
    "        error = policy(chain);\n"
    "        printf(\"%s: trust 0x%08x, policy 0x%08x\\n\", argv[1], "
    "(unsigned)chain->TrustStatus.dwErrorStatus, (unsigned)error);\n"
    "        CertFreeCertificateChain(chain);\n"
    "    }\n"
    "    if (engine)\n"
    "        CertFreeCertificateChainEngine(engine);\n"
    "    CertFreeCertificateContext(leaf);\n"
    "    CertCloseStore(others, 0);\n"
    "    CertCloseStore(anchors, 0);\n"
    "    return 0;\n"
    "}\n";

static int is_encoded(const struct chain_item *item)
{
    return item->kind == CHAIN_ANCHOR || item->kind == CHAIN_CERT || item->kind == CHAIN_LIST;
}

/* Text that is a word of the program: of a host, as numbers; of a usage, digits and dots. */
static void print_property(FILE *out, const struct chain_item *item)
{
    uint64_t seconds = 0;
    if (item->kind == CHAIN_HOST) {
        fputs("#define HOST", out);
        for (uint32_t i = 0; i < item->len && i < 255; i++)
            fprintf(out, " 0x%02x,", item->ptr[i]);
        putc('\n', out);
    } else if (item->kind == CHAIN_USAGE && item->len < 64) {
        fputs("#define USAGE \"", out);
        for (uint32_t i = 0; i < item->len; i++)
            if (strchr("0123456789.", item->ptr[i]) && item->ptr[i])
                putc(item->ptr[i], out);
        fputs("\"\n", out);
        fprintf(out, "#define AUTH  %s\n",
                item->len == 17 && !memcmp(item->ptr, szOID_PKIX_KP_CLIENT_AUTH, 17) ? "AUTHTYPE_CLIENT"
                                                                                     : "AUTHTYPE_SERVER");
    } else if (item->kind == CHAIN_TIME && item->len == 8) {
        for (int i = 0; i < 8; i++)
            seconds = seconds << 8 | item->ptr[i];
        fprintf(out, "#define TIME  %lluull\n", (unsigned long long)seconds);
    }
}

static void print_items(FILE *out, const struct chain_item *items, int count)
{
    for (int i = 0; i < count; i++) {
        if (!is_encoded(&items[i]))
            continue;
        fprintf(out, "static const BYTE item_%d[] = {", i);
        for (uint32_t k = 0; k < items[i].len; k++)
            fprintf(out, "%s0x%02x,", k % 16 ? " " : "\n    ", items[i].ptr[k]);
        fputs("\n    0 /* not a part of it */};\n", out);
    }
    fputs("static const struct item items[] = {", out);
    for (int i = 0; i < count; i++)
        if (is_encoded(&items[i]))
            fprintf(out, "\n    {'%c', %u, item_%d},", items[i].kind, (unsigned)items[i].len, i);
    fputs("\n    {0, 0, NULL}};\n\n", out);
}

void diff_program_chain(FILE *out, const struct diff_case *c, const struct diff_result *r,
                        const struct diff_backend *backends)
{
    static const struct {
        char kind;
        const char *text;
    } absent[] = {{CHAIN_HOST, "#define HOST\n"},
                  {CHAIN_USAGE, "#define USAGE \"\"\n#define AUTH  AUTHTYPE_SERVER\n"},
                  {CHAIN_TIME, "#define TIME  0ull\n"}};
    struct chain_item items[CHAIN_ITEMS_MAX];
    int count = chain_items(c->stimulus.bytes, c->stimulus.len, items);
    fprintf(out, "/* %s: a chain of certificates, %s.\n *\n", c->name, diff_verdict_name(r->verdict));
    for (unsigned i = 0; i < r->count; i++)
        fprintf(out, " *   %-10s %-10s %-7s policy 0x%08x %s\n", backends[i].name, backends[i].version,
                r->of[i].end == DIFF_FINE ? diff_state_name(r->of[i].state) : diff_end_name(r->of[i].end),
                (unsigned)r->of[i].status, r->of[i].attributes);
    fputs(" *\n * cc THIS.c $(pkg-config --cflags --libs opensspi) -o repro && ./repro PROVIDER */\n"
          "#define _GNU_SOURCE /* setenv */\n",
          out);
    fputs(head, out);
    for (size_t a = 0; a < sizeof absent / sizeof *absent; a++) {
        const struct chain_item *last = NULL;
        for (int i = 0; i < count; i++)
            if (items[i].kind == absent[a].kind)
                last = &items[i];
        if (last)
            print_property(out, last);
        else
            fputs(absent[a].text, out);
    }
    print_items(out, items, count < 0 ? 0 : count);
    fputs(tail, out);
}
