# SPDX-License-Identifier: MIT
"""t/public-chains.py CORPORA JUDGE PROVIDER -- x509-limbo's core cases and BetterTLS' path building, as TAP.

Every case must end as its authors expect, save those named here, each group with the reason why this library
decides otherwise; a name that no longer differs fails too, so that the list cannot rot."""
import collections
import datetime
import json
import lzma
import os
import subprocess
import sys
import time

DIFFERENT = {
    "a list that an issuer may not sign or that lacks a number tells nothing, and revocation is soft by default (D10)":
        "crl::crlnumber-missing crl::crlnumber-critical crl::issuer-missing-crlsign",
    "no caller can set a maximum depth": "pathlen::max-chain-depth-0-exhausted pathlen::max-chain-depth-1-exhausted",
    "a key whose usage lacks digitalSignature cannot serve in TLS (RFC 8446 4.4.2.2)":
        "pathlen::validation-ignores-pathlen-in-leaf rfc5280::ca-as-leaf",
    "key identifiers help to find a path and decide nothing":
        "rfc5280::aki::leaf-missing-aki rfc5280::aki::intermediate-missing-aki rfc5280::aki::cross-signed-root-missing-aki"
        " rfc5280::ski::root-missing-ski rfc5280::ski::intermediate-missing-ski"
        " webpki::aki::root-with-aki-missing-keyidentifier webpki::aki::root-with-aki-authoritycertissuer"
        " webpki::aki::root-with-aki-authoritycertserialnumber webpki::aki::root-with-aki-all-fields"
        " webpki::aki::root-with-aki-ski-mismatch",
    "what an authority should not have issued harms nobody who relies on it":
        "rfc5280::nc::permitted-dns-match-noncritical rfc5280::nc::not-allowed-in-ee-noncritical"
        " rfc5280::nc::not-allowed-in-ee-critical rfc5280::nc::nc-permits-invalid-dns-san"
        " rfc5280::san::noncritical-with-empty-subject rfc5280::san::underscore-dns rfc5280::serial::too-long"
        " rfc5280::serial::zero rfc5280::serial::negative rfc5280::leaf-ku-keycertsign webpki::v1-cert"
        " webpki::ee-basicconstraints-ca webpki::eku::ee-critical-eku webpki::eku::ee-without-eku webpki::eku::ee-anyeku"
        " webpki::san::san-critical-with-nonempty-subject"
        " webpki::forbidden-rsa-key-not-divisible-by-8-in-leaf",
    "a leading dot in a constraint means what is below, as everybody reads it": "rfc5280::nc::invalid-dnsname-leading-period",
    "policies are not asked for, so a constraint on them that may be ignored is": "rfc5280::pc::ica-noncritical-pc",
    "an anchor is trusted as given":
        "rfc5280::root-missing-basic-constraints rfc5280::root-non-critical-basic-constraints webpki::eku::root-has-eku"
        " webpki::forbidden-weak-rsa-key-in-root webpki::forbidden-rsa-not-divisible-by-8-in-root",
    "the CN is not looked at where the SAN names a host":
        "webpki::cn::ipv4-hex-mismatch webpki::cn::ipv4-leading-zeros-mismatch webpki::cn::ipv6-uppercase-mismatch"
        " webpki::cn::ipv6-uncompressed-mismatch webpki::cn::ipv6-non-rfc5952-mismatch webpki::cn::punycode-not-in-san"
        " webpki::cn::utf8-vs-punycode-mismatch webpki::cn::not-in-san webpki::cn::case-mismatch",
    "a certificate without a SAN is named by its CN (D6)": "webpki::san::no-san",
    "there is no list of public suffixes":
        "webpki::san::public-suffix-multi-label-wildcard-san webpki::san::public-suffix-private-namespace-wildcard-san",
}
# What a library cannot read it refuses, whatever the core thinks of it.
REFUSED_TOO = {"wolfssl": {"webpki::aki::root-with-aki-missing-keyidentifier"}}
USAGE = {"SERVER": "1.3.6.1.5.5.7.3.1", "CLIENT": "1.3.6.1.5.5.7.3.2"}


def base64(pem):
    return "".join(line for line in pem.strip().splitlines() if not line.startswith("-----"))


def seconds(text):
    return int(datetime.datetime.fromisoformat(text).timestamp())


def limbo(path):
    for case in json.load(lzma.open(path))["testcases"]:
        name = case["expected_peer_name"]
        when = seconds(case["validation_time"]) if case["validation_time"] else int(time.time())
        lines = ["time %d" % when, "usage " + USAGE[case["validation_kind"]]]
        lines += ["host " + name["value"]] if name and name["kind"] in ("DNS", "IP") else []
        lines += ["anchor " + base64(pem) for pem in case["trusted_certs"]]
        lines += ["cert " + base64(pem) for pem in [case["peer_certificate"]] + case["untrusted_intermediates"]]
        lines += ["crl " + base64(pem) for pem in case["crls"]]
        yield case["id"], case["expected_result"] == "SUCCESS", lines


def bettertls(path):
    corpus = json.load(lzma.open(path))
    for case in corpus["suites"]["pathbuilding"]["testCases"]:
        lines = ["time %d" % seconds("2027-01-01T00:00:00+00:00"), "usage " + USAGE["SERVER"], "host " + case["hostname"]]
        lines += ["anchor " + corpus["trustRoot"]] + ["cert " + der for der in case["certificates"]]
        yield "pathbuilding::%d" % case["id"], case["expected"] == "ACCEPT", lines


def main():
    corpora, judge, provider = sys.argv[1:]
    cases = list(limbo(os.path.join(corpora, "limbo.json.xz")))
    cases += bettertls(os.path.join(corpora, "bettertls-pathbuilding.json.xz"))
    text = []
    for name, _, lines in cases:
        text += lines + ["go " + name]
    run = subprocess.run([judge], input="\n".join(text) + "\n", capture_output=True, text=True, check=False,
                         env=dict(os.environ, OPENSSPI_PROVIDER=provider))
    got = dict(line.split(" ", 1) for line in run.stdout.splitlines() if " " in line)  # the last may be cut short
    reasons = {name: why for why, names in DIFFERENT.items() for name in names.split()}
    for name in REFUSED_TOO.get(provider, ()):
        reasons.pop(name, None)
    failed = 0
    table = collections.Counter()
    for number, (name, good, _) in enumerate(cases, 1):
        answer = got.get(name, "nothing")
        as_expected = answer.startswith("good" if good else "bad")
        fine = as_expected != (name in reasons)
        failed += not fine
        table[name.startswith("pathbuilding"), good, answer.startswith("good")] += 1
        print("%sok %d - %s %s: %s%s" % ("" if fine else "not ", number, provider, name, answer,
                                         "" if name not in reasons else " (differs: %s)" % reasons[name]))
    print("1..%d" % len(cases))
    for public, title in enumerate(("x509-limbo", "BetterTLS paths")):
        good, bad = ([table[bool(public), want, got] for got in (True, False)] for want in (True, False))
        print("# %-8s %-16s %3d must be accepted: %3d are, %2d not; %3d must be refused: %3d are, %2d not (each with its "
              "reason)" % (provider, title, sum(good), good[0], good[1], sum(bad), bad[1], bad[0]))
    sys.stderr.write(run.stderr)
    return failed or run.returncode


if __name__ == "__main__":
    sys.exit(1 if main() else 0)
