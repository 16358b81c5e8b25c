/* SPDX-License-Identifier: MIT
 *
 * tools/bogo/flags.h -- what BoringSSL's test runner asks of a shim, by its command line: ssl/test/PORTING.md
 * there. A flag that SSPI has no call for is not known here, and the runner counts its test as unimplemented.
 */
#ifndef BOGO_FLAGS_H
#define BOGO_FLAGS_H

#include <stddef.h>

#define BOGO_UNIMPLEMENTED 89 /* the runner's word for it */

struct bogo_list { /* values of a flag that may come several times; only how many and the last count */
    unsigned count, last;
};

struct bogo_config {
    unsigned port, resume_count;
    unsigned long long id;
    const char *provider; /* ours: -provider NAME, for -shim-extra-flags */
    int server, ipv6;
    /* the credential */
    const char *cert, *key, *trust;
    unsigned min_version, max_version; /* on the wire; 0: no bound */
    int no_tls1, no_tls11, no_tls12, no_tls13, verify_peer, require_certificate;
    struct bogo_list curves;
    /* the connection */
    const char *host, *advertise_alpn, *select_alpn;
    int async, renegotiate_once, renegotiate_freely;
    /* what it must come to */
    const char *expect_alpn, *expect_peer_cert;
    unsigned expect_version, expect_cipher, expect_renegotiations;
    int expect_miss, expect_no_peer_cert;
    /* what happens on it */
    const char *export_label, *export_context, *initial_write;
    unsigned export_length, read_size, repeat_write;
    int export_with_context, unique_binding, writes_first, record_sizes, send_alert, shuts_down,
        check_close_notify;
};

/* The versions that are left, bit N for 0x0301 + N. */
unsigned bogo_versions(const struct bogo_config *);
/* One for the first connection, one for those that resume it.  0; BOGO_UNIMPLEMENTED after the reason on
 * stderr; 1: nonsense. */
int bogo_flags(int argc, char **argv, struct bogo_config config[2]);

#endif
