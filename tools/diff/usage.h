/* SPDX-License-Identifier: MIT
 *
 * tools/diff/usage.h -- what `sspi diff --help` and `sspi-diff --help` say. */
#ifndef DIFF_USAGE_H
#define DIFF_USAGE_H

#define DIFF_USAGE                                                                                           \
    "diff COMMAND [OPTION]...\n\n"                                                                           \
    "Runs the same bytes through every TLS provider and says where they differ, and why.\n\n"                \
    "  run      all cases: what differs, what is explained, what breaks an invariant\n"                      \
    "  list     the names of all cases\n"                                                                    \
    "  show     NAME|ID|FILE.tst: what a case feeds\n"                                                       \
    "  repro    NAME|ID|FILE.tst: one case, and what each provider made of it\n"                             \
    "  minimise NAME|ID|FILE.tst: the smallest that comes out the same\n"                                    \
    "  import   --out DIR FILE...: streams from raw files and captures, as text\n"                           \
    "  record   --connect HOST:PORT --out DIR: streams from a client and a server\n"                         \
    "  golden   --out DIR, or --check [DIR]: what every library sends under a seed, kept or compared\n"      \
    "  guide    --out DIR --seconds N: streams that are answered as none before, by libFuzzer\n"             \
    "  report   --html FILE, --junit FILE or --tap, RUN: a run for people and machines\n"                    \
    "  merge    RUN...: the shards of a run as one\n"                                                        \
    "  drift    OLD NEW: what came out differently with other versions\n"                                    \
    "  explain  [--rules PATH] RUN: what rules say of a run, and what is left\n\n"                           \
    "  --backends A,B,C   providers to compare (openssl,gnutls,wolfssl); one may stand several times\n"      \
    "  --only PATTERN     cases whose names match, as a shell would: 'accept/*', 'seed/curl*'\n"             \
    "  --kind KIND        replay, live, secret or chain\n"                                                   \
    "  --shard I/N        every case belongs to one of N shards, by its name\n"                              \
    "  --shuffle SEED     in another order; what is written keeps its order\n"                               \
    "  --jobs N           processes at a time; as many as there are processors\n"                            \
    "  --mutations N      of each base that is replayed\n"                                                   \
    "  --corpora DIR      public streams; none: without; else $OPENSSPI_CORPORA\n"                           \
    "  --streams PATH     a folder of .tst files, or one: further bases\n"                                   \
    "  --role ROLE        import: raw files are given to accept or to initialize\n"                          \
    "  --port PORT        import: only connections to it\n"                                                  \
    "  --connect TO       record: HOST:PORT of the server\n"                                                 \
    "  --listen PORT      record: on 127.0.0.1 for clients; else the system picks\n"                         \
    "  --count N          record: ends after that many connections; guide: writes at most that many\n"       \
    "  --level LEVEL      L0, L1, L2, L3, L3* or L4: what counts as alike (L3*)\n"                           \
    "  --limit SECONDS    of processor time for one case (2)\n"                                              \
    "  --json FILE        a line of JSON for each case; -: the standard output\n"                            \
    "  --out PATH         repro, minimise: a file for the stimulus (.tst); import, record: a folder\n"       \
    "  --c FILE           the stimulus, as a program in C that feeds it to one provider\n"                   \
    "  --ops OPERATIONS   show, repro, minimise: on the base, in the place of a seed's\n"                    \
    "  --tries N          executions of a minimiser (400)\n"                                                 \
    "  --seed N           of all randomness (1); guide: what it tries follows from it\n"                     \
    "  --full             golden: octets, not their hashes\n"                                                \
    "  --seconds N        guide: how long it looks\n"                                                        \
    "  --runs N           guide: executions of each process\n"                                               \
    "  --corpus DIR       guide: its own inputs, kept from run to run\n"                                     \
    "  --rules FILE       known divergences; none: nothing is explained\n"                                   \
    "  --data DIR         where seeds, keys and rules lie\n"                                                 \
    "  --ci               rules that explained nothing are a failure too\n"                                  \
    "  --quiet            no progress on the terminal\n"                                                     \
    "  --help             this\n"

#endif
