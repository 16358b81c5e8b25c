#!/bin/sh
# SPDX-License-Identifier: MIT
# `sspi certs`: stores filled, shown and emptied, chains judged, revocation lists fetched (D10, K35, K38).
. "${top_srcdir:?}/t/lib.sh"
umask 022
chmod 755 "$work"
mkdir "$work/conf"
OPENSSPI_CONFDIR=$work/conf OPENSSPI_USERDIR=$work/user OPENSSPI_LOG=stderr
export OPENSSPI_CONFDIR OPENSSPI_USERDIR OPENSSPI_LOG
: >"$work/conf/opensspi.conf"

# run EXPECTED-CODE ARGUMENT...: output in $work/out and $work/err.
run() {
    wanted=$1
    shift
    "$sspi" certs "$@" >"$work/out" 2>"$work/err"
    code=$?
    [ $code -eq "$wanted" ] || { diag "exit $code, wanted $wanted"; diag "$(cat "$work/err" "$work/out")"; return 1; }
}
out() { grep -qF -- "$1" "$work/out" || { diag "$(cat "$work/out")"; return 1; }; }
err() { grep -qF -- "$1" "$work/err" || { diag "$(cat "$work/err")"; return 1; }; }
json() { # json EXPRESSION over `d`
    python3 -c 'import json, sys; d = json.load(open(sys.argv[1])); sys.exit(0 if eval("(" + sys.argv[2] + ")") else 1)' "$work/out" "$1"
}
sha() { openssl x509 -in "$1" -noout -fingerprint "-$2" | sed 's/.*=//; s/://g' | tr A-F a-f; }

# ---- the command line ----
run 0 --help && out "usage: sspi certs COMMAND";   ok $? "--help"
run 2 && err "usage: sspi certs";                  ok $? "without a command: 2"
run 2 nonsense;                                    ok $? "an unknown command: 2"
run 2 list --nonsense;                             ok $? "an unknown option: 2"
run 2 list --timeout 5 && err "list takes no --timeout"; ok $? "an option of another command: 2"
run 2 show;                                        ok $? "a word too few: 2"
run 2 list MY CA;                                  ok $? "a word too many: 2"
run 2 fetch-crl --timeout 0;                       ok $? "no time at all: 2"
"$sspi" certs show "$pki/root.pem" >/dev/full 2>"$work/err"
is $? 1 "an output that cannot be written: 1"

# ---- stores ----
run 0 list && [ ! -s "$work/out" ];                ok $? "MY is there and empty"
run 1 list Nowhere && err "there is no store 'Nowhere'"; ok $? "another is not"
run 1 list ../MY;                                  ok $? "what is no name is none"
run 0 list ROOT --json && json 'isinstance(d, list)'; ok $? "ROOT as JSON"
run 1 import "$pki/server-rsa-full.pem" && err "--store says into which store"; ok $? "import: the store is named"
run 0 import "$pki/server-rsa-full.pem" --store MY; ok $? "K35 a certificate with its chain and key into MY"
file=$work/user/my/$(sha "$pki/server-rsa.pem" sha256).pem
out "$file";                                       ok $? "K35 which says where it lies"
is "$(stat -c %a "$file")" 600 "K35 for its owner alone"
run 0 list && out "CN=localhost" && out "  key     yes"; ok $? "list shows it, and that its key is there"
run 0 list MY --json && json 'len(d) == 2 and d[0]["key"] and d[0]["sha256"] == "'"$(sha "$pki/server-rsa.pem" sha256)"'"'
ok $? "the same as JSON"
run 0 show "$(sha "$pki/server-rsa.pem" sha1)" && out "$(sha "$pki/server-rsa.pem" sha256)"; ok $? "show by SHA-1"
run 0 show "$(sha "$pki/server-rsa.pem" sha256 | tr a-f A-F)"; ok $? "show by SHA-256, in any case"
run 0 show "$pki/server-rsa-chain.pem" --json && json 'len(d) == 2'; ok $? "show a file"
run 1 show 0123456789012345678901234567890123456789 && err "no certificate with this fingerprint"; ok $? "show: there is none"
run 1 show "$work/nowhere.pem" && err "$work/nowhere.pem"; ok $? "show: no file"
run 1 import "$pki/server-rsa.pem" --store MY && err "holds no private key: name its file with --key"
ok $? "import into MY without a key"
run 0 import "$pki/server-ecdsa-chain.pem" --key "$pki/server-ecdsa.key" --store MY; ok $? "import with --key"
run 1 import "$pki/server-ecdsa-chain.pem" --key "$pki/server-rsa.key" --store MY; ok $? "import with another's key"
echo test >"$work/password"
run 1 import "$pki/server-rsa.pfx" --store MY && err "the password does not open it"; ok $? "PKCS#12 without its password"
run 0 import "$pki/server-rsa.pfx" --store Own --password-file "$work/password" ||
    err "holds a private key, which belongs into MY";  ok $? "PKCS#12 holds a key"
