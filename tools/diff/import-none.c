/* SPDX-License-Identifier: MIT
 *
 * No captures: libpcap was not there. */
#include <config.h>

#include "tools/diff/import.h"

#include <stdio.h>

int diff_pcap_read(const char *path, unsigned port, diff_pcap_found *found, void *user, char *why,
                   size_t size)
{
    (void)path, (void)port, (void)found, (void)user;
    snprintf(why, size, "a capture; sspi diff was built without libpcap");
    return -1;
}
