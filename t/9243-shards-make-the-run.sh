#!/bin/sh
# SPDX-License-Identifier: MIT
# Shards of a run, merged, are the run: in this shell, with GNU parallel, and on two hosts over ssh.
. "${top_srcdir:?}/t/lib.sh"

diff=$top_builddir/t/sspi-diff
[ -z "${SAN_FLAGS:-}" ] || skip_all "of what is made of runs: t/9201 and t/9224 run under sanitizers"
[ -x "$diff" ] || skip_all "sspi-diff is not built: libarchive and jansson are missing"
run() { # run FILE OPTIONS...: 1 is for what is unexplained, and not what this is about
    run_file=$1
    shift
    "$diff" run --quiet --corpora none --kind replay --mutations 2 --data "$top_srcdir/tools/diff" --json "$run_file" "$@" >"$work/run.out" 2>&1
    [ $? -le 1 ] || { diag "$(cat "$work/run.out")"; return 1; }
}
# What does not depend on the clock.
plain() {
    sed -E 's/,?"(us|seconds|cpu_seconds|cases_per_second)":[0-9.e+-]+//g' "$1" | sed -E '1s/"(cases|seed)":[0-9]+,?//g'
}
same() { # same MERGED NAME: it is what the run wrote
    plain "$1" >"$work/merged.plain"
    sed '$d' "$work/whole.plain" >"$work/a"
    sed '$d' "$work/merged.plain" >"$work/b"
    check "$2: manifest and cases, in their order" cmp "$work/a" "$work/b"
    for member in cases unexplained; do
        is "$(tail -n 1 "$work/merged.plain" | grep -o "\"$member\":[0-9]*")" \
            "$(tail -n 1 "$work/whole.plain" | grep -o "\"$member\":[0-9]*")" "$2: $member of the summary"
    done
}
merged() { # merged OUT FILES...
    out=$1
    shift
    "$diff" merge "$@" >"$out" 2>"$work/merge.err"
    [ $? -le 1 ] || { diag "$(cat "$work/merge.err")"; return 1; }
}

check "G16 the whole run" run "$work/whole.jsonl"
plain "$work/whole.jsonl" >"$work/whole.plain"
cases=$(($(wc -l <"$work/whole.jsonl") - 2))
[ "$cases" -gt 20 ]
ok $? "G16 there are cases: $cases"

# ---- plain shells ----
for i in 1 2 3; do check "G16 shard $i of 3" run "$work/s$i.jsonl" --shard $i/3; done
check "G16 merged" merged "$work/merged.jsonl" "$work/s3.jsonl" "$work/s1.jsonl" "$work/s2.jsonl"
same "$work/merged.jsonl" "G16 three shards"
check "G16 a shuffled shard" run "$work/s2.jsonl" --shard 2/3 --shuffle 7
check "G16 a run of shards without a case of its own" run "$work/none.jsonl" --only 'no such case'
TEST_SHARD_INDEX=1 TEST_TOTAL_SHARDS=3 run "$work/e2.jsonl"
ok $? "G16 TEST_SHARD_INDEX and TEST_TOTAL_SHARDS"
plain "$work/e2.jsonl" | sed '1d;$d' >"$work/a"
run "$work/s2.jsonl" --shard 2/3
plain "$work/s2.jsonl" | sed '1d;$d' >"$work/b"
check "G16 they count from 0" cmp "$work/a" "$work/b"

# ---- GNU parallel ----
export diff top_srcdir work
if have parallel && parallel --version 2>/dev/null | grep -q GNU; then
    HOME=$work parallel --will-cite -j 2 '"$diff" run --quiet --jobs 1 --corpora none --kind replay --mutations 2 --data "$top_srcdir/tools/diff" --shard {}/5 --json "$work/p{}.jsonl" >/dev/null 2>&1 || [ $? -eq 1 ]' ::: 1 2 3 4 5
    ok $? "G16 five shards under GNU parallel"
    check "G16 merged" merged "$work/merged.jsonl" "$work"/p?.jsonl
    same "$work/merged.jsonl" "G16 parallel"
