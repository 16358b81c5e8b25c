# SPDX-License-Identifier: MIT
"""t/foreign/small-runner.py SHIM PKI PROVIDER -- a runner that drives the shim as BoringSSL's does, in a few cases: TAP.

It listens, starts the shim with -port and -shim-id, reads the id (8 octets, little endian) and is then a TLS client or
server on that connection, by Python's ssl module; what it sends comes back with every bit turned over."""
import os
import socket
import ssl
import subprocess
import sys

WAIT = 60
ID = 0x1122334455667788
V12, V13 = ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3


def turned(data):
    return bytes(octet ^ 255 for octet in data)


class Runner:
    def __init__(self, shim, pki, provider):
        self.shim, self.pki, self.provider, self.count, self.failed = shim, pki, provider, 0, 0

    def tap(self, good, name, why=""):
        self.count += 1
        self.failed += not good
        print(f"{'ok' if good else 'not ok'} {self.count} - {self.provider}: {name}")
        for line in "" if good else str(why).splitlines():
            print(f"#   {line}")

    def start(self, listener, flags):
        command = [self.shim, "-provider", self.provider, "-port", str(listener.getsockname()[1]), "-shim-id", str(ID)] + flags
        return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)

    def accept(self, listener):
        listener.settimeout(WAIT)
        connection, _ = listener.accept()
        connection.settimeout(WAIT)
        got = b""
        while len(got) < 8:
            got += connection.recv(8 - len(got))
        assert int.from_bytes(got, "little") == ID, "another id"
        return connection

    def context(self, shim_serves, version, alpn, asks):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT if shim_serves else ssl.PROTOCOL_TLS_SERVER)
        context.check_hostname = False
        context.verify_mode = ssl.CERT_REQUIRED if asks else ssl.CERT_NONE
        context.load_verify_locations(f"{self.pki}/root.pem")
        if version:
            context.minimum_version = context.maximum_version = version
        if alpn:
            context.set_alpn_protocols(alpn)
        if not shim_serves:
            context.load_cert_chain(f"{self.pki}/server-rsa-chain.pem", f"{self.pki}/server-rsa.key")
        return context

    def case(self, name, flags, talk, status=0, version=None, alpn=None, asks=False, resumes=0, text=""):
        """One shim, one connection and `resumes` more; `talk` is our side of each."""
        shim_serves = "-server" in flags
        if shim_serves:
            flags = flags + ["-cert-file", f"{self.pki}/server-rsa-chain.pem", "-key-file", f"{self.pki}/server-rsa.key"]
        why, session, opened = "", None, []
        with socket.create_server(("127.0.0.1", 0)) as listener:
            process = self.start(listener, flags)
            try:
                context = self.context(shim_serves, version, alpn, asks)
                for again in range(resumes + 1 if talk else 0):
                    opened.append(self.accept(listener))
                    tls = context.wrap_socket(opened[-1], server_side=not shim_serves, suppress_ragged_eofs=False,
                                              session=session if shim_serves else None)
                    opened.append(tls)
                    assert bool(tls.session_reused) == (again > 0), "resumed" if tls.session_reused else "not resumed"
                    talk(tls)
                    session = tls.session
                    if "-check-close-notify" in flags and status == 0:
                        tls.unwrap()
                    tls.close()
            except (OSError, AssertionError) as error:
                why = f"{type(error).__name__}: {error}"
            for each in opened:
                each.close()
            try:
                out, _ = process.communicate(timeout=WAIT)
            except subprocess.TimeoutExpired:
                process.kill()
                out, why = process.communicate()[0], "does not end"
        good = process.returncode == status and text in out and (not why or status != 0)
        self.tap(good, name, f"{why}\nstatus {process.returncode}, wanted {status}\n{out}")


def echo(tls, text=b"ping" * 700):
    tls.sendall(text)
    got = b""
    while len(got) < len(text):
        part = tls.recv(65536)
        assert part, "the shim ended"
        got += part
    assert got == turned(text), "what came back is not what was sent, turned over"


def read(tls, wanted):
    got = b""
    while len(got) < len(wanted):
        part = tls.recv(65536)
        assert part, "the shim ended"
        got += part
    assert got == wanted, f"got {got[:40]!r}"


def hello_first(tls):
    read(tls, b"hello")
    echo(tls)


def binding(tls):
    read(tls, tls.get_channel_binding("tls-unique"))


def shut_down(tls):
    assert tls.recv(1) == b"", "no close_notify"


def speaks(protocol):
    def talk(tls):
        assert tls.selected_alpn_protocol() == protocol
        echo(tls)
    return talk


def is_known(tls):
    assert tls.getpeercert(), "no certificate"
    echo(tls)


def both_roles(runner, role, flags):
    for version, number in ((V12, "771"), (V13, "772")):
        name = f"{role} {version.name}"
        runner.case(f"{name}: echoes", flags + ["-expect-version", number], echo, version=version)
        runner.case(f"{name}: an octet at a time", flags + ["-async"], echo, version=version)
        runner.case(f"{name}: another version is told", flags + ["-expect-version", "769"], echo, 1, version, text="version: got")
        runner.case(f"{name}: both close_notify", flags + ["-check-close-notify"], echo, version=version)
        runner.case(f"{name}: an end without one is told", flags + ["-check-close-notify"], echo, 1, version, text="close_notify")
        runner.case(f"{name}: writes first", flags + ["-shim-writes-first"], hello_first, version=version)
        runner.case(f"{name}: shuts down", flags + ["-shim-shuts-down", "-check-close-notify"], shut_down, version=version)
        runner.case(f"{name}: resumes", flags + ["-resume-count", "1", "-min-version", number, "-max-version", number], echo, version=version, resumes=1)
    runner.case(f"{role}: tls-unique", flags + ["-tls-unique"], binding, version=V12)


def main():
    runner = Runner(*sys.argv[1:4])
    pki = runner.pki
    runner.case("an unknown flag is unimplemented", ["-quic"], None, 89)
    runner.case("a value that is no number is refused", ["-resume-count", "many"], None, 1)
    runner.case("a flag for the second connection alone", ["-server", "-on-resume-expect-version", "769"], echo)
    both_roles(runner, "client", [])
    both_roles(runner, "server", ["-server"])
    runner.case("server: selects", ["-server", "-select-alpn", "two", "-expect-alpn", "two"], speaks("two"), alpn=["one", "two"])
    runner.case("client: advertises", ["-advertise-alpn", "\3one\3two", "-expect-alpn", "two"], speaks("two"), alpn=["two"])
    runner.case("client: refuses a chain", ["-verify-peer", "-trust-cert", f"{pki}/other-root.pem"], echo, 1, text="SEC_E_UNTRUSTED_ROOT")
    runner.case("client: accepts a chain", ["-verify-peer", "-trust-cert", f"{pki}/root.pem", "-expect-peer-cert-file",
                                            f"{pki}/server-rsa-chain.pem"], echo)
    runner.case("client: shows a certificate", ["-cert-file", f"{pki}/client-rsa-chain.pem", "-key-file", f"{pki}/client-rsa.key"],
                is_known, asks=True)
    print(f"1..{runner.count}")
    return runner.failed != 0


if __name__ == "__main__":
    os.environ.pop("SSLKEYLOGFILE", None)
    sys.exit(main())
