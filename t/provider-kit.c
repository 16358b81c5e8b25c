/* SPDX-License-Identifier: MIT
 *
 * t/provider-kit.c -- see provider-kit.h. */
#include <config.h>

#include "t/provider-kit.h"

#include <dlfcn.h>
#include <stdarg.h>
#include <unistd.h>

struct kit_module kit_modules[KIT_MODULES];
unsigned kit_module_count, kit_faults;

void kit_fault(const char *fmt, ...)
{
    va_list args;
    kit_faults++;
    va_start(args, fmt);
    printf("# fault: ");
    vprintf(fmt, args);
    putchar('\n');
    va_end(args);
}

void kit_ok(int cond, const char *fmt, ...)
{
    char name[256];
    va_list args;
    va_start(args, fmt);
    vsnprintf(name, sizeof name, fmt, args);
    va_end(args);
    ok(cond && !kit_faults, "%s", name);
    kit_faults = 0;
}

int kit_done(void)
{
    return tap_done();
}

void kit_skip(const char *reason, const char *fmt, ...)
{
    char name[256];
    va_list args;
    va_start(args, fmt);
    vsnprintf(name, sizeof name, fmt, args);
    va_end(args);
    skip(reason, "%s", name);
}

static void *must(void *p)
{
    if (!p) {
        printf("Bail out! no memory\n");
        exit(99);
    }
    return p;
}

/* ---- what the kit lends: sspi_core ---- */
SSPI_PRINTF(3, 4) static void core_log(enum sspi_log level, const char *provider, const char *fmt, ...)
{
    va_list args;
    if (level > SSPI_LOG_WARNING)
        return;
    va_start(args, fmt);
    printf("# %s: ", provider);
    vprintf(fmt, args);
    putchar('\n');
    va_end(args);
}

static const char *core_option(const char *provider, const char *key)
{
    (void)provider;
    return strcmp(key, "pkcs11-module") == 0 ? secure_getenv("KIT_PKCS11_MODULE") : NULL;
}

static int core_verify(void *owner, const struct sspi_chain *chain, struct sspi_verdict *verdict)
{
    struct kit_end *e = owner;
    e->asked++;
    e->asked_resumed += chain->resumed != 0;
    e->chain_count = chain->count;
    if (chain->size != sizeof *chain)
        kit_fault("%s: sspi_chain.size is %u", e->m->name, chain->size);
    if (!chain->resumed && !chain->count)
        kit_fault("%s: verify() without a chain in a full handshake", e->m->name);
    free((void *)e->leaf.ptr);
    e->leaf = (struct sspi_bytes){NULL, 0};
    for (unsigned i = 0; i < chain->count; i++)
        if (chain->cert[i].len < 100 || chain->cert[i].ptr[0] != 0x30)
            kit_fault("%s: certificate %u of the chain is no DER", e->m->name, i);
    if (chain->count) {
        e->leaf.ptr = memcpy(must(malloc(chain->cert[0].len)), chain->cert[0].ptr, chain->cert[0].len);
        e->leaf.len = chain->cert[0].len;
    }
    if (chain->staple.len && chain->staple.len <= sizeof e->staple) {
        memcpy(e->staple, chain->staple.ptr, chain->staple.len);
        e->staple_len = chain->staple.len;
    }
    if ((e->refuse && !chain->resumed) || (e->refuse_resumed && chain->resumed) ||
        (e->refuse_staple && chain->staple.len)) {
        *verdict = e->verdict;
        return -1;
    }
    return 0;
}

static int core_ticket_key(void *owner, const uint8_t *name, struct sspi_ticket_key *key)
{
    struct kit_end *e = owner;
    e->keys_asked++;
    for (unsigned i = 0; i < e->key_count; i++)
        if (!name || !memcmp(name, e->keys[i].name, sizeof key->name)) {
            *key = e->keys[i];
            key->renew = i > 0;
            return 0;
        }
    return -1;
}

static int core_psk_find(void *owner, struct sspi_bytes identity, uint8_t *key, size_t cap, size_t *len)
{
    struct kit_end *e = owner;
    if (!e->psk.len || identity.len != e->psk_identity.len || e->psk.len > cap ||
        memcmp(identity.ptr, e->psk_identity.ptr, identity.len) != 0)
        return -1;
    memcpy(key, e->psk.ptr, e->psk.len);
    *len = e->psk.len;
    return 0;
}