else
    skip "GNU parallel is not installed" "G16 five shards under GNU parallel"
fi

# ---- two hosts: network namespaces with an sshd each ----
hosts_up() {
    sshd=$(PATH=$PATH:/usr/sbin command -v sshd) || { echo "no sshd is installed"; return 1; }
    have ssh && have ip || { echo "no ssh or ip is installed"; return 1; }
    [ "$(id -u)" -eq 0 ] || { echo "network namespaces need root"; return 1; }
    ip netns add "sspi1-$$" 2>/dev/null && ip netns add "sspi2-$$" 2>/dev/null || { echo "this machine allows no network namespaces"; return 1; }
    ip link add "sspiv$$" netns "sspi1-$$" type veth peer name "sspiw$$" netns "sspi2-$$" 2>/dev/null || { echo "this machine allows no veth devices"; return 1; }
    ip -n "sspi1-$$" addr add 10.213.7.1/24 dev "sspiv$$" && ip -n "sspi2-$$" addr add 10.213.7.2/24 dev "sspiw$$"
    ip -n "sspi1-$$" link set "sspiv$$" up && ip -n "sspi2-$$" link set "sspiw$$" up
    ip -n "sspi1-$$" link set lo up
    ip -n "sspi2-$$" link set lo up
    ssh-keygen -q -t ed25519 -N '' -f "$work/host" && ssh-keygen -q -t ed25519 -N '' -f "$work/user" || { echo "no keys can be made"; return 1; }
    cp "$work/user.pub" "$work/authorized"
    chmod 600 "$work/authorized"
    [ -d /run/sshd ] || mkdir -m 755 /run/sshd
    for host in 1 2; do
        printf 'HostKey %s\nAuthorizedKeysFile %s\nPort 22\nPidFile none\nStrictModes no\nUsePAM no\nPermitRootLogin prohibit-password\nListenAddress 10.213.7.%s\nPasswordAuthentication no\n' \
            "$work/host" "$work/authorized" $host >"$work/sshd$host"
        spawn "$work/sshd$host.log" ip netns exec "sspi$host-$$" "$sshd" -D -e -f "$work/sshd$host"
    done
}
hosts_down() {
    for pid in $tap_pids; do tap_kill "$pid"; done
    ip netns del "sspi1-$$" 2>/dev/null
    ip netns del "sspi2-$$" 2>/dev/null
}
on() { # on HOST COMMAND: from a namespace, by ssh
    ip netns exec "sspi1-$$" ssh -F none -i "$work/user" -o BatchMode=yes -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null \
        -o LogLevel=ERROR -o ConnectTimeout=10 "root@10.213.7.$1" "$2"
}
hosts_up >"$work/why" 2>&1
if [ $? -ne 0 ]; then
    hosts_down
    skip "$(tail -n 1 "$work/why")" "G16 two hosts over ssh"
else
    reached=1
    for try in 1 2 3 4 5 6 7 8 9 10; do on 2 true 2>/dev/null && on 1 true 2>/dev/null && { reached=0; break; }; sleep 0.3; done
    if [ $reached -ne 0 ]; then
        hosts_down
        skip "ssh does not reach the namespaces: $(tail -n 1 "$work/sshd2.log")" "G16 two hosts over ssh"
    else
        environment=$(env | grep -E '^(OPENSSPI_|PROVIDERS|LD_LIBRARY_PATH|ASAN_OPTIONS)' | sed "s/'/'\\\\''/g; s/=\(.*\)/='\1'/" | tr '\n' ' ')
        for host in 1 2; do
            on $host "$environment '$diff' run --quiet --corpora none --kind replay --mutations 2 --data '$top_srcdir/tools/diff' --shard $host/2 --json -" >"$work/h$host.jsonl" 2>"$work/h$host.err"
            [ $? -le 1 ]
            ok $? "G16 host $host: its shard, over ssh" || diag "$(cat "$work/h$host.err")"
        done
        check "G16 merged" merged "$work/merged.jsonl" "$work/h1.jsonl" "$work/h2.jsonl"
        same "$work/merged.jsonl" "G16 two hosts"
        hosts_down
    fi
fi

tap_done
