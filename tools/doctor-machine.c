/* SPDX-License-Identifier: MIT
 *
 * What `sspi doctor` asks of the machine and its configuration. */
#include <config.h>

#include "tools/certs.h"
#include "tools/doctor.h"
#include "tools/serving.h"
#include "tools/win.h"

#include "core/config.h"
#include "core/log.h"
#include "core/paths.h"
#include "core/provider.h"
#include "core/safe.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

/* ---- the machine ---- */

static void look_at_clock(struct doctor *doctor)
{
    time_t now = time(NULL);
    struct tm tm;
    char text[64] = "?";

    if (gmtime_r(&now, &tm))
        strftime(text, sizeof text, "%Y-%m-%d %H:%M:%S UTC", &tm);
    if (now < 1767225600 || now > 4102444800) /* 2026, 2100: outside, certificates are judged wrongly */
        doctor_say(doctor, FINDING_BAD, "set the clock: certificates are judged by it", "the clock says %s",
                   text);
    else
        doctor_say(doctor, FINDING_GOOD, NULL, "the clock says %s", text);
}

static void look_at_random(struct doctor *doctor)
{
    unsigned char octets[16];

    if (getrandom(octets, sizeof octets, GRND_NONBLOCK) == (ssize_t)sizeof octets)
        doctor_say(doctor, FINDING_GOOD, NULL, "the kernel gives random numbers");
    else
        doctor_say(doctor, FINDING_BAD,
                   "wait until the kernel has gathered entropy, or add a source such as virtio-rng",
                   "the kernel gives no random numbers: %s", strerror(errno));
}

static void look_at_roots(struct doctor *doctor)
{
    static const WCHAR name[] = {'R', 'O', 'O', 'T', 0};
    HCERTSTORE store = CertOpenStore(CERT_STORE_PROV_SYSTEM_W, 0, 0, CERT_SYSTEM_STORE_LOCAL_MACHINE, name);
    PCCERT_CONTEXT at = NULL;
    unsigned count = 0, administrator = 0;
    char origin[96], from[96] = "the distribution";

    while (store && (at = CertEnumCertificatesInStore(store, at)) != NULL) {
        count++;
        certs_origin(at, origin, sizeof origin);
        if (!strcmp(origin, "administrator"))
            administrator++;
        else if (origin[0])
            memcpy(from, origin, sizeof from);
    }
    if (store)
        CertCloseStore(store, 0);
    if (count)
        doctor_say(doctor, FINDING_GOOD, NULL,
                   "the ROOT store holds %u certificates, %u by %s, %u by the administrator", count,
                   count - administrator, from, administrator);
    else
        doctor_say(doctor, FINDING_NOTE, "install ca-certificates, or put certificates into the ROOT store",
                   "the ROOT store is empty: no public server will be trusted");
}

/* ---- files and folders ---- */

static void look_at_path(struct doctor *doctor, const char *path, mode_t kind, int must)
{
    char why[512] = "";
    int fd = safe_open(path, kind, why, sizeof why);

    if (fd >= 0) {
        close(fd);
        doctor_say(doctor, FINDING_GOOD, NULL, "%s: no other account can change it", path);
    } else if (errno == ENOENT && !must) {
        doctor_say(doctor, FINDING_GOOD, NULL, "%s: not there, which counts as empty", path);
    } else {
        doctor_say(doctor, FINDING_BAD, errno == ENOENT ? "reinstall the package it belongs to" : NULL, "%s",
                   why[0] ? why : path);
    }
}

static const struct config *look_at_config(struct doctor *doctor)
{
    const char *why = "", *file;
    const struct config *config = config_get(&why);
    size_t files = 0;

    if (!config) {
        doctor_say(doctor, FINDING_BAD, "mend it; until then no program can use TLS (opensspi.conf(5))",
                   "the configuration: %s", why);
        return NULL;
    }
    log_set_target("none"); /* the configuration has set its own */
    while ((file = config_file_at(config, files)) != NULL)
        files++;
    doctor_say(doctor, FINDING_GOOD, NULL, "the configuration is well formed: %zu file%s", files,
               files == 1 ? "" : "s");
    return config;
}

/* ---- providers ---- */

static void look_at_module(struct doctor *doctor, const struct config *config, const char *name)
{
    struct config_value module = config_provider(config, name, "module");
    char path[PATH_MAX];
    int len = snprintf(path, sizeof path, "%s/%s", paths_providers(), module.text ? module.text : "");

    if (module.text && module.text[0] && len > 0 && (size_t)len < sizeof path)
        look_at_path(doctor, path, S_IFREG, 1);
}

