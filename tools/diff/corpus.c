/* SPDX-License-Identifier: MIT
 *
 * Public corpora: streams/ROLE/SOURCE/NAME.bin in a tar.xz, fed as they are. */
#include <config.h>

#include "tools/diff/suite.h"

#include <archive.h>
#include <archive_entry.h>
#include <stdio.h>
#include <string.h>

/* "accept/openssl/0123" of "streams/accept/openssl/0123.bin"; NULL: none of ours. */
static const char *short_name(const char *path, char *out, size_t size, enum diff_role *role)
{
    const char *name = strncmp(path, "streams/", 8) == 0 ? path + 8 : path;
    size_t len = strlen(name);
    if (len < 5 || len >= size || strcmp(name + len - 4, ".bin") != 0)
        return NULL;
    *role = strncmp(name, "accept/", 7) == 0 ? DIFF_ACCEPT : DIFF_INITIALIZE;
    if (*role == DIFF_INITIALIZE && strncmp(name, "initialize/", 11) != 0)
        return NULL;
    snprintf(out, size, "%.*s", (int)(len - 4), name);
    return out;
}

static int add_entry(struct diff_suite *suite, struct archive *archive, const char *name, enum diff_role role,
                     unsigned mutations)
{
    struct diff_base *base = diff_suite_add(suite, &diff_replay, "%s", name);
    const void *bytes;
    size_t len;
    la_int64_t offset;
    int said;
    if (!base)
        return -1;
    base->stimulus.role = role;
    base->mutations = mutations;
    while ((said = archive_read_data_block(archive, &bytes, &len, &offset)) == ARCHIVE_OK)
        if (base->stimulus.len + len > DIFF_STREAM_MAX || diff_stimulus_add(&base->stimulus, bytes, len))
            return -1;
    return said == ARCHIVE_EOF && !diff_stimulus_cut(&base->stimulus) ? 0 : -1;
}

int diff_corpus_load(struct diff_suite *suite, const char *folder, unsigned mutations, char *why, size_t size)
{
    char path[4096], name[DIFF_NAME_MAX];
    struct archive_entry *entry;
    struct archive *archive = archive_read_new();
    int failed = !archive;
    enum diff_role role;
    snprintf(path, sizeof path, "%s/tls-streams.tar.xz", folder);
    if (!failed) {
        archive_read_support_filter_all(archive);
        archive_read_support_format_tar(archive);
        failed = archive_read_open_filename(archive, path, 1 << 16) != ARCHIVE_OK;
    }
    int said = ARCHIVE_EOF;
    while (!failed && (said = archive_read_next_header(archive, &entry)) == ARCHIVE_OK) {
        const char *own = short_name(archive_entry_pathname(entry), name, sizeof name, &role);
        failed = own && add_entry(suite, archive, own, role, mutations);
    }
    failed = failed || said != ARCHIVE_EOF;
    if (failed)
        snprintf(why, size, "%s: %s", path, archive ? archive_error_string(archive) : "no memory");
    archive_read_free(archive);
    suite->corpora = !failed;
    return failed ? -1 : 0;
}
