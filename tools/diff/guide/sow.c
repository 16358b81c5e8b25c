/* SPDX-License-Identifier: MIT
 *
 * The suite's bases as inputs. */
#include <config.h>

#include "tools/diff/guide/guide.h"
#include "tools/diff/tst.h"

#include <errno.h>
#include <string.h>

static int write_input(const char *folder, const struct diff_base *base)
{
    char path[4096 + 40];
    uint8_t head = guide_head(base->stimulus.role, base->profile);
    uint64_t hash = diff_hash(diff_hash(0, &head, 1), base->stimulus.bytes, base->stimulus.len);
    snprintf(path, sizeof path, "%s/base-%016llx", folder, (unsigned long long)hash);
    FILE *out = fopen(path, "wb");
    if (!out)
        return -1;
    fwrite(&head, 1, 1, out);
    if (base->stimulus.len)
        fwrite(base->stimulus.bytes, 1, base->stimulus.len, out);
    int failed = ferror(out);
    return fclose(out) || failed ? -1 : 0;
}

int guide_sow(const struct diff_suite *suite, const char *folder)
{
    if (diff_tst_folder(folder))
        return -1;
    for (size_t i = 0; i < suite->count; i++) {
        const struct diff_base *base = suite->bases[i];
        if (base->kind == &diff_replay && base->stimulus.len < GUIDE_MOST && write_input(folder, base)) {
            diff_failed("%s: %s", folder, strerror(errno));
            return -1;
        }
    }
    return 0;
}
