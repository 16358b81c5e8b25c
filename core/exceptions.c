/* SPDX-License-Identifier: MIT */
#include <config.h>

#include "core/exceptions.h"

#define LOG_AREA "config"
#include "core/log.h"
#include "core/suites.h"

#include <limits.h>
#include <opensspi/provider.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

struct config_value exceptions_machine(const struct config *config, const char *key)
{
    struct config_said said[64];
    size_t cap = sizeof said / sizeof *said, count = config_history(config, NULL, key, said, cap);
    struct config_value value = {0};

    for (size_t i = 0; i < count && i < cap; i++)
        if (said[i].section == CONFIG_PACKAGE)
            value = said[i].value;
    if (!value.line) { /* what is built in may hang on the profile: on the machine's here */
        const char *origin = NULL;
        const char *profile = strcmp(key, "profile") ? exceptions_machine(config, "profile").text : NULL;
        const char *text = profile ? profile_built_in(profile, key, &origin) : NULL;
        if (text)
            value = (struct config_value){text, origin ? origin : "built-in", 0};
    }
    return value;
}

/* ---- profiles ---- */

struct list {
    char *out;
    size_t size, len;
};

static void list_add(struct list *list, const char *fmt, ...) SSPI_PRINTF(2, 3);
static void list_add(struct list *list, const char *fmt, ...)
{
    va_list args;
    int n = snprintf(list->out + list->len, list->size - list->len, "%s", list->len ? ", " : "");

    list->len += n > 0 ? (size_t)n : 0;
    if (list->len >= list->size - 1)
        return;
    va_start(args, fmt);
    n = vsnprintf(list->out + list->len, list->size - list->len, fmt, args);
    va_end(args);
    list->len += n > 0 ? (size_t)n : 0;
    if (list->len > list->size - 1)
        list->len = list->size - 1;
}

static const char *suite_name(uint16_t id)
{
    const struct suite *suite = suite_find(id);

    return suite ? suite->name : NULL;
}

static int holds(const uint16_t *codes, uint16_t code)
{
    while (*codes && *codes != code)
        codes++;
    return *codes != 0;
}

static size_t codes_widened(struct list *list, const uint16_t *of, const uint16_t *than, int briefly,
                            const char *(*name)(uint16_t), const char *kind)
{
    size_t count = 0;

    for (; *of; of++) {
        if (holds(than, *of))
            continue;
        count++;
        if (!briefly && name(*of))
            list_add(list, "%s", name(*of));
        else if (!briefly)
            list_add(list, "0x%04x", *of);
    }
    if (briefly && count)
        list_add(list, "%zu %s%s", count, kind, count == 1 ? "" : "s");
    return count;
}

size_t exceptions_widened(const struct profile *of, const struct profile *than, int briefly, char *out,
                          size_t size)
{
    static const struct {
        uint32_t bit;
        const char *name;
    } versions[] = {{SSPI_CAP_TLS10, "TLS 1.0"},   {SSPI_CAP_TLS11, "TLS 1.1"},
                    {SSPI_CAP_TLS12, "TLS 1.2"},   {SSPI_CAP_TLS13, "TLS 1.3"},
                    {SSPI_CAP_DTLS10, "DTLS 1.0"}, {SSPI_CAP_DTLS12, "DTLS 1.2"}};
    struct list list = {out, size, 0};
    size_t count = 0;

    *out = 0;
    for (size_t i = 0; i < sizeof versions / sizeof *versions; i++) {
        if (of->protocols & ~than->protocols & versions[i].bit) {
            list_add(&list, "%s", versions[i].name);
            count++;
        }
    }
    count += codes_widened(&list, of->suites, than->suites, briefly, suite_name, "cipher suite");
    count += codes_widened(&list, of->groups, than->groups, briefly, suite_group_name, "group");
    return count + codes_widened(&list, of->signatures, than->signatures, briefly, suite_signature_name,
                                 "signature algorithm");
}

/* ---- the log ---- */

/* The profile is judged by what it allows; of `revocation` and `client-certificate` the machine may require
 * more. */
static int log_profile(const struct config *config, const struct config_value *own,
                       const struct config_value *machine, const char *place)
{
    const struct profile *of = profile_named(own->text), *than = profile_named(machine->text);
    char what[512];

    if (!of || !than || !exceptions_widened(of, than, 1, what, sizeof what))
        return 0;
    log_warning("program %s: profile = %s (%s) allows what the machine's %s does not: %s",
                config_program(config), own->text, place, machine->text, what);
    return 1;
}

void exceptions_log(const struct config *config)
{
    const struct config_key *key;
    char place[PATH_MAX];

    for (size_t i = 0; (key = config_key_at(i)) != NULL; i++) {
        struct config_said said[64];
        size_t cap = sizeof said / sizeof *said;
        if (!(key->where & CONFIG_PROGRAM))
            continue;
        size_t count = config_history(config, NULL, key->name, said, cap);
        struct config_value own = config_package(config, key->name),
                            machine = exceptions_machine(config, key->name);
        int by_section = count && count <= cap && said[count - 1].section == CONFIG_PROGRAM;
        int by_profile = own.text && !own.line && own.file && strcmp(own.file, "OPENSSPI_PROVIDER") != 0;
        if ((!by_section && !by_profile) || !own.text || (machine.text && !strcmp(own.text, machine.text)))
            continue;
        config_place(&own, place, sizeof place);
        if (!strcmp(key->name, "profile") && log_profile(config, &own, &machine, place))
            continue;
        if (key->kind == CONFIG_WORD && machine.text && !strcmp(machine.text, "require"))
            log_warning("program %s: %s = %s (%s), where the machine says require", config_program(config),
                        key->name, own.text, place);
        else
            log_info("program %s: %s = %s (%s), where the machine says %s", config_program(config), key->name,
                     own.text, place, machine.text ? machine.text : "nothing");
    }
}
