/* SPDX-License-Identifier: MIT
 * Any bytes as the start of a TLS and of a DTLS stream. */
#include <config.h>

#include "core/record.h"

#include "t/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct record whole, part;
    int dtls;
    size_t len;

    for (dtls = 0; dtls < 2; dtls++) {
        enum record_status status = record_read(data, size, dtls, &whole);

        if (status == RECORD_WHOLE)
            must(whole.len <= size && whole.len >= whole.header && whole.type >= 20 && whole.type <= 23 &&
                 whole.len - whole.header <= RECORD_FRAGMENT_MAX && whole.missing == 0);
        if (status == RECORD_SHORT)
            must(whole.missing > 0 && whole.missing <= RECORD_FRAGMENT_MAX + RECORD_HEADER_DTLS);
        /* What a shorter look says may not contradict a longer one. */
        for (len = 0; len < size && len < 32; len++) {
            enum record_status before = record_read(data, len, dtls, &part);
            must(before != RECORD_BAD || status == RECORD_BAD);
            must(before != RECORD_SHORT || status != RECORD_WHOLE || len + part.missing <= whole.len);
            must(before != RECORD_WHOLE || (status == RECORD_WHOLE && part.len == whole.len));
        }
    }
    return 0;
}
