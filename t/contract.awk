# SPDX-License-Identifier: MIT
# t/contract.sh: contract.ids, providers.md, logs -> a line for each item and provider, and a verdict.

BEGIN {
    count = split(providers, name, " ")
    for (p = 1; p <= count; p++)
        is_provider[name[p]] = 1
    # What a provider's library may lack; doc/providers.md must say so too.
    lacks("openssl", "send-alert dtls-resend")
    lacks("gnutls", "issuer-names ticket-rotate dtls-resend")
    lacks("wolfssl", "tls10 send-alert verify-alert renegotiate issuers-13 staple-raw srtp keylog dtls-mtu")
    # These wait for the account and the stores, while no test names them.
    split("S6 S7 K35 K38 K39 D8 D10 D16 D22", list, " ")
    for (i in list)
        may_wait[list[i]] = 1
}

function lacks(provider, caps, list, n) {
    n = split(caps, list, " ")
    while (n)
        may_lack[provider, list[n--]] = 1
}

FNR == 1 { file++ }

file == 1 {
    if (/^[SWKD][0-9]/) {
        id[++ids] = $1
        scope[$1] = $2
    }
    next
}

file == 2 {
    if (/^\|/ && split($0, cell, /[ \t]*\|[ \t]*/) > 3) {
        if (cell[2] == "")
            for (i = 3; i in cell; i++)
                column[i] = cell[i]
        for (i = 3; i in cell; i++)
            if (cell[i] ~ /^no(:|$)/)
                documented[column[i], cell[2]] = 1
    }
    next
}

# A test: its items, its providers, what became of it.
/^(not )?ok / {
    failed = /^not /
    if (/# (SKIP|TODO)/)
        next
    where = FILENAME
    sub(/\.log$/, "", where)
    if (match($0, / # t\/[^ ]*:[0-9]+$/)) {
        at = substr($0, RSTART + 3)
        $0 = substr($0, 1, RSTART - 1)
        line = at
        sub(/.*:/, ":", line)
        sub(/\.[a-z]+:[0-9]+$/, "", at)
        where = (at == where ? where : at) line
    }
    refused = ""
    if (match($0, /: refused: [a-z0-9-]+$/))
        refused = substr($0, RSTART + 11)
    sub(/^(not )?ok [0-9]+ - /, "")
    words = split($0, word, /[^A-Za-z0-9_]+/)
    split("", of)
    any = 1
    for (i = 1; i <= words; i++)
        if (word[i] in is_provider) {
            of[word[i]] = 1
            any = 0
        }
    for (i = 1; i <= words; i++)
        if (word[i] in scope)
            note(word[i])
}

function note(item, p, excused) {
    named[item] = 1
    for (p = 1; p <= count; p++)
        excused += (name[p] in of) && may_lack[name[p], refused] && documented[name[p], refused]
    for (p = 1; p <= count; p++) {
        if (!any && !(name[p] in of) && !(scope[item] == "any" && !failed))
            continue
        if (failed)
            set(bad, item, name[p])
        else if (any && scope[item] != "any")
            set(untagged, item, name[p])
        else if (!refused)
            set(good, item, name[p])
        else if (may_lack[name[p], refused] && documented[name[p], refused])
            set(no, item, name[p], refused)
        else if (!excused) # else it is the other end that cannot
            set(bad, item, name[p], "refused: " refused " is not documented")
    }
}
function set(table, item, provider, text) { # the first one stays
    if (!((item, provider) in table))
        table[item, provider] = text == "" ? where : text
}

END {
    for (i = 1; i <= ids; i++)
        for (p = 1; p <= count; p++)
            judge(id[i], name[p])
    printf "%d ids x %d providers: %d ok, %d refused, %d later, %d FAIL\n", ids, count, tally["ok"], tally["refused"],
        tally["later"], tally["FAIL"]
    if (owed != "")
        print "FAIL:" owed
    if (died != "")
        print "died:" died
    exit tally["FAIL"] > 0 || died != "" || ids == 0
}

function judge(item, provider, key) {
    key = item SUBSEP provider
    if (key in bad)
        say(item, provider, "FAIL", bad[key])
    else if (key in good)
        say(item, provider, "ok", good[key])
    else if (key in no)
        say(item, provider, "refused", no[key])
    else if (key in untagged)
        say(item, provider, "FAIL", "named without a provider at " untagged[key])
    else if (!(item in named) && item in may_wait)
        say(item, provider, "later", "certificates")
    else
        say(item, provider, "FAIL", "no test")
}
function say(item, provider, verdict, text) {
    tally[verdict]++
    printf "%s %s %s%s %s\n", item, provider, verdict, verdict ~ /ok|FAIL/ ? "" : ":", text
    if (verdict == "FAIL")
        owed = owed " " item "/" provider
}