/* A name of the list that nothing stands behind: of the built-in list, which names more than a machine needs,
 * no matter. */
static void look_at_missing(struct doctor *doctor, const struct config *config, const char *name,
                            size_t choice)
{
    struct config_value module = config_provider(config, name, "module");
    char remedy[256], what[PATH_MAX + 16] = "not installed", place[PATH_MAX];

    if (module.text)
        snprintf(what, sizeof what, "masked by %s", config_place(&module, place, sizeof place));
    snprintf(remedy, sizeof remedy, "%s%.100s%s, or take it off `providers ='%s",
             module.text ? "take the mask off provider " : "install its package (in Debian " SERVING_PACKAGE,
             name, module.text ? "" : ")",
             config_package_yes(config, "fallback") ? "" : ", or set `fallback = yes'");
    if (choice == 1 && !config_package_yes(config, "fallback"))
        doctor_say(doctor, FINDING_BAD, remedy, "provider %s: named, but %s, and nothing may stand in", name,
                   what);
    else if (!config_package(config, "providers").line)
        doctor_say(doctor, FINDING_GOOD, NULL, "provider %s: %s; the built-in list names it", name, what);
    else
        doctor_say(doctor, FINDING_NOTE, remedy, "provider %s: named, but %s", name, what);
}

/* `choice`: its place in the list, 0: not in it. */
static void look_at_provider(struct doctor *doctor, const struct config *config, const char *name,
                             size_t choice)
{
    struct config_value module = config_provider(config, name, "module");
    const char *why = "";
    const struct provider *loaded;

    if (!module.text || !*module.text) {
        look_at_missing(doctor, config, name, choice);
        return;
    }
    look_at_module(doctor, config, name);
    loaded = provider_load(name, &why);
    if (loaded) {
        if (choice)
            doctor_say(doctor, FINDING_GOOD, NULL, "provider %s: loads, library %s, choice %zu", name,
                       loaded->api.version, choice);
        else
            doctor_say(doctor, FINDING_GOOD, NULL,
                       "provider %s: loads, library %s, not in the list: by name only", name,
                       loaded->api.version);
        return;
    }
    doctor_say(doctor, FINDING_BAD, "reinstall its package with the library it needs, or remove it",
               "provider %s: %s", name, why);
}

static int is_named(const struct config_value *order, size_t count, const char *name)
{
    size_t i;

    for (i = 0; i < count; i++)
        if (!strcmp(order[i].text, name))
            return 1;
    return 0;
}

/* What it all comes to. */
static void look_at_serving(struct doctor *doctor, const struct config *config)
{
    struct config_value list = config_package(config, "providers");
    const char *installed[CONFIG_PROVIDERS_MAX];
    struct serving serving;
    char place[PATH_MAX];

    serving_look(config, &serving);
    config_place(&list, place, sizeof place);
    doctor->unserved = !serving.provider;
    if (serving.provider)
        doctor_say(doctor, FINDING_GOOD, NULL, "programs get %s, library %s: providers = %s, set by %s",
                   serving.provider->name, serving.provider->api.version, list.text, place);
    else
        doctor_say(doctor, FINDING_BAD,
                   config_installed(config, installed, CONFIG_PROVIDERS_MAX)
                       ? "mend what is said above, or take another with `sspi config set providers NAME'"
                       : "install a provider's package, such as " SERVING_PACKAGE "openssl",
                   "no program can use TLS: no provider of the list serves (%s, set by %s)", list.text,
                   place);
}

void doctor_providers(struct doctor *doctor, const struct config *config)
{
    struct config_value order[CONFIG_PROVIDERS_MAX];
    const char *installed[CONFIG_PROVIDERS_MAX];
    size_t ordered = config_order(config, order, CONFIG_PROVIDERS_MAX), i;
    size_t there = config_installed(config, installed, CONFIG_PROVIDERS_MAX);

    for (i = 0; i < ordered; i++)
        look_at_provider(doctor, config, order[i].text, i + 1);
    for (i = 0; i < there; i++)
        if (!is_named(order, ordered, installed[i]))
            look_at_provider(doctor, config, installed[i], 0);
    look_at_serving(doctor, config);
}

const struct config *doctor_machine(struct doctor *doctor)
{
    const struct config *config;

    look_at_clock(doctor);
    look_at_random(doctor);
    config = look_at_config(doctor);
    if (config)
        look_at_roots(doctor);
    look_at_path(doctor, paths_conf(), S_IFDIR, 0);
    look_at_path(doctor, paths_manifests(), S_IFDIR, 0);
    look_at_path(doctor, paths_providers(), S_IFDIR, 1);
    return config;
}
