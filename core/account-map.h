/* SPDX-License-Identifier: MIT
 *
 * core/account-map.h -- the account map (opensspi-accounts(5)): which local account a client's certificate
 * speaks for.  Text and a certificate in, a decision out.  Pure: no files, no account database, no clock.
 *
 *   certificate SHA256             => ACCOUNT | deny      this very certificate
 *   ca SHA256 any                  => ACCOUNT | deny      whatever this CA issued
 *   ca SHA256 KIND PATTERN         => ACCOUNT | deny      KIND: subject, email, upn or dns
 *
 * The first rule that matches decides.  A rule always pins who issued by the digest of a whole certificate: a
 * name proves nothing where a hundred public CAs are trusted.  The file is judged as a whole: an error
 * anywhere means an account for nobody. */
#ifndef CORE_ACCOUNT_MAP_H
#define CORE_ACCOUNT_MAP_H

#include <opensspi/provider.h>

enum {
    MAP_FILE_MAX = 256 * 1024, /* bytes of the file */
    MAP_LINE_MAX = 1024,       /* of one line */
    MAP_PATTERN_MAX = 256,     /* of one pattern */
    MAP_VALUE_MAX = 1024,      /* of a name that patterns are held against; a longer one never matches */
    MAP_ACCOUNT_MAX = 32,      /* of an account's name */
    MAP_VALUES = 16            /* names of one kind; a certificate with more never matches by it */
};

enum map_kind { MAP_SUBJECT, MAP_EMAIL, MAP_UPN, MAP_DNS, MAP_KINDS };

struct map_names { /* the names of one kind in a certificate */
    unsigned count;
    char *value[MAP_VALUES]; /* UTF-8 without control characters; dns in lower case */
    int broken;              /* there is one that cannot be read, is ambiguous or could deceive */
};
struct map_certificate {
    uint8_t digest[32], issuer[32]; /* SHA-256 of it, and of the certificate above it in the judged path */
    int has_issuer;
    struct map_names names[MAP_KINDS];
};

enum map_outcome {
    MAP_NONE,    /* no rule: no account, and nothing against it */
    MAP_ACCOUNT, /* `account` */
    MAP_DENY,    /* a rule says so, or what it captured is no account's name */
    MAP_FAULTY,  /* the file: `why` */
    MAP_MEMORY
};
struct map_answer {
    enum map_outcome outcome;
    unsigned line; /* of the rule or the fault; 0: none */
    char account[MAP_ACCOUNT_MAX + 1];
    char why[256]; /* one line of words; parts of a certificate in it are escaped */
};

/* The names of a certificate, for map_decide; the digests are the caller's to fill in.  0; -1: no memory, or
 * no certificate.  Free with map_certificate_free in any case. */
int map_certificate_read(struct sspi_bytes der, struct map_certificate *);
void map_certificate_free(struct map_certificate *);

/* Judges all of the text.  `text` need not end in a NUL; it must not be empty, and its last line ends
 * in a newline, so that a file caught half written is an error and not a shorter map.  certificate NULL: only
 * the text is judged. */
void map_decide(const char *text, size_t len, const struct map_certificate *, struct map_answer *);

/* May `name` be a local account's: a letter or _, then letters, digits, . _ -, and not too long? */
int map_account_plain(const char *name);
const char *map_kind_word(enum map_kind);

#endif
