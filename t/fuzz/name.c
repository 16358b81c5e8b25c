/* SPDX-License-Identifier: MIT
 * Any bytes as a name: text for CertStrToName, DER for CertNameToStr, a host, a pattern, an address. */
#include <config.h>

#include "core/cert/names.h"

#include <string.h>

#include "t/fuzz/fuzz.h"

/* What was read from text reads back as text that means the same. */
static void there_and_back(const char *text, DWORD type)
{
    struct bytes der = {NULL, 0, 0}, again = {NULL, 0, 0};
    size_t error_at;
    int malformed;
    if (!names_parse(text, type, &der, &error_at)) {
        char *back = names_text((struct sspi_bytes){der.ptr, der.len}, CERT_X500_NAME_STR, &malformed);
        if (back && back[0] && !strchr(back, '#')) /* what is no text is shown as its octets */
            must(!names_parse(back, CERT_X500_NAME_STR, &again, &error_at) && again.len == der.len);
        free(back);
    } else {
        must(error_at == SIZE_MAX || error_at <= strlen(text));
    }
    bytes_free(&der);
    bytes_free(&again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    uint8_t address[16];
    int malformed;
    char *text = malloc(size + 1);
    if (!text)
        return 0;
    memcpy(text, data, size);
    text[size] = 0;
    there_and_back(text, CERT_X500_NAME_STR);
    there_and_back(text, CERT_X500_NAME_STR | CERT_NAME_STR_CRLF_FLAG | CERT_NAME_STR_NO_PLUS_FLAG);
    size_t len = names_address(text, address);
    must(len == 0 || len == 4 || len == 16);
    char *colon = strchr(text, ':');
    if (colon) { /* pattern:host */
        struct sspi_bytes pattern = {(uint8_t *)text, (size_t)(colon - text)};
        int how = names_dns_match(pattern, colon + 1, strlen(colon + 1));
        must(how == 0 || how == 1 || how == 2);
        must(how != 2 || memchr(colon + 1, '*', strlen(colon + 1)) == NULL || memchr(text, '*', pattern.len));
    }
    free(text);
    free(names_text((struct sspi_bytes){data, size}, CERT_X500_NAME_STR, &malformed));
    free(names_text((struct sspi_bytes){data, size}, CERT_SIMPLE_NAME_STR | CERT_NAME_STR_NO_QUOTING_FLAG,
                    &malformed));
    return 0;
}
