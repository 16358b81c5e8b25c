/* SPDX-License-Identifier: MIT
 *
 * Captures that are made here: whatever the order of their packets, what comes out is what either side sent
 * first; and whatever their octets, nothing worse than a word comes of it. */
#include <config.h>

#include "tools/diff/bytes.h"
#include "tools/diff/import.h"
#include "tools/diff/random.h"

#include "t/tap.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { SYN = 2, ACK = 16, ISN_CLIENT = -20, ISN_SERVER = 7000 }; /* the client's numbers run over */
enum { HELLO = 700, ANSWER = 3000, FINISHED = 60, CUT = 100, PACKETS = 96 };

static struct diff_bytes file;
static char path[] = "/tmp/opensspi-t.XXXXXX";
static uint8_t hello[HELLO], answer[ANSWER], finished[FINISHED];

/* ---- a capture ---- */

static struct diff_bytes packets[PACKETS];
static unsigned packet_count, unsorted;
static int version, newer; /* of IP; pcapng */

/* Little endian, as the file's head says. */
static void little(struct diff_bytes *b, uint32_t value)
{
    for (int i = 0; i < 4; i++)
        diff_bytes_number(b, value >> 8 * i & 255, 1);
}

static void address(struct diff_bytes *b, int server)
{
    diff_bytes_fill(b, server ? 10 : 20, version == 4 ? 4 : 16);
}

/* An Ethernet frame with a tag, IP and TCP; `at` counts from the SYN. */
static void send_segment(int server, unsigned port, uint32_t at, uint32_t ack, unsigned flags,
                         const uint8_t *bytes, size_t len)
{
    struct diff_bytes *b = &packets[packet_count++];
    diff_bytes_free(b);
    diff_bytes_fill(b, 0, 12);
    diff_bytes_number(b, 0x81000005, 4);
    diff_bytes_number(b, version == 4 ? 0x0800 : 0x86dd, 2);
    if (version == 4) {
        diff_bytes_number(b, 0x4500, 2);
        diff_bytes_number(b, 40 + len, 2);
        diff_bytes_number(b, 0x0000400040060000, 8); /* no fragment, TCP */
    } else {
        diff_bytes_number(b, 0x60000000, 4);
        diff_bytes_number(b, 20 + len + 8, 2);
        diff_bytes_number(b, 0x3c40, 2); /* destination options, then TCP */
    }
    address(b, server);
    address(b, !server);
    if (version == 6)
        diff_bytes_number(b, 0x0600010400000000, 8);
    diff_bytes_number(b, server ? 443 : port, 2);
    diff_bytes_number(b, server ? port : 443, 2);
    diff_bytes_number(b, (uint32_t)(server ? ISN_SERVER : ISN_CLIENT) + at, 4);
    diff_bytes_number(b, flags & ACK ? (uint32_t)(server ? ISN_CLIENT : ISN_SERVER) + ack : 0, 4);
    diff_bytes_number(b, 0x5000 | flags, 2);
    diff_bytes_fill(b, 0, 6);
    diff_bytes_add(b, bytes, len);
    diff_bytes_fill(b, 0xee, 3); /* Ethernet's padding */
}

static void send_all(int server, unsigned port, uint32_t at, uint32_t ack, const uint8_t *bytes, size_t len)
{
    for (size_t done = 0; done < len; done += CUT) {
        size_t part = len - done < CUT ? len - done : CUT;
        send_segment(server, port, at + (uint32_t)done, ack, ACK, bytes + done, part);
    }
}

static void connection(unsigned port)
{
    send_segment(0, port, 0, 0, SYN, NULL, 0);
    send_segment(1, port, 0, 1, SYN | ACK, NULL, 0);
    send_segment(0, port, 1, 1, ACK, NULL, 0);
    send_all(0, port, 1, 1, hello, HELLO);
    send_all(1, port, 1, 1 + HELLO, answer, ANSWER);
    send_segment(0, port, 1 + HELLO, 1 + ANSWER, ACK, finished, FINISHED);
    send_segment(0, port, 1 + CUT, 1, ACK, hello + CUT, CUT + 50); /* once more, and cut otherwise */
    send_segment(1, port, 1 + ANSWER, 1 + HELLO + FINISHED, ACK, finished, FINISHED);
}

static const struct diff_bytes *packet(unsigned i)
{
    return &packets[unsorted ? (i * 37 + unsorted) % packet_count : i];
}

/* pcapng: a section, an interface, a block for each packet. */
static void write_blocks(void)
{
    static const uint32_t start[] = {0x0a0d0d0a, 28, 0x1a2b3c4d, 1, ~0u, ~0u, 28, 1, 20, 1, 65535, 20};
    file.len = 0;
    for (size_t i = 0; i < sizeof start / sizeof *start; i++)
        little(&file, start[i]);
    for (unsigned i = 0; i < packet_count; i++) {
        const struct diff_bytes *b = packet(i);
        uint32_t padded = ((uint32_t)b->len + 3) & ~3u;
        const uint32_t head[] = {6, padded + 32, 0, 0, i, (uint32_t)b->len, (uint32_t)b->len};
        for (size_t k = 0; k < sizeof head / sizeof *head; k++)
            little(&file, head[k]);
        diff_bytes_add(&file, b->ptr, b->len);
        diff_bytes_fill(&file, 0, padded - b->len);
        little(&file, padded + 32);
    }
}

