/* SPDX-License-Identifier: MIT
 *
 * tools/diff/observe.h -- what a caller of SSPI can see of one case with one backend: the vector that is
 * compared. Fixed in size, without pointers: it crosses processes by memcpy. */
#ifndef DIFF_OBSERVE_H
#define DIFF_OBSERVE_H

#include "tools/diff/win.h"

#include <stddef.h>
#include <stdint.h>

enum diff_state {
    DIFF_WAIT,   /* no error, wants more */
    DIFF_OPEN,   /* the handshake has completed */
    DIFF_REJECT, /* a call failed */
    DIFF_CLOSED, /* ended in order */
    DIFF_STATES
};

/* Alerts by what they blame (diff_alert_class). */
enum diff_class {
    DIFF_NONE,
    DIFF_PARSE,       /* the form */
    DIFF_NEGOTIATION, /* what was offered */
    DIFF_ORDER,       /* what comes when */
    DIFF_CRYPTO,
    DIFF_CERT,
    DIFF_OTHER,
    DIFF_CLASSES
};

enum diff_end { DIFF_FINE, DIFF_CRASH, DIFF_HANG, DIFF_SKIPPED, DIFF_ENDS };

/* Invariants of one backend by itself (bits of diff_observation.broken): no second opinion is needed. */
enum diff_invariant {
    DIFF_I1 = 1u << 0, /* the same however the bytes are delivered */
    DIFF_I2 = 1u << 1, /* the same when repeated */
    DIFF_I3 = 1u << 2, /* the same whatever ran before in the process */
    DIFF_I4 = 1u << 3, /* too little room is SEC_E_INSUFFICIENT_MEMORY and changes nothing */
    DIFF_I5 = 1u << 4, /* unknown extensions, GREASE and the order of extensions are neutral */
    DIFF_I6 = 1u << 5, /* consumed + EXTRA = fed; an incomplete record consumes nothing */
    DIFF_I7 = 1u << 6, /* the caller's memory or ALLOCATE_MEMORY: the same */
    DIFF_I8 = 1u << 7, /* silence after a fatal alert */
    DIFF_INVARIANTS = 8
};

struct diff_observation {
    uint8_t state;       /* enum diff_state */
    uint8_t alert_level; /* of the first fatal alert sent; 0: none was */
    uint8_t alert;
    uint8_t alert_class;    /* enum diff_class; DIFF_NONE without an alert */
    uint8_t end;            /* enum diff_end; the rest counts only with DIFF_FINE */
    uint8_t signal;         /* with DIFF_CRASH */
    uint16_t broken;        /* enum diff_invariant bits */
    int32_t status;         /* SECURITY_STATUS of the last call */
    uint32_t fed, consumed; /* octets offered in all, taken in all */
    uint32_t calls;
    uint32_t missing; /* the last SECBUFFER_MISSING; 0: none */
    uint32_t granted; /* ISC_RET_, ASC_RET_ bits of the last successful call */
    uint32_t plain_length;
    uint64_t plain_hash;  /* of released plaintext */
    uint32_t us;          /* processor time, microseconds: reported, never compared */
    char reply[192];      /* skeleton of what was sent: "SH(3) ccs app app", never ciphertext */
    char attributes[192]; /* once open: "tls13 0x1301 alpn=h2 ..." */
    char why[96];         /* what broke an invariant, or why a case was skipped */
};

enum diff_class diff_alert_class(uint8_t level, uint8_t alert);
const char *diff_state_name(unsigned state); /* "wait", "open", "reject", "closed" */
const char *
diff_class_name(unsigned);           /* "none", "parse", "negotiation", "state", "crypto", "cert", "other" */
const char *diff_end_name(unsigned); /* "fine", "crash", "hang", "skipped" */
int diff_state_named(const char *);  /* -1: no such name */
int diff_class_named(const char *);

/* The text of what one side sent, records and messages with classes of length: `out` is always ended by NUL
 * and says "..." where it was too small.  *level and *alert: the first fatal alert in the clear, 0 0 without.
 */
void diff_skeleton(const uint8_t *bytes, size_t len, char *out, size_t size, uint8_t *level, uint8_t *alert);

/* "SH" of 2; NULL: no message of that type has a name. */
const char *diff_message_name(unsigned type);

/* The text of the attributes of an open context, by QueryContextAttributes. */
void diff_attributes(CtxtHandle *, char *out, size_t size);

/* Marks an invariant as broken; the first reason stays. */
void diff_broken(struct diff_observation *, enum diff_invariant, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

uint64_t diff_hash(uint64_t seed, const void *bytes, size_t len); /* FNV-1a; start with seed 0 */
uint64_t diff_cpu_us(void);                                       /* this thread's processor time */

#endif
