/* SPDX-License-Identifier: MIT
 *
 * ROOT, CA and MY as folders of files: what is read, what is refused, what is written (K35, K38). */
#include <config.h>

#include "core/cert/cert.h"
#include "core/cert/certificate.h"

#include <dirent.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "t/cert-kit.h"
#include "t/sandbox.h"

#define USER    CERT_SYSTEM_STORE_CURRENT_USER
#define MACHINE CERT_SYSTEM_STORE_LOCAL_MACHINE

static struct sandbox box;

static HCERTSTORE open_flags(const char *name, DWORD flags)
{
    return CertOpenStore(CERT_STORE_PROV_SYSTEM_A, 0, 0, flags, name);
}

static unsigned members(HCERTSTORE store, unsigned *keys)
{
    unsigned count = 0;
    *keys = 0;
    for (PCCERT_CONTEXT c = NULL; (c = CertEnumCertificatesInStore(store, c)) != NULL; count++) {
        struct key *key = certificate_key(certificate_of(c));
        if (key)
            ++*keys;
        key_drop(key);
    }
    return count;
}

/* Runs a function in a process of its own, whose folders are the sandbox's; its number comes back. */
static int in_child(int (*f)(const void *), const void *arg, char *errors, size_t size)
{
    int out[2], err[2], result = -1;
    size_t used = 0;
    ssize_t got;
    fflush(stdout);
    if (pipe(out) || pipe(err))
        exit(99);
    pid_t child = fork();
    if (child == 0) {
        dup2(err[1], 2);
        setenv("OPENSSPI_CONFDIR", sandbox_path(&box, "conf"), 1);
        setenv("OPENSSPI_USERDIR", sandbox_path(&box, "user"), 1);
        setenv("OPENSSPI_LOG", "stderr", 1);
        result = f(arg);
        _exit(write(out[1], &result, sizeof result) != sizeof result);
    }
    close(out[1]);
    close(err[1]);
    while (used + 1 < size && (got = read(err[0], errors + used, size - 1 - used)) > 0)
        used += (size_t)got;
    errors[used] = 0;
    if (read(out[0], &result, sizeof result) != sizeof result)
        result = -99;
    close(out[0]);
    close(err[0]);
    waitpid(child, NULL, 0);
    return result;
}

static void clean(const char *conf)
{
    char command[PATH_MAX + 40];
    snprintf(command, sizeof command, "rm -rf '%s' '%s'", sandbox_path(&box, "conf"),
             sandbox_path(&box, "user"));
    if (system(command) != 0)
        exit(99);
    sandbox_write(&box, "conf/opensspi.conf", conf);
    sandbox_mkdir(&box, "user");
}

static void place(const char *where, const char *file, mode_t mode)
{
    char name[200];
    snprintf(name, sizeof name, "%s/%s", where, file);
    sandbox_copy(&box, name, pki(file));
    sandbox_chmod(&box, name, mode);
}

/* ---- reading ---- */

struct count {
    const char *name;
    DWORD flags;
};

/* 100 for each key, 1 for each certificate. */
static int count_members(const void *arg)
{
    const struct count *what = arg;
    unsigned keys;
    HCERTSTORE store = open_flags(what->name, what->flags);
    unsigned count = store ? members(store, &keys) : 0;
    int result = store ? (int)(100 * keys + count) : -1;
    CertCloseStore(store, 0);
    return result;
}

static void reading(void)
{
    static const struct count my = {"MY", USER}, machine_my = {"My", MACHINE}, ca = {"CA", USER},
                              machine_ca = {"ca", MACHINE};
    char errors[4000];
    clean("");
    place("user/my", "server-rsa-full.pem", 0600);
    place("user/my", "server-rsa-nopass.pfx", 0600);
    place("user/my", "client-ecdsa.pem", 0644);
    place("user/ca", "intermediate.pem", 0644);
    place("conf/stores/ca", "rsa-ca.pem", 0644);
    place("conf/stores/my", "client-rsa-full.pem", 0600);
    is_int(in_child(count_members, &my, errors, sizeof errors), 205,
           "MY of the account: PEM and PFX, with keys");
    is_int(in_child(count_members, &machine_my, errors, sizeof errors), 102, "MY of the machine is another");
    is_int(in_child(count_members, &ca, errors, sizeof errors), 2,
           "CA of the account shows the machine's too");
    is_int(in_child(count_members, &machine_ca, errors, sizeof errors), 1, "CA of the machine");
    sandbox_chmod(&box, "user/my/server-rsa-full.pem", 0640);
    is_int(in_child(count_members, &my, errors, sizeof errors), 103,
           "a key that others may read is left out");
    ok(strstr(errors, "user/my/server-rsa-full.pem") && strstr(errors, "0640") && strstr(errors, "chmod 600"),
       "with the file, the reason and the remedy: %.200s", errors);
    sandbox_chmod(&box, "user/my/server-rsa-nopass.pfx", 0604);
    is_int(in_child(count_members, &my, errors, sizeof errors), 1, "and a PFX");
}

