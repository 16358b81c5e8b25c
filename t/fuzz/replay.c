/* SPDX-License-Identifier: MIT
 * Runs a fuzz target without libFuzzer: each file given, every shorter beginning of it, and every byte of
 * it changed in a few ways. */
#include <config.h>

#include "t/fuzz/fuzz.h"

#include <string.h>

/* On a block of exactly that size, so that a sanitizer sees a byte too many. */
static void run(const uint8_t *data, size_t size)
{
    uint8_t *copy = calloc(1, size ? size : 1);

    if (!copy)
        abort();
    memcpy(copy, data, size);
    LLVMFuzzerTestOneInput(copy, size);
    free(copy);
}

static void run_relatives(uint8_t *data, size_t size)
{
    static const uint8_t changes[] = {0x01, 0x80, 0xFF, 0x55};
    size_t at, i;

    for (at = 0; at < size; at++) {
        run(data, at);
        for (i = 0; i < sizeof changes; i++) {
            data[at] ^= changes[i];
            run(data, size);
            data[at] ^= changes[i];
        }
    }
}

int main(int argc, char **argv)
{
    static uint8_t data[65536];
    int i;

    run(data, 0);
    for (i = 1; i < argc; i++) {
        FILE *file = fopen(argv[i], "rb");
        size_t size = file ? fread(data, 1, sizeof data, file) : 0;

        if (!file || ferror(file) || size == 0 || size == sizeof data) {
            fprintf(stderr, "%s: cannot be used\n", argv[i]);
            return 1;
        }
        fclose(file);
        run(data, size);
        run_relatives(data, size);
    }
    return 0;
}
