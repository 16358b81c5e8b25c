/* SPDX-License-Identifier: MIT
 *
 * `sspi doctor`: every client meets every server, over memory, through the public functions.  In a child: a
 * module that crashes is a finding, not the end, and the parent's own look at the modules stays apart. */
#include <config.h>

#include "tools/channel.h"
#include "tools/doctor.h"

#include "core/config.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { TURNS_MAX = 64, PAIR_SECONDS = 60 };

static PCCERT_CONTEXT make_certificate(void)
{
    /* DER of CN=localhost */
    static BYTE subject[] = {0x30, 0x14, 0x31, 0x12, 0x30, 0x10, 0x06, 0x03, 0x55, 0x04, 0x03,
                             0x0c, 0x09, 'l',  'o',  'c',  'a',  'l',  'h',  'o',  's',  't'};
    CERT_NAME_BLOB name = {sizeof subject, subject};

    return CertCreateSelfSignCertificate(0, &name, 0, NULL, NULL, NULL, NULL, NULL);
}

static SECURITY_STATUS acquire(const char *provider, int tls, PCCERT_CONTEXT *cert, CredHandle *out)
{
    TLS_PARAMETERS parameters = {.grbitDisabledProtocols = tls == 13 ? SP_PROT_TLS1_2 : SP_PROT_TLS1_3};
    SCH_CREDENTIALS auth = {.dwVersion = SCH_CREDENTIALS_VERSION,
                            .cCreds = cert ? 1 : 0,
                            .paCred = cert,
                            .dwFlags =
                                SCH_CRED_NO_DEFAULT_CREDS | (cert ? 0 : SCH_CRED_MANUAL_CRED_VALIDATION),
                            .cTlsParameters = 1,
                            .pTlsParameters = &parameters};
    char package[128];

    snprintf(package, sizeof package, "Schannel:%s", provider);
    return AcquireCredentialsHandleA(NULL, package, cert ? SECPKG_CRED_INBOUND : SECPKG_CRED_OUTBOUND, NULL,
                                     &auth, NULL, NULL, out, NULL);
}

static void carry(struct channel *from, struct channel *to)
{
    if (buffer_length(&from->out) &&
        buffer_append(&to->in, buffer_bytes(&from->out), buffer_length(&from->out)) == 0)
        buffer_drop(&from->out, buffer_length(&from->out));
}

/* A handshake and a word each way. */
static SECURITY_STATUS meet(struct channel *client, struct channel *server)
{
    int turn;

    for (turn = 0; turn < TURNS_MAX; turn++) {
        channel_run(client);
        carry(client, server);
        channel_run(server);
        carry(server, client);
        if (client->state == CHANNEL_FAILED || server->state == CHANNEL_FAILED)
            return client->state == CHANNEL_FAILED ? client->status : server->status;
        if (client->state != CHANNEL_OPEN || server->state != CHANNEL_OPEN)
            continue;
        if (buffer_length(&server->plain) && buffer_length(&client->plain))
            return SEC_E_OK;
        if (turn < TURNS_MAX / 2 &&
            (channel_write(client, "ping", 4) != 0 || channel_write(server, "pong", 4) != 0))
            return SEC_E_INTERNAL_ERROR;
    }
    return SEC_E_INCOMPLETE_MESSAGE;
}

static SECURITY_STATUS try_pair(const char *client_name, const char *server_name, int tls,
                                PCCERT_CONTEXT cert)
{
    CredHandle client_cred, server_cred;
    struct channel client, server;
    SECURITY_STATUS status = acquire(client_name, tls, NULL, &client_cred);

    if (status != SEC_E_OK)
        return status;
    status = acquire(server_name, tls, &cert, &server_cred);
    if (status == SEC_E_OK) {
        channel_client(&client, &client_cred, "localhost");
        channel_server(&server, &server_cred);
        status = meet(&client, &server);
        channel_free(&client);
        channel_free(&server);
        FreeCredentialsHandle(&server_cred);
    }
    FreeCredentialsHandle(&client_cred);
    return status;
}

static int loads(const char *provider)
{
    CredHandle cred;
    SECURITY_STATUS status = acquire(provider, 12, NULL, &cred);

    if (status == SEC_E_OK)
        FreeCredentialsHandle(&cred);
    return status != SEC_E_SECPKG_NOT_FOUND && status != SEC_E_INTERNAL_ERROR;
}