static void odd_files(void)
{
    static const struct count ca = {"CA", USER};
    char errors[8000], big[300], path[PATH_MAX];
    struct sspi_bytes whole = slurp(pki("intermediate.pem"));
    clean("");
    place("user/ca", "rsa-ca.pem", 0644);
    sandbox_write_bytes(&box, "user/ca/half.pem", whole.ptr, whole.len / 2);
    sandbox_write_bytes(&box, "user/ca/empty.pem", "", 0);
    free((void *)(uintptr_t)whole.ptr);
    sandbox_write(&box, "user/ca/words.pem", "no certificate\n");
    sandbox_write(&box, "user/ca/README", "not looked at\n");
    sandbox_write(&box, "user/ca/.new-1.pem", "not looked at\n");
    sandbox_mkdir(&box, "user/ca/folder.pem");
    snprintf(path, sizeof path, "%s", sandbox_path(&box, "user/ca/pipe.pem"));
    ok(mkfifo(path, 0644) == 0, "a pipe");
    snprintf(path, sizeof path, "%s", sandbox_path(&box, "user/ca/nowhere.pem"));
    ok(symlink("/nonexistent/file", path) == 0, "a link to nowhere");
    snprintf(path, sizeof path, "%s", sandbox_path(&box, "user/ca/loop.pem"));
    ok(symlink("loop.pem", path) == 0, "a link to itself");
    snprintf(path, sizeof path, "%s", sandbox_path(&box, "user/ca/zero.pem"));
    ok(symlink("/dev/zero", path) == 0, "a link to a device");
    snprintf(big, sizeof big, "truncate -s 3G '%s'", sandbox_path(&box, "user/ca/huge.pem"));
    ok(system(big) == 0, "a huge file");
    is_int(in_child(count_members, &ca, errors, sizeof errors), 1, "the rest stays usable");
    static const char *const named[] = {"half.pem", "empty.pem",   "words.pem", "folder.pem", "pipe.pem",
                                        "loop.pem", "nowhere.pem", "zero.pem",  "huge.pem"};
    for (size_t i = 0; i < sizeof named / sizeof *named; i++)
        ok(strstr(errors, named[i]) != NULL, "%s is named", named[i]);
    sandbox_chmod(&box, "user/ca", 0777);
    is_int(in_child(count_members, &ca, errors, sizeof errors), 0,
           "a folder that anybody may write is not read");
    ok(strstr(errors, "user/ca") && strstr(errors, "chmod"), "and named with a remedy: %.200s", errors);
}

static int as_another(const void *arg)
{
    return seteuid(65534) ? -2 : count_members(arg);
}

static int owned_by_another(const void *arg)
{
    return chown(sandbox_path(&box, "user/ca/rsa-ca.pem"), 65534, 65534) ? -2 : count_members(arg);
}

static void accounts(void)
{
    static const struct count ca = {"CA", USER};
    char errors[4000];
    if (geteuid() != 0) {
        skip("not root", "the folders of accounts");
        return;
    }
    clean("");
    place("user/ca", "rsa-ca.pem", 0644);
    place("conf/stores/ca", "intermediate.pem", 0644);
    is_int(in_child(count_members, &ca, errors, sizeof errors), 2, "an account's folder and the machine's");
    is_int(in_child(as_another, &ca, errors, sizeof errors), 1,
           "with another account's rights its folder is not read: the machine's alone");
    is_int(in_child(owned_by_another, &ca, errors, sizeof errors), 1,
           "a file of another account's is left out");
    ok(strstr(errors, "rsa-ca.pem") && strstr(errors, "65534"), "and named: %.200s", errors);
}

/* ---- flags ---- */

