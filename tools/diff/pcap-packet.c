/* SPDX-License-Identifier: MIT */
#include <config.h>

#include "tools/diff/pcap-packet.h"

#include <pcap/dlt.h>
#include <string.h>

enum { TCP = 6, TAGS_MOST = 4, HEADERS_MOST = 8 };

struct rest {
    const uint8_t *at;
    size_t len;
};

static int skip(struct rest *r, size_t len)
{
    if (r->len < len)
        return -1;
    r->at += len;
    r->len -= len;
    return 0;
}

static unsigned two(const uint8_t *at)
{
    return (unsigned)at[0] << 8 | at[1];
}

static uint32_t four(const uint8_t *at)
{
    return (uint32_t)two(at) << 16 | two(at + 2);
}

static int skip_ethernet(struct rest *r)
{
    if (skip(r, 12))
        return -1;
    for (int tags = 0; tags < TAGS_MOST && r->len >= 4 && (two(r->at) == 0x8100 || two(r->at) == 0x88a8);
         tags++)
        if (skip(r, 4))
            return -1;
    if (r->len < 2 || (two(r->at) != 0x0800 && two(r->at) != 0x86dd))
        return -1;
    return skip(r, 2);
}

static int skip_link(struct rest *r, int link)
{
    switch (link) {
    case DLT_EN10MB:
        return skip_ethernet(r);
    case DLT_NULL:
    case DLT_LOOP:
        return skip(r, 4);
    case DLT_LINUX_SLL:
        return skip(r, 16);
    case DLT_LINUX_SLL2:
        return skip(r, 20);
    case DLT_RAW:
    case DLT_IPV4:
    case DLT_IPV6:
        return 0;
    default:
        return -1;
    }
}

/* A length of 0 is what the network card fills in later. */
static void shorten(struct rest *r, size_t len)
{
    if (len && len < r->len)
        r->len = len;
}

static int skip_ipv4(struct rest *r, struct packet *p)
{
    if (r->len < 20)
        return -1;
    size_t head = (size_t)(r->at[0] & 15) * 4, len = two(r->at + 2);
    if (head < 20 || (len && len < head) || (two(r->at + 6) & 0x3fff) || r->at[9] != TCP)
        return -1;
    memcpy(p->from.address, r->at + 12, 4);
    memcpy(p->to.address, r->at + 16, 4);
    shorten(r, len);
    return skip(r, head);
}

static int skip_ipv6(struct rest *r, struct packet *p)
{
    if (r->len < 40)
        return -1;
    unsigned next = r->at[6], len = two(r->at + 4);
    memcpy(p->from.address, r->at + 8, 16);
    memcpy(p->to.address, r->at + 24, 16);
    skip(r, 40);
    shorten(r, len);
    for (int i = 0; i < HEADERS_MOST && next != TCP; i++) {
        if ((next != 0 && next != 43 && next != 60) || r->len < 8) /* hop by hop, routing, destination */
            return -1;
        next = r->at[0];
        if (skip(r, 8 + (size_t)r->at[1] * 8))
            return -1;
    }
    return next == TCP ? 0 : -1;
}

int packet_read(struct packet *p, int link, const uint8_t *frame, size_t len)
{
    struct rest r = {frame, len};
    memset(p, 0, sizeof *p);
    if (skip_link(&r, link) || !r.len)
        return -1;
    p->from.version = p->to.version = r.at[0] >> 4;
    if (p->from.version == 4 ? skip_ipv4(&r, p) : p->from.version == 6 ? skip_ipv6(&r, p) : -1)
        return -1;
    if (r.len < 20)
        return -1;
    const uint8_t *tcp = r.at;
    size_t head = (size_t)(tcp[12] >> 4) * 4;
    if (head < 20 || skip(&r, head))
        return -1;
    p->from.port = (uint16_t)two(tcp);
    p->to.port = (uint16_t)two(tcp + 2);
    p->seq = four(tcp + 4);
    p->ack = four(tcp + 8);
    p->syn = (tcp[13] & 2) != 0;
    p->has_ack = (tcp[13] & 16) != 0;
    p->bytes = r.at;
    p->len = r.len;
    return 0;
}
