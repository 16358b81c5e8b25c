/* SPDX-License-Identifier: MIT
 *
 * Whose certificates count: the account database's home and never HOME, nobody's in a setuid program or in a
 * thread that impersonates, and anchors from no place that the environment or an account's configuration of
 * p11-kit names (K35, K38).  Runs copies of itself, plain and setuid. */
#include <config.h>

#include "core/account.h"
#include "core/cert/anchors.h"
#include "core/cert/folder.h"
#include "core/paths.h"

#include "t/cert-kit.h"
#include "t/sandbox.h"

#include <grp.h>
#include <pthread.h>
#include <pwd.h>
#include <sys/auxv.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/wait.h>
#include <unistd.h>

enum { NOBODY = 65534 };

static struct sandbox box;

/* Is a file of this name mapped into this process? */
static int is_mapped(const char *name)
{
    char line[PATH_MAX + 100];
    int found = 0;
    FILE *maps = fopen("/proc/self/maps", "r");
    while (maps && fgets(line, sizeof line, maps))
        found |= strstr(line, name) != NULL;
    if (maps)
        fclose(maps);
    return found;
}

static int report(void)
{
    char *user = folder_user("my");
    struct cert_anchors *a = cert_anchors_system();
    printf("secure=%d user=%s trust=%s bundle=%s strange=%d anchors=%u", getauxval(AT_SECURE) != 0,
           user ? user : "none", paths_trust() ? "moved" : "fixed", paths_bundle() ? "moved" : "fixed",
           is_mapped("strange.so"), a ? a->count : 0);
    cert_anchors_release(a);
    free(user);
    return 0;
}

/* Runs the copy as `uid`; what it prints. */
static void run_copy(uid_t uid, const char *const *environment, char *text, size_t size)
{
    const char *copy = sandbox_path(&box, "copy");
    FILE *out = tmpfile();
    fflush(stdout);
    pid_t pid = out ? fork() : -1;
    if (pid < 0)
        exit(99);
    if (!pid) {
        char *arguments[] = {(char *)(uintptr_t)copy, (char *)(uintptr_t) "report", NULL};
        dup2(fileno(out), 1);
        if (uid != geteuid() && (setgroups(0, NULL) || setgid(uid) || setuid(uid)))
            _exit(97);
        execve(copy, arguments, (char *const *)(uintptr_t)environment);
        _exit(98);
    }
    waitpid(pid, NULL, 0);
    rewind(out);
    text[fread(text, 1, size - 1, out)] = 0;
    fclose(out);
}

static unsigned number(const char *text, const char *name)
{
    const char *at = strstr(text, name);
    return at ? (unsigned)strtoul(at + strlen(name), NULL, 10) : 99999;
}

/* A home with certificates, and p11-kit's configuration of an account: a module of its own that vouches. */
static void make_home(void)
{
    char text[2 * PATH_MAX];
    const char *module = paths_trust_module();
    sandbox_mkdir(&box, "home/.config/opensspi/stores/my");
    sandbox_copy(&box, "home/.config/opensspi/stores/my/one.pem", pki("root.pem"));
    sandbox_copy(&box, "trust/anchors/root.pem", pki("root.pem"));
    sandbox_copy(&box, "bundle", pki("anchors.pem"));
    if (access(module, R_OK) == 0)
        sandbox_copy(&box, "strange.so", module);
    snprintf(text, sizeof text,
             "module: %s/strange.so\ntrust-policy: yes\nx-init-reserved: paths='%s/trust'\n", box.root,
             box.root);
    sandbox_write(&box, "home/.config/pkcs11/modules/strange.module", text);
    sandbox_write(&box, "home/.config/pkcs11/pkcs11.conf", "user-config: only\n");
}