static int flags_judged(const void *arg)
{
    int wrong = 0;
    (void)arg;
    wrong |= !!open_flags("MY", USER | CERT_STORE_CREATE_NEW_FLAG) || GetLastError() != ERROR_FILE_EXISTS;
    wrong |=
        (!!open_flags("Own", USER | CERT_STORE_OPEN_EXISTING_FLAG) || GetLastError() != ERROR_FILE_NOT_FOUND)
        << 1;
    wrong |= (!!open_flags("MY", CERT_SYSTEM_STORE_SERVICES) || GetLastError() != ERROR_FILE_NOT_FOUND) << 2;
    wrong |= (!!open_flags("../MY", USER) || !!open_flags("", USER) || !!open_flags("a/b", USER)) << 3;
    wrong |= (!!open_flags("MY", USER | CERT_STORE_DELETE_FLAG)) << 4;
    HCERTSTORE own = open_flags("Own", USER | CERT_STORE_CREATE_NEW_FLAG);
    PCCERT_CONTEXT c = first_of("rsa-ca.pem");
    wrong |= (!own || !CertAddCertificateContextToStore(own, c, CERT_STORE_ADD_NEW, NULL)) << 5;
    wrong |= (!!CertAddCertificateContextToStore(own, c, CERT_STORE_ADD_NEW, NULL) ||
              GetLastError() != (DWORD)CRYPT_E_EXISTS)
             << 6;
    wrong |= !CertAddCertificateContextToStore(own, c, CERT_STORE_ADD_REPLACE_EXISTING, NULL) << 7;
    CertCloseStore(own, 0);
    wrong |= (!open_flags("OWN", USER | CERT_STORE_OPEN_EXISTING_FLAG)) << 8;
    HCERTSTORE closed = open_flags("Own", USER | CERT_STORE_READONLY_FLAG);
    PCCERT_CONTEXT member = CertEnumCertificatesInStore(closed, NULL);
    wrong |= (!!CertAddCertificateContextToStore(closed, c, CERT_STORE_ADD_ALWAYS, NULL) ||
              GetLastError() != (DWORD)E_ACCESSDENIED)
             << 9;
    wrong |= (!member || CertDeleteCertificateFromStore(member)) << 10;
    return wrong;
}

/* ---- writing ---- */

static int add_to(const void *arg)
{
    const struct count *what = arg;
    HCERTSTORE store = open_flags(what->name, what->flags);
    HCERTSTORE from = open_pki("server-rsa-full.pem");
    PCCERT_CONTEXT c = CertEnumCertificatesInStore(from, NULL), shown = NULL;
    BOOL done = CertAddCertificateContextToStore(store, c, CERT_STORE_ADD_ALWAYS, &shown);
    int good = done && shown && shown->hCertStore == store && CertFreeCertificateContext(shown);
    CertCloseStore(store, 0);
    return done ? good : (int)GetLastError();
}

static int delete_from(const void *arg)
{
    const struct count *what = arg;
    HCERTSTORE store = open_flags(what->name, what->flags);
    PCCERT_CONTEXT c = CertEnumCertificatesInStore(store, NULL);
    return c && CertDeleteCertificateFromStore(c) && !CertEnumCertificatesInStore(store, NULL);
}

static unsigned files_in(const char *folder, char *name, size_t size, mode_t *mode)
{
    struct dirent *found;
    struct stat st;
    char path[PATH_MAX];
    unsigned count = 0;
    DIR *dir = opendir(sandbox_path(&box, folder));
    while (dir && (found = readdir(dir)) != NULL)
        if (strcmp(found->d_name, ".") != 0 && strcmp(found->d_name, "..") != 0) {
            count++;
            snprintf(name, size, "%s", found->d_name);
            snprintf(path, sizeof path, "%s/%s", sandbox_path(&box, folder), found->d_name);
            if (!stat(path, &st))
                *mode = st.st_mode & 07777u;
        }
    if (dir)
        closedir(dir);
    return count;
}