run 0 import "$pki/server-rsa.pfx" --store MY --password-file "$work/password"; ok $? "PKCS#12 into MY"
run 1 import "$pki/server-rsa-full.pem" --store CA && err "holds a private key, which belongs into MY"
ok $? "no key into CA"
run 0 import "$pki/intermediate.der" --store CA && run 0 list CA && out "Test Intermediate"; ok $? "DER into CA"
run 1 import "$pki/dh.pem" --store CA;             ok $? "what is no certificate: 1"
run 1 import "$pki/root.pem" --store ROOT && err "add --machine"; ok $? "an account has no trust anchors of its own"
run 0 import "$pki/root.pem" --store root --machine && [ -f "$work/conf/stores/root/$(sha "$pki/root.pem" sha256).pem" ]
ok $? "the machine has"
run 0 list ROOT --json && json 'any(c["origin"] == "administrator" and "Test Root" in c["subject"] for c in d)'
ok $? "ROOT says who put an anchor there"
cp "$pki/server-rsa.pem" "$work/one.pem" && mkdir -p "$work/conf/stores/disallowed" && cp "$work/one.pem" "$work/conf/stores/disallowed"
run 1 verify "$pki/server-rsa-chain.pem" --ca "$pki/root.pem" && out "FAULT   CERT_TRUST_IS_EXPLICIT_DISTRUST" && out 0x800B0111
ok $? "K38 verify: what the machine disallows is refused, whoever the anchors are"
rm -r "$work/conf/stores/disallowed"
run 0 export "$(sha "$pki/intermediate.pem" sha256)" --store CA && cmp -s "$work/out" "$pki/intermediate.pem"
ok $? "export is PEM, as it came"
run 0 export "$(sha "$pki/intermediate.pem" sha1)" --out "$work/copy.pem" && cmp -s "$work/copy.pem" "$pki/intermediate.pem"
ok $? "export into a file"
run 1 export "$(sha "$pki/intermediate.pem" sha1)" --out "$work/copy.pem" && err "$work/copy.pem: File exists"
ok $? "which is not written over"

# ---- files as they should not be ----
chmod 644 "$file"
run 0 list && err "$file" && err "chmod 600";      ok $? "a key that others may read is left out, with the remedy"
chmod 600 "$file"
head -c 300 "$pki/server-a.pem" >"$work/user/ca/half.pem"
run 0 list CA && out "Test Intermediate" && err "$work/user/ca/half.pem"; ok $? "half a file is left out, the rest is there"
rm "$work/user/ca/half.pem"
chmod 777 "$work/user/ca"
run 1 import "$pki/rsa-ca.pem" --store CA && err "chmod"; ok $? "nothing is written where anybody may write"
chmod 755 "$work/user/ca"
if [ "$(id -u)" -eq 0 ]; then
    chown 65534 "$work/user/ca"
    run 1 import "$pki/rsa-ca.pem" --store CA && err "owned by uid 65534"; ok $? "nor into another's folder"
    chown 0 "$work/user/ca"
else
    skip "not root" "another's folder"
fi

