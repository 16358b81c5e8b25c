/* SPDX-License-Identifier: MIT
 *
 * core/ticket-keys.h -- keys that servers share so that each opens the others' tickets: given by the program
 * (SECPKG_ATTR_SESSION_TICKET_KEYS), or read from the file that the configuration names, which is read again
 * when it has changed.  Secrets: whoever copies a set wipes it. */
#ifndef CORE_TICKET_KEYS_H
#define CORE_TICKET_KEYS_H

#include "core/once.h"

#include <opensspi/provider.h>

#include <schannel.h>
#include <stddef.h>
#include <stdint.h>

enum {
    TICKET_MAC = 64,
    TICKET_KEYS_MAX = 16,
    TICKET_KEY_MIN = 32,
    TICKET_KEY_MAX = 64,
    TICKET_FILE_MAX = 16384
};

struct ticket_key {
    uint8_t id[16], key[TICKET_KEY_MAX];
    size_t len;
};
struct ticket_keys { /* the first encrypts, all decrypt */
    unsigned count;
    struct ticket_key key[TICKET_KEYS_MAX];
};

/* Those that a program gave to one credential.  A fork that catches a thread inside leaves the child without
 * tickets. */
struct ticket_given {
    struct once lock;
    struct ticket_keys *keys; /* NULL: none */
};

/* Lines "ID KEY" of hexadecimal digits: 16 octets, 32 to 64 octets; # begins a comment.  0, or -1: malformed,
 * no key, more than there may be or an id twice; *line is where, *why static text, and *out is wiped. */
int ticket_keys_parse(const char *text, size_t len, struct ticket_keys *out, unsigned *line,
                      const char **why);

/* 1: *out holds the keys; 0: there are none to be had here; -1: there should be some, and they cannot be used
 * (logged once), so no ticket is made or opened. */
int ticket_keys_of_file(struct ticket_keys *out);
int ticket_keys_given(struct ticket_given *, struct ticket_keys *out);

/* SEC_E_INVALID_PARAMETER: not 1 to 16 keys of version 0 and 32 to 64 octets, each with an id of its own;
 * what was given before stays. */
SECURITY_STATUS ticket_keys_give(struct ticket_given *, const SecPkgCred_SessionTicketKeys *);
void ticket_keys_forget(struct ticket_given *); /* with the credential */

/* What is made of a key: HMAC-SHA512 over the purpose, in 16 octets, and the text.  0, or -1. */
int ticket_key_mac(const struct sspi_provider *, const struct ticket_key *, const char *purpose,
                   struct sspi_bytes text, uint8_t out[TICKET_MAC]);

#endif
