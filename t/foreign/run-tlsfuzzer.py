# SPDX-License-Identifier: MIT
"""t/foreign/run-tlsfuzzer.py SSPI PKI FOLDER TABLE PROVIDER... -- tlsfuzzer's scripts against `sspi serve`, as TAP.

FOLDER holds tlsfuzzer and tlslite-ng side by side.  TABLE says which scripts run against which server with which
arguments, and why some of a script's conversations end otherwise than it expects: a script without such a reason must
pass whole, and one that passes with every provider must not have a reason, unless its conversations are drawn (-n).

  --quick         only the scripts that must pass whole
  --only WORD     only the scripts whose name contains WORD
  --table         a table in Markdown after the TAP
  --keep FOLDER   what every script printed"""
import argparse
import collections
import concurrent.futures
import os
import re
import signal
import subprocess
import sys
import tempfile

SERVERS = {  # what `sspi serve` is told, beside the provider
    "rsa": ["--cert", "server-rsa-only-full.pem"],
    "ecdsa": ["--cert", "server-ecdsa-full.pem"],
    "ed25519": ["--cert", "server-ed25519-full.pem"],
    "alpn": ["--cert", "server-rsa-only-full.pem", "--alpn", "http/1.1"],
    "client": ["--cert", "server-rsa-only-full.pem", "--client-cert", "request", "--ca", "clients.pem"],
}
TIMEOUT = 120
RUN = os.path.join(os.path.dirname(os.path.abspath(__file__)), "one-script.py")
Row = collections.namedtuple("Row", "script server arguments reason")


def read_table(path):
    with open(path, encoding="utf-8") as file:
        lines = [line.rstrip("\n").split("\t") for line in file if line.strip() and line[0] != "#"]
    return [Row(script, server, arguments.split(), reason) for script, server, arguments, reason in lines]


class Server:
    """One `sspi serve`; a word of the table names it: KIND, with +echo and +legacy behind it."""

    def __init__(self, options, provider, word):
        kind, *more = word.split("+")
        arguments = [a if a.startswith("-") or not a.endswith(".pem") else self.file(options, a) for a in SERVERS[kind]]
        command = [options.sspi, "serve", "--provider", provider, "--timeout", "5"] + arguments
        environment = dict(os.environ)
        if "echo" in more:
            command.append("--echo")
        if "legacy" in more:
            environment["OPENSSPI_CONFDIR"] = os.path.join(options.work, "legacy")
        self.log = open(os.path.join(options.keep or options.work, f"serve-{provider}-{word}.log"), "w+", encoding="utf-8")
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=self.log, env=environment, text=True)
        self.port = self.process.stdout.readline().strip().rpartition(":")[2]
        if not self.port.isdigit():
            raise SystemExit(f"Bail out! no server: {' '.join(command)}")
        self.reader = subprocess.Popen(["cat"], stdin=self.process.stdout, stdout=self.log)

    @staticmethod
    def file(options, name):
        return os.path.join(options.work if name == "clients.pem" else options.pki, name)

    def alive(self):
        return self.process.poll() is None

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        status = self.process.wait(20)
        self.reader.wait(20)
        self.log.close()
        return status


def environment_of(options):
    folders = [os.path.join(options.folder, name) for name in ("tlslite-ng", "tlsfuzzer")]
    return dict(os.environ, PYTHONPATH=os.pathsep.join(folders), PYTHONDONTWRITEBYTECODE="1", LD_PRELOAD="")


def run(options, provider, server, row):
    """(total, passed, failed conversations with what went wrong, or None where the script itself broke)"""
    script = os.path.join(options.folder, "tlsfuzzer", "scripts", row.script)
    arguments = [a.replace("@PKI@", options.pki) for a in row.arguments]
    try:
        done = subprocess.run([sys.executable, RUN, script, "-h", "127.0.0.1", "-p", server.port] + arguments, text=True,
                              timeout=TIMEOUT, env=environment_of(options), stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, errors="replace", check=False, cwd=options.work)
        text, why = done.stdout, None
    except subprocess.TimeoutExpired as error:
        text, why = (error.stdout or b"").decode("utf-8", "replace"), f"no end after {TIMEOUT} s"
    if options.keep:
        name = f"{provider}-{row.script}-{'-'.join(row.arguments).replace('/', '_')[:60]}.txt"
        with open(os.path.join(options.keep, name), "w", encoding="utf-8") as file:
            file.write(text)
    total, passed = re.search(r"^TOTAL: (\d+)", text, re.M), re.search(r"^PASS: (\d+)", text, re.M)
    if not total:
        return 0, 0, None, why or (text.strip().splitlines() or ["printed nothing"])[-1]
    return int(total[1]), int(passed[1]), failures(text), None


