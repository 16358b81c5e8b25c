/* SPDX-License-Identifier: MIT
 *
 * sspi-diff-afl: executions for AFL++, in its persistent mode.  It is linked with AFL++'s runtime and built
 * by any compiler: its map tells of tuples alone.
 *
 *   sspi-diff-afl --corpus DIR          writes the bases there, what afl-fuzz begins with
 *   afl-fuzz -i DIR -o OUT -- sspi-diff-afl
 *   sspi diff guide --corpus OUT/default/queue --out STREAMS */
#include <config.h>

#include "tools/diff/guide/guide.h"

#include <string.h>
#include <unistd.h>

/* Of AFL++'s runtime. */
extern uint8_t *__afl_area_ptr;
extern uint8_t *__afl_fuzz_ptr;
extern uint32_t *__afl_fuzz_len;
extern int __afl_sharedmem_fuzzing;
int __afl_sharedmem_fuzzing = 1; /* inputs come through memory */
void __afl_manual_init(void);
int __afl_persistent_loop(unsigned);
/* afl-fuzz looks for these words in the program. */
extern const char *volatile guide_afl_persistent, *volatile guide_afl_deferred;
const char *volatile guide_afl_persistent = "##SIG_AFL_PERSISTENT##";
const char *volatile guide_afl_deferred = "##SIG_AFL_DEFER_FORKSRV##";

enum { LOOP = 100000, FIRST = 8 }; /* the runtime writes the first octet of the map itself */

static const struct diff_command command = {
    .name = "sspi-diff-afl",
    .usage = "guide, but: sspi-diff-afl [--corpus DIR] [OPTION]... [<INPUT]",
};

static void execute(const uint8_t *bytes, size_t len)
{
    guide_count(__afl_area_ptr + FIRST, GUIDE_TUPLES / 8,
                guide_execute(bytes, len < GUIDE_MOST ? len : GUIDE_MOST));
}

static int begin(const struct diff_options *o)
{
    char why[512];
    if (diff_replay.begin(o->backends, o->backend_count, why, sizeof why))
        return diff_failed("%s", why);
    return guide_begin(o) ? diff_failed("no memory") : 0;
}

/* Without afl-fuzz: one input. */
static void from_stdin(void)
{
    static uint8_t bytes[GUIDE_MOST];
    size_t len = 0;
    for (ssize_t n = 1; n > 0 && len<sizeof bytes; len += n> 0 ? (size_t)n : 0)
        n = read(0, bytes + len, sizeof bytes - len);
    execute(bytes, len);
    printf("%u tuples\n", atomic_load(&guide_board()->tuples));
}

int main(int argc, char **argv)
{
    struct diff_options o;
    struct diff_suite suite = {0};
    if (diff_options_read(&o, &command, argc, argv))
        return DIFF_EXIT_USAGE;
    if (o.corpus) {
        int failed = diff_options_suite(&o, &suite) || guide_sow(&suite, o.corpus);
        diff_suite_free(&suite);
        return failed ? DIFF_EXIT_USAGE : DIFF_EXIT_FINE;
    }
    if (diff_options_backends(&o) || begin(&o))
        return DIFF_EXIT_USAGE;
    __afl_manual_init(); /* from here on in a child of afl-fuzz's fork server, credentials made */
    if (!__afl_fuzz_ptr)
        from_stdin();
    else
        while (__afl_persistent_loop(LOOP))
            execute(__afl_fuzz_ptr, *__afl_fuzz_len);
    return DIFF_EXIT_FINE;
}
