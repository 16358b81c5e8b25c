#!/bin/sh
# SPDX-License-Identifier: MIT
# Streams of one's own: a relay records them, files become them, and a run takes them as bases.
. "${top_srcdir:?}/t/lib.sh"
diff=$top_builddir/t/sspi-diff
data=$top_srcdir/tools/diff
unset OPENSSPI_PROVIDER OPENSSPI_LOG OPENSSPI_CORPORA
[ -x "$diff" ] || skip_all "sspi-diff was not built: no libarchive or jansson"
have openssl || skip_all "no openssl"
run() { "$diff" "$@" >"$work/out" 2>"$work/err"; }
over() { run "$@" --data "$data" --corpora none --rules none --kind replay; }
provider=$(echo $PROVIDERS | cut -d' ' -f1)
# octets FILE: what a stream holds, as hex on one line
octets() { sed -n 's/^[> ] *//p' "$1" | tr -d ' \n'; }
hex() { od -An -v -tx1 "$@" | tr -d ' \n'; }

# ---- recorded: any client, any server ----
serve --cert "$pki/server-ecdsa-chain.pem" --key "$pki/server-ecdsa.key"
spawn "$work/record.out" "$diff" record --connect "127.0.0.1:$port" --out "$work/streams" --count 1
recorder=$spawned
wait_for "$work/record.out" '^listening on' $recorder
relay=$(sed -n 's/^listening on .*://p' "$work/record.out")
(echo 'GET / HTTP/1.0'; echo; sleep 1) | openssl s_client -connect "127.0.0.1:$relay" -servername localhost -tls1_2 \
    -msg >"$work/client.out" 2>&1
wait $recorder
is $? 0 "G1 record ends after one connection" || diag "$(cat "$work/record.out")"
client=$work/streams/client.tst server=$work/streams/server.tst
[ -s "$client" ] && [ -s "$server" ]
ok $? "G1 a stream for each side" || diag "$(cat "$work/record.out" "$work/client.out")"
grep -q '^role: accept' "$client" && grep -q '^role: initialize' "$server"
ok $? "with the role of whoever is given it"
# What s_client says it sent: the ClientHello, message by message.
said=$(sed -n '/^>>> .*ClientHello/,/^[<>][<>][<>] /{/^    /p}' "$work/client.out" | tr -d ' \n')
case $(octets "$client") in 160301????"$said"*) ok 0 "the client's begins with the ClientHello that it says it sent" ;;
*) ok 1 "the client's begins with the ClientHello that it says it sent" ;; esac
case $(octets "$server") in 160303????02*) ok 0 "the server's with a ServerHello" ;; *) ok 1 "the server's with a ServerHello" ;; esac
[ "$(grep -c '^>' "$client")" -ge 3 ]
ok $? "tokens as they came: $(grep -c '^>' "$client") of the client"
grep '^>' "$client" "$server" | grep -v ':> 1[4-7]03'
[ $? -eq 1 ]
ok $? "none of them begins within a record"
over list --streams "$work/streams" --mutations 0 --only 'stream/*'
is "$(tr '\n' ' ' <"$work/out")" "stream/client stream/server " "list: both are bases"
over run --streams "$work/streams" --mutations 3 --only 'stream/*' --backends $provider,$provider --json "$work/json"
is $? 0 "G1 run: they replay, and so do their mutations" || diag "$(cat "$work/out" "$work/err")"
is "$(grep -c '"name":"stream/' "$work/json")" 8 "eight cases"
over repro stream/server --streams "$server" --backends $provider,$provider
is $? 0 "repro: one file, one case"
run show stream/client --streams "$client" --data "$data" && sed -n '/^role/,$p' "$work/out" >"$work/shown"
sed '/^note:/d' "$client" | cmp - "$work/shown"
ok $? "show: what was written is what is read"

spawn "$work/again.out" "$diff" record --connect "127.0.0.1:$port" --out "$work/streams"
recorder=$spawned
wait_for "$work/again.out" '^listening on' $recorder
relay=$(sed -n 's/^listening on .*://p' "$work/again.out")
for i in 1 2; do openssl s_client -connect "127.0.0.1:$relay" </dev/null >/dev/null 2>&1; done
wait_for "$work/again.out" 'client-3.tst' $recorder
kill -INT $recorder
wait $recorder
is $? 0 "record ends on SIGINT"
[ -s "$work/streams/client-2.tst" ] && [ -s "$work/streams/server-3.tst" ]
ok $? "nothing is overwritten: numbers are added"

