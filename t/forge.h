/* SPDX-License-Identifier: MIT
 *
 * t/forge.h -- certificates that no honest authority would issue, made by a table while the test runs.
 * Link t/libforge.la; it stands on libcrypto, so such tests run where the OpenSSL provider is built.
 *
 *   struct forge_spec leaf = {.id = "leaf", .by = "ca", .ext = {"subjectAltName=DNS:localhost"}};
 *
 * Keys are made once per name and kept: the same key in two certificates is a key_of. */
#ifndef T_FORGE_H
#define T_FORGE_H

#include <stddef.h>
#include <stdint.h>

enum { FORGE_EXT = 8, FORGE_SPECS = 12 };
enum forge_twist {
    FORGE_STRAIGHT,
    FORGE_OTHER_ALGORITHM, /* outside it says SHA-384, inside what it is signed with */
    FORGE_PSS,             /* RSA-PSS over md, which libcrypto may not like; its parameters say so */
    FORGE_PSS_BARE,        /* ... and which has no parameters */
    FORGE_UNTOLD           /* md is the OID of an algorithm that it says it is signed with; it is not */
};
struct forge_spec {
    const char *id;             /* what others call it; "root": also an anchor, by default */
    const char *by;             /* the issuer's id; NULL: its own */
    const char *subject;        /* "/O=a/CN=b", or "hex:3000" a whole Name; NULL: "/CN=ID" */
    const char *key;            /* "p256", "rsa", "rsapss", "explicit" (P-256, parameters written out) */
    const char *key_of;         /* the id whose key it is; NULL: its own */
    const char *md;             /* NULL: SHA256; "pss-md5": RSA-PSS over that; "none": the algorithm's own */
    const char *ext[FORGE_EXT]; /* OpenSSL's lines: "basicConstraints=critical,CA:TRUE" */
    int from, until;            /* days from now; both 0: -1 and 30 */
    int version;                /* 1, 2, 3; 0: 3 */
    long serial;                /* 0: the next of a count */
    enum forge_twist twist;
};
struct forged {
    uint8_t *der;
    size_t len;
};

/* One of `specs`, with its issuer found among them.  Exits with 99 where it cannot be made. */
struct forged forge_make(const struct forge_spec *specs, size_t count, const char *id);

/* A revocation list, and an OCSP answer; dates in days from now. */
struct forge_list {
    const char *by;      /* who signs and is named */
    const char *revoked; /* whose serial is on it; NULL: 4242 */
    const char *ext;     /* of the list, OpenSSL's line; NULL: none */
    const char *entry;   /* of the entry: the number of an extension, critical and empty; NULL: none */
    const char *md;
    int from, until; /* both 0: -1 and 30; until 0: it does not say */
};
struct forge_answer {
    const char *about, *of; /* the certificate, and who is said to have issued it */
    const char *by;         /* who signs */
    const char *shown;      /* the certificate that comes along; NULL: none */
    int status;             /* 0 good, 1 revoked, 2 unknown */
    const char *md;
    int from, until; /* as above */
    int try_later;   /* no answer but an excuse */
    int critical;    /* something unknown and critical in it */
};
struct forged forge_list(const struct forge_spec *specs, size_t count, const struct forge_list *);
struct forged forge_answer(const struct forge_spec *specs, size_t count, const struct forge_answer *);

#endif
