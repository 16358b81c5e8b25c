/* SPDX-License-Identifier: MIT
 * Any bytes as a client's first records, and as a ClientHello message. */
#include <config.h>

#include "core/hello.h"
#include "core/record.h"

#include "t/fuzz/fuzz.h"

#include <string.h>

static void inside(struct sspi_bytes part, struct sspi_bytes whole)
{
    must(part.len == 0 || (part.ptr >= whole.ptr && part.len <= whole.len &&
                           (size_t)(part.ptr - whole.ptr) <= whole.len - part.len));
}

static void read_hello(struct sspi_bytes message)
{
    struct hello hello;
    struct sspi_bytes chosen;
    uint8_t alert = 255;
    enum hello_status status = hello_read(message, &hello, &alert);
    const char *c;

    must(status == HELLO_WHOLE || status == HELLO_BAD);
    must(status == HELLO_WHOLE ? alert == 0 : alert == 50 || alert == 47);
    if (status != HELLO_WHOLE)
        return;
    inside(hello.session_id, message);
    inside(hello.suites, message);
    inside(hello.alpn, message);
    inside(hello.versions, message);
    inside(hello.signatures, message);
    inside(hello.groups, message);
    must(hello.session_id.len <= 32 && hello.suites.len >= 2);
    must(hello.suites.len % 2 == 0 && hello.versions.len % 2 == 0 && hello.signatures.len % 2 == 0 &&
         hello.groups.len % 2 == 0);
    must(strnlen(hello.server_name, sizeof hello.server_name) < sizeof hello.server_name);
    for (c = hello.server_name; *c; c++)
        must((*c >= 'a' && *c <= 'z') || (*c >= '0' && *c <= '9') || *c == '.' || *c == '-' || *c == '_');
    must(hello.alpn.len == 0 || hello_alpn_valid(hello.alpn));
    chosen = hello_alpn(hello.alpn, hello.alpn);
    must(hello.alpn.len == 0 ? chosen.len == 0 : chosen.ptr == hello.alpn.ptr);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct hello_gather gather = {0};
    enum hello_status status = HELLO_MORE;
    struct record record;
    uint8_t alert = 0;
    size_t used = 0;
    int dtls = size > 1 && data[1] == 254;

    read_hello((struct sspi_bytes){data, size});
    while (status == HELLO_MORE && record_read(data + used, size - used, dtls, &record) == RECORD_WHOLE) {
        status = hello_gather(&gather, data + used, record.len, &alert);
        used += record.len;
        must(gather.message.len <= HELLO_MAX + 16384);
    }
    if (status == HELLO_WHOLE)
        read_hello((struct sspi_bytes){gather.message.ptr, gather.message.len});
    hello_gather_free(&gather);
    return 0;
}
