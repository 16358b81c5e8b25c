#!/bin/sh
# SPDX-License-Identifier: MIT
#
# t/pki.sh DIR -- makes every certificate the tests use, with the openssl command line, in a few seconds.
# `make check` runs it once, into t/pki of the build folder (t/cert.mk); names never change, keys always do.
# Everything a test needs and cannot find here belongs here.  Password of every protected file: "test".
#
# Authorities (NAME.pem, NAME.key)
#   root            P-256; signs intermediate and the odd authorities below       root.crl: its list, empty
#   intermediate    P-256, path length 0; signs the servers and clients           intermediate.crl: server-revoked
#   rsa-ca          RSA 2048, under root; signs server-md5 (ECDSA has no MD5) and server-rsa-only
#   other-root      RSA 2048; signs other-server.  Nobody trusts it
#   anchors.pem     root and other-root in one file
# Servers: each is NAME.pem (leaf), NAME.key (PKCS#8), NAME-chain.pem (leaf, intermediate), NAME-full.pem (that
# and the key: what --cert takes in one file)
#   server-rsa server-ecdsa server-ed25519   localhost, 127.0.0.1, ::1, *.example.test; CN localhost
#   server-a server-b server-wild            a.example.test; b.example.test (RSA); *.example.test: choice by SNI
#   server-b-ecdsa                           b.example.test again, P-256: choice by signature scheme
#   server-expired server-notyet             2020 to 2021; 2090 to 2091
#   server-wrong-name server-wrong-usage     other.invalid; clientAuth only
#   server-cn                                CN localhost and no SAN
#   server-ip                                SAN 127.0.0.1 alone, CN localhost (which then does not count)
#   server-revoked                           on intermediate.crl
#   server-critical                          an unknown critical extension
#   server-rsa1024 server-sha1 server-md5    weak key; weak signatures
#   server-sha384                            signed with SHA-384 (tls-server-end-point)
#   server-tiny                              RSA 512, SHA-1, its own issuer (W45)
#   server-rsa-only                          RSA 2048 under rsa-ca: RSA signatures alone below root
#   server-direct                            signed by root, no intermediate
#   other-server                             good, under other-root (chain is the leaf alone)
#   self-signed                              its own issuer, serverAuth, localhost
#   server-alone                             under intermediate, and shown without it
# Clients (clientAuth), files as for servers
#   client-rsa client-ecdsa client-ed25519   CN client, email client@example.test
#   client-expired client-wrong-usage        2020 to 2021; serverAuth only
#   client-notyet client-revoked client-rsa1280   2090 to 2091; on clients.crl; weak key,
#                                        and yet long enough for any RSA-PSS
#   client-elsewhere client-ip               SAN other.invalid; 192.0.2.1
#   client-alone self-signed-client          shown without intermediate; its own issuer
#   other-client                             under other-root
#   map-NAME                                 for the account map: what is in them stands where they are made
#   twin-client                              under twin-intermediate, another CA of intermediate's name that signed
#                                            itself (twin-anchors.pem: root and that one)
# Chains that must be refused: NAME-chain.pem holds leaf and every authority below root
#   under-leaf          issued by server-ecdsa, which is no CA
#   under-no-sign       its CA's key usage lacks keyCertSign
#   under-no-basic      its CA has no basicConstraints
#   under-pathlen       leaf, CA, intermediate: longer than intermediate's path length 0 allows
#   under-client-ca     its CA's EKU is clientAuth only, its own serverAuth
#   under-expired-ca    its CA expired in 2021
#   under-names-out     its CA permits only inside.test (and no address): localhost is outside
#   under-names-not     its CA excludes example.test, it is a.example.test
# Chains that are good
#   under-names-in      the CA of under-names-out, for www.inside.test
#   under-cross         its CA has two certificates: from other-root (first in the chain) and from root
#   under-deep          leaf and three authorities
# Keys and bundles in other clothes
#   server-rsa-pkcs1.key server-ecdsa-sec1.key server-ecdsa-sec1-params.key   BEGIN RSA / EC PRIVATE KEY
#   server-rsa-encrypted.key server-rsa-pkcs1-encrypted.key                   PKCS#8; Proc-Type: 4,ENCRYPTED
#   server-rsa.pfx server-ecdsa.pfx client-rsa.pfx   AES-256, SHA-256; leaf, intermediate, key; friendly name NAME
#   server-rsa-legacy.pfx                3DES, SHA-1
#   server-rsa-rc2.pfx                   certificates under RC2-40, key under 3DES: what Windows long wrote
#   server-rsa-nopass.pfx                empty password
#   NAME.der                             of root, intermediate, server-rsa, server-ecdsa, server-ed25519
#   server-ecdsa.ocsp server-revoked.ocsp OCSP answers of intermediate: good; revoked
#   delegate.ocsp stranger.ocsp          server-ecdsa is good: by one the issuer named for it; by server-a, which it did not
# Revocation lists of intermediate, all with server-revoked on them
#   stale.crl early.crl                  2020 to 2021; from 2090 on
#   delta.crl strange.crl                changes only; an unknown critical extension
#   indirect.crl points.crl              of others' certificates too; for those that name server-points' point
#   foreign.crl                          intermediate's name, another key
#   clients.crl                          of intermediate too, with client-revoked on it
#   lists.pem                            root, root.crl, intermediate.crl, clients.crl
#   server-points root-points            servers whose certificates name a CRL distribution point; the latter
#                                        under root
#   dh.pem                               not a certificate: a PEM file of another kind
set -eu
umask 077
dir=${1:?usage: pki.sh DIR}
LC_ALL=C
export LC_ALL
unset OPENSSL_CONF
mkdir -p "$dir"
cd "$dir"
rm -f stamp
trap 'rc=$?; [ $rc -eq 0 ] || { echo "pki.sh failed; last output:" >&2; tail -20 log >&2; }' EXIT
: >log