static void core_keylog(void *owner, const char *line)
{
    struct kit_end *e = owner;
    if (strlen(line) >= sizeof e->lines[0] || strchr(line, '\n'))
        kit_fault("%s: a key log line is too long, or ends a line", e->m->name);
    if (e->line_count < sizeof e->lines / sizeof e->lines[0])
        snprintf(e->lines[e->line_count++], sizeof e->lines[0], "%s", line);
}

static const struct sspi_core lent = {
    .size = sizeof lent,
    .abi = SSPI_ABI,
    .log = core_log,
    .option = core_option,
    .verify = core_verify,
    .ticket_key = core_ticket_key,
    .psk_find = core_psk_find,
    .keylog = core_keylog,
};

/* ---- modules ---- */
static void load(const char *name)
{
    const char *folder = secure_getenv("OPENSSPI_PROVIDERDIR");
    struct kit_module *m = &kit_modules[kit_module_count];
    char path[4096], entry[128];
    snprintf(path, sizeof path, "%s/%s.so", folder ? folder : "providers/.libs", name);
    snprintf(entry, sizeof entry, "%s_LTX_sspi_provider", name);
    void *module = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    void *symbol = module ? dlsym(module, entry) : NULL;
    sspi_provider_fn *f;
    memcpy(&f, &symbol, sizeof f);
    m->api = symbol ? f(&lent) : NULL;
    if (!ok(m->api != NULL, "%s loads", name)) {
        diag("%s: %s", path, module ? "no entry point, or it said no" : dlerror());
        return;
    }
    m->name = strdup(name);
    m->caps = m->api->caps;
    ok(m->api->abi >> 16 == SSPI_ABI_MAJOR && m->api->size >= sizeof *m->api && !strcmp(m->api->name, name) &&
           m->api->version && *m->api->version,
       "%s tells its name, version (%s), size and ABI", name, m->api->version ? m->api->version : "none");
    kit_module_count++;
}

unsigned kit_load(void)
{
    const char *list = secure_getenv("PROVIDERS");
    char names[256], *save = NULL;
    setvbuf(stdout, NULL, _IOLBF, 0);
    snprintf(names, sizeof names, "%s", list ? list : "");
    for (char *n = strtok_r(names, " ", &save); n && kit_module_count < KIT_MODULES;
         n = strtok_r(NULL, " ", &save))
        load(n);
    return kit_module_count;
}

static const uint32_t matrix_protocols[] = {SSPI_CAP_TLS12, SSPI_CAP_TLS13};
void kit_pairs(void (*f)(const struct kit_module *, const struct kit_module *, uint32_t))
{
    for (unsigned c = 0; c < kit_module_count; c++)
        for (unsigned s = 0; s < kit_module_count; s++)
            for (unsigned p = 0; p < 2; p++)
                if (kit_modules[c].caps & kit_modules[s].caps & matrix_protocols[p])
                    f(&kit_modules[c], &kit_modules[s], matrix_protocols[p]);
}
void kit_each(void (*f)(const struct kit_module *, uint32_t))
{
    for (unsigned m = 0; m < kit_module_count; m++)
        for (unsigned p = 0; p < 2; p++)
            if (kit_modules[m].caps & matrix_protocols[p])
                f(&kit_modules[m], matrix_protocols[p]);
}

const char *kit_version_name(uint32_t protocol)
{
    switch (protocol) {
    case SSPI_CAP_TLS10:
        return "tls10";
    case SSPI_CAP_TLS11:
        return "tls11";
    case SSPI_CAP_TLS12:
        return "tls12";
    case SSPI_CAP_TLS13:
        return "tls13";
    case SSPI_CAP_DTLS10:
        return "dtls10";
    case SSPI_CAP_DTLS12:
        return "dtls12";
    default:
        return "tls";
    }
}

