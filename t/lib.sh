# SPDX-License-Identifier: MIT
# t/lib.sh -- TAP for shell tests, servers that end with the test, and a folder of its own for each.
# Source it first: . "$top_srcdir/t/lib.sh".  Ends with: tap_done.
set -u
tap_count=0 tap_failed=0 tap_pids=
: "${top_srcdir:=.}" "${top_builddir:=.}"
work=$(mktemp -d "${TMPDIR:-/tmp}/opensspi-t.XXXXXX") || exit 99
# When a process began; a number is given again once its process is gone, and beside this test run others.
tap_began() { sed 's/.*) //' "/proc/$1/stat" 2>/dev/null | cut -d' ' -f20; }
# tap_kill PID:BEGAN [SIGNAL]: ends that very process.
tap_kill() {
    [ "$(tap_began "${1%:*}")" != "${1#*:}" ] || kill "${2:--TERM}" "${1%:*}" 2>/dev/null
}
tap_cleanup() {
    for tap_pid in $tap_pids; do tap_kill "$tap_pid"; done
    for tap_pid in $tap_pids; do wait "${tap_pid%:*}" 2>/dev/null; done
    rm -rf "$work"
}
trap tap_cleanup EXIT
trap 'exit 130' INT TERM HUP

# ok STATUS NAME: STATUS 0 passes.
ok() {
    tap_status=$1; shift
    tap_count=$((tap_count + 1))
    if [ "$tap_status" -eq 0 ]; then
        echo "ok $tap_count - $*"
    else
        tap_failed=$((tap_failed + 1))
        echo "not ok $tap_count - $*"
    fi
    return "$tap_status"
}
# check NAME COMMAND...: the command's status decides; its output is shown when it fails.
check() {
    tap_name=$1; shift
    "$@" >"$work/check.out" 2>&1
    tap_rc=$?
    ok $tap_rc "$tap_name" || sed 's/^/#   /' "$work/check.out"
    return $tap_rc
}
is() { # is GOT WANT NAME
    [ "$1" = "$2" ]
    ok $? "$3" || { echo "#   got '$1'"; echo "#   wanted '$2'"; return 1; }
}
skip() { # skip REASON NAME
    tap_count=$((tap_count + 1))
    echo "ok $tap_count - $2 # SKIP $1"
}
skip_all() { echo "1..0 # SKIP $*"; exit 0; }
diag() { printf '%s\n' "$*" | sed 's/^/# /'; }
tap_done() {
    echo "1..$tap_count"
    [ "$tap_failed" -eq 0 ] || { echo "# $tap_failed of $tap_count failed"; exit 1; }
    exit 0
}
# spawn LOG COMMAND...: in the background; the process id in $spawned, ended with the test.  What the log held before is
# gone at once, not when the command begins.
spawn() {
    tap_log=$1; shift
    : >"$tap_log"
    "$@" >"$tap_log" 2>&1 &
    spawned=$!
    tap_pids="$tap_pids $spawned:$(tap_began $spawned)"
}
# wait_for FILE PATTERN [PID [COUNT]]: until a line, or COUNT of them, matches (a minute at most) or the process is gone.
wait_for() {
    tap_tries=0
    while [ $tap_tries -lt 1200 ]; do
        matches "$@" && return 0
        [ -z "${3:-}" ] || kill -0 "$3" 2>/dev/null || { matches "$@"; return; }
        sleep 0.05
        tap_tries=$((tap_tries + 1))
    done
    return 1
}
# matches FILE PATTERN [ANY [COUNT]]: are there so many lines?
matches() {
    tap_lines=$(grep -c "$2" "$1" 2>/dev/null)
    [ "${tap_lines:-0}" -ge "${4:-1}" ]
}
have() { command -v "$1" >/dev/null 2>&1; }

# ---- the tool under test, and servers around it ----
sspi=$top_builddir/t/sspi
pki=$top_builddir/t/pki

# serve ARGUMENTS...: sspi serve in the background; $port, $serve_log and $spawned are set.
serve() {
    serve_log=$(mktemp "$work/serve.XXXXXX")
    spawn "$serve_log" "$sspi" serve "$@"
    wait_for "$serve_log" '^listening on' "$spawned" || { diag "$(cat "$serve_log")"; return 1; }
    port=$(sed -n 's/^listening on .*:\([0-9]*\)$/\1/p' "$serve_log")
}
# stop PID [SIGNAL]: ends a spawned process and waits for it; its exit status.
stop() {
    for tap_pid in $tap_pids; do
        [ "${tap_pid%:*}" != "$1" ] || tap_kill "$tap_pid" ${2:+"$2"}
    done
    wait "$1" 2>/dev/null
    stop_status=$?
    tap_pids=$(echo " $tap_pids " | sed "s/ $1:[0-9]* / /")
    return $stop_status
}
# free_port: one that nobody has now, of TCP or UDP, for servers that cannot pick one themselves.  Below the range that
# the kernel picks from, so that no client or server beside this one is given it meanwhile.
free_port() {
    free_candidate=$((10000 + ($(od -An -N2 -tu2 /dev/urandom) % 22000)))
    while grep -qi ":$(printf %04X "$free_candidate") " /proc/net/tcp /proc/net/tcp6 /proc/net/udp /proc/net/udp6 2>/dev/null; do
        free_candidate=$((free_candidate + 1))
    done
    echo "$free_candidate"
}
# listening PORT [PID]: until something listens there (a minute at most).  listening_udp: the same of datagrams.
listening() { listening_as '[0-9A-F:]+ 0A' tcp "$@"; }
listening_udp() { listening_as '' udp "$@"; }
listening_as() { # PATTERN PROTOCOL PORT [PID]
    listening_tries=0
    until grep -qiE ":$(printf %04X "$3") $1" "/proc/net/$2" "/proc/net/${2}6"; do
        listening_tries=$((listening_tries + 1))
        [ $listening_tries -lt 1200 ] || return 1
        [ -z "${4:-}" ] || kill -0 "$4" 2>/dev/null || return 1
        sleep 0.05
    done
}
