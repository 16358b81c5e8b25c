#!/bin/sh
# SPDX-License-Identifier: MIT
# `sspi certs map`: which rule takes a certificate, and why (D22).
. "${top_srcdir:?}/t/lib.sh"
umask 022
chmod 755 "$work"
mkdir "$work/conf"
OPENSSPI_CONFDIR=$work/conf OPENSSPI_LOG=stderr
export OPENSSPI_CONFDIR OPENSSPI_LOG
id daemon >/dev/null 2>&1 || skip_all "this machine has no account daemon"
digest() { openssl x509 -in "$pki/$1.pem" -noout -fingerprint -sha256 | sed 's/.*=//'; }
map=$work/accounts ca=$(digest intermediate)
cat >"$map" <<END
# three rules
ca $ca email nobody@example\\.test => deny
ca $ca upn ([a-z]+)@example\\.test => \$1
certificate $(digest map-ghost) => no-such-account
END
printf '[package Schannel]\naccount-map = %s\n' "$map" >"$work/conf/opensspi.conf"

run() { # EXPECTED-CODE ARGUMENT...: output in $work/out and $work/err
    wanted=$1
    shift
    "$sspi" certs map --ca "$pki/root.pem" "$@" >"$work/out" 2>"$work/err"
    code=$?
    [ $code -eq "$wanted" ] || { diag "exit $code, wanted $wanted"; diag "$(cat "$work/err" "$work/out")"; return 1; }
}
out() { grep -qE -- "$1" "$work/out" || { diag "$(cat "$work/out")"; return 1; }; }
err() { grep -qF -- "$1" "$work/err" || { diag "$(cat "$work/err")"; return 1; }; }
full() { echo "$pki/$1-chain.pem"; }

run 0 "$(full map-daemon)" && out "^rule  *$map:3: upn daemon@example.test" && out '^account  *daemon \(uid [1-9]' &&
    out '^chain  *good$' && out '^email  *daemon@example.test$' && out '^dns  *daemon.example.test$' &&
    out '^subject  *CN=map daemon$' && out "^ca  *$(echo "$ca" | tr -d : | tr A-F a-f)$"
ok $? "D22 the rule, the names it was held against, the account"
run 1 "$(full map-two)" && out "^rule  *$map:2: email nobody@example.test" && out '^account  *denied$'
ok $? "D22 one that is denied"
run 1 "$(full map-ghost)" && out "^rule  *$map:4: the certificate of the rule" && out '^account  *denied: there is no such account'
ok $? "D22 one whose account there is not"
run 1 "$(full map-odd)" && out "^rule  *$map: no rule matches" && out '^account  *none$'
ok $? "D22 one that no rule takes"
run 1 "$(full map-nul)" && out '^email  *one that no rule can match' && out '^account  *none$'
ok $? "D22 one with a NUL in its name"
run 1 "$(full other-client)" && out '^chain  *not good: .*leads to no trusted root' && out '^account  *none: the chain is not good'
ok $? "D22 one that nobody trusts"
run 1 "$(full client-expired)" && out '^chain  *not good: .*expired' && out 'none: the chain is not good'
ok $? "D22 one that has expired"
run 1 "$(full server-ecdsa)" && out '^chain  *not good: .*not meant for clients'
ok $? "D22 a server's"

json() { python3 -c 'import json, sys; d = json.load(open(sys.argv[1])); sys.exit(0 if eval("(" + sys.argv[2] + ")") else 1)' "$work/out" "$1"; }
if have python3; then
    run 0 --json "$(full map-daemon)" && json 'd["outcome"] == "account" and d["account"] == "daemon" and d["uid"] > 0
        and d["gid"] in d["groups"] and d["rule"].endswith("accounts:3") and d["chain"] == "good"'
    ok $? "D22 an account as JSON"
    run 1 --json "$(full map-two)" && json 'd["outcome"] == "deny" and d["account"] is None'
    ok $? "D22 a denial as JSON"
    run 1 --json "$(full other-client)" && json 'd["outcome"] == "none" and d["account"] is None'
    ok $? "D22 a bad chain as JSON"
else
    skip "python3 is not installed" "D22 JSON"
fi

# ---- the map itself ----
printf 'ca %s any => daemon\n' "$ca" >"$work/another"
run 0 --map "$work/another" "$(full map-odd)" && out "^rule  *$work/another:1: issued by the CA of the rule"
ok $? "D22 --map: another map"
printf '#\nca %s any => daemon' "$ca" >"$work/another"
run 1 --map "$work/another" "$(full map-odd)" && err "$work/another: the last line does not end"
ok $? "D22 half a map"
printf '#\nca %s uri x => daemon\n' "$ca" >"$work/another"
run 1 --map "$work/another" "$(full map-odd)" && err "$work/another:2: 'uri' is none of: any subject email upn dns"
ok $? "D22 a fault, and its line"
chmod g+w "$work/another"
run 1 --map "$work/another" "$(full map-odd)" && err 'writable by its group'
ok $? "D22 a map that others may write"
run 1 --map "$work/nothing" "$(full map-odd)" && err "$work/nothing: No such file"
ok $? "D22 no map"
: >"$work/conf/opensspi.conf"
run 1 "$(full map-odd)" && err 'no map is configured'
ok $? "D22 none configured"
run 2;                                             ok $? "no file: 2"
run 2 --name x "$(full map-odd)";                  ok $? "an option of another command: 2"
run 1 "$work/nothing" --map "$map" && err "$work/nothing"; ok $? "no such file: 1"
run 1 "$map" --map "$map" && err "$map";           ok $? "a file without a certificate: 1"
tap_done
