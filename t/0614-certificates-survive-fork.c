/* SPDX-License-Identifier: MIT
 *
 * A process that forks while its threads are busy with certificates has a child that can use them: no lock is
 * found held for ever. */
#include <config.h>

#include "t/cert-kit.h"

#include <pthread.h>
#include <stdatomic.h>
#include <sys/wait.h>
#include <unistd.h>

static atomic_int stop;
static HCERTSTORE shared;

static void *churn(void *unused)
{
    (void)unused;
    while (!stop) {
        PCCERT_CONTEXT c = CertEnumCertificatesInStore(shared, NULL), more = NULL;
        CertAddCertificateContextToStore(shared, c, CERT_STORE_ADD_ALWAYS, &more);
        CertDeleteCertificateFromStore(more);
        CertFreeCertificateContext(c);
    }
    return NULL;
}

static int child(void)
{
    alarm(60);
    for (unsigned i = 0; i < 20; i++) {
        HCERTSTORE store = open_pki("server-ecdsa-full.pem");
        PCCERT_CONTEXT c = store ? CertEnumCertificatesInStore(store, NULL) : NULL;
        PCCERT_CONTEXT old = CertEnumCertificatesInStore(shared, NULL);
        if (!c || !old)
            return 1;
        CertFreeCertificateContext(old);
        CertFreeCertificateContext(c);
        CertCloseStore(store, 0);
    }
    return 0;
}

int main(void)
{
    pthread_t thread[2];
    unsigned good = 0, forks = 40;
    shared = CertOpenStore(CERT_STORE_PROV_MEMORY, 0, 0, 0, NULL);
    PCCERT_CONTEXT c = first_of("server-rsa.pem");
    CertAddCertificateContextToStore(shared, c, CERT_STORE_ADD_ALWAYS, NULL);
    CertFreeCertificateContext(c);
    for (unsigned i = 0; i < 2; i++)
        pthread_create(&thread[i], NULL, churn, NULL);
    for (unsigned i = 0; i < forks; i++) {
        int status = -1;
        fflush(stdout);
        pid_t pid = fork();
        if (pid == 0)
            _exit(child());
        good += pid > 0 && waitpid(pid, &status, 0) == pid && status == 0;
    }
    stop = 1;
    for (unsigned i = 0; i < 2; i++)
        pthread_join(thread[i], NULL);
    is_int(good, forks, "children forked amid the work go on with it");
    CertCloseStore(shared, 0);
    return tap_done();
}
