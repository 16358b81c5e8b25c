/* SPDX-License-Identifier: MIT
 *
 * The grammar of opensspi.conf(5): the first byte says whether the text is a manifest.  What is accepted obeys
 * the rules of its keys; what is refused has a reason that names a line of the text, printable or not. */
#include <config.h>

#include "core/config-parse.h"
#include "core/log.h"
#include "t/fuzz/fuzz.h"

#include <string.h>

static const struct config_key *key_of(const char *name)
{
    const struct config_key *key;
    size_t i;

    for (i = 0; (key = config_key_at(i)) != NULL; i++) {
        if (!strcmp(key->name, name))
            return key;
    }
    return NULL;
}

static void entry_check(const struct config_entry *entry, int manifest)
{
    const struct config_key *key = key_of(entry->key);
    char why[256];

    must(entry->section == CONFIG_PACKAGE || entry->section == CONFIG_PROGRAM || entry->section == CONFIG_PROVIDER);
    must(!manifest || entry->section == CONFIG_PROVIDER);
    must(key || !strncmp(entry->key, "x-", 2));
    must(!key || key->where & (manifest ? (unsigned)CONFIG_MANIFEST : (unsigned)entry->section));
    must(!key || !config_value_check(key, entry->value.text, why, sizeof why));
    must(entry->section != CONFIG_PROVIDER || config_name_valid(entry->name, strlen(entry->name)));
    must(entry->value.line >= 1 && !strcmp(entry->value.file, "file"));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct config_list list = {0};
    char why[512] = "", shown[600];
    int manifest = size && data[0] & 1;
    size_t i;

    if (!config_parse(&list, "file", size ? (const char *)data + 1 : "", size ? size - 1 : 0, manifest, why, sizeof why)) {
        for (i = 0; i < list.count; i++)
            entry_check(&list.entry[i], manifest);
    } else {
        must(!strncmp(why, "file:", 5));
        log_escape(shown, sizeof shown, why, strlen(why));
        must(!strpbrk(shown, "\n\r\t"));
    }
    config_list_free(&list);
    must(!list.count && !list.texts);
    return 0;
}
