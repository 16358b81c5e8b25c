#!/bin/sh
# SPDX-License-Identifier: MIT
# `sspi serve --echo` as foreign suites use it: it keeps serving whatever its clients do, several at once, tells them by
# an alert what they did wrong before it closes, waits for nobody, and resumes.  With OPENSSPI_TLSFUZZER, a folder that
# holds tlsfuzzer and tlslite-ng, a part of tlsfuzzer's scripts too (doc/foreign-suites.md).
. "${top_srcdir:?}/t/lib.sh"
have python3 && python3 -c 'import ssl; ssl.TLSVersion' 2>/dev/null || skip_all "no python3 with its ssl module"
unset SSLKEYLOGFILE

# tasks TASK...: each of them, against the server at $port
tasks() {
    timeout 300 python3 -B "$top_srcdir/t/foreign/peers.py" "$port" "$pki/root.pem" "$pki" "$@" >"$work/tasks" 2>&1
    for task in "$@"; do
        grep -qx "$task: good" "$work/tasks"
        ok $? "$name: $task" || diag "$(grep "^$task:" "$work/tasks" || tail -n 5 "$work/tasks")"
    done
}
begin() { # ARGUMENTS...
    serve --provider "$provider" --echo --cert "$pki/server-rsa-full.pem" "$@"
    ok $? "$name: listens"
}
end() {
    stop "$spawned"
    is $? 0 "$name: and ends cleanly"
}

for provider in $PROVIDERS; do
    name="K19 $provider"
    begin --alpn alpha,beta --client-cert none
    tasks echo junk changed-hello reset forged-record crowd resumes alpn echo
    end
    name="K19 $provider --timeout"
    begin --timeout 4
    tasks silence echo
    end
    for word in request require; do
        name="D7 $provider --client-cert $word"
        begin --client-cert $word --ca "$pki/root.pem"
        [ $word = request ] && more=echo || more=no-certificate
        tasks certificate wrong-certificate $more
        end
    done
done

if [ -z "${OPENSSPI_TLSFUZZER:-}" ]; then
    skip "OPENSSPI_TLSFUZZER names no folder with tlsfuzzer and tlslite-ng" "tlsfuzzer's scripts"
elif ! python3 -c 'import ecdsa' 2>/dev/null; then
    skip "no python3-ecdsa, which tlslite-ng needs" "tlsfuzzer's scripts"
else
    # shellcheck disable=SC2086
    python3 -B "$top_srcdir/t/foreign/run-tlsfuzzer.py" "$sspi" "$pki" "$OPENSSPI_TLSFUZZER" "$top_srcdir/t/foreign/tlsfuzzer.tsv" \
        $PROVIDERS --quick >"$work/tlsfuzzer"
    ok $? "tlsfuzzer: $(grep -c '^ok' "$work/tlsfuzzer") scripts as expected" ||
        diag "$(grep -A8 '^not ok' "$work/tlsfuzzer" || tail -n 5 "$work/tlsfuzzer")"
fi
tap_done
