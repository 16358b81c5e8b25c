/* SPDX-License-Identifier: MIT
 *
 * tools/diff/profile.h -- the settings under which backends are compared, made equal through public
 * credentials alone: TLS 1.2 and 1.3, the machine's lists of suites and groups, no resumption, one
 * certificate.  Credentials are made once, before the workers are forked, and serve the children. */
#ifndef DIFF_PROFILE_H
#define DIFF_PROFILE_H

#include "tools/diff/case.h"

/* Which ciphers are offered and taken.  ChaCha20's rank is one that a provider may choose by the machine. */
enum diff_suites {
    DIFF_SUITES_ALL,
    DIFF_SUITES_AES,
    DIFF_SUITES_AES128,
    DIFF_SUITES_AES256,
    DIFF_SUITES_CHACHA
};

struct diff_profile {
    const char *name;                      /* "common" */
    const char *server;                    /* the certificate, NAME.pem in pki/ */
    const char *client;                    /* a client's; NULL: none */
    const char *roots;                     /* whom either side trusts; NULL: nobody is judged */
    DWORD disabled;                        /* SP_PROT_ */
    const char *server_alpn, *client_alpn; /* "h2 http/1.1"; NULL: none */
    ULONG server_request;                  /* more ASC_REQ_ bits */
    const char *target;                    /* whom a client means; NULL: "localhost" */
    int resumes;                           /* sessions are kept */
    enum diff_suites suites;
    void (*keylog)(void *user, const char *line); /* gets the secrets; NULL: nobody */
    void *keylog_user;
};

/* NULL is "common"; NULL comes back for an unknown name. */
const struct diff_profile *diff_profile_find(const char *name);
/* By number, taken modulo how many there are. */
const struct diff_profile *diff_profile_at(unsigned);
/* Where seeds, keys and rules lie.  Set once, before all else; the default is where they are installed. */
void diff_data_set(const char *folder);
const char *diff_data(void);
/* A file, and one of the data folder, ended by NUL; malloc'ed, NULL when it cannot be read. */
char *diff_file_read(const char *path, size_t *len);
char *diff_data_read(const char *name, size_t *len);

/* Fills in a backend: package, and the library's version.  -1: no such provider, with a word in `why`. */
int diff_backend_make(struct diff_backend *, const char *name, char *why, size_t size);
/* Credentials of every profile and role for these backends.  -1: `why` says which. */
int diff_profiles_begin(const struct diff_backend *, unsigned count, char *why, size_t size);
/* Of backend `which`, as given to diff_profiles_begin. */
CredHandle *diff_credential(const struct diff_profile *, enum diff_role, unsigned which);
/* A credential by hand; free it with FreeCredentialsHandle. */
SECURITY_STATUS diff_credential_make(const struct diff_backend *, const struct diff_profile *, enum diff_role,
                                     CredHandle *out);
/* The SECBUFFER_APPLICATION_PROTOCOLS of a list; its length, 0 where it does not fit. */
size_t diff_alpn(const char *list, uint8_t *out, size_t size);

#endif
