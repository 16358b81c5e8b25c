/* SPDX-License-Identifier: MIT
 *
 * Runs a copy of itself, once as it is and once setuid, under another user and with every variable set. */
#include <config.h>

#include "core/config.h"
#include "core/log.h"
#include "core/paths.h"
#include "t/sandbox.h"
#include "t/tap.h"

#include <grp.h>
#include <sys/auxv.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/wait.h>
#include <unistd.h>

enum { NOBODY = 65534 };

/* What the copy, which lies in the sandbox, tells: is it privileged, and did a variable reach it? */
static int report(const char *copy)
{
    size_t sandbox = (size_t)(strrchr(copy, '/') - copy) + 1;
    const char *why = "";
    const struct config *config = config_get(&why);

    log_write(SSPI_LOG_DEBUG, "test", "OPENSSPI_LOG reached it");
    printf("secure=%d provider=%s folders=%d\n", getauxval(AT_SECURE) != 0,
           config ? config_package(config, "providers").file : why,
           !strncmp(paths_conf(), copy, sandbox) || !strncmp(paths_providers(), copy, sandbox) ||
               !strncmp(paths_manifests(), copy, sandbox));
    return 0;
}

/* Runs `copy` as uid NOBODY; its stdout and stderr in text. */
static void run_copy(const char *copy, const char *const *environment, char *text, size_t size)
{
    FILE *out = tmpfile();
    pid_t pid = out ? fork() : -1;
    size_t len;

    if (pid < 0)
        exit(99);
    if (!pid) {
        char *arguments[] = {(char *)copy, (char *)"report", NULL};
        dup2(fileno(out), 1);
        dup2(fileno(out), 2);
        if (setgroups(0, NULL) || setgid(NOBODY) || setuid(NOBODY))
            _exit(97);
        execve(copy, arguments, (char *const *)environment);
        _exit(98);
    }
    waitpid(pid, NULL, 0);
    rewind(out);
    len = fread(text, 1, size - 1, out);
    text[len] = '\0';
    fclose(out);
}

int main(int argc, char **argv)
{
    struct sandbox box;
    struct statvfs fs;
    char folders[3][PATH_MAX], text[4096];
    const char *environment[] = {folders[0],
                                 folders[1],
                                 folders[2],
                                 "OPENSSPI_PROVIDER=a",
                                 "OPENSSPI_LOG=all+debug",
                                 NULL};
    const char *copy;

    if (argc == 2 && !strcmp(argv[1], "report"))
        return report(argv[0]);
    if (geteuid() != 0)
        return skip_all("making a setuid program needs root");
    sandbox_make(&box);
    sandbox_write(&box, "manifests/50-a.provider", "[provider a]\nmodule = a.so\nabi = 1\n");
    snprintf(folders[0], PATH_MAX, "OPENSSPI_CONFDIR=%s", sandbox_path(&box, "conf"));
    snprintf(folders[1], PATH_MAX, "OPENSSPI_MANIFESTDIR=%s", sandbox_path(&box, "manifests"));
    snprintf(folders[2], PATH_MAX, "OPENSSPI_PROVIDERDIR=%s", sandbox_path(&box, "providers"));
    sandbox_copy(&box, "copy", "/proc/self/exe");
    copy = sandbox_path(&box, "copy");
    chmod(copy, 0755);

    run_copy(copy, environment, text, sizeof text);
    ok(strstr(text, "secure=0 provider=OPENSSPI_PROVIDER folders=1") && strstr(text, "OPENSSPI_LOG reached it"),
       "a plain program: the variables reach it");
    diag("%s", text);

    chmod(copy, 04755);
    run_copy(copy, environment, text, sizeof text);
    if (!statvfs(copy, &fs) && fs.f_flag & ST_NOSUID)
        skip("the temporary folder is mounted nosuid", "a setuid program: the variables do not reach it");
    else if (strstr(text, "secure=0"))
        skip("this system does not honour setuid bits (no_new_privs)", "a setuid program: the variables do not reach it");
    else if (!ok(strstr(text, "secure=1 provider=") && !strstr(text, "provider=OPENSSPI_PROVIDER") &&
                     strstr(text, "folders=0") && !strstr(text, "OPENSSPI_LOG reached it"),
                 "a setuid program: the variables do not reach it"))
        diag("%s", text);
    sandbox_remove(&box);
    return tap_done();
}
