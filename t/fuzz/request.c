/* SPDX-License-Identifier: MIT
 * Any bytes as a server's plaintext records, searched for CertificateRequests. */
#include <config.h>

#include "core/hello.h"
#include "core/record.h"

#include "t/fuzz/fuzz.h"

static void inside(struct sspi_bytes part, const struct bytes *whole)
{
    must(part.len == 0 || (part.ptr >= whole->ptr && part.len <= whole->len &&
                           (size_t)(part.ptr - whole->ptr) <= whole->len - part.len));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct hello_gather gather = {0};
    struct hello_request request;
    enum hello_status status = HELLO_MORE;
    struct record record;
    size_t used = 0;
    int dtls = size > 1 && data[1] == 254;

    while (status != HELLO_BAD && record_read(data + used, size - used, dtls, &record) == RECORD_WHOLE) {
        status = hello_request(&gather, data + used, record.len, &request);
        used += record.len;
        must(gather.message.len <= HELLO_MAX + 16384);
        while (status == HELLO_WHOLE) {
            inside(request.types, &gather.message);
            inside(request.signatures, &gather.message);
            inside(request.names, &gather.message);
            must(request.types.len >= 1 && request.signatures.len % 2 == 0);
            status = hello_request(&gather, NULL, 0, &request);
        }
    }
    hello_gather_free(&gather);
    return 0;
}
