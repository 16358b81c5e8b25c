/* SPDX-License-Identifier: MIT
 *
 * Where the machine's anchors come from: p11-kit's trust module, or where that cannot be had the CA bundle,
 * and the administrator's folders beside them. */
#include <config.h>

#include "core/cert/anchors.h"

#include "core/cert/base64.h"
#include "core/cert/file.h"
#include "core/cert/folder.h"
#include "core/cert/store.h"
#include "core/cert/trust.h"
#include "core/config.h"
#include "core/once.h"
#include "core/paths.h"

#include <stdlib.h>
#include <unistd.h>

#define LOG_AREA "cert"
#include "core/log.h"

#define BUNDLE_MAX (16u << 20) /* octets */

/* ---- a bundle ---- */

static const char *const bundles[] = {
    "/etc/ssl/certs/ca-certificates.crt",                /* Debian, Ubuntu, Arch, Gentoo, Alpine */
    "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem", /* Fedora, RHEL */
    "/etc/pki/tls/certs/ca-bundle.crt",                  /* older RHEL */
    "/etc/ssl/ca-bundle.pem",                            /* openSUSE */
    "/etc/ssl/cert.pem",                                 /* Alpine, others */
};

static void append_block(struct cert_anchors *a, const struct pem_block *block, const char *path)
{
    uint8_t *der = malloc(BASE64_ROOM(block->body.len));
    size_t len;
    int malformed = 1;
    struct certificate_data *data = NULL;
    if (der && !pem_decode(block, der, &len))
        data = certificate_data_new((struct sspi_bytes){der, len}, &malformed);
    if (!data || anchors_append(a, (struct anchor){.data = data, .origin = ANCHOR_DISTRIBUTION}))
        log_warning("%s: a certificate that cannot be read is left out", path);
    certificate_data_drop(data);
    free(der);
}

static struct cert_anchors *read_bundle(const char *path)
{
    char why[160];
    struct sspi_bytes text;
    struct pem_block block;
    int found, fd = config_open_safe(path, why, sizeof why);
    if (fd < 0) {
        log_info("trust anchors: %s: %s", path, why);
        return NULL;
    }
    const char *reason = file_read(fd, BUNDLE_MAX, &text);
    close(fd);
    if (reason) {
        log_warning("trust anchors: %s: %s", path, reason);
        return NULL;
    }
    struct cert_anchors *a = anchors_new();
    for (struct sspi_bytes in = text; a && (found = pem_next(&in, &block)) != 0;) {
        if (found < 0)
            log_warning("trust anchors: %s: a PEM block that does not end", path);
        else if (pem_label_is(&block, "CERTIFICATE"))
            append_block(a, &block, path);
    }
    file_free(text);
    if (a && a->count == 0) {
        log_warning("trust anchors: %s: no certificate in it", path);
        cert_anchors_release(a);
        a = NULL;
    }
    return a;
}

static struct cert_anchors *read_bundles(const char **from)
{
    struct cert_anchors *a = NULL;
    if (paths_bundle())
        return read_bundle(*from = paths_bundle());
    for (size_t i = 0; i < sizeof bundles / sizeof *bundles && !a; i++)
        a = read_bundle(*from = bundles[i]);
    return a;
}

/* ---- p11-kit ---- */

/* NULL with *memory 0: not from there. */
static struct cert_anchors *read_trust(int *memory)
{
    struct cert_anchors *a = anchors_new();
    struct distrust *d = distrust_new();
    enum trust_state state = a && d ? trust_read(a, d) : TRUST_MEMORY;
    *memory = state == TRUST_MEMORY;
    if (state == TRUST_FAILED)
        log_warning(
            "trust anchors: the CA bundle is read instead, which says nothing about what is distrusted");
    if (state == TRUST_READ && a->count) {
        a->distrust = d;
        return a;
    }
    distrust_drop(d);
    cert_anchors_release(a);
    return NULL;
}

/* ---- folders ---- */

/* The certificates of one of the machine's folders, in a store of their own; NULL: no memory. */
static struct store *folder_store(const char *name)
{
    char *folder = folder_machine(name);
    struct store *s = folder ? store_new() : NULL;
    if (s && folder_read(folder, s)) {
        store_release(s);
        s = NULL;
    }
    free(folder);
    return s;
}

/* The administrator's own, beside the distribution's. */
static int append_folder(struct cert_anchors *a)
{
    struct store *s = folder_store("root");
    int failed = !s;
    struct certificate *c = failed ? NULL : store_next(s, NULL);
    for (; c && !failed; c = store_next(s, c))
        failed = anchors_append(a, (struct anchor){.data = c->data, .origin = ANCHOR_ADMINISTRATOR});
    certificate_release(c);
    store_release(s);
    return failed;
}

static struct distrust *read_disallowed(void)
{
    struct store *s = folder_store("disallowed");
    struct distrust *d = s ? distrust_new() : NULL;
    int failed = !d;
    struct certificate *c = failed ? NULL : store_next(s, NULL);
    for (; c && !failed; c = store_next(s, c))
        failed =
            distrust_add(d, &(struct distrusted){.der = c->data->x.der, .key_info = c->data->x.key_info});
    certificate_release(c);
    store_release(s);
    if (!failed)
        return d;
    distrust_drop(d);
    return NULL;
}

/* Process-wide on purpose, as the anchors are. */
static struct once disallowed_once;
static struct distrust *disallowed;

struct distrust *distrust_machine(int *failed)
{
    struct distrust *d = NULL;
    switch (once_enter(&disallowed_once)) {
    case ONCE_MINE:
        d = disallowed = read_disallowed();
        once_leave(&disallowed_once, d ? ONCE_DONE : ONCE_IDLE);
        break;
    case ONCE_ORPHANED:
        d = read_disallowed();
        *failed = !d;
        return d;
    default:
        d = disallowed;
        break;
    }
    *failed = !d;
    return distrust_hold(d);
}

/* ---- all of them ---- */

struct cert_anchors *distribution_read(int orphaned)
{
    int memory = 0;
    const char *from = "p11-kit";
    struct cert_anchors *a = orphaned ? NULL : read_trust(&memory);
    if (!a && !memory)
        a = read_bundles(&from);
    unsigned count = a ? a->count : 0;
    if (!a && !memory)
        a = anchors_new();
    int failed = !a || append_folder(a);
    unsigned all = failed ? 0 : a->count;
    if (!failed)
        anchors_leave_out(a, a->distrust);
    if (!failed && (a->count == 0 || anchors_settle(a)))
        failed = 1;
    if (!failed) {
        a->source = from;
        log_info("trust anchors: %u of the distribution (%s), %u of the administrator, %u of them distrusted",
                 count, from, all - count, all - a->count);
        return a;
    }
    cert_anchors_release(a);
    if (all || memory)
        log_error("trust anchors: %s", all ? "none is left that is not distrusted" : "no memory");
    else
        log_error("trust anchors: no bundle of the distribution could be read (%s and others): install "
                  "ca-certificates, or give the credential an hRootStore",
                  bundles[0]);
    return NULL;
}