# ---- verify ----
run 0 verify "$pki/server-rsa-chain.pem" --ca "$pki/root.pem" --name localhost && out good; ok $? "K38 verify: a good chain"
run 1 verify "$pki/server-rsa-chain.pem" --ca "$pki/root.pem" --name other.invalid && out "refused: 0x800B010F"
ok $? "K38 verify: another name"
run 1 verify "$pki/server-expired-chain.pem" --ca "$pki/root.pem" && out "FAULT   CERT_TRUST_IS_NOT_TIME_VALID: it has expired"
ok $? "K38 verify: the reason for a bit"
run 1 verify "$pki/server-expired-chain.pem" --ca "$pki/root.pem" --json &&
    json 'not d["good"] and d["chain"][0]["faults"] == ["IS_NOT_TIME_VALID"] and d["chain"][1]["faults"] == []'
ok $? "K38 verify: the same as JSON"
run 1 verify "$pki/server-rsa.pem" --ca "$pki/other-root.pem" && out "IS_PARTIAL_CHAIN"; ok $? "K38 verify: the issuer is not trusted"
run 0 verify "$pki/server-rsa.pem" && out "Test Root"; ok $? "K35 verify: intermediate from CA, anchor from ROOT"
run 1 verify "$pki/nowhere.pem"; ok $? "verify: no file"
for provider in $PROVIDERS; do
    serve --cert "$pki/server-rsa-full.pem" --provider "$provider" || continue
    run 0 verify "localhost:$port" --ca "$pki/root.pem" --provider "$provider" && out good
    ok $? "K38 $provider: verify a server"
    run 1 verify "localhost:$port" --ca "$pki/other-root.pem" --provider "$provider" && out "refused: 0x800B01"
    ok $? "K38 $provider: verify a server that is not trusted"
    run 1 verify "localhost:$port" --ca "$pki/root.pem" --name other.invalid --json && json 'd["status"] == "0x800b010f"'
    ok $? "K38 $provider: and one of another name"
    stop "$spawned"
done

# ---- revocation lists ----
mkdir "$work/www"
cat >"$work/httpd.py" <<'END'
import http.server, os, sys, time
class H(http.server.SimpleHTTPRequestHandler):
    def do_GET(self):
        if self.path == "/moved.crl":
            self.send_response(302); self.send_header("Location", self.base + "/good.crl"); self.end_headers()
        elif self.path == "/slow.crl":
            time.sleep(5)
        elif self.path == "/cut.crl":
            self.send_response(200); self.send_header("Content-Length", "5000"); self.end_headers(); self.wfile.write(b"0")
        elif self.path == "/endless.crl":
            self.send_response(200); self.end_headers()
            try:
                while True: self.wfile.write(b"0" * 65536)
            except OSError: pass
        elif self.path == "/round.crl":
            self.send_response(302); self.send_header("Location", self.base + "/round.crl"); self.end_headers()
        elif self.path == "/away.crl":
            self.send_response(302); self.send_header("Location", "file:///etc/passwd"); self.end_headers()
        else: super().do_GET()
    def log_message(self, *a): pass
