#!/bin/sh
# SPDX-License-Identifier: MIT
# `sspi providers`, `sspi config`, `sspi status` and the command line itself.
. "${top_srcdir:?}/t/lib.sh"
umask 022

sspi=$top_builddir/t/sspi
OPENSSPI_CONFDIR=$work/conf OPENSSPI_MANIFESTDIR=$work/manifests OPENSSPI_PROVIDERDIR=$work/providers
export OPENSSPI_CONFDIR OPENSSPI_MANIFESTDIR OPENSSPI_PROVIDERDIR
unset OPENSSPI_PROVIDER OPENSSPI_LOG
chmod 755 "$work"
mkdir -p "$work/conf/conf.d" "$work/manifests" "$work/providers"
for mock in good more major-new; do
    cp "$top_builddir/t/mock/$mock.so" "$work/providers/" || exit 99
    printf '[provider %s]\nmodule = %s.so\nabi = 1\n' $mock $mock >"$work/manifests/50-$mock.provider"
done
cat >"$work/conf/opensspi.conf" <<'END'
[package Schannel]
providers = major-new nowhere good
log = stderr
[program shop]
providers = more
[provider good]
policy = "quoted" \ and é
END
printf '[package Schannel]\nfallback = no\n' >"$work/conf/conf.d/10-strict.conf"

# run EXPECTED-CODE ARGUMENT...: output in $work/out and $work/err.
run() {
    wanted=$1
    shift
    "$sspi" "$@" >"$work/out" 2>"$work/err"
    code=$?
    [ $code -eq "$wanted" ] || { diag "exit $code, wanted $wanted"; diag "$(cat "$work/err")"; return 1; }
}
out() { grep -qxF -- "$1" "$work/out" || { diag "$(cat "$work/out")"; return 1; }; }
err() { grep -qF -- "$1" "$work/err" || { diag "$(cat "$work/err")"; return 1; }; }
json() { # json EXPRESSION over `d`
    python3 -c 'import json, sys; d = json.load(open(sys.argv[1])); sys.exit(0 if eval("(" + sys.argv[2] + ")") else 1)' "$work/out" "$1"
}

# ---- the command line ----
run 2 && err "usage: sspi COMMAND";                     ok $? "without a command: usage, 2"
run 2 nonsense && err "no command 'nonsense'";           ok $? "an unknown command: 2"
run 0 --help && out "usage: sspi COMMAND [OPTION]...";   ok $? "--help: on the standard output, 0"
run 0 --version && grep -q '^sspi (OpenSSPI [0-9]' "$work/out"; ok $? "--version"
for command in providers config status; do
    run 0 $command --help && grep -q "^usage: sspi $command " "$work/out"; ok $? "$command --help"
    run 2 $command --nonsense && err "usage: sspi $command"; ok $? "$command: an unknown option: 2"
    [ $command = status ] || { run 2 $command word && err "usage: sspi $command";   ok $? "$command: a word too many: 2"; }
    "$sspi" $command >/dev/full 2>"$work/err"
    is $? 1 "$command: an output that cannot be written: 1"
done
run 2 providers --json --names;  ok $? "providers: two forms at once: 2"
run 2 config --program;          ok $? "config: --program without a name: 2"

# ---- providers ----
run 0 providers
ok $? "providers: one of the list loads"
out "  choice        1, $work/conf/opensspi.conf:2: programs get none, for no other may stand in"; ok $? "providers: the faulty one before it keeps programs from it"
out "  loads         no: $work/providers/major-new.so: its table is of ABI 2.0, this library's is 1.0"; ok $? "providers: why one does not load"
out "  loads         no: not installed: no manifest in $work/manifests names it"; ok $? "providers: one that is not installed"
out "  library       Mock 1.0";                                  ok $? "providers: the library's version"
out "  abi           1.0";                                       ok $? "providers: the ABI"
out "  capabilities  tls12 tls13 key-update";                    ok $? "providers: capabilities by name"
out "  choice        3, $work/conf/opensspi.conf:2";             ok $? "providers: where it was configured"
out "  choice        not in the list; by name only";             ok $? "providers: one outside the list"
out "  manifest      $work/manifests/50-good.provider:2";        ok $? "providers: the manifest"
[ ! -s "$work/err" ];                                            ok $? "providers: nothing on the standard error"
run 0 providers --names && printf 'good\nmore\n' | cmp -s - "$work/out"; ok $? "providers --names: those that load"
if have python3; then
    run 0 providers --json
    json '[p["name"] for p in d["providers"]] == ["major-new", "nowhere", "good", "more"]'
    ok $? "providers --json: all, in order"
    json '[p["loads"] for p in d["providers"]] == [False, False, True, True]'
    ok $? "providers --json: which load"
    json 'd["providers"][2]["capabilities"] == ["tls12", "tls13"] and d["providers"][2]["configured"]["line"] == 2
          and d["providers"][2]["version"] == "Mock 1.0" and d["providers"][2]["why"] is None
          and "ABI 2.0" in d["providers"][0]["why"] and d["providers"][3]["choice"] == 0' 
    ok $? "providers --json: what each can do, and why not"
else
    skip "python3 is not here" "providers --json: all, in order"
    skip "python3 is not here" "providers --json: which load"
    skip "python3 is not here" "providers --json: what each can do, and why not"
fi