/* ---- files ---- */
struct sspi_bytes kit_file(const char *file)
{
    static struct {
        char name[64];
        struct sspi_bytes bytes;
    } seen[64];
    unsigned i = 0;
    for (; i < 64 && seen[i].name[0]; i++)
        if (!strcmp(seen[i].name, file))
            return seen[i].bytes;
    const char *build = secure_getenv("top_builddir");
    char path[4096];
    snprintf(path, sizeof path, "%s/t/pki/%s", build ? build : ".", file);
    FILE *f = fopen(path, "rb");
    if (!f || i == 64 || strlen(file) >= sizeof seen[0].name) {
        printf("Bail out! %s: cannot read\n", path);
        exit(99);
    }
    size_t room = 1 << 18, n;
    uint8_t *all = must(malloc(room));
    n = fread(all, 1, room - 1, f);
    all[n] = 0;
    fclose(f);
    strcpy(seen[i].name, file);
    return seen[i].bytes = (struct sspi_bytes){all, n};
}

static struct sspi_bytes unbase64(const char *from, const char *to)
{
    uint8_t *out = must(malloc((size_t)(to - from)));
    size_t n = 0;
    uint32_t bits = 0;
    unsigned have = 0;
    for (; from < to; from++) {
        const char *alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
        const char *at = *from ? strchr(alphabet, *from) : NULL;
        if (!at)
            continue;
        bits = bits << 6 | (uint32_t)(at - alphabet);
        if ((have += 6) >= 8)
            out[n++] = (uint8_t)(bits >> (have -= 8));
    }
    return (struct sspi_bytes){out, n};
}

unsigned kit_pem(const char *file, const char *label, struct sspi_bytes *out, unsigned room)
{
    static struct {
        char file[48], label[32];
        struct sspi_bytes block[8];
        unsigned count;
    } seen[96];
    unsigned i = 0;
    while (i < 95 && seen[i].file[0] &&
           (strcmp(seen[i].file, file) != 0 || strcmp(seen[i].label, label) != 0))
        i++;
    if (!seen[i].file[0]) {
        const char *at = (const char *)kit_file(file).ptr;
        char begin[64], end[64];
        snprintf(seen[i].file, sizeof seen[i].file, "%s", file);
        snprintf(seen[i].label, sizeof seen[i].label, "%s", label);
        snprintf(begin, sizeof begin, "-----BEGIN %s-----", label);
        snprintf(end, sizeof end, "-----END %s-----", label);
        while (seen[i].count < 8 && (at = strstr(at, begin))) {
            const char *stop = strstr(at += strlen(begin), end);
            if (!stop)
                break;
            seen[i].block[seen[i].count++] = unbase64(at, stop);
            at = stop;
        }
    }
    unsigned n = seen[i].count < room ? seen[i].count : room;
    memcpy(out, seen[i].block, n * sizeof *out);
    return n;
}

const struct kit_identity *kit_identity(const char *name)
{
    static struct {
        char name[32];
        struct kit_identity id;
    } seen[32];
    static const struct kit_identity none;
    unsigned i = 0;
    char file[64];
    if (!name || !*name)
        return &none;
    for (; i < 31 && seen[i].name[0]; i++)
        if (!strcmp(seen[i].name, name))
            return &seen[i].id;
    snprintf(seen[i].name, sizeof seen[i].name, "%s", name);
    snprintf(file, sizeof file, "%s-chain.pem", name);
    seen[i].id.count = kit_pem(file, "CERTIFICATE", seen[i].id.chain, 8);
    snprintf(file, sizeof file, "%s.key", name);
    kit_pem(file, "PRIVATE KEY", &seen[i].id.key, 1);
    return &seen[i].id;
}

struct sspi_bytes kit_text(const char *s)
{
    return (struct sspi_bytes){(const uint8_t *)s, strlen(s)};
}

struct sspi_bytes kit_alpn(const char *names)
{
    size_t len = strlen(names) + 1, mark = 0;
    uint8_t *out = must(malloc(len));
    for (size_t i = 0; i < len; i++) {
        if (i == len - 1 || names[i] == ',') {
            out[mark] = (uint8_t)(i - mark);
            mark = i + 1;
        }
        if (i < len - 1)
            out[i + 1] = (uint8_t)names[i];
    }
    return (struct sspi_bytes){out, len};
}
