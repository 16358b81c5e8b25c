/* SPDX-License-Identifier: MIT
 * Any bytes as PEM text, and as text for CryptStringToBinary. */
#include <config.h>

#include "core/cert/base64.h"
#include "core/cert/open.h"
#include "core/cert/text.h"
#include "core/log.h"

#include "t/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct sspi_bytes in = {data, size};
    struct pem_block block;
    int found;
    log_set_target("none");
    while ((found = pem_next(&in, &block)) != 0) {
        must(in.ptr >= data && in.ptr + in.len == data + size);
        if (found < 0)
            continue;
        must(block.body.ptr >= data && block.body.ptr + block.body.len <= data + size);
        uint8_t *out = malloc(BASE64_ROOM(block.body.len));
        size_t len, counted;
        int result = pem_decode(&block, out, &len);
        must(result == base64_decode((const char *)block.body.ptr, block.body.len, NULL, &counted));
        must(result || (len == counted && len <= BASE64_ROOM(block.body.len)));
        free(out);
    }
    for (DWORD format = 0; format < 16; format++) {
        DWORD need = 0, got, skip, used;
        if (!text_to_binary((const char *)data, size, format, NULL, &need, &skip, &used))
            continue;
        BYTE *out = malloc(need ? need : 1);
        got = need;
        must(text_to_binary((const char *)data, size, format, out, &got, NULL, NULL) && got == need &&
             skip <= size);
        free(out);
    }
    struct store *store = store_new();
    open_pem(store, (struct sspi_bytes){data, size}, NULL, "fuzz");
    store_release(store);
    return 0;
}