static void environments(void)
{
    static char variable[6][PATH_MAX + 40];
    const char *plain[] = {NULL};
    const char *home[] = {variable[0], variable[1], NULL};
    const char *moved[] = {variable[0], variable[1], variable[2], variable[3],
                           variable[4], variable[5], NULL};
    char text[2 * PATH_MAX], want[PATH_MAX];
    struct passwd *me = getpwuid(geteuid());
    struct statvfs fs;
    snprintf(variable[0], sizeof variable[0], "HOME=%s/home", box.root);
    snprintf(variable[1], sizeof variable[1], "XDG_CONFIG_HOME=%s/home/.config", box.root);
    snprintf(variable[2], sizeof variable[2], "OPENSSPI_TRUSTDIR=%s/trust", box.root);
    snprintf(variable[3], sizeof variable[3], "OPENSSPI_BUNDLE=%s/bundle", box.root);
    snprintf(variable[4], sizeof variable[4], "OPENSSPI_USERDIR=%s/home", box.root);
    snprintf(variable[5], sizeof variable[5], "P11_MODULE_PATH=%s", box.root);
    run_copy(geteuid(), plain, text, sizeof text);
    unsigned machine = number(text, "anchors=");
    run_copy(geteuid(), home, text, sizeof text);
    snprintf(want, sizeof want, "user=%s/.config/opensspi/stores/my ", me ? me->pw_dir : "?");
    ok(me && strstr(text, want), "K35 the account's folder comes from the database, HOME says otherwise: %s",
       text);
    ok(number(text, "strange=") == 0 && number(text, "anchors=") == machine,
       "K38 an account's configuration of p11-kit adds no anchors and loads nothing");
    run_copy(geteuid(), moved, text, sizeof text);
    if (access(paths_trust_module(), R_OK) == 0)
        ok(strstr(text, "trust=moved") && number(text, "anchors=") == 1, "a test may move them: %s", text);
    if (geteuid() != 0) {
        skip("making a setuid program needs root", "a setuid program");
        return;
    }
    chmod(sandbox_path(&box, "copy"), 04755);
    run_copy(NOBODY, moved, text, sizeof text);
    if ((!statvfs(box.root, &fs) && fs.f_flag & ST_NOSUID) || strstr(text, "secure=0"))
        skip("setuid bits are not honoured here", "a setuid program");
    else
        ok(strstr(text, "secure=1 user=none trust=fixed bundle=fixed strange=0") &&
               number(text, "anchors=") == machine,
           "K35 K38 a setuid program reads nobody's folder, and anchors where they always are: %s", text);
}

/* ---- a thread that acts as another ---- */

static void *acting(void *arg)
{
    struct account account = {.references = 1, .uid = NOBODY, .gid = NOBODY};
    SecHandle context = {1, 2};
    char **seen = arg;
    seen[0] = folder_user("my");
    if (impersonate_begin(&account, &context) == SEC_E_OK) {
        seen[1] = folder_user("my");
        seen[2] = folder_machine("my");
        impersonate_end(&context);
    }
    seen[3] = folder_user("my");
    return NULL;
}

static void threads(void)
{
    pthread_t thread;
    char *seen[4] = {NULL};
    if (geteuid() != 0) {
        skip("acting as another account needs root", "a thread that impersonates");
        return;
    }
    if (pthread_create(&thread, NULL, acting, seen) != 0)
        exit(99);
    pthread_join(thread, NULL);
    ok(seen[0] && seen[3], "a thread reads its account's folder");
    ok(!seen[1], "K35 but not while it impersonates");
    ok(seen[2] != NULL, "the machine's it does");
    for (int i = 0; i < 4; i++)
        free(seen[i]);
}

int main(int argc, char **argv)
{
    if (argc == 2 && !strcmp(argv[1], "report"))
        return report();
    sandbox_make(&box);
    make_home();
    sandbox_copy(&box, "copy", "/proc/self/exe");
    chmod(sandbox_path(&box, "copy"), 0755);
    environments();
    threads();
    sandbox_remove(&box);
    return tap_done();
}