static void write_file(void)
{
    if (newer) {
        write_blocks();
        return;
    }
    file.len = 0;
    little(&file, 0xa1b2c3d4);
    little(&file, 0x00040002);
    little(&file, 0);
    little(&file, 0);
    little(&file, 65535);
    little(&file, 1);
    for (unsigned i = 0; i < packet_count; i++) {
        const struct diff_bytes *b = packet(i);
        little(&file, i);
        little(&file, 0);
        little(&file, (uint32_t)b->len);
        little(&file, (uint32_t)b->len);
        diff_bytes_add(&file, b->ptr, b->len);
    }
}

/* ---- what comes out ---- */

static unsigned clients, servers, wrong;

static int found(void *user, unsigned number, const struct diff_stimulus *s)
{
    int client = s->role == DIFF_ACCEPT;
    (void)user, (void)number;
    *(client ? &clients : &servers) += 1;
    wrong += s->len != (client ? HELLO : ANSWER) || memcmp(s->bytes, client ? hello : answer, s->len) != 0 ||
             s->cut_count != 1;
    return 0;
}

static int count(void *user, unsigned number, const struct diff_stimulus *s)
{
    (void)user, (void)number;
    clients += s->len > 0;
    return 0;
}

static int read_file(unsigned port, diff_pcap_found *sink, char why[256])
{
    FILE *out = fopen(path, "wb");
    clients = servers = wrong = 0;
    if (!out || fwrite(file.ptr, 1, file.len, out) != file.len || fclose(out))
        return -2;
    return diff_pcap_read(path, port, sink, NULL, why, 256);
}

static void orders(void)
{
    char why[256] = "";
    for (version = 4; version <= 6; version += 2) {
        packet_count = 0;
        connection(5000);
        for (unsigned i = 0; i < 12; i++) {
            unsorted = i / 2;
            newer = i % 2;
            write_file();
            int said = read_file(0, found, why);
            ok(said == 0 && clients == 1 && servers == 1 && !wrong,
               "G1 %s, IPv%d, order %u: what each side sent first", newer ? "pcapng" : "pcap", version,
               unsorted);
        }
    }
    newer = 0;
    version = 4;
    packet_count = 0;
    connection(5000);
    connection(5001);
    for (unsorted = 0; unsorted < 2; unsorted++) {
        write_file();
        ok(read_file(443, found, why) == 0 && clients == 2 && servers == 2 && !wrong,
           "two connections at a time, %s", unsorted ? "mixed" : "one after the other");
    }
    ok(read_file(5001, found, why) == 0 && clients == 1 && servers == 1, "--port: one of them");
    ok(read_file(1, found, why) == 0 && clients == 0, "--port: none of them");
}

static void holes(void)
{
    char why[256] = "";
    packet_count = unsorted = 0;
    connection(5000);
    packets[3 + 4].len = 30; /* of the hello; what came again does not cover it */
    write_file();
    ok(read_file(0, count, why) == 0 && clients == 2, "a packet that was not captured: what comes before it");
    packet_count = 0;
    connection(5000);
    write_file();
    file.len -= 20;
    ok(read_file(0, count, why) == -1 && why[0], "a capture that breaks off is refused: %s", why);
    packet_count = 0;
    send_all(0, 5000, 1, 1, hello, HELLO);
    write_file();
    ok(read_file(0, count, why) == 0 && clients == 0, "a connection whose beginning is missing is left out");
    packet_count = 0;
    send_segment(0, 5000, 0, 0, SYN, NULL, 0);
    send_segment(0, 5000, 1, 1, ACK, (const uint8_t *)"GET / HTTP/1.0\r\n", 16);
    write_file();
    ok(read_file(0, count, why) == 0 && clients == 0, "one that does not begin with TLS is left out");
}

static void hostile(void)
{
    struct diff_random r = diff_random_of(9281, 0);
    char why[256];
    unsigned rounds = getenv("OPENSSPI_QUICK") ? 1500 : 6000, read = 0;
    packet_count = 0;
    connection(5000);
    for (unsigned i = 0; i < rounds; i++) {
        unsorted = i % 5;
        version = i & 1 ? 4 : 6;
        newer = i % 3 == 0;
        if (i < 2 || i % 100 < 2) {
            packet_count = 0;
            connection(5000);
        }
        write_file();
        for (unsigned k = 1 + i % 9; k; k--)
            file.ptr[diff_random_below(&r, k & 1 ? 300 : (unsigned)file.len)] ^=
                (uint8_t)(1u << diff_random_below(&r, 8));
        if (i % 7 == 0)
            file.len = diff_random_below(&r, (unsigned)file.len);
        read += read_file(0, count, why) == 0;
    }
    ok(read > rounds / 10 && read < rounds, "%u damaged captures: %u are read, the others refused", rounds,
       read);
}

int main(void)
{
    int fd = mkstemp(path);
    if (fd < 0)
        return skip_all("no file can be made");
    close(fd);
    for (unsigned i = 0; i < ANSWER; i++) {
        hello[i % HELLO] = (uint8_t)(i * 7 + i / 256);
        answer[i] = (uint8_t)(i * 11 + i / 256);
    }
    memcpy(hello, "\x16\x03\x01", 3);
    memcpy(answer, "\x16\x03\x03", 3);
    orders();
    holes();
    hostile();
    unlink(path);
    for (unsigned i = 0; i < PACKETS; i++)
        diff_bytes_free(&packets[i]);
    diff_bytes_free(&file);
    return tap_done();
}
