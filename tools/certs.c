/* SPDX-License-Identifier: MIT
 *
 * sspi certs -- the certificate stores: what is in them, what goes in and out, whether a chain is good. */
#include <config.h>

#include "tools/certs.h"

#include "core/cert/place.h"
#include "core/log.h"

#include <ctype.h>
#include <errno.h>
#include <getopt.h>
#include <opensspi/extra.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#define FILE_MAX (1u << 20)

static const struct command {
    const char *name;
    int (*run)(const struct certs_options *);
    int least, most; /* words */
    const char *options;
} commands[] = {
    {"list", certs_list, 0, 1, "store machine json"},
    {"show", certs_show, 1, 1, "store machine json"},
    {"import", certs_import, 1, 1, "store machine key password"},
    {"export", certs_export, 1, 1, "store machine out"},
    {"delete", certs_delete, 1, 1, "store machine"},
    {"verify", certs_verify, 1, 1, "ca name json revocation provider"},
    {"map", certs_map, 1, 1, "ca map json"},
    {"fetch-crl", certs_fetch, 0, 256, "folder timeout"},
};

/* ---- words for what went wrong ---- */

static void say(const char *fmt, va_list args) __attribute__((format(printf, 1, 0)));
static void say(const char *fmt, va_list args)
{
    fflush(stdout);
    fprintf(stderr, "sspi certs: ");
    vfprintf(stderr, fmt, args);
}

int certs_failed(const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    say(fmt, args);
    va_end(args);
    fputc('\n', stderr);
    return EXIT_FAILED;
}

int certs_failed_error(const char *what)
{
    DWORD error = GetLastError();
    char text[200] = "";
    DWORD len = FormatMessageA(FORMAT_MESSAGE_FROM_SYSTEM | FORMAT_MESSAGE_IGNORE_INSERTS, NULL, error, 0, text,
                               sizeof text, NULL);
    while (len && (text[len - 1] == '\n' || text[len - 1] == '\r'))
        text[--len] = 0;
    return certs_failed("%s: 0x%08x %s", what, (unsigned)error, text);
}

/* ---- stores and files ---- */

HCERTSTORE certs_store(const char *name, int machine)
{
    HCERTSTORE store =
        CertOpenStore(CERT_STORE_PROV_SYSTEM_A, 0, 0,
                      (machine ? CERT_SYSTEM_STORE_LOCAL_MACHINE : CERT_SYSTEM_STORE_CURRENT_USER) |
                          CERT_STORE_OPEN_EXISTING_FLAG,
                      name);
    if (!store && GetLastError() == ERROR_FILE_NOT_FOUND)
        certs_failed("there is no store '%s'; MY, CA and ROOT are", name);
    else if (!store)
        certs_failed_error(name);
    return store;
}

unsigned char *certs_read(const char *path, size_t *len)
{
    FILE *f = fopen(path, "rb");
    unsigned char *bytes = f ? malloc(FILE_MAX + 2) : NULL;
    if (!f || !bytes) {
        certs_failed("%s: %s", path, strerror(errno));
    } else {
        *len = fread(bytes, 1, FILE_MAX + 1, f);
        bytes[*len] = 0;
        if (ferror(f) || *len > FILE_MAX) {
            certs_failed("%s: %s", path, ferror(f) ? "cannot be read" : "longer than 1 MiB: not a certificate file");
            SecureZeroMemory(bytes, *len);
            free(bytes);
            bytes = NULL;
        }
    }
    if (f)
        fclose(f);
    return bytes;
}

HCERTSTORE certs_file(const char *path)
{
    HCERTSTORE store =
        CertOpenStore(CERT_STORE_PROV_FILENAME_A, X509_ASN_ENCODING, 0, CERT_STORE_READONLY_FLAG, path);
    if (!store) /* a URI may carry a PIN */
        certs_failed_error(strncmp(path, "pkcs11:", 7) == 0 ? "the pkcs11: URI" : path);
    return store;
}

