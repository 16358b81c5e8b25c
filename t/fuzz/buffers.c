/* SPDX-License-Identifier: MIT
 * Any bytes as the contents of a caller's input buffers: count, then {type, length, bytes} each. */
#include <config.h>

#include "core/buffers.h"
#include "core/hello.h"

#include "t/fuzz/fuzz.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    SecBuffer array[8];
    SecBufferDesc desc = {SECBUFFER_VERSION, 0, array};
    struct buffers_in in;
    struct buffers_open opened;
    struct buffers_seal seal;
    void *copies[8] = {NULL};
    size_t i;

    while (desc.cBuffers < 8 && size >= 2) {
        size_t len = data[1] < size - 2 ? data[1] : size - 2;

        array[desc.cBuffers] = (SecBuffer){(ULONG)len, data[0] % 32, NULL};
        if (len != 0) { /* a block of its own, so that reading over its end shows */
            copies[desc.cBuffers] = array[desc.cBuffers].pvBuffer = malloc(len);
            memcpy(copies[desc.cBuffers], data + 2, len);
        }
        desc.cBuffers++;
        data += 2 + len;
        size -= 2 + len;
    }
    if (buffers_in(&desc, &in) == SEC_E_OK) {
        must(in.alpn.len == 0 || hello_alpn_valid(in.alpn));
        must(in.psk.len <= 256 && in.srtp.len % 2 == 0 && (in.mtu.len == 0 || in.mtu.len == 2));
        must(!in.slot || in.slot->cbBuffer == 0);
        buffers_extra(&in, in.token.len);
        must(!in.slot || in.slot->cbBuffer == in.token.len);
    }
    if (buffers_open(&desc, &opened) == SEC_E_OK)
        for (i = 0; i < 4; i++)
            must(opened.slot[i] >= array && opened.slot[i] < array + desc.cBuffers);
    if (buffers_seal(&desc, &seal) == SEC_E_OK)
        must(seal.header != seal.data && seal.data != seal.trailer);
    for (i = 0; i < 8; i++)
        free(copies[i]);
    return 0;
}