static void writing(void)
{
    static const struct count my = {"MY", USER}, machine = {"CA", MACHINE};
    char errors[4000], name[300] = "", path[400];
    mode_t mode = 0;
    clean("");
    is_int(in_child(flags_judged, NULL, errors, sizeof errors), 0, "the flags of CertOpenStore");
    clean("");
    is_int(in_child(add_to, &my, errors, sizeof errors), 1, "a program adds to MY");
    is_int(files_in("user/my", name, sizeof name, &mode), 1, "one file comes of it");
    ok(strlen(name) == 68 && !strcmp(name + 64, ".pem") && strspn(name, "0123456789abcdef") == 64 &&
           mode == 0644,
       "named by its SHA-256: %s", name);
    snprintf(path, sizeof path, "user/my/%s", name);
    struct sspi_bytes text = slurp(sandbox_path(&box, path));
    ok(strstr((const char *)text.ptr, "BEGIN CERTIFICATE") && !strstr((const char *)text.ptr, "PRIVATE"),
       "no key is written to disk");
    free((void *)(uintptr_t)text.ptr);
    is_int(in_child(count_members, &my, errors, sizeof errors), 1, "another process sees it");
    is_int(in_child(add_to, &my, errors, sizeof errors), 1, "it is added once more");
    is_int(files_in("user/my", name, sizeof name, &mode), 1, "which is the same file");
    is_int(in_child(delete_from, &my, errors, sizeof errors), 1, "and deleted");
    is_int(files_in("user/my", name, sizeof name, &mode), 0, "from the folder too");
    place("user/my", "server-rsa-full.pem", 0600);
    is_int(in_child(delete_from, &my, errors, sizeof errors), 0,
           "a certificate whose chain stays in the store");
    is_int(files_in("user/my", name, sizeof name, &mode), 0, "goes with its file, whatever its name");
    is_int(in_child(add_to, &machine, errors, sizeof errors), 1, "the machine's, for who may write it");
    sandbox_chmod(&box, "conf/stores/ca", 0777);
    is_int(in_child(add_to, &machine, errors, sizeof errors), ERROR_ACCESS_DENIED, "not where others may");
}

/* Several processes add and delete the same few: every file there is is whole, at any moment. */
static int hammer(const void *arg)
{
    static const char *const files[] = {"server-rsa.pem", "server-a.pem", "server-b.pem", "intermediate.pem"};
    int broken = 0;
    (void)arg;
    for (int round = 0; round < 40; round++) {
        HCERTSTORE store = open_flags("CA", USER);
        PCCERT_CONTEXT c = first_of(files[round % 4]);
        broken += !CertAddCertificateContextToStore(store, c, CERT_STORE_ADD_USE_EXISTING, NULL);
        CertFreeCertificateContext(c);
        if (round % 3 == 2 && (c = CertEnumCertificatesInStore(store, NULL)) != NULL)
            CertDeleteCertificateFromStore(c);
        CertCloseStore(store, 0);
    }
    return broken;
}

static int hammer_both(const void *arg)
{
    pid_t child = fork();
    int broken = hammer(arg), status = 1;
    if (child == 0)
        _exit(broken != 0);
    waitpid(child, &status, 0);
    return broken + (status != 0);
}

static void together(void)
{
    static const struct count ca = {"CA", USER};
    char errors[60000], name[300];
    mode_t mode;
    clean("");
    is_int(in_child(hammer_both, NULL, errors, sizeof errors), 0, "two processes write one store");
    ok(!strstr(errors, "cannot be read"), "and no file was ever half there");
    int there = in_child(count_members, &ca, errors, sizeof errors);
    is_int(files_in("user/ca", name, sizeof name, &mode), there, "every file holds a certificate (%d)",
           there);
}

/* ---- ROOT ---- */

static DWORD trust(void)
{
    HCERTSTORE chain_store = open_pki("server-rsa-chain.pem");
    PCCERT_CONTEXT leaf = CertEnumCertificatesInStore(chain_store, NULL);
    PCCERT_CHAIN_CONTEXT chain = NULL;
    CERT_CHAIN_PARA para = {.cbSize = sizeof para};
    DWORD errors = 0xffffffff;
    if (CertGetCertificateChain(NULL, leaf, NULL, chain_store, &para, 0, NULL, &chain))
        errors = chain->TrustStatus.dwErrorStatus;
    CertFreeCertificateChain(chain);
    CertFreeCertificateContext(leaf);
    CertCloseStore(chain_store, 0);
    return errors;
}

static int only_trust(const void *arg)
{
    (void)arg;
    return (int)trust();
}

/* As mongo-c-driver does. */
static int add_root(const void *arg)
{
    int wrong = trust() == 0;
    (void)arg;
    HCERTSTORE root = CertOpenStore(CERT_STORE_PROV_SYSTEM_W, 0, 0, MACHINE, L"Root");
    PCCERT_CONTEXT c = first_of("root.pem");
    wrong |= !CertAddCertificateContextToStore(root, c, CERT_STORE_ADD_USE_EXISTING, NULL) << 1;
    wrong |= (trust() != 0) << 2;
    wrong |= !CertAddCertificateContextToStore(root, c, CERT_STORE_ADD_USE_EXISTING, NULL) << 3;
    HCERTSTORE again = open_flags("ROOT", USER);
    int seen = 0;
    for (PCCERT_CONTEXT m = NULL; (m = CertEnumCertificatesInStore(again, m)) != NULL;)
        if (m->cbCertEncoded == c->cbCertEncoded &&
            !memcmp(m->pbCertEncoded, c->pbCertEncoded, c->cbCertEncoded)) {
            seen++;
            if (!CertDeleteCertificateFromStore(CertDuplicateCertificateContext(m)))
                wrong |= 1 << 4;
            break;
        }
    wrong |= (seen != 1) << 5;
    wrong |= (trust() == 0) << 6;
    return wrong;
}