def failures(text):
    """Each failed conversation by its name, with the last line of what it ran into."""
    names = {line.strip().strip("'\"") for line in text.partition("\nFAILED:\n")[2].splitlines() if line.startswith("\t")}
    found, name = {}, None
    for line in text.splitlines():
        if line.endswith(" ..."):
            name = line[:-4]
        elif name and re.match(r"\w*(Error|Exception)\b", line):
            found[name] = line
    return {name: found.get(name, "?") for name in sorted(names)}


def command_line():
    parser = argparse.ArgumentParser()
    for name in ("sspi", "pki", "folder", "table"):
        parser.add_argument(name)
    parser.add_argument("providers", nargs="+")
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--only", default="")
    parser.add_argument("--table", dest="markdown", action="store_true")
    parser.add_argument("--keep")
    return parser.parse_args()


def prepare(options, work):
    options.work = work
    os.mkdir(os.path.join(work, "legacy"))
    with open(os.path.join(work, "legacy", "opensspi.conf"), "w", encoding="utf-8") as file:
        file.write("[package Schannel]\nprofile = legacy\nlog = none\n")
    with open(os.path.join(work, "clients.pem"), "w", encoding="utf-8") as out:
        for name in ("root", "intermediate"):
            with open(os.path.join(options.pki, name + ".pem"), encoding="utf-8") as file:
                out.write(file.read())


class Tap:
    count = failed = 0

    def line(self, good, text, *more):
        self.count += 1
        self.failed += not good
        print("\n".join([f"{'ok' if good else 'not ok'} {self.count} - {text}"] + ["#   " + m for m in more]), flush=True)


def all_rows(options, tap, provider, table):
    """Every row against its server, two at a time: how many of how many, in the order of the table."""
    servers = {word: Server(options, provider, word) for word in {row.server for row in table}}
    results = []
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        for row, got in zip(table, pool.map(lambda row: run(options, provider, servers[row.server], row), table)):
            total, passed, failed, why = got
            name = f"{provider}: {' '.join([row.script] + row.arguments)}: {passed} of {total}"
            tap.line(failed is not None and (not failed or row.reason != ""),
                     name + (f" ({row.reason})" if failed else ""),
                     *([why] if why else []), *[f"{n}: {e}" for n, e in list((failed or {}).items())[:8] if not row.reason])
            results.append((row, total, passed))
    for word, server in servers.items():
        tap.line(server.alive() and server.stop() == 0, f"{provider}: the server {word} outlived them all")
    return results


def markdown(results):
    print("\n| script | " + " | ".join(results) + " | why |\n|---" + "|---" * (len(results) + 1) + "|")
    for index, (row, *_) in enumerate(next(iter(results.values()))):
        cells = [f"{r[index][2]}/{r[index][1]}" for r in results.values()]
        print(f"| {row.script[5:-3]} | " + " | ".join(cells) + f" | {row.reason} |")
    for provider, rows in results.items():
        print(f"{provider}: {sum(r[2] for r in rows)} of {sum(r[1] for r in rows)} conversations, "
              f"{sum(r[1] == r[2] for r in rows)} of {len(rows)} scripts whole")


def main():
    options = command_line()
    table = [row for row in read_table(options.table) if options.only in row.script and not (options.quick and row.reason)]
    tap, results = Tap(), {}
    with tempfile.TemporaryDirectory() as work:
        prepare(options, work)
        for provider in options.providers:
            results[provider] = all_rows(options, tap, provider, table)
    for index, row in enumerate(table):
        whole = all(r[index][1] and r[index][1] == r[index][2] for r in results.values())
        if row.reason and whole and len(results) == 3 and "-n" not in row.arguments:
            tap.line(False, f"{row.script}: {row.reason}: explains nothing any more")
    print(f"1..{tap.count}")
    if options.markdown:
        markdown(results)
    return tap.failed != 0


if __name__ == "__main__":
    sys.exit(main())
