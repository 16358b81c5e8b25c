#!/bin/sh
# SPDX-License-Identifier: MIT
# `sspi config get, explain, set, unset, check` and `sspi doctor`.
. "${top_srcdir:?}/t/lib.sh"
umask 022

sspi=$top_builddir/t/sspi
modules=$OPENSSPI_PROVIDERDIR manifests=$OPENSSPI_MANIFESTDIR
OPENSSPI_CONFDIR=$work/conf
export OPENSSPI_CONFDIR
unset OPENSSPI_PROVIDER OPENSSPI_LOG
chmod 755 "$work"
mkdir -p "$work/conf"
printf '# the site\n[package Schannel]\nproviders = %s\nlog = none\n' "$PROVIDERS" >"$work/conf/opensspi.conf"
mine=$work/conf/conf.d/90-sspi.conf

# run EXPECTED-CODE ARGUMENT...: output in $work/out and $work/err.
run() {
    wanted=$1
    shift
    "$sspi" "$@" >"$work/out" 2>"$work/err"
    code=$?
    [ $code -eq "$wanted" ] || { diag "exit $code, wanted $wanted"; diag "$(cat "$work/out" "$work/err")"; return 1; }
}
out() { grep -qF -- "$1" "$work/out" || { diag "$(cat "$work/out")"; return 1; }; }
err() { grep -qF -- "$1" "$work/err" || { diag "$(cat "$work/err")"; return 1; }; }
first=${PROVIDERS%% *}

# ---- config ----
run 0 config get providers && is "$(cat "$work/out")" "$PROVIDERS" "get: the value alone"
run 2 config get;                                         ok $? "get without a key: 2"
run 2 config get nosuch && err "no setting 'nosuch'";      ok $? "get: an unknown key"
run 2 config get policy && err "--provider NAME";          ok $? "get: a provider's key without its provider"
run 2 config frobnicate;                                  ok $? "an unknown word: 2"
run 2 config get providers --json;                        ok $? "--json shows everything or nothing"
run 0 config set providers "$first" && out "set by $mine:3"; ok $? "set: says where it stands"
is "$(cat "$mine")" "# Written by \`sspi config set'.
[package Schannel]
providers = $first" "set: a file of conf.d"
is "$(stat -c %a "$mine")" 644 "set: everybody may read it"
run 0 config set fallback no && run 0 config set providers "$PROVIDERS" --program shop; ok $? "set: a section is made"
run 0 config set policy none --provider "$first";          ok $? "set --provider"
run 0 config set fallback yes;                             ok $? "set: once more"
is "$(cat "$mine")" "# Written by \`sspi config set'.
[package Schannel]
providers = $first
fallback = yes

[program shop]
providers = $PROVIDERS

[provider $first]
policy = none" "set: each in its section, once"
run 0 config explain providers --program /usr/bin/shop && out "set by $mine:7, [program shop]" &&
    out "over   $mine:3: $first" && out "over   $work/conf/opensspi.conf:3: $PROVIDERS"
ok $? "explain: what decided it for a program, and what that overrode"
for provider in $PROVIDERS; do
    run 0 config set providers "nowhere $provider" --program till && run 0 config explain providers --program till &&
        out "not    nowhere: not installed" && out "serves $provider, "
    ok $? "explain providers: $provider serves, and why the one before it does not"
done
run 0 config unset providers --program till
run 0 config get policy --provider "$first" && is "$(cat "$work/out")" none "get --provider"
run 2 config set fallback perhaps && err "none of: yes no"; ok $? "set: a value that cannot be"
run 2 config set locked yes --program shop && err "for all programs only"; ok $? "set: a key that cannot stand there"
before=$(cat "$mine")
run 2 config set providers "a,b" && err "blanks stand between names"; ok $? "set: names with commas"
run 1 config set policy 'a #b' --provider "$first";        ok $? "set: no comments in a value"
run 1 config set policy "$(printf 'a\nmodule = x.so')" --provider "$first"; ok $? "set: no line ends in a value"
run 1 config set fallback no --program "$(printf 'x]\n[package Schannel')"; ok $? "set: no section in a name"
run 2 config set fallback no --file ../x.conf;             ok $? "set: no other folder"
is "$(cat "$mine")" "$before" "set: a refused change changes nothing"
printf '[package Schannel]\nfallback = no\n' >"$work/conf/conf.d/99-last.conf"
run 1 config set fallback yes && err "99-last.conf:2 has the last word"; ok $? "set: another file has the last word"
run 0 config set fallback yes --file 99-last.conf;         ok $? "set --file: that one, then"
rm "$work/conf/conf.d/99-last.conf"
printf 'fallback = no\n' >>"$mine.x" && sed -i 's/^fallback = yes$/fallback = yes\nfallback = no/' "$mine" && rm "$mine.x"
run 0 config unset fallback && ! grep -q fallback "$mine"; ok $? "unset: wherever it stood"
run 0 config unset fallback;                               ok $? "unset: gone already"
for n in 1 2 3; do run 0 config set fallback no --file 80-more.conf && run 0 config unset fallback --file 80-more.conf; done
is "$(cat "$work/conf/conf.d/80-more.conf")" "# Written by \`sspi config set'.
[package Schannel]" "set and unset, again and again: one section"
rm "$work/conf/conf.d/80-more.conf"
run 2 config explain && err "explain takes KEY";           ok $? "explain without a key: what it takes"
run 0 config set providers nosuch --program till && out "not    nosuch: not installed" && out "none serves"
ok $? "set: a name that nothing stands behind is said at once"
run 0 config unset providers --program till
run 0 config check && out " files, no fault";            ok $? "check"
is "$(find "$work/conf" -name '.*' | wc -l)" 0 "nothing is left behind"

