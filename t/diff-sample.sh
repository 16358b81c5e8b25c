# SPDX-License-Identifier: MIT
# t/diff-sample.sh -- small runs of sspi diff, made up: sample OPENSSL_VERSION SHARD FILTER.  Thirty cases; FILTER is an
# awk condition on i.  Two are unexplained, one rule is stale, and names hold what pages and XML must not believe.
sample() {
    awk -v version="$1" -v shard="$2" '
    function seen(state, status, alert, class, reply) {
        return sprintf("{\"state\":\"%s\",\"status\":\"%s\",\"alert\":%s,\"class\":\"%s\",\"fed\":310,\"consumed\":310," \
            "\"calls\":2,\"missing\":0,\"flags\":\"0x0\",\"reply\":\"%s\",\"attrs\":\"\",\"end\":\"fine\",\"us\":120}",
            state, status, alert, class, reply)
    }
    BEGIN {
        wait = seen("wait", "0x00090312", "null", "none", "SH(2) ccs app(1)")
        parse = seen("reject", "0x80090326", 47, "parse", "alert(2,47)")
        decode = seen("reject", "0x80090326", 50, "parse", "alert(2,50)")
        silent = seen("reject", "0x80090308", "null", "none", "")
        hello = "16030100350100003103030000000000000000000000000000000000000000000000000000000000000000000002130101000006" \
            "000a00020000"
        print "{\"manifest\":{\"format\":1,\"profile\":\"common-1\",\"backends\":{\"openssl\":\"" version "\",\"gnutls\":" \
            "\"3.7.9\",\"wolfssl\":\"5.5.4\"},\"kernel\":\"6.1\",\"shard\":\"" shard "\",\"cases\":30,\"seed\":0,\"corpora\":false}}"
        for (i = 0; i < 30; i++) {
            if (!('"${3:-1}"'))
                continue
            verdict = i % 3 == 0 ? "AGREE" : i % 3 == 1 ? "ALERT_DIFF" : "STATE_DIFF"
            gated = verdict == "STATE_DIFF"
            rule = gated && i != 5 && i != 29 ? "\"gnutls-keeps-waiting\"" : "null"
            name = i == 5 ? "<img+src=x>&amp;" : sprintf("hello%02d", i)
            verdicts[verdict]++; cases++; unexplained += gated && rule == "null"; ruled += rule != "null"
            first = version == "3.0.22" ? parse : decode
            printf "{\"id\":\"%012x\",\"name\":\"%s/%s%s\",\"kind\":\"replay\",\"ops\":[%s],\"features\":[\"ch\",\"%s\",%s\"role.accept\"],"\
                "\"verdict\":\"%s\",\"gated\":%s,\"rule\":%s,\"invariants\":[],\"backends\":{\"openssl\":%s,\"gnutls\":%s,\"wolfssl\":%s}%s}\n",
                4096 + i, i < 15 ? "accept/odd" : "seed", name, i % 2 ? sprintf("~%x", i) : "", i == 5 ? "\"</script><img src=x onerror=alert(1)>\"" : i % 2 ? "\"ext.dup 13\"" : "",
                i % 2 ? "ch.ext.dup" : "ch.tls13", i < 15 ? "" : "\"live.peer.gnutls\",", verdict, gated ? "true" : "false", rule,
                verdict == "AGREE" ? wait : first, verdict == "AGREE" ? wait : verdict == "ALERT_DIFF" ? decode : wait,
                verdict == "AGREE" ? wait : verdict == "ALERT_DIFF" ? parse : silent, gated ? ",\"stimulus\":\"" hello "\"" : ""
        }
        printf "{\"summary\":{\"cases\":%d,\"verdicts\":{", cases
        for (v in verdicts)
            printf "%s\"%s\":%d", n++ ? "," : "", v, verdicts[v]
        printf "},\"unexplained\":%d,\"stale\":[\"never-used\"%s],\"rules\":{%s},\"seconds\":1.5,\"cases_per_second\":20}}\n",
            unexplained, ruled ? "" : ",\"gnutls-keeps-waiting\"", ruled ? "\"gnutls-keeps-waiting\":" ruled : ""
    }'
}
