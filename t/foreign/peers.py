# SPDX-License-Identifier: MIT
"""t/foreign/peers.py PORT CA FOLDER TASK... -- clients of one `sspi serve --echo`, most of them bad ones; one line for each
task: "TASK: good" or what went wrong.  A server for the task silence has --timeout 4; FOLDER holds client certificates.

Records pass through memory, so that they can be cut, changed and kept back."""
import socket
import ssl
import struct
import sys
import threading
import time

WAIT = 60.0


class Peer:
    """A TLS client whose records the tasks hold in their hands."""

    def __init__(self, place, version=None, session=None, alpn=None, certificate=None, context=None):
        self.context = context or self.make_context(place, version, alpn, certificate)
        self.incoming, self.outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        self.tls = self.context.wrap_bio(self.incoming, self.outgoing, server_hostname="localhost", session=session)
        self.socket = socket.create_connection(("127.0.0.1", place.port), WAIT)

    @staticmethod
    def make_context(place, version, alpn, certificate):
        context = ssl.create_default_context(cafile=place.ca)
        if version:
            context.minimum_version = context.maximum_version = version
        if alpn:
            context.set_alpn_protocols(alpn)
        if certificate:
            context.load_cert_chain(f"{place.folder}/{certificate}-chain.pem", f"{place.folder}/{certificate}.key")
        return context

    def flush(self, change=lambda data: data):
        data = self.outgoing.read()
        if data:
            self.socket.sendall(change(data))

    def receive(self):
        data = self.socket.recv(65536)
        if not data:
            self.incoming.write_eof()
        self.incoming.write(data)

    def run(self, action, *arguments):
        """The action over the socket, as often as it wants to read."""
        while True:
            try:
                result = action(*arguments)
                self.flush()
                return result
            except ssl.SSLWantReadError:
                self.flush()
                self.receive()
            except ssl.SSLError:
                self.flush()
                raise

    def echo(self, text):
        self.tls.write(text)
        self.flush()
        got = b""
        while len(got) < len(text):
            part = self.run(self.tls.read, 65536)
            assert part, "the server ended"
            got += part
        assert got == text, "the echo differs"

    def open(self):
        self.run(self.tls.do_handshake)
        return self

    def close(self):
        """Both close_notify, then the end of the socket: neither a reset nor an end without it."""
        self.run(self.tls.unwrap)
        assert self.socket.recv(1) == b"", "octets behind close_notify"
        self.socket.close()


def ends(sock):
    """Everything up to the server's end, which must not be a reset: b"" where it says nothing."""
    sock.settimeout(WAIT)
    got = b""
    while True:
        part = sock.recv(65536)
        if not part:
            sock.close()
            return got
        got += part


def raw(place, data):
    sock = socket.create_connection(("127.0.0.1", place.port), WAIT)
    sock.sendall(data)
    return sock


def hello(place, version=None):
    peer = Peer(place, version)
    try:
        peer.tls.do_handshake()
    except ssl.SSLWantReadError:
        pass
    data = peer.outgoing.read()
    peer.socket.close()
    return data


VERSIONS = (ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3)


def task_echo(place):
    for version in VERSIONS:
        peer = Peer(place, version).open()
        peer.echo(b"x" * 100000)
        peer.close()


def task_junk(place):
    for data in (b"GET / HTTP/1.0\r\n\r\n", b"\x16\x03\x01\xff\xff" + bytes(100), b"\x15\x03\x03\x00\x02\x02\x28", bytes(5)):
        got = ends(raw(place, data))
        assert not got or got[:2] == b"\x15\x03", "what came is no alert"


def task_changed_hello(place):
    for version in VERSIONS:
        data = bytearray(hello(place, version))
        data[5] = 2  # a ServerHello from a client
        got = ends(raw(place, bytes(data)))
        assert got[:2] == b"\x15\x03" and got[5] == 2, "no fatal alert"


def task_silence(place):
    """The server gives up, with each of them at once, so that its time may be long enough for a client that is slow."""
    begin = time.monotonic()
    data = hello(place)
    silent = [raw(place, part) for part in (b"", data[:3], data[:-1], data)]
    for sock in silent:
        ends(sock)
    assert time.monotonic() - begin < WAIT, "the server waits on"


def task_reset(place):
    for data in (b"\x16", hello(place)):
        sock = raw(place, data)
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        sock.close()


def task_forged_record(place):
    """A record that was changed is answered with an alert that can be read, and the end."""
    for version in VERSIONS:
        peer = Peer(place, version).open()
        peer.echo(b"before")
        peer.tls.write(b"changed on its way")
        # unread octets must not turn the end into a reset
        peer.flush(lambda data: data[:-1] + bytes([data[-1] ^ 1]) + bytes(3000))
        try:
            peer.run(peer.tls.read, 1)
        except ssl.SSLError as error:
            assert "BAD_RECORD_MAC" in str(error), f"another alert: {error}"
        else:
            raise AssertionError("no alert")
        assert ends(peer.socket) == b""


def task_crowd(place):
    """Many at once, each record held back until all of them are connected."""
    failed = []
    peers = [Peer(place, VERSIONS[i % 2]) for i in range(24)]

    def one(peer):
        try:
            peer.open()
            peer.echo(b"one of many" * 1000)
            peer.close()
        except Exception as error:  # whatever it was is to be told
            failed.append(error)

    threads = [threading.Thread(target=one, args=(peer,)) for peer in peers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failed, failed[0]


def task_resumes(place):
    for version in VERSIONS:
        first = Peer(place, version).open()
        first.echo(b"first")
        session = first.tls.session
        first.close()
        second = Peer(place, version, session=session, context=first.context).open()
        second.echo(b"second")
        assert second.tls.session_reused, f"{version.name}: not resumed"
        second.close()


def task_alpn(place):
    for version in VERSIONS:
        peer = Peer(place, version, alpn=["unheard-of", "beta"]).open()
        assert peer.tls.selected_alpn_protocol() == "beta"
        peer.close()
        try:
            Peer(place, version, alpn=["unheard-of"]).open()
        except ssl.SSLError as error:
            assert "application protocol" in str(error).lower().replace("_", " "), f"another alert: {error}"
        else:
            raise AssertionError("no protocol in common, and no alert")


def task_certificate(place):
    for version in VERSIONS:
        peer = Peer(place, version, certificate="client-rsa").open()
        peer.echo(b"known")
        peer.close()


def task_wrong_certificate(place):
    for version in VERSIONS:
        try:
            Peer(place, version, certificate="other-client").open().echo(b"unknown")
        except ssl.SSLError as error:
            assert "ALERT" in str(error), f"no alert: {error}"
        else:
            raise AssertionError("served")


def task_no_certificate(place):
    """Without one the client is served nothing, whatever the alert."""
    for version in VERSIONS:
        try:
            peer = Peer(place, version).open()
            peer.echo(b"nobody")
        except (ssl.SSLError, AssertionError):
            continue
        raise AssertionError("served")


class Place:
    def __init__(self, port, ca, folder):
        self.port, self.ca, self.folder = int(port), ca, folder


def main():
    place = Place(*sys.argv[1:4])
    for name in sys.argv[4:]:
        try:
            globals()["task_" + name.replace("-", "_")](place)
            print(f"{name}: good")
        except Exception as error:  # a test tells what it met
            print(f"{name}: {type(error).__name__}: {error}")


if __name__ == "__main__":
    main()
