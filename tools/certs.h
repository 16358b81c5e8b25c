/* SPDX-License-Identifier: MIT
 *
 * tools/certs.h -- what the files of `sspi certs` share.  The library's registry knows the contexts of the
 * exported functions, so these files use those, and of the core only what hands out none. */
#ifndef TOOLS_CERTS_H
#define TOOLS_CERTS_H

#include "tools/tools.h"
#include "tools/win.h"

#include <stdint.h>

struct certs_options {
    const char *store;   /* --store, or NULL */
    int machine;         /* --machine: the machine's, not the account's */
    int json, revocation;
    const char *map, *ca, *name, *key, *password_file, *out, *folder, *provider;
    unsigned timeout;    /* seconds */
    char **words;        /* what is left of the command line */
    int word_count;
};

/* Each is a subcommand: its exit code. */
int certs_list(const struct certs_options *);
int certs_show(const struct certs_options *);
int certs_export(const struct certs_options *);
int certs_delete(const struct certs_options *);
int certs_import(const struct certs_options *);
int certs_verify(const struct certs_options *);
int certs_map(const struct certs_options *);
int certs_fetch(const struct certs_options *);

/* "sspi certs: ..." on stderr; EXIT_FAILED. */
int certs_failed(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
/* The same with Windows' last error in words behind it. */
int certs_failed_error(const char *what);

/* A system store, read only; NULL: said why. */
HCERTSTORE certs_store(const char *name, int machine);
/* A store of what a file holds, PEM or DER; NULL: said why. */
HCERTSTORE certs_file(const char *path);
/* A whole file, at most 1 MiB, with a NUL behind it; malloc'ed; NULL: said why. */
unsigned char *certs_read(const char *path, size_t *len);
/* The folder of a store, malloc'ed; NULL: said why. */
char *certs_folder(const char *store, int machine);

struct certs_text { /* one certificate in words */
    char subject[512], issuer[512], from[48], until[48], serial[96], sha1[41], sha256[65];
    char origin[96]; /* of a trust anchor, else empty */
    int key;
};
void certs_text(PCCERT_CONTEXT, struct certs_text *);
void certs_origin(PCCERT_CONTEXT, char *out, size_t size); /* "p11-kit", a bundle, "administrator"; or empty */
int certs_has_key(HCERTSTORE, PCCERT_CONTEXT);
void certs_print(PCCERT_CONTEXT, int key, const char *indent);
/* The members of a JSON object, without its braces. */
void certs_json(PCCERT_CONTEXT, int key);
/* A certificate as PEM, malloc'ed; NULL: no memory. */
char *certs_pem(PCCERT_CONTEXT);

/* http://HOST[:PORT]/PATH by GET, redirections to http followed; at most `max` octets in `timeout` seconds all in
 * all.  malloc'ed, or NULL with one line in *why (static). */
unsigned char *http_get(const char *url, size_t max, unsigned timeout, size_t *len, const char **why);

#endif