cat >pki.cnf <<'END'
[req]
distinguished_name = dn
prompt = no
string_mask = utf8only
[dn]
[authority]
basicConstraints = critical,CA:TRUE
keyUsage = critical,keyCertSign,cRLSign
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
[root]
basicConstraints = critical,CA:TRUE
keyUsage = critical,keyCertSign,cRLSign
subjectKeyIdentifier = hash
[intermediate]
basicConstraints = critical,CA:TRUE,pathlen:0
keyUsage = critical,keyCertSign,cRLSign
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
[no_sign]
basicConstraints = critical,CA:TRUE
keyUsage = critical,digitalSignature,cRLSign
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
[no_basic]
keyUsage = critical,keyCertSign
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
[client_ca]
basicConstraints = critical,CA:TRUE
keyUsage = critical,keyCertSign
extendedKeyUsage = clientAuth
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
[names_in]
basicConstraints = critical,CA:TRUE
keyUsage = critical,keyCertSign
nameConstraints = critical,permitted;DNS:inside.test,excluded;IP:0.0.0.0/0.0.0.0,excluded;IP:0:0:0:0:0:0:0:0/0:0:0:0:0:0:0:0
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
[names_not]
basicConstraints = critical,CA:TRUE
keyUsage = critical,keyCertSign
nameConstraints = critical,excluded;DNS:example.test
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
[delta]
2.5.29.27 = critical,ASN1:INTEGER:1
[strange]
1.3.6.1.4.1.55555.2 = critical,DER:0500
[indirect]
issuingDistributionPoint = critical,@indirect_point
[indirect_point]
fullname = URI:http://crl.example.test/intermediate.crl
indirectCRL = TRUE
[points]
issuingDistributionPoint = critical,@points_point
[points_point]
fullname = URI:http://crl.example.test/intermediate.crl
onlyuser = TRUE
END

