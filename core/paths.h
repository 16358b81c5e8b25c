/* SPDX-License-Identifier: MIT
 *
 * core/paths.h -- the folders this library was built for.  The testable twin (ENABLE_ENV_OVERRIDES)
 * lets OPENSSPI_PROVIDERDIR, OPENSSPI_MANIFESTDIR, OPENSSPI_CONFDIR, OPENSSPI_USERDIR, OPENSSPI_TRUSTMODULE,
 * OPENSSPI_TRUSTDIR and OPENSSPI_BUNDLE move them; the installed library never reads a path from the environment. */
#ifndef CORE_PATHS_H
#define CORE_PATHS_H

const char *paths_providers(void); /* modules, NAME.so */
const char *paths_manifests(void); /* what packages ship, NN-NAME.provider */
const char *paths_user(void);      /* NULL: below the account's home; a test's own */
const char *paths_trust_module(void); /* p11-kit's */
const char *paths_trust(void);     /* NULL: where that module looks; a test's own */
const char *paths_bundle(void);    /* NULL: where distributions keep theirs; a test's own */
const char *paths_conf(void);      /* the administrator's: opensspi.conf, conf.d, providers.d */

#endif