# ---- config ----
run 0 config
ok $? "config: a good configuration"
out "  providers           major-new nowhere good" && out "      set by $work/conf/opensspi.conf:2"; ok $? "config: a value and its place"
out "  fallback            no" && out "      set by $work/conf/conf.d/10-strict.conf:2" && out "      over   built-in: yes"
ok $? "config: what it overrode"
out "  locked              no" && out "      set by built-in";  ok $? "config: what is built in"
out "  policy              \"quoted\" \\ and é";                ok $? "config: text as it stands"
out "  $work/manifests/50-good.provider";                       ok $? "config: the files read"
run 0 config --program /usr/bin/shop
out "  providers           more" && out "      set by $work/conf/opensspi.conf:5, [program shop]" &&
    out "      over   $work/conf/opensspi.conf:2: major-new nowhere good"
ok $? "config --program: its own section"
OPENSSPI_PROVIDER=good run 0 config --program shop
out "  providers           good" && out "      set by OPENSSPI_PROVIDER"
ok $? "config: OPENSSPI_PROVIDER counts"
if have python3; then
    run 0 config --program shop --json
    json 'd["program"] == "shop" and d["package"]["providers"]["value"] == "more" and d["package"]["providers"]["line"] == 5
          and [o["line"] for o in d["package"]["providers"]["over"]] == [2, 0]'
    ok $? "config --json: values, places, what they overrode"
    json 'd["providers"]["good"]["policy"]["value"] == "\"quoted\" \\ and é" and len(d["files"]) == 5'
    ok $? "config --json: text as it stands, all files"
else
    skip "python3 is not here" "config --json: values, places, what they overrode"
    skip "python3 is not here" "config --json: text as it stands, all files"
fi

# ---- status ----
for word in 0x80090331 0X80090331 80090331 -2146893007 2148074289 SEC_E_ALGORITHM_MISMATCH sec_e_algorithm_mismatch; do
    run 0 status $word && out 'SEC_E_ALGORITHM_MISMATCH  0x80090331  -2146893007'
    ok $? "status $word"
done
grep -q '^  meaning  Both sides' "$work/out" && grep -q '^  causes   A peer' "$work/out" && grep -q '^           ' "$work/out" &&
    [ "$(wc -L <"$work/out")" -le 90 ]
ok $? "status: meaning and causes, in lines that fit"
run 0 status 00090312 && out 'SEC_I_CONTINUE_NEEDED  0x00090312  590610'; ok $? "status: eight digits are hexadecimal"
run 0 status 590610 && out 'SEC_I_CONTINUE_NEEDED  0x00090312  590610';   ok $? "status: fewer are decimal"
run 0 status 90312 && out 'SEC_I_CONTINUE_NEEDED  0x00090312  590610';    ok $? "status: or hexadecimal, where decimal says nothing"
run 0 status 5 && out 'ERROR_ACCESS_DENIED  0x00000005  5';               ok $? "status: an error of GetLastError"
run 0 status 0x80070005 && grep -q '^E_ACCESSDENIED ' "$work/out";        ok $? "status: an HRESULT"
run 0 status 0x8007007e && grep -q '^ERROR_MOD_NOT_FOUND ' "$work/out";   ok $? "status: one that wraps an error of GetLastError"
run 0 status nte_no_key 0x80092010 && grep -q '^NTE_NO_KEY ' "$work/out" && grep -q '^CRYPT_E_REVOKED ' "$work/out"
ok $? "status: several"
for word in 0x80091234 SEC_E_NONSENSE 80090331x 999999999999 -999999999999 ''; do
    run 1 status "$word" && err "sspi status: '$word' is no code" && [ ! -s "$work/out" ]
    ok $? "status '$word' is unknown: 1"
done
run 1 status SEC_E_OK nonsense && grep -q '^SEC_E_OK ' "$work/out" && err "'nonsense'"; ok $? "status: one of two is unknown: 1"
run 0 status && grep -q '^0x80090331  SEC_E_ALGORITHM_MISMATCH ' "$work/out" && [ "$(wc -l <"$work/out")" -gt 180 ]
ok $? "status alone lists all"
if have python3; then
    run 0 status --json -2146893007 5
    json '[(c["name"], c["code"], c["value"]) for c in d] == [("SEC_E_ALGORITHM_MISMATCH", "0x80090331", -2146893007),
          ("ERROR_ACCESS_DENIED", "0x00000005", 5)] and "version" in d[0]["meaning"] and d[0]["causes"] and d[1]["causes"] is None'
    ok $? "status --json"
    run 1 status --json nonsense && json 'd == []';                       ok $? "status --json: an unknown one leaves an empty list"
    run 0 status --json && json 'len(d) > 180 and all(c["meaning"] and c["causes"] for c in d)'; ok $? "status --json: all"
else
    skip "python3 is not here" "status --json"
    skip "python3 is not here" "status --json: an unknown one leaves an empty list"
    skip "python3 is not here" "status --json: all"
fi

# ---- what cannot be used ----
echo 'rubbish' >>"$work/conf/opensspi.conf"
run 1 config && err "sspi config: $work/conf/opensspi.conf:8: neither [section] nor 'key = value'"; ok $? "config: a faulty file: 1, one line with file and line"
is "$(wc -l <"$work/err")" 1 "config: ... and only one"
run 1 providers && err "sspi providers: $work/conf/opensspi.conf:8:"; ok $? "providers: a faulty file: 1"
is "$(wc -l <"$work/err")" 1 "providers: ... and only one line"
sed -i '$d' "$work/conf/opensspi.conf"
chmod 775 "$work/conf"
run 1 config && err "$work/conf: writable by its group (mode 0775): chmod g-w $work/conf"; ok $? "config: an unsafe folder: 1, and the remedy"
chmod 755 "$work/conf"
chmod 666 "$work/providers/good.so"
run 1 providers && err "no provider of the configured list loads" &&
    out "  loads         no: $work/providers/good.so: writable by its group and others (mode 0666): chmod go-w $work/providers/good.so"
ok $? "providers: none of the list loads: 1"
tap_done