/* Lines "CLIENT SERVER TLS" before each pair and " STATUS" behind it.  What does not load is another's
 * finding. */
static void child(FILE *out, const char *const *names, size_t count)
{
    PCCERT_CONTEXT cert = make_certificate();
    size_t i;

    if (!cert) {
        fprintf(out, "- - 0 %08x\n", (unsigned)GetLastError());
        return;
    }
    for (i = 0; i < count * count * 2; i++) {
        int tls = i % 2 ? 13 : 12;
        const char *c = names[i / 2 / count], *s = names[i / 2 % count];
        if (!loads(c) || !loads(s))
            continue;
        fprintf(out, "%s %s %d ", c, s, tls);
        fflush(out);
        alarm(PAIR_SECONDS);
        fprintf(out, "%08x\n", (unsigned)try_pair(c, s, tls, cert));
        fflush(out);
    }
    CertFreeCertificateContext(cert);
}

static void judge(struct doctor *doctor, const char *line, unsigned *good)
{
    char c[128] = "", s[128] = "", remedy[160];
    int tls = 0;
    unsigned status = 0;
    int found = sscanf(line, "%127s %127s %d %x", c, s, &tls, &status);

    if (found < 3 || (tls == 0 && doctor->unserved))
        return;
    if (found == 4 && status == SEC_E_OK) {
        ++*good;
        return;
    }
    snprintf(remedy, sizeof remedy,
             "`sspi status 0x%08x' explains the code; OPENSSPI_LOG=all+debug shows more", status);
    if (found == 4 && tls == 0)
        doctor_say(doctor, FINDING_BAD, remedy, "no certificate can be made: 0x%08x", status);
    else if (found == 4 && (SECURITY_STATUS)status == SEC_E_ALGORITHM_MISMATCH)
        doctor_say(doctor, FINDING_NOTE, remedy,
                   "%s with %s, TLS 1.%d: no version in common; a policy forbids it?", c, s, tls - 10);
    else if (found == 4)
        doctor_say(doctor, FINDING_BAD, remedy, "client %s with server %s, TLS 1.%d: 0x%08x", c, s, tls - 10,
                   status);
    else
        doctor_say(doctor, FINDING_BAD, "reinstall these providers and their libraries",
                   "client %s with server %s, TLS 1.%d: the process died", c, s, tls - 10);
}

/* Those that a program can ask for. */
static size_t names_of(const struct config *config, const char **names)
{
    struct config_value order[CONFIG_PROVIDERS_MAX];
    size_t count = 0, i;

    if (!config_package_yes(config, "locked"))
        return config_installed(config, names, CONFIG_PROVIDERS_MAX);
    for (i = 0; i < config_order(config, order, CONFIG_PROVIDERS_MAX); i++)
        names[count++] = order[i].text;
    return count;
}

void doctor_pairs_begin(struct pairs *pairs, const struct config *config)
{
    const char *names[CONFIG_PROVIDERS_MAX];
    int ends[2];

    *pairs = (struct pairs){.lines = -1, .count = names_of(config, names)};
    fflush(stdout);
    if (!pairs->count || pipe2(ends, O_CLOEXEC) != 0)
        return;
    pairs->pid = fork();
    if (pairs->pid == 0) {
        FILE *out = fdopen(ends[1], "w");
        close(ends[0]);
        if (out)
            child(out, names, pairs->count);
        _exit(out && fflush(out) == 0 ? 0 : 1);
    }
    close(ends[1]);
    pairs->lines = ends[0];
}

void doctor_pairs_end(struct pairs *pairs, struct doctor *doctor)
{
    unsigned good = 0, all = 0;
    char line[512];
    FILE *in = pairs->lines < 0 ? NULL : fdopen(pairs->lines, "r");

    while (in && fgets(line, sizeof line, in)) {
        judge(doctor, line, &good);
        all++;
    }
    if (in) {
        fclose(in);
        waitpid(pairs->pid, NULL, 0);
    }
    if (good)
        doctor_say(doctor, FINDING_GOOD, NULL,
                   "%u of %u handshakes between providers complete, and messages pass", good, all);
    else if (pairs->count && !all)
        doctor_say(doctor, FINDING_NOTE, NULL,
                   "no handshakes were tried: no process, or no provider that loads");
}