# ---- imported ----
printf '\026\003\001\000\005\001\000\000\001\000' >"$work/alone.bin"
mkdir -p "$work/raw/deep" && cp "$work/alone.bin" "$work/raw/one.bin"
head -c 5000 /dev/urandom >"$work/raw/deep/a strange\"name.bin"
run import --role accept --out "$work/made" "$work/alone.bin" "$work/raw"
is $? 0 "import: a file, and a folder" || diag "$(cat "$work/err")"
is "$(ls "$work/made" | tr '\n' ' ')" "alone.tst deep-a_strange_name.tst one.tst " "named after them"
is "$(octets "$work/made/alone.tst")" "$(hex "$work/alone.bin")" "what was in the file is in the stream"
is "$(octets "$work/made/deep-a_strange_name.tst")" "$(hex "$work/raw/deep/a strange\"name.bin")" "whatever it is"
over run --streams "$work/made" --mutations 0 --only 'stream/*' --backends $provider,$provider
is $? 0 "run: they replay" || diag "$(cat "$work/out" "$work/err")"
run import --out "$work/made" "$work/alone.bin"
is $? 2 "import of octets without --role: usage" && grep -q -- --role "$work/err"
ok $? "which says so"
head -c 200000 /dev/zero >"$work/long"
: >"$work/empty"
for bad in long empty none made/one.tst; do
    run import --role accept --out "$work/made" "$work/$bad"
    is $? 2 "import of $bad: refused"
done
# packet LENGTH SEQ FLAGS OCTETS: of 10.0.0.1, port 5000, to 10.0.0.2, port 443
packet() {
    printf "\\0\\0\\0\\0\\0\\0\\0\\0\\$1\\0\\0\\0\\$1\\0\\0\\0\\105\\0\\0\\$1\\0\\0\\0\\0\\100\\006\\0\\0\\012\\0\\0\\001\\012\\0\\0\\002"
    printf "\\023\\210\\001\\273\\0\\0\\0\\$2\\0\\0\\0\\0\\120\\$3\\377\\377\\0\\0\\0\\0$4"
}
{
    printf '\324\303\262\241\002\0\004\0\0\0\0\0\0\0\0\0\377\377\0\0\145\0\0\0'
    packet 055 006 020 '\005\001\0\0\001' # the second half first
    packet 050 000 002 ''
    packet 055 001 020 '\026\003\001\0\005'
} >"$work/small.pcap"
run import --port 443 --out "$work/made" "$work/small.pcap"
imported=$?
if grep -q 'without libpcap' "$work/err"; then
    is $imported 2 "import of a capture: refused, and why"
    skip "sspi-diff was built without libpcap" "import of a capture"
else
    is "$imported:$(cat "$work/out")" "0:$work/made/small-1-client.tst" "import of a capture: the client's side, for that alone spoke"
    is "$(octets "$work/made/small-1-client.tst")" 16030100050501000001 "in the order it was sent"
    run import --port 444 --out "$work/made" "$work/small.pcap"
    is "$?:$(cat "$work/out")" "0:" "--port: another's"
fi
printf '\324\303\262\241 no capture' >"$work/bad.pcap"
run import --out "$work/made" "$work/bad.pcap"
is $? 2 "import of a damaged capture: refused" && grep -q 'bad.pcap: ' "$work/err"
ok $? "by its name"

# ---- damaged streams ----
# refused LINE WHAT TEXT
refused() {
    rm -rf "$work/damaged" && mkdir "$work/damaged" && printf "$3" >"$work/damaged/x.tst"
    over list --streams "$work/damaged"
    is $? 2 "$2: refused" && grep -q "damaged/x.tst:$1: " "$work/err"
    ok $? "$2: the file and its line $1" || diag "$(cat "$work/err")"
}
refused 2 "half an octet" 'role: accept\n> 160\n'
refused 3 "no hex" 'role: accept\n> 16\n  xx\n'
refused 1 "another role" 'role: both\n> 16\n'
refused 2 "a profile that is not there" 'role: accept\nprofile: none\n> 16\n'
refused 2 "a line that goes on with nothing" 'role: accept\n  16\n> 16\n'
refused 2 "a word that is none" 'role: accept\nrule: x\n> 16\n'
refused 1 "no role" '> 16\n'
refused 1 "no token" 'role: accept\n'
refused 1 "nothing" ''
printf 'role: accept\n> 16\n\0> 17\n' >"$work/damaged/x.tst"
over list --streams "$work/damaged"
is $? 2 "an octet 0: refused"
over list --streams "$work/raw"
is $? 2 "a folder without streams: refused"
over list --streams "$work/nothing"
is $? 2 "a folder that is not there: refused"
run record --out "$work/made"
is $? 2 "record without a server: usage"
tap_done
