# SPDX-License-Identifier: MIT
"""t/foreign/one-script.py SCRIPT ARGUMENT... -- one of tlsfuzzer's scripts as it is, save that a server need not
send the ChangeCipherSpec of TLS 1.3, which RFC 8446 D.4 leaves to it and wolfSSL never sends."""
import runpy
import sys

from tlsfuzzer import expect, runner


def make_optional(node, seen):
    while node is not None and node not in seen:
        seen.add(node)
        if isinstance(node, expect.ExpectChangeCipherSpec) and node.next_sibling is None and \
                isinstance(node.child, (expect.ExpectEncryptedExtensions, expect.ExpectServerHello)):
            node.next_sibling = node.child
        make_optional(node.next_sibling, seen)
        node = node.child


def main():
    begin = runner.Runner.__init__

    def begin_so(self, conversation):
        make_optional(conversation, set())
        begin(self, conversation)

    runner.Runner.__init__ = begin_so
    sys.argv = sys.argv[1:]
    runpy.run_path(sys.argv[0], run_name="__main__")


if __name__ == "__main__":
    main()