for i in 1 2 3 4 5 6 7 8; do "$sspi" config set providers "$first" --program "p$i" >/dev/null & done
wait
is "$(grep -c '^\[program p' "$mine")" 8 "eight at once: none is lost"

if [ "$(id -u)" -eq 0 ]; then
    chmod 0777 "$work/conf/conf.d"
    run 1 config set fallback no && err "chmod";           ok $? "set: not in a folder that others can change"
    chmod 0755 "$work/conf/conf.d"
    ln -sf /etc/hostname "$work/conf/conf.d/50-link.conf"
    run 1 config set fallback no --file 50-link.conf;      ok $? "set: what the file is, is not understood: not written"
    is "$(readlink "$work/conf/conf.d/50-link.conf")" /etc/hostname "... and stays"
    rm "$work/conf/conf.d/50-link.conf"
else
    skip "not root" "set: not in a folder that others can change"
fi

# ---- doctor ----
run 0 doctor && out " 0 at fault";                         ok $? "doctor: all is well here" || diag "$(cat "$work/out")"
out "handshakes between providers complete";               ok $? "doctor: they meet"
for provider in $PROVIDERS; do
    out "provider $provider: loads";                       ok $? "doctor: $provider loads"
done
if command -v python3 >/dev/null; then
    run 0 doctor --json && python3 -c 'import json, sys
d = json.load(sys.stdin)
assert d["healthy"] and all(set(f) == {"level", "what", "remedy"} for f in d["findings"])' <"$work/out"
    ok $? "doctor --json"
else
    skip "python3 is not here" "doctor --json"
fi
run 2 doctor everything;                                   ok $? "doctor with an argument: 2"
"$sspi" config set providers "nowhere $PROVIDERS" >/dev/null
run 0 doctor && out "nowhere: named, but not installed" && out "opensspi-provider-nowhere" && out "take it off" &&
    out "programs get $first, "; ok $? "doctor: a name that nothing stands behind"
"$sspi" config set fallback no >/dev/null
run 1 doctor && out "FAULT  provider nowhere" && out "FAULT  no program can use TLS"
ok $? "doctor: a fault where nothing may stand in"
run 0 config explain providers && out "none serves, and no other may stand in"; ok $? "explain providers: none serves, then"
run 1 connect localhost:1 && err "nowhere: not installed" && err "fallback = no"; ok $? "sspi connect says so too"
run 0 config set providers nowhere && run 1 connect localhost:1 && err "Installed:" && err "sspi config set providers NAME"
ok $? "sspi connect names those that are installed, but not in the list"
"$sspi" config unset fallback >/dev/null && "$sspi" config unset providers >/dev/null

mkdir -p "$work/modules" "$work/shipped"
cp "$modules/$first.so" "$work/modules/" && cp "$manifests"/*"$first.provider" "$work/shipped/"
OPENSSPI_PROVIDERDIR=$work/modules OPENSSPI_MANIFESTDIR=$work/shipped
chmod g+w "$work/modules/$first.so"
run 1 doctor && out "chmod g-w $work/modules/$first.so" && out "no provider of the list serves"
ok $? "doctor: a module that others can change"
chmod g-w "$work/modules/$first.so"
: >"$work/modules/$first.so"
run 1 doctor && out "FAULT  provider $first:";             ok $? "doctor: a module that is none"
# What an ordinary user is told whose machine has no provider: the reason, where it was looked, the remedy.
mkdir "$work/none"
OPENSSPI_PROVIDERDIR=$work/none OPENSSPI_MANIFESTDIR=$work/none
for words in "serve --cert $pki/server-rsa-chain.pem --key $pki/server-rsa.key" "connect localhost:1" "certs verify localhost:1"; do
    # shellcheck disable=SC2086
    run 1 $words && err "no TLS provider serves" && err "set by $work/conf/opensspi.conf:3" && err "$first: not installed" &&
        err "neither $work/none nor $work/conf/providers.d" && err "such as opensspi-provider-openssl" && err "sspi doctor"
    ok $? "no provider: sspi ${words%% -*} names the reason, the folders and the remedy"
done
run 1 connect localhost:1 --provider "$first" && err "provider $first: not installed" && err "opensspi-provider-$first"
ok $? "no provider: nor by its name"
run 1 certs verify "$pki/root.pem" && err "no TLS provider serves"; ok $? "no provider: no chain can be judged, and it says why"
run 1 doctor && out "FAULT  no program can use TLS" && out "such as opensspi-provider-openssl"; ok $? "no provider: the doctor's remedy"
rm "$work/conf/opensspi.conf"
run 1 doctor && out "1 at fault, 0 to note" && out "ok     provider openssl: not installed; the built-in list names it"
ok $? "no provider: the built-in list is no fault of its own"
printf '[provider openssl]\nmodule = openssl.so\nabi = 1\n' >"$work/none/50-openssl.provider"
mkdir "$work/conf/providers.d" && printf '[provider openssl]\nmodule =\n' >"$work/conf/providers.d/50-openssl.provider"
run 1 doctor && out "provider openssl: masked by $work/conf/providers.d/50-openssl.provider:2"; ok $? "doctor: a mask is named"
OPENSSPI_PROVIDERDIR=$modules OPENSSPI_MANIFESTDIR=$manifests
echo nonsense >"$work/conf/conf.d/95-bad.conf"
run 1 doctor && out "FAULT  the configuration: $work/conf/conf.d/95-bad.conf:1:"; ok $? "doctor: a faulty configuration"
run 1 config check && err "95-bad.conf:1";                 ok $? "check: a faulty configuration"
run 1 connect localhost:1 && err "the configuration: $work/conf/conf.d/95-bad.conf:1:" && err "opensspi.conf(5)"
ok $? "sspi connect names file and line of it"
tap_done