# leaf SECTION EKU SAN [EXTRA]: one more section of pki.cnf
leaf() {
    printf '[%s]\nbasicConstraints = critical,CA:FALSE\nkeyUsage = critical,digitalSignature%s\n' \
        "$1" "${4:+,keyEncipherment}"
    printf 'extendedKeyUsage = %s\nsubjectKeyIdentifier = hash\nauthorityKeyIdentifier = keyid\n' "$2"
    [ -z "$3" ] || printf 'subjectAltName = %s\n' "$3"
} >>pki.cnf
leaf server serverAuth 'DNS:localhost,IP:127.0.0.1,IP:::1,DNS:*.example.test'
leaf server_rsa serverAuth 'DNS:localhost,IP:127.0.0.1,IP:::1,DNS:*.example.test' rsa
leaf server_a serverAuth DNS:a.example.test
leaf server_b serverAuth DNS:b.example.test
leaf server_wild serverAuth 'DNS:*.example.test'
leaf server_other serverAuth DNS:other.invalid
leaf server_plain serverAuth ''
leaf server_ip serverAuth IP:127.0.0.1
leaf server_inside serverAuth DNS:www.inside.test
leaf server_critical serverAuth 'DNS:localhost,IP:127.0.0.1'
echo '1.3.6.1.4.1.55555.1 = critical,DER:0500' >>pki.cnf
leaf server_points serverAuth 'DNS:localhost,IP:127.0.0.1'
echo 'crlDistributionPoints = URI:http://crl.example.test/intermediate.crl' >>pki.cnf
leaf ocsp_signer OCSPSigning ''
leaf client clientAuth email:client@example.test
leaf client_plain clientAuth ''
leaf client_rsa clientAuth email:client@example.test rsa
leaf client_elsewhere clientAuth DNS:other.invalid
leaf client_ip clientAuth IP:192.0.2.1
leaf client_for_server clientAuth 'DNS:localhost,IP:127.0.0.1'
leaf server_for_client serverAuth email:client@example.test
upn='otherName:1.3.6.1.4.1.311.20.2.3;UTF8'
leaf map_daemon clientAuth "$upn:daemon@example.test,email:daemon@example.test,DNS:Daemon.Example.Test"
leaf map_two clientAuth email:daemon@example.test,email:nobody@example.test
leaf map_nul clientAuth DER:301681146461656d6f6e00406578616d706c652e74657374 # daemon, NUL, @example.test
leaf map_wild clientAuth 'DNS:*.example.test'
leaf map_root clientAuth email:root@example.test
leaf map_ghost clientAuth email:no-such-account@example.test
leaf map_odd clientAuth email:daemon:x@example.test
# daemon with a Cyrillic e, as a UPN
leaf map_utf8 clientAuth DER:3026a024060a2b060104018237140203a0160c146461d0b56d6f6e406578616d706c652e74657374

