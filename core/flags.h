/* SPDX-License-Identifier: MIT
 *
 * core/flags.h -- ISC and ASC request bits -> what they mean -> RET bits: one table for both, because the
 * two functions number EXTENDED_ERROR, STREAM and INTEGRITY differently (K12). */
#ifndef CORE_FLAGS_H
#define CORE_FLAGS_H

#include <sspi.h>

enum flags_side { FLAGS_ISC = 0, FLAGS_ASC = 1 };
enum { /* what a request means, the same for both sides */
       FLAG_DELEGATE = 1 << 0,
       FLAG_MUTUAL_AUTH = 1 << 1,
       FLAG_REPLAY = 1 << 2,
       FLAG_SEQUENCE = 1 << 3,
       FLAG_CONFIDENTIALITY = 1 << 4,
       FLAG_SUPPLIED_CREDS = 1 << 5,
       FLAG_PROMPT = 1 << 6,
       FLAG_ALLOCATE = 1 << 7,
       FLAG_DATAGRAM = 1 << 8,
       FLAG_CONNECTION = 1 << 9,
       FLAG_EXTENDED_ERROR = 1 << 10,
       FLAG_STREAM = 1 << 11,
       FLAG_INTEGRITY = 1 << 12,
       FLAG_MANUAL = 1 << 13
};
/* SEC_E_UNSUPPORTED_FUNCTION: DELEGATE or PROMPT_FOR_CREDS (S10, D5); *meaning is set all the same. */
SECURITY_STATUS flags_read(enum flags_side, ULONG request, unsigned *meaning);

/* The RET bits for a call (K10, K11, D1): REPLAY, SEQUENCE, CONFIDENTIALITY and STREAM always; what was
 * asked for of ALLOCATE, SUPPLIED_CREDS, MANUAL, EXTENDED_ERROR, DATAGRAM, CONNECTION and INTEGRITY; and
 * MUTUAL_AUTH when it was asked for and `granted` holds it.  Nothing that was not asked for otherwise. */
ULONG flags_write(enum flags_side, unsigned meaning, unsigned granted);
/* The same for a call refused because its output has no room (W67): no STREAM, no echo. */
ULONG flags_write_no_room(enum flags_side);

#endif