os.chdir(sys.argv[1])
s = http.server.ThreadingHTTPServer(("127.0.0.1", 0), H)
H.base = "http://127.0.0.1:%d" % s.server_port
print("listening on", H.base, flush=True)
s.serve_forever()
END
spawn "$work/httpd.log" python3 "$work/httpd.py" "$work/www"
wait_for "$work/httpd.log" '^listening on' "$spawned" || { ok 1 "a web server"; tap_done; }
base=$(sed -n 's/^listening on //p' "$work/httpd.log")
point() { # point NAME PATH [OPTION...]: a server's certificate whose list lies there
    point_name=$1 point_path=$2
    shift 2
    openssl req -new -x509 -key "$pki/server-ecdsa.key" -subj "/CN=localhost" -CA "$pki/intermediate.pem" \
        -CAkey "$pki/intermediate.key" -days 30 -addext "crlDistributionPoints=URI:$base$point_path" \
        -addext "subjectAltName=DNS:localhost" -out "$work/$point_name.pem" "$@" 2>"$work/openssl.log" ||
        diag "$(cat "$work/openssl.log")"
}
openssl crl -in "$pki/intermediate.crl" -outform DER -out "$work/www/good.crl"
cp "$pki/intermediate.crl" "$work/www/pem.crl"
openssl crl -in "$pki/stale.crl" -outform DER -out "$work/www/stale.crl"
openssl crl -in "$pki/foreign.crl" -outform DER -out "$work/www/foreign.crl"
cp "$pki/root.der" "$work/www/other.crl"
for name in good pem stale foreign other moved round away slow cut endless nowhere; do point $name /$name.crl; done
crls=$work/conf/crls
run 0 fetch-crl && out "no certificate names a list"; ok $? "D10 fetch-crl: nothing to fetch"
run 0 fetch-crl "$work/good.pem" && out "$base/good.crl" && [ "$(ls "$crls" | wc -l)" -eq 1 ]; ok $? "D10 fetch-crl: a list"
cmp -s "$crls"/*.crl "$work/www/good.crl"; ok $? "D10 fetch-crl: as it came"
run 0 fetch-crl "$work/good.pem" && [ "$(ls -A "$crls" | wc -l)" -eq 1 ]; ok $? "D10 fetch-crl: again, in its place"
run 0 fetch-crl "$work/pem.pem" "$work/moved.pem" && [ "$(ls -A "$crls" | wc -l)" -eq 3 ]; ok $? "D10 fetch-crl: PEM, and one that moved"
before=$(ls -A "$crls")
for name in stale foreign other round away cut nowhere; do
    run 1 fetch-crl "$work/$name.pem" && err "$base/$name.crl: "; ok $? "D10 fetch-crl: refused and named: $name ($(cut -c13-100 "$work/err"))"
done
run 1 fetch-crl --timeout 1 "$work/slow.pem" && err "no answer in time"; ok $? "D10 fetch-crl: a server that does not answer"
run 1 fetch-crl "$work/endless.pem" && err "longer than"; ok $? "D10 fetch-crl: one that does not end"
is "$(ls -A "$crls")" "$before" "D10 fetch-crl: nothing of these was stored"
run 0 fetch-crl --folder "$work/else" "$work/good.pem" && [ "$(ls "$work/else" | wc -l)" -eq 1 ]; ok $? "D10 fetch-crl --folder"
mkdir -m 777 "$work/open"
run 1 fetch-crl --folder "$work/open" "$work/good.pem" && err "chmod"; ok $? "D10 fetch-crl: not into a folder that anybody may write"

# ---- and what they are for ----
printf '[package Schannel]\nrevocation = require\n' >"$work/conf/opensspi.conf"
rm -rf "$crls"
run 1 verify "$work/good.pem" --revocation --ca "$pki/root.pem" && out REVOCATION_STATUS_UNKNOWN && out "0x80092013"
ok $? "D10 K38 verify --revocation: no list, require: CRYPT_E_REVOCATION_OFFLINE"
run 0 fetch-crl "$work/good.pem"
openssl crl -in "$pki/root.crl" -outform DER -out "$crls/root.crl"
run 0 verify "$work/good.pem" --revocation --ca "$pki/root.pem" && out good; ok $? "D10 K38 verify --revocation: with the lists it is good"
run 1 verify "$pki/server-revoked-chain.pem" --revocation --ca "$pki/root.pem" && out "CERT_TRUST_IS_REVOKED"
ok $? "D10 K38 verify --revocation: one that is revoked"

# ---- taking away ----
run 1 delete "$(sha "$pki/intermediate.pem" sha1)" && err "--store says"; ok $? "delete: the store is named"
run 0 delete "$(sha "$pki/intermediate.pem" sha1)" --store CA && run 0 list CA && [ ! -s "$work/out" ]; ok $? "delete from CA"
run 0 delete "$(sha "$pki/server-rsa.pem" sha1)" --store MY && [ ! -f "$file" ]; ok $? "delete from MY, the key with it"
run 0 delete "$(sha "$pki/root.pem" sha256)" --store ROOT --machine && [ -z "$(ls -A "$work/conf/stores/root")" ]
ok $? "delete from ROOT"
run 1 delete "$(sha "$pki/root.pem" sha256)" --store ROOT --machine; ok $? "delete: it is gone already"
tap_done