char *certs_folder(const char *store, int machine)
{
    char name[64];
    size_t len = strlen(store);
    if (len >= sizeof name || strspn(store, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_") != len) {
        certs_failed("'%s' is no name of a store", store);
        return NULL;
    }
    for (size_t i = 0; i <= len; i++)
        name[i] = (char)tolower((unsigned char)store[i]);
    if (!machine && !strcmp(name, "root")) {
        certs_failed("an account has no trust anchors of its own: add --machine");
        return NULL;
    }
    char *folder = machine ? place_machine("/stores/", name) : place_user(name);
    if (!folder)
        certs_failed("this account has no folder for certificates: it has no home, or runs with another's rights");
    return folder;
}

/* ---- finding one by its hash ---- */

static int hash_is(PCCERT_CONTEXT c, const char *hash)
{
    struct certs_text t;
    certs_text(c, &t);
    return !strcasecmp(hash, t.sha1) || !strcasecmp(hash, t.sha256);
}

static int is_hash(const char *word)
{
    size_t len = strlen(word);
    return (len == 40 || len == 64) && strspn(word, "0123456789abcdefABCDEF") == len;
}

/* In the store that was named, or in any; NULL: said why.  *store is to be closed after it. */
static PCCERT_CONTEXT find(const struct certs_options *o, const char *hash, HCERTSTORE *store)
{
    static const char *const usual[] = {"MY", "CA", "ROOT"};
    if (!is_hash(hash)) {
        certs_failed("'%s' is neither a file nor a SHA-1 or SHA-256 fingerprint", hash);
        return NULL;
    }
    for (size_t i = 0; i < sizeof usual / sizeof *usual; i++) {
        if (!(*store = certs_store(o->store ? o->store : usual[i], o->machine)))
            return NULL;
        for (PCCERT_CONTEXT c = NULL; (c = CertEnumCertificatesInStore(*store, c)) != NULL;)
            if (hash_is(c, hash))
                return c;
        CertCloseStore(*store, 0);
        if (o->store)
            break;
    }
    certs_failed("%s: no certificate with this fingerprint in %s%s", hash, o->store ? o->store : "MY, CA or ROOT",
                 o->machine ? "" : ": --machine looks into the machine's");
    return NULL;
}

/* ---- the simple ones ---- */

static void print_all(HCERTSTORE store, int json)
{
    const char *comma = "";
    if (json)
        printf("[");
    for (PCCERT_CONTEXT c = NULL; (c = CertEnumCertificatesInStore(store, c)) != NULL; comma = ",") {
        int key = certs_has_key(store, c);
        if (json) {
            printf("%s\n {", comma);
            certs_json(c, key);
            printf("}");
        } else {
            certs_print(c, key, "");
        }
    }
    if (json)
        printf("]\n");
}

int certs_list(const struct certs_options *o)
{
    const char *name = o->word_count ? o->words[0] : o->store ? o->store : "MY";
    HCERTSTORE store = certs_store(name, o->machine);
    if (!store)
        return EXIT_FAILED;
    print_all(store, o->json);
    CertCloseStore(store, 0);
    return EXIT_DONE;
}

int certs_show(const struct certs_options *o)
{
    HCERTSTORE store = NULL;
    PCCERT_CONTEXT c = NULL;
    if (strchr(o->words[0], '/') || !access(o->words[0], F_OK) || !is_hash(o->words[0])) {
        if (!(store = certs_file(o->words[0])))
            return EXIT_FAILED;
        print_all(store, o->json);
    } else {
        if (!(c = find(o, o->words[0], &store)))
            return EXIT_FAILED;
        printf(o->json ? "[{" : "");
        if (o->json)
            certs_json(c, certs_has_key(store, c));
        else
            certs_print(c, certs_has_key(store, c), "");
        printf(o->json ? "}]\n" : "");
        CertFreeCertificateContext(c);
    }
    CertCloseStore(store, 0);
    return EXIT_DONE;
}

int certs_export(const struct certs_options *o)
{
    HCERTSTORE store = NULL;
    PCCERT_CONTEXT c = find(o, o->words[0], &store);
    if (!c)
        return EXIT_FAILED;
    char *pem = certs_pem(c);
    FILE *to = o->out ? fopen(o->out, "wx") : stdout; /* nothing is written over */
    int result = EXIT_DONE;
    if (!pem)
        result = certs_failed("not enough memory");
    else if (!to || fputs(pem, to) < 0 || fflush(to))
        result = certs_failed("%s: %s", o->out ? o->out : "standard output", strerror(errno));
    if (to && to != stdout)
        fclose(to);
    free(pem);
    CertFreeCertificateContext(c);
    CertCloseStore(store, 0);
    return result;
}

/* ROOT takes nothing from a program unless `store-writes' allows it; here an administrator asks. */
static int delete_root(PCCERT_CONTEXT c)
{
    struct certs_text t;
    char *folder = certs_folder("root", 1);
    certs_text(c, &t);
    char *path = folder ? place_join(folder, "/", t.sha256) : NULL, *file = path ? place_join(path, ".pem", "") : NULL;
    int result = EXIT_FAILED;
    if (file && !unlink(file))
        result = EXIT_DONE;
    else if (file && errno == ENOENT)
        certs_failed("%s is not among the files that `sspi certs import' wrote: it comes from the distribution, or from "
                     "another file of %s",
                     t.sha256, folder);
    else if (file)
        certs_failed("%s: %s", file, strerror(errno));
    free(folder);
    free(path);
    free(file);
    return result;
}

int certs_delete(const struct certs_options *o)
{
    HCERTSTORE store = NULL;
    PCCERT_CONTEXT c;
    int result;
    if (!o->store)
        return certs_failed("--store says from which store to delete: MY, CA or ROOT");
    if (!(c = find(o, o->words[0], &store)))
        return EXIT_FAILED;
    if (!strcasecmp(o->store, "ROOT")) {
        result = delete_root(c);
        CertFreeCertificateContext(c);
    } else {
        result = CertDeleteCertificateFromStore(c) ? EXIT_DONE : certs_failed_error(o->words[0]);
    }
    CertCloseStore(store, 0);
    return result;
}

/* ---- the command line ---- */

enum { OPT_STORE = 256, OPT_MACHINE, OPT_USER, OPT_JSON, OPT_REVOCATION, OPT_CA, OPT_NAME, OPT_KEY, OPT_PASSWORD,
       OPT_OUT, OPT_FOLDER, OPT_TIMEOUT, OPT_PROVIDER, OPT_MAP };

static const struct option certs_long[] = {{"store", required_argument, NULL, OPT_STORE},
                                           {"machine", no_argument, NULL, OPT_MACHINE},
                                           {"json", no_argument, NULL, OPT_JSON},
                                           {"revocation", no_argument, NULL, OPT_REVOCATION},
                                           {"ca", required_argument, NULL, OPT_CA},
                                           {"name", required_argument, NULL, OPT_NAME},
                                           {"key", required_argument, NULL, OPT_KEY},
                                           {"password-file", required_argument, NULL, OPT_PASSWORD},
                                           {"out", required_argument, NULL, OPT_OUT},
                                           {"folder", required_argument, NULL, OPT_FOLDER},
                                           {"timeout", required_argument, NULL, OPT_TIMEOUT},
                                           {"provider", required_argument, NULL, OPT_PROVIDER},
                                           {"map", required_argument, NULL, OPT_MAP},
                                           {"help", no_argument, NULL, 'h'},
                                           {NULL, 0, NULL, 0}};

static int set_option(struct certs_options *o, int option)
{
    switch (option) {
    case OPT_STORE: o->store = optarg; break;
    case OPT_MACHINE: o->machine = 1; break;
    case OPT_JSON: o->json = 1; break;
    case OPT_REVOCATION: o->revocation = 1; break;
    case OPT_CA: o->ca = optarg; break;
    case OPT_NAME: o->name = optarg; break;
    case OPT_KEY: o->key = optarg; break;
    case OPT_PASSWORD: o->password_file = optarg; break;
    case OPT_OUT: o->out = optarg; break;
    case OPT_FOLDER: o->folder = optarg; break;
    case OPT_PROVIDER: o->provider = optarg; break;
    case OPT_MAP: o->map = optarg; break;
    case OPT_TIMEOUT:
        o->timeout = (unsigned)strtoul(optarg, NULL, 10);
        return o->timeout < 1 || o->timeout > 3600 ? -1 : 0;
    default: return -1;
    }
    return 0;
}

/* Does the command know the option?  By the first word of its name. */
static int takes(const struct command *c, const char *option)
{
    size_t len = strcspn(option, "-");
    for (const char *word = c->options; *word;) {
        size_t n = strcspn(word, " ");
        if (n == len && !strncmp(word, option, n))
            return 1;
        word += n + (word[n] == ' ');
    }
    return 0;
}

static int certs_run(int argc, char **argv)
{
    struct certs_options o = {.timeout = 30};
    const struct command *command = NULL;
    int option, at = -1;
    optind = 1;
    while ((option = getopt_long(argc, argv, "h", certs_long, &at)) != -1) {
        if (option == 'h')
            return tool_help(&tool_certs);
        if (set_option(&o, option))
            return tool_misused(&tool_certs);
    }
    for (size_t i = 0; optind < argc && i < sizeof commands / sizeof *commands; i++)
        if (!strcmp(argv[optind], commands[i].name))
            command = &commands[i];
    if (!command)
        return tool_misused(&tool_certs);
    o.words = argv + optind + 1;
    o.word_count = argc - optind - 1;
    optind = 1;
    for (at = -1; (option = getopt_long(argc, argv, "h", certs_long, &at)) != -1; at = -1)
        if (at >= 0 && !takes(command, certs_long[at].name)) {
            certs_failed("%s takes no --%s", command->name, certs_long[at].name);
            return EXIT_USAGE;
        }
    if (o.word_count < command->least || o.word_count > command->most)
        return tool_misused(&tool_certs);
    return tool_done(&tool_certs, command->run(&o));
}

const struct tool tool_certs = {
    "certs", certs_run, "the certificate stores, chains and revocation lists",
    "certs COMMAND [OPTION]...\n\n"
    "  list [STORE]            the certificates of a store: MY (the default), CA, ROOT\n"
    "  show FILE|HASH          one certificate, from a file or by its SHA-1 or SHA-256 fingerprint\n"
    "  import FILE             puts it into a store: PEM, DER or PKCS#12; into MY with its key\n"
    "  export HASH             the certificate as PEM, without its key\n"
    "  delete HASH             takes it out of a store\n"
    "  verify FILE|HOST:PORT   builds and judges the chain, and says what is wrong with each certificate\n"
    "  map FILE                which rule of the account map takes this client's certificate, and why\n"
    "  fetch-crl [FILE]...     fetches the revocation lists that certificates name (http), of MY, CA and the\n"
    "                          files, checks them and puts them where handshakes find them; for a timer\n"
    "\n"
    "  --store STORE           MY, CA, ROOT or another\n"
    "  --machine               the machine's store, not the account's\n"
    "  --key FILE              import: the private key, PEM (default: in the certificate's file)\n"
    "  --password-file FILE    import: the password of PKCS#12 is its first line\n"
    "  --out FILE              export: into a new file\n"
    "  --map FILE              map: another one than account-map names\n"
    "  --ca FILE               verify, map: trust these alone (default: ROOT)\n"
    "  --name NAME             verify: the name it must carry (default: HOST)\n"
    "  --revocation            verify: ask for revocation, as `revocation =' has it\n"
    "  --provider NAME         verify HOST: TLS provider, instead of the configured one\n"
    "  --folder DIR            fetch-crl: another folder than crls beside opensspi.conf\n"
    "  --timeout SECONDS       fetch-crl: for each list (default: 30)\n"
    "  --json                  list, show, verify, map: the same for programs\n"
    "  --help                  this\n"
    "\n"
    "Exit status: 0 done, the chain is good, there is an account; 1 not; 2 usage."};
