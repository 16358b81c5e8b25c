/* SPDX-License-Identifier: MIT
 *
 * t/account-kit.h -- what tests of accounts share: a configuration with a map, in a process of its own. */
#ifndef T_ACCOUNT_KIT_H
#define T_ACCOUNT_KIT_H

#include "t/pair.h"
#include "t/sandbox.h"
#include "t/tap.h"

#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

static struct sandbox kit_box; /* of the running case */

/* The SHA-256 of t/pki/NAME.pem's first certificate, in hexadecimal. */
__attribute__((unused)) static void kit_digest(const char *name, char out[65])
{
    HCERTSTORE store = pair_store(name);
    PCCERT_CONTEXT certificate = store ? CertEnumCertificatesInStore(store, NULL) : NULL;
    BYTE digest[32];
    DWORD size = sizeof digest;
    if (!certificate ||
        !CertGetCertificateContextProperty(certificate, CERT_SHA256_HASH_PROP_ID, digest, &size)) {
        printf("Bail out! no digest of %s\n", name);
        exit(99);
    }
    for (unsigned i = 0; i < 32; i++)
        snprintf(out + 2 * i, 3, "%02x", digest[i]);
    CertFreeCertificateContext(certificate);
    CertCloseStore(store, 0);
}

/* Writes the map; {NAME} in it is the digest of t/pki/NAME.pem. */
__attribute__((unused)) static void kit_map(const char *text)
{
    char out[8192], name[64];
    size_t len = 0;
    while (*text && len < sizeof out - 128) {
        size_t size = strcspn(text, "}");
        if (*text != '{' || size >= sizeof name || text[size] != '}' || strcspn(text, " ") < size) {
            out[len++] = *text++;
            continue;
        }
        memcpy(name, text + 1, size - 1);
        name[size - 1] = 0;
        kit_digest(name, out + len);
        len += 64;
        text += size + 1;
    }
    sandbox_write_bytes(&kit_box, "accounts", out, len);
}

/* Runs f(arg) where `conf` stands in [package Schannel] and the map is `map` (NULL: none is configured). */
__attribute__((unused)) static void kit_run(const char *conf, const char *map, void (*f)(const void *arg),
                                            const void *arg)
{
    static unsigned *shared;
    char text[8192];
    int status = -1;
    if (!shared)
        shared = mmap(NULL, 2 * sizeof *shared, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    fflush(stdout);
    pid_t pid = fork();
    if (pid == 0) {
        sandbox_make(&kit_box);
        snprintf(text, sizeof text, "[package Schannel]\n%s%s%s\nlog = none\n%s", map ? "account-map = " : "",
                 map ? sandbox_path(&kit_box, "accounts") : "", "", conf);
        sandbox_write(&kit_box, "conf/opensspi.conf", text);
        setenv("OPENSSPI_CONFDIR", sandbox_path(&kit_box, "conf"), 1);
        if (map)
            kit_map(map);
        f(arg);
        sandbox_remove(&kit_box);
        shared[0] = tap_count;
        shared[1] = tap_failed;
        exit(0);
    }
    if (pid < 0 || waitpid(pid, &status, 0) != pid)
        exit(99);
    tap_count = shared[0];
    tap_failed = shared[1];
    if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
        ok(0, "the process ended with status 0x%x", (unsigned)status);
}

#endif