run() { openssl "$@" >>log 2>&1; }
key() { # key NAME rsa|p256|ed25519|rsa1280|rsa1024|rsa512
    case $2 in
    rsa) run genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:2048 -out "$1.key" ;;
    rsa1280 | rsa1024) run genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:${2#rsa} -out "$1.key" ;;
    rsa512) run genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:512 -out "$1.key" ;;
    p256) run genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out "$1.key" ;;
    ed25519) run genpkey -algorithm ED25519 -out "$1.key" ;;
    esac
}
serial=4096
# issue NAME KEY SUBJECT SECTION ISSUER [OPTION...]: NAME.key where missing, NAME.pem; ISSUER -: self-signed.
issue() {
    name=$1 type=$2 subject=$3 section=$4 issuer=$5
    shift 5
    [ -f "$name.key" ] || key "$name" "$type"
    serial=$((serial + 1))
    [ "$issuer" = - ] || set -- -CA "$issuer.pem" -CAkey "$issuer.key" "$@"
    run req -new -x509 -config pki.cnf -extensions "$section" -key "$name.key" -subj "$subject" \
        -set_serial $serial -days 3650 -out "$name.pem" "$@"
}
# dated NAME KEY SUBJECT SECTION ISSUER START END: the same with dates, which only `openssl ca` can set.
dated() {
    [ -f "$1.key" ] || key "$1" "$2"
    serial=$((serial + 1))
    mkdir -p ca
    : >ca/index
    echo 'unique_subject = no' >ca/index.attr
    printf '%04X\n' $serial >ca/serial
    printf '[ca]\ndefault_ca = d\n[d]\ndatabase = ca/index\nserial = ca/serial\nnew_certs_dir = ca\n' >ca/cnf
    printf 'default_md = sha256\npolicy = p\ndefault_crl_days = 3650\n[p]\ncommonName = supplied\n' >>ca/cnf
    sed -n '/^\[authority\]/,$p' pki.cnf >>ca/cnf
    run req -new -config pki.cnf -key "$1.key" -subj "$3" -out "$1.csr"
    run ca -batch -notext -config ca/cnf -extensions "$4" -cert "$5.pem" -keyfile "$5.key" -startdate "$6" \
        -enddate "$7" -in "$1.csr" -out "$1.pem"
    rm -f "$1.csr"
}
# crl FILE ISSUER REVOKED [OPTION...]: a list with one certificate on it; REVOKED -: with none
crl() {
    file=$1 issuer=$2 revoked=$3
    shift 3
    : >ca/index
    [ "$revoked" = - ] ||
        run ca -config ca/cnf -cert "$issuer.pem" -keyfile "$issuer.key" -revoke "$revoked.pem"
    run ca -config ca/cnf -cert "$issuer.pem" -keyfile "$issuer.key" -gencrl -out "$file" "$@"
}
# staple NAME AUTHORITY [WHEN]: NAME.ocsp, the authority's answer that NAME is good, or when it was revoked
staple() {
    serial=$(openssl x509 -in "$1.pem" -noout -serial) || exit 1
    if [ $# -eq 3 ]; then state=R; else state=V; fi
    printf '%s\t20990101000000Z\t%s\t%s\tunknown\t/CN=%s\n' $state "${3-}" "${serial#serial=}" "$1" >ca/answers
    run ocsp -issuer "$2.pem" -cert "$1.pem" -no_nonce -reqout ca/question
    run ocsp -index ca/answers -rsigner "$2.pem" -rkey "$2.key" -CA "$2.pem" -reqin ca/question -ndays 3650 -resp_no_certs \
        -respout "$1.ocsp"
}
# chain NAME AUTHORITY...: NAME-chain.pem and NAME-full.pem
chain() {
    name=$1
    shift
    cat "$name.pem" >"$name-chain.pem"
    for authority; do cat "$authority.pem" >>"$name-chain.pem"; done
    cat "$name-chain.pem" "$name.key" >"$name-full.pem"
}
server() { # server NAME KEY SECTION [CN [OPTION...]]: one that intermediate signs
    name=$1 type=$2 section=$3 cn=${4:-localhost}
    shift 3
    [ $# -eq 0 ] || shift
    issue "$name" "$type" "/CN=$cn" "$section" intermediate "$@"
    chain "$name" intermediate
}
under() { # under NAME SECTION CN AUTHORITY...: one that the first AUTHORITY signs
    name=$1 section=$2 cn=$3
    shift 3
    issue "$name" p256 "/CN=$cn" "$section" "$1"
    chain "$name" "$@"
}
rm -f ./*.key ./*.pem ./*.crl ./*.pfx ./*.der ./*.ocsp
rm -rf ca

# ---- authorities ----
issue root p256 '/O=OpenSSPI/CN=OpenSSPI Test Root' root -
issue intermediate p256 '/O=OpenSSPI/CN=OpenSSPI Test Intermediate' intermediate root
issue rsa-ca rsa '/O=OpenSSPI/CN=OpenSSPI RSA CA' authority root
issue other-root rsa '/O=OpenSSPI/CN=OpenSSPI Other Root' root -
cat root.pem other-root.pem >anchors.pem

# ---- servers ----
server server-rsa rsa server_rsa
server server-ecdsa p256 server
server server-ed25519 ed25519 server
server server-a p256 server_a a.example.test
cp server-rsa.key server-b.key
server server-b rsa server_b b.example.test
server server-b-ecdsa p256 server_b b.example.test
server server-wild p256 server_wild wild
server server-wrong-name p256 server_other other.invalid
server server-wrong-usage p256 client_for_server
server server-cn p256 server_plain
server server-ip p256 server_ip
server server-revoked p256 server
server server-points p256 server_points
issue root-points p256 /CN=localhost server_points root
chain root-points
issue ocsp-signer p256 '/CN=OCSP' ocsp_signer intermediate
server server-critical p256 server_critical
server server-rsa1024 rsa1024 server_rsa
server server-sha1 p256 server localhost -sha1
issue server-md5 p256 /CN=localhost server rsa-ca -md5
chain server-md5 rsa-ca
issue server-rsa-only rsa /CN=localhost server_rsa rsa-ca
chain server-rsa-only rsa-ca
server server-sha384 p256 server localhost -sha384
issue server-direct p256 /CN=localhost server root
chain server-direct
issue other-server p256 /CN=localhost server other-root
chain other-server
issue self-signed p256 /CN=localhost server -
chain self-signed
issue server-alone p256 /CN=localhost server intermediate
chain server-alone
issue server-tiny rsa512 /CN=localhost server_rsa - -sha1
chain server-tiny
dated server-expired p256 /CN=localhost server intermediate 20200101000000Z 20210101000000Z
chain server-expired intermediate
dated server-notyet p256 /CN=localhost server intermediate 20900101000000Z 20910101000000Z
chain server-notyet intermediate

# ---- clients ----
server client-rsa rsa client client
server client-ecdsa p256 client client
server client-ed25519 ed25519 client client
server client-wrong-usage p256 server_for_client client
dated client-expired p256 /CN=client client intermediate 20200101000000Z 20210101000000Z
chain client-expired intermediate
dated client-notyet p256 /CN=client client intermediate 20900101000000Z 20910101000000Z
chain client-notyet intermediate
server client-revoked p256 client client
server client-rsa1280 rsa1280 client_rsa client
server client-elsewhere p256 client_elsewhere other.invalid
server client-ip p256 client_ip client
issue client-alone p256 /CN=client client intermediate
chain client-alone
issue self-signed-client p256 /CN=client client -
chain self-signed-client
issue other-client p256 /CN=client client other-root
chain other-client

for name in daemon two nul wild root ghost odd utf8; do
    server map-$name p256 map_$name "map $name"
done
issue map-subject p256 '/C=US/O=Example, Inc+OU=#1 <\+>/CN= daemon' client_plain intermediate -multivalue-rdn
chain map-subject intermediate
issue map-repeated p256 /DC=test/DC=example/CN=daemon client_plain intermediate
chain map-repeated intermediate
issue twin-intermediate p256 '/O=OpenSSPI/CN=OpenSSPI Test Intermediate' root -
cat root.pem twin-intermediate.pem >twin-anchors.pem
issue twin-client p256 '/CN=map daemon' map_daemon twin-intermediate
chain twin-client

# ---- chains to be refused, chains that are good ----
issue no-sign-ca p256 '/CN=CA without keyCertSign' no_sign root
issue no-basic-ca p256 '/CN=CA without basicConstraints' no_basic root
issue pathlen-ca p256 '/CN=CA below path length 0' authority intermediate
issue client-ca p256 '/CN=CA for clients' client_ca root
issue names-in-ca p256 '/CN=CA of inside.test' names_in root
issue names-not-ca p256 '/CN=CA not of example.test' names_not root
dated expired-ca p256 '/CN=CA that expired' authority root 20200101000000Z 20210101000000Z
under under-leaf server localhost server-ecdsa intermediate
under under-no-sign server localhost no-sign-ca
under under-no-basic server localhost no-basic-ca
under under-pathlen server localhost pathlen-ca intermediate
under under-client-ca server localhost client-ca
under under-expired-ca server localhost expired-ca
under under-names-out server localhost names-in-ca
under under-names-not server_a a.example.test names-not-ca
under under-names-in server_inside www.inside.test names-in-ca
issue cross-ca p256 '/CN=CA with two certificates' authority root
mv cross-ca.pem cross-ca-root.pem
issue cross-ca p256 '/CN=CA with two certificates' authority other-root
under under-cross server localhost cross-ca cross-ca-root
issue deep-ca-1 p256 '/CN=CA one deep' authority root
issue deep-ca-2 p256 '/CN=CA two deep' authority deep-ca-1
issue deep-ca-3 p256 '/CN=CA three deep' authority deep-ca-2
under under-deep server localhost deep-ca-3 deep-ca-2 deep-ca-1

# ---- revocation lists ----
crl root.crl root -
crl intermediate.crl intermediate server-revoked
crl stale.crl intermediate server-revoked -crl_lastupdate 20200101000000Z -crl_nextupdate 20210101000000Z
crl early.crl intermediate server-revoked -crl_lastupdate 20900101000000Z -crl_nextupdate 20910101000000Z
for kind in delta strange indirect points; do
    crl $kind.crl intermediate server-revoked -crlexts $kind
done
issue foreign p256 '/O=OpenSSPI/CN=OpenSSPI Test Intermediate' root -
crl foreign.crl foreign server-revoked
crl clients.crl intermediate client-revoked
cat root.pem root.crl intermediate.crl clients.crl >lists.pem

# ---- OCSP answers ----
staple server-revoked intermediate 240101000000Z
answer() { # answer FILE SIGNER: that server-ecdsa is good, as SIGNER says
    run ocsp -index ca/answers -rsigner "$2.pem" -rkey "$2.key" -CA intermediate.pem -reqin ca/question -ndays 3650 \
        -respout "$1"
}
staple server-ecdsa intermediate
answer delegate.ocsp ocsp-signer
answer stranger.ocsp server-a

# ---- other clothes ----
run rsa -in server-rsa.key -traditional -out server-rsa-pkcs1.key ||
    run rsa -in server-rsa.key -out server-rsa-pkcs1.key
run pkey -in server-ecdsa.key -traditional -out server-ecdsa-sec1.key
{ openssl ecparam -name prime256v1; cat server-ecdsa-sec1.key; } >server-ecdsa-sec1-params.key 2>>log
run pkcs8 -topk8 -v2 aes-256-cbc -passout pass:test -in server-rsa.key -out server-rsa-encrypted.key
run pkey -traditional -aes-128-cbc -passout pass:test -in server-rsa.key -out server-rsa-pkcs1-encrypted.key
pfx() { # pfx FILE NAME PASSWORD [OPTION...]
    file=$1 name=$2 password=$3
    shift 3
    run pkcs12 -export -in "$name.pem" -inkey "$name.key" -certfile intermediate.pem -name "$name" \
        -passout "pass:$password" -out "$file" "$@"
}
pfx server-rsa.pfx server-rsa test -keypbe AES-256-CBC -certpbe AES-256-CBC -macalg sha256
pfx server-ecdsa.pfx server-ecdsa test -keypbe AES-256-CBC -certpbe AES-256-CBC -macalg sha256
pfx client-rsa.pfx client-rsa test -keypbe AES-256-CBC -certpbe AES-256-CBC -macalg sha256
pfx server-rsa-legacy.pfx server-rsa test -keypbe PBE-SHA1-3DES -certpbe PBE-SHA1-3DES -macalg sha1
pfx server-rsa-rc2.pfx server-rsa test -legacy -keypbe PBE-SHA1-3DES -certpbe PBE-SHA1-RC2-40 -macalg sha1
pfx server-rsa-nopass.pfx server-rsa '' -keypbe AES-256-CBC -certpbe AES-256-CBC -macalg sha256
for name in root intermediate server-rsa server-ecdsa server-ed25519; do
    run x509 -in $name.pem -outform DER -out $name.der
done
printf '%s\n' '-----BEGIN DH PARAMETERS-----' 'MAYCAQcCAQI=' '-----END DH PARAMETERS-----' >dh.pem
rm -rf ca
: >stamp