static int add_root_and_keep(const void *arg)
{
    (void)arg;
    HCERTSTORE root = open_flags("ROOT", MACHINE);
    return CertAddCertificateContextToStore(root, first_of("root.pem"), CERT_STORE_ADD_USE_EXISTING, NULL) &&
           trust() == 0;
}

static void roots(void)
{
    char errors[4000], name[300];
    mode_t mode;
    clean("");
    is_int(in_child(add_root, NULL, errors, sizeof errors), 0,
           "D16 a program adds to ROOT and takes away again");
    is_int(files_in("conf/stores/root", name, sizeof name, &mode), 0, "D16 for its process alone");
    is_int(in_child(only_trust, NULL, errors, sizeof errors), CERT_TRUST_IS_PARTIAL_CHAIN,
           "D16 another process does not trust it");
    place("conf/stores/root", "root.pem", 0644);
    is_int(in_child(only_trust, NULL, errors, sizeof errors), 0,
           "D16 what the administrator puts there is trusted");
    place("user/root", "root.pem", 0644);
    clean("[package Schannel]\nstore-writes = yes\n");
    place("user/root", "root.pem", 0644);
    is_int(in_child(only_trust, NULL, errors, sizeof errors), CERT_TRUST_IS_PARTIAL_CHAIN,
           "D16 an account adds no anchors for itself");
    is_int(in_child(add_root_and_keep, NULL, errors, sizeof errors), 1, "D16 with store-writes = yes");
    is_int(files_in("conf/stores/root", name, sizeof name, &mode), 1, "D16 it is written");
    is_int(in_child(only_trust, NULL, errors, sizeof errors), 0, "D16 and trusted by the next");
}

/* ---- intermediates ---- */

static int chain_length(const void *arg)
{
    struct cert_identity identity;
    (void)arg;
    HCERTSTORE store = CertOpenStore(CERT_STORE_PROV_MEMORY, 0, 0, 0, NULL);
    HCERTSTORE full = open_pki("server-rsa-full.pem");
    PCCERT_CONTEXT c = NULL, leaf = CertEnumCertificatesInStore(full, NULL);
    CertAddCertificateContextToStore(store, leaf, CERT_STORE_ADD_ALWAYS, &c);
    if (cert_identity(c, &identity) != SEC_E_OK)
        return -1;
    int count = (int)identity.chain_count;
    cert_identity_free(&identity);
    return count;
}

static int judged_alone(const void *arg)
{
    struct cert_anchors *anchors = NULL;
    struct sspi_verdict verdict;
    (void)arg;
    PCCERT_CONTEXT leaf = first_of("server-rsa.pem");
    HCERTSTORE root = open_pki("root.pem");
    struct sspi_bytes der = {leaf->pbCertEncoded, leaf->cbCertEncoded};
    struct sspi_chain chain = {.size = sizeof chain, .count = 1, .cert = &der};
    cert_anchors_of_store(root, &anchors);
    struct cert_judgement want = {.anchors = anchors, .time = (int64_t)time(NULL)};
    return cert_judge(provider_default(), &chain, &want, &verdict) == 0 ? 0 : (int)verdict.why;
}

static void intermediates(void)
{
    char errors[4000];
    clean("");
    is_int(in_child(chain_length, NULL, errors, sizeof errors), 1, "K35 a certificate alone in its store");
    is_int(in_child(judged_alone, NULL, errors, sizeof errors), SSPI_WHY_CERT_UNTRUSTED,
           "K38 a peer's likewise");
    place("conf/stores/ca", "intermediate.pem", 0644);
    is_int(in_child(chain_length, NULL, errors, sizeof errors), 2, "K35 gets its intermediate from CA");
    is_int(in_child(judged_alone, NULL, errors, sizeof errors), 0, "K38 and so does a peer's");
}

int main(void)
{
    sandbox_make(&box);
    reading();
    odd_files();
    accounts();
    writing();
    together();
    roots();
    intermediates();
    sandbox_remove(&box);
    return tap_done();
}
