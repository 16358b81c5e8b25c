/* SPDX-License-Identifier: MIT */
#include <config.h>

#include "tools/diff/options.h"

static int guide(struct diff_options *o)
{
    (void)o;
    return diff_failed("this program was built without libFuzzer (Debian: libclang-rt-14-dev)");
}

const struct diff_command diff_guide_command = {
    .name = "guide",
    .run = guide,
    .usage = "guide --out DIR [OPTION]...",
};
