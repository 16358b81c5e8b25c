/* SPDX-License-Identifier: MIT
 *
 * `sspi diff guide`: sown with the suite's bases, a fuzzer looks for answers that nobody has seen; what it
 * finds is judged like any case, made small and written down as streams. */
#include <config.h>

#include "tools/diff/guide/guide.h"
#include "tools/diff/tst.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* ---- folders ---- */

static int make_folders(const struct diff_options *o, struct guide_folders *f, char *own, size_t size)
{
    const char *tmp = secure_getenv("TMPDIR");
    snprintf(own, size, "%s/sspi-guide-XXXXXX", tmp && *tmp ? tmp : "/tmp");
    if (!mkdtemp(own)) {
        diff_failed("%s: %s", own, strerror(errno));
        *own = 0;
        return -1;
    }
    if (o->corpus)
        snprintf(f->corpus, sizeof f->corpus, "%s", o->corpus);
    else
        snprintf(f->corpus, sizeof f->corpus, "%.3000s/corpus", own);
    snprintf(f->found, sizeof f->found, "%.3000s/found", own);
    return diff_tst_folder(f->corpus) || diff_tst_folder(f->found) || diff_tst_folder(o->out) ? -1 : 0;
}

static void remove_folder(const char *folder)
{
    char path[4096 + 300];
    DIR *dir = opendir(folder);
    for (struct dirent *entry; dir && (entry = readdir(dir)) != NULL;) {
        snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
        unlink(path); /* no folder, and neither . nor .. */
    }
    if (dir)
        closedir(dir);
    rmdir(folder);
}

static void remove_folders(const struct diff_options *o, const struct guide_folders *f, const char *own)
{
    if (!*own)
        return;
    remove_folder(f->found);
    if (!o->corpus)
        remove_folder(f->corpus);
    rmdir(own);
}

/* ---- the command ---- */

static int look(const struct diff_options *o, struct diff_suite *suite, const struct guide_folders *f)
{
    char why[512];
    unsigned ended = 0;
    if (diff_replay.begin(o->backends, o->backend_count, why, sizeof why))
        return diff_failed("%s", why);
    if (guide_begin(o))
        return diff_failed("no memory");
    if ((o->seconds || o->runs) && (guide_sow(suite, f->corpus) || guide_fuzz(o, f, &ended)))
        return DIFF_EXIT_USAGE;
    int code = guide_reap(o, suite, f);
    return code ? code : ended ? DIFF_EXIT_FOUND : DIFF_EXIT_FINE;
}

static int guide(struct diff_options *o)
{
    struct diff_suite suite = {0};
    struct guide_folders folders = {0};
    char own[4096] = "";
    if (o->word_count || !o->out || (!o->seconds && !o->runs && !o->corpus))
        return diff_failed("guide takes --out DIR, and --seconds N, --runs N or --corpus DIR");
    if (diff_options_backends(o))
        return DIFF_EXIT_USAGE;
    setvbuf(stdout, NULL, _IOLBF, 0); /* it takes long, and says what it finds */
    o->kind = diff_replay.name;
    int code = diff_options_suite(o, &suite) || make_folders(o, &folders, own, sizeof own)
                   ? DIFF_EXIT_USAGE
                   : look(o, &suite, &folders);
    remove_folders(o, &folders, own);
    diff_suite_free(&suite);
    return code;
}

const struct diff_command diff_guide_command = {
    .name = "guide",
    .run = guide,
    .usage = "guide --out DIR [--seconds N] [--runs N] [--seed N] [--corpus DIR] [OPTION]...",
};
