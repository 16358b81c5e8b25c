/* SPDX-License-Identifier: MIT
 *
 * The rules of known divergences: what one matches, and what is refused with its line. */
#include <config.h>

#include "t/tap.h"
#include "tools/diff/rules.h"

#define PINNED "pinned: openssl 3.0.22, gnutls 3.7.9, wolfssl 5.5.4\n"
#define REASON "why: what two of them do and the third does not\nref: RFC 8446 4.2\n"
#define SEE    "see: openssl=reject/parse gnutls=reject wolfssl=wait\n"

static char why[512];

/* ---- what is refused ---- */

static const struct refusal {
    const char *what, *text, *says;
} refusals[] = {
    {"a match by id", "[a]\nid: a1b2c3d4e5f6\n", "known:3: 'id:' would match single cases"},
    {"a match by name", "[a]\nname: accept/openssl/x\n", "known:3: 'name:' would match single cases"},
    {"a match by hash", "[a]\nhash: aa\n", "known:3: 'hash:' would match single cases"},
    {"a name among the tokens", "[a]\nwhen: accept/openssl/x\n", "known:3: 'accept/openssl/x' is no token"},
    {"a seeded name among the tokens", "[a]\nwhen: x~1f\n", "known:3: 'x~1f' is no token"},
    {"an id among the tokens", "[a]\nwhen: ch a1b2c3d4e5f6\n", "known:3: 'a1b2c3d4e5f6' looks like an id"},
    {"a token for names", "[a]\nwhen: base.seed\n", "known:3: 'base.seed' names a case"},
    {"a token for ids by prefix", "[a]\nwhen: id.*\n", "known:3: 'id.' names a case"},
    {"a star alone", "[a]\nwhen: *\n", "known:3: '*' alone"},
    {"absent tokens alone", "[a]\nwhen: !ch\nclass: STATE_DIFF\n" SEE REASON,
     "known:2: [a] when: names nothing"},
    {"no when", "[a]\nclass: STATE_DIFF\n" SEE REASON, "known:2: [a] has no when"},
    {"no see", "[a]\nwhen: ch.x\nclass: STATE_DIFF\n" REASON, "known:2: [a] has no see"},
    {"no class", "[a]\nwhen: ch.x\n" SEE REASON, "known:2: [a] has no class"},
    {"no ref", "[a]\nwhen: ch.x\nclass: STATE_DIFF\n" SEE "why: what two of them do, the third not\n",
     "known:2: [a] has no ref"},
    {"a ref without a clause",
     "[a]\nwhen: ch.x\nclass: STATE_DIFF\n" SEE "why: what two of them do here\nref: RFC 8446\n",
     "known:2: [a] ref 'RFC 8446' is none of"},
    {"a ref that is talk",
     "[a]\nwhen: ch.x\nclass: STATE_DIFF\n" SEE "why: what two of them do here\nref: known\n",
     "known:2: [a] ref 'known' is none of"},
    {"one bad ref of two",
     "[a]\nwhen: ch.x\nclass: STATE_DIFF\n" SEE
     "why: what two of them do here\nref: RFC 8446 4.2; see above\n",
     "known:2: [a] ref 'see above' is none of"},
    {"a source without its line",
     "[a]\nwhen: ch.x\nclass: STATE_DIFF\n" SEE "why: what two of them do here\nref: gnutls 3.7.9 lib/x.c\n",
     "known:2: [a] ref 'gnutls 3.7.9 lib/x.c' is none of"},
    {"no why", "[a]\nwhen: ch.x\nclass: STATE_DIFF\n" SEE "ref: RFC 8446 4.2\n", "known:2: [a] has no why"},
    {"a why of one word", "[a]\nwhen: ch.x\nclass: STATE_DIFF\n" SEE "why: differs\nref: RFC 8446 4.2\n",
     "known:2: [a] has no why"},
    {"ACCEPT_DIFF of any hello", "[a]\nwhen: role.accept ch\nclass: STATE_DIFF ACCEPT_DIFF\n" SEE REASON,
     "known:2: [a] explains ACCEPT_DIFF, and its when: does not name the stimulus"},
    {"ACCEPT_DIFF of a family", "[a]\nwhen: ch.ext.*\nclass: ACCEPT_DIFF\n" SEE REASON,
     "known:2: [a] explains ACCEPT_DIFF, and its when: does not name the stimulus"},
    {"ACCEPT_DIFF where one when of two is general",
     "[a]\nwhen: ch.ext.dup\nwhen: ch first.handshake\nclass: ACCEPT_DIFF\n" SEE REASON,
     "known:2: [a] explains ACCEPT_DIFF, and its when: does not name the stimulus"},
    {"ACCEPT_DIFF of every live pair", "[a]\nwhen: live role.accept\nclass: ACCEPT_DIFF\n" SEE REASON,
     "known:2: [a] explains ACCEPT_DIFF, and its when: does not name the stimulus"},
    {"ACCEPT_DIFF of every live pair with someone, changed somehow",
     "[a]\nwhen: live live.peer.gnutls live.tls13 live.bytes op.at.flight\nclass: ACCEPT_DIFF\n" SEE REASON,
     "known:2: [a] explains ACCEPT_DIFF, and its when: does not name the stimulus"},
    {"ACCEPT_DIFF of every chain", "[a]\nwhen: chain\nclass: ACCEPT_DIFF\n" SEE REASON,
     "known:2: [a] explains ACCEPT_DIFF, and its when: does not name the stimulus"},
    {"a crash of any hello", "[a]\nwhen: ch\nclass: CRASH\n" SEE REASON,
     "known:2: [a] explains a crash or hang"},
    {"an invariant without its name", "[a]\nwhen: ch.x\nclass: INVARIANT\n" SEE REASON,
     "known:2: [a] 'breaks' and"},
    {"an unknown invariant", "[a]\nwhen: ch.x\nclass: INVARIANT\nbreaks: gnutls=I9\n",
     "known:5: 'I9' is no invariant"},
    {"attributes without their names", "[a]\nwhen: ch.x\nclass: ATTR_DIFF\n" SEE REASON,
     "known:2: [a] 'differs' and"},
    {"an unknown class", "[a]\nclass: ODD\n", "known:3: 'ODD' is no class of verdicts"},
    {"a rule for agreement", "[a]\nclass: AGREE\n", "known:3: AGREE needs no rule"},
    {"an unknown state", "[a]\nsee: openssl=maybe\n", "known:3: 'maybe' is no state"},
    {"an unknown class of alerts", "[a]\nsee: openssl=reject/odd\n", "known:3: 'odd' is no class of alerts"},
    {"a status that is none", "[a]\nsee: openssl=reject/*/80090326\n", "known:3: '80090326' is no status"},
    {"a backend left out", "[a]\nsee: openssl=reject gnutls=wait\n", "known:3: see: says nothing of wolfssl"},
    {"a backend seen twice", "[a]\nsee: openssl=reject openssl=wait\n", "known:3: 'openssl' is seen twice"},
    {"an unknown backend", "[a]\nsee: nss=reject\n", "known:3: 'nss=reject' is not BACKEND=STATE"},
    {"a version of nobody", "[a]\non: nss<3\n", "known:3: on: 'nss<3' is of no pinned"},
    {"a version that is none", "[a]\non: wolfssl<new\n", "known:3: on: 'wolfssl<new' has not the form"},
    {"an odd comparison", "[a]\non: wolfssl=<5\n", "known:3: on: 'wolfssl=<5' has not the form"},
    {"an unknown key", "[a]\nbecause: x\n", "known:3: 'because:' is no key"},
    {"an empty value", "[a]\nwhy:\n", "known:3: 'why:' says nothing"},
    {"a second class", "[a]\nclass: STATE_DIFF\nclass: STATE_DIFF\n",
     "known:4: 'class:' stands in a rule once"},
    {"a key without a rule", "why: x\n", "known:2: 'why:' belongs to a rule"},
    {"a line that is nothing", "[a]\nhello\n", "known:3: neither [name] nor"},
    {"a name that is none", "[A rule]\n", "known:2: a rule begins with [name]"},
    {"a name twice", "[a]\nwhen: ch.x\nclass: STATE_DIFF\n" SEE REASON "[a]\n",
     "known:8: there is a rule [a] already"},
    {"late pins", "[a]\nwhen: ch.x\nclass: STATE_DIFF\n" SEE REASON "pinned: nss 3\n",
     "known:8: 'pinned:' comes before"},
    {"a second pin", "pinned: gnutls 3\n", "known:2: gnutls is pinned twice"},
    {"needs of something else", "[a]\nneeds: luck\n", "known:3: needs: 'luck' is not"},
    {"the line of what is continued", "[a]\nwhen: ch.x\n  ch.y\n  # no comment\nclass: ODD\n",
     "known:3: '#' is no token"},
    {"the line behind what is continued", "[a]\nwhen: ch.x\n  ch.y\nclass: ODD\n", "known:5: 'ODD'"},
};

static void refused(void)
{
    char text[2048];
    for (size_t i = 0; i < sizeof refusals / sizeof *refusals; i++) {
        snprintf(text, sizeof text, PINNED "%s", refusals[i].text);
        struct rules *rules = rules_parse("known", text, why, sizeof why);
        if (!ok(!rules && !strncmp(why, refusals[i].says, strlen(refusals[i].says)), "G11 refused: %s",
                refusals[i].what))
            diag("%s", rules ? "it was taken" : why);
        rules_free(rules);
    }
    struct rules *rules = rules_parse("known", "[a]\n", why, sizeof why);
    ok(!rules && strstr(why, "known:1: 'pinned:' comes before"), "G11 refused: rules of unknown versions");
    ok(!rules_load("/nonexistent", why, sizeof why) && strstr(why, "/nonexistent: "),
       "G11 a file that is not there is named");
}

/* ---- what is matched ---- */

static const char rules_text[] = PINNED
    "# a comment: with a colon\n"
    "[narrow]\nwhen: ch.ext.dup !ch.sslv2\non: wolfssl<5.9 openssl>=3.0\nclass: STATE_DIFF\n"
    "see: openssl=reject/parse gnutls=reject/negotiation|parse wolfssl=wait|open\n" REASON
    "\n[wide]\nwhen: ch.ext.*\nclass: STATE_DIFF ALERT_DIFF\nsee: openssl=reject gnutls=* wolfssl=*\n"
    "see: openssl=wait gnutls=reject/*/0x80090326|0x80090308 wolfssl=*\n" REASON
    "[either]\nwhen: rec.empty\nwhen: rec.tiny op.rec.split\nclass: STATUS_DIFF\nsee: openssl=reject "
    "gnutls=reject wolfssl=reject/none\n" REASON
    "[either-state]\nwhen: ch.share.offcurve.x\nclass: STATE_DIFF\nsee: openssl=wait|reject/parse "
    "gnutls=wait|reject/parse wolfssl=*\n" REASON
    "[unequal]\nwhen: rec.tiny\nclass: INVARIANT\nbreaks: gnutls=I1|I4 wolfssl=I1\nsee: openssl=* gnutls=* "
    "wolfssl=*\n" REASON "[sizes]\nwhen: live\nclass: ATTR_DIFF\ndiffers: s resumed\nsee: "
    "openssl=open gnutls=open wolfssl=open\n" REASON
    "[fatal]\nwhen: ch.share.offcurve\nclass: CRASH\nsee: openssl=reject gnutls=reject wolfssl=crash\nneeds: "
    "corpora\n" REASON "[newer]\nwhen: ch.late\non: wolfssl>=5.9\nclass: STATE_DIFF\nsee: openssl=* "
    "gnutls=*\n  wolfssl=reject\nwhy: text that goes\n\ton in a second line\nref: "
    "https://example.org/issue/1;\n  gnutls 3.7.9 lib/state.c:12\n";

static struct diff_backend backends[3] = {
    {.name = "openssl", .label = "openssl", .version = "3.0.22"},
    {.name = "gnutls", .label = "gnutls", .version = "3.7.9"},
    {.name = "wolfssl", .label = "wolfssl", .version = "5.5.4"},
};

static const struct match {
    const char *what;
    const char *features; /* sorted */
    const char *verdict;
    const char *seen[3]; /* STATE CLASS STATUS INVARIANTS ATTRIBUTES, as far as they matter */
    const char *rule;    /* NULL: none */
} matches[] = {
    {"the first in order", "ch ch.ext.dup", "STATE_DIFF", {"reject parse", "reject parse", "wait"}, "narrow"},
    {"an alternative",
     "ch ch.ext.dup",
     "STATE_DIFF",
     {"reject parse", "reject negotiation", "open"},
     "narrow"},
    {"an absent token",
     "ch.ext.dup ch.sslv2",
     "STATE_DIFF",
     {"reject parse", "reject parse", "wait"},
     "wide"},
    {"another state", "ch ch.ext.dup", "STATE_DIFF", {"reject parse", "wait", "reject"}, "wide"},
    {"another class of alerts", "ch.ext.dup", "STATE_DIFF", {"reject state", "reject parse", "wait"}, "wide"},
    {"a prefix", "a ch ch.ext.zzz z", "ALERT_DIFF", {"reject", "wait", "wait"}, "wide"},
    {"no prefix", "ch ch.ex ch.extra", "ALERT_DIFF", {"reject", "wait", "wait"}, NULL},
    {"another verdict", "ch.ext.dup", "ACCEPT_DIFF", {"reject parse", "reject parse", "open"}, NULL},
    {"agreement", "ch.ext.dup", "AGREE", {"reject parse", "reject parse", "reject"}, NULL},
    {"the second see", "ch.ext.a", "STATE_DIFF", {"wait", "reject parse 80090308", "wait"}, "wide"},
    {"another status", "ch.ext.a", "STATE_DIFF", {"wait", "reject parse 80090304", "wait"}, NULL},
    {"the first when", "rec.empty", "STATUS_DIFF", {"reject", "reject", "reject"}, "either"},
    {"the second when", "op.rec.split rec.tiny", "STATUS_DIFF", {"reject", "reject", "reject"}, "either"},
    {"half of the second when", "rec.tiny", "STATUS_DIFF", {"reject", "reject", "reject"}, NULL},
    {"a class is of those that reject",
     "ch.share.offcurve.x",
     "STATE_DIFF",
     {"wait", "reject parse", "reject state"},
     "either-state"},
    {"and of all of them",
     "ch.share.offcurve.x",
     "STATE_DIFF",
     {"wait", "reject state", "reject parse"},
     NULL},
    {"no alert", "rec.empty", "STATUS_DIFF", {"reject", "reject", "reject parse"}, NULL},
    {"a broken invariant", "rec.tiny", "INVARIANT", {"wait", "wait none 0 8", "wait"}, "unequal"},
    {"two of them", "rec.tiny", "INVARIANT", {"wait", "wait none 0 1", "wait none 0 1"}, "unequal"},
    {"another invariant", "rec.tiny", "INVARIANT", {"wait", "wait none 0 21", "wait"}, NULL},
    {"another one's invariant", "rec.tiny", "INVARIANT", {"wait none 0 1", "wait", "wait"}, NULL},
    {"a see, with an invariant", "ch.ext.a", "STATE_DIFF", {"reject none 0 1", "wait", "wait"}, NULL},
    {"an attribute",
     "live",
     "ATTR_DIFF",
     {"open none 0 0 s=1 x=1", "open none 0 0 s=2 x=1", "open none 0 0 s=1 x=1 resumed"},
     "sizes"},
    {"another attribute",
     "live",
     "ATTR_DIFF",
     {"open none 0 0 s=1 x=1", "open none 0 0 s=1 x=12", "open none 0 0 s=1 x=1"},
     NULL},
    {"an attribute more",
     "live",
     "ATTR_DIFF",
     {"open none 0 0 s=1", "open none 0 0 s=1", "open none 0 0 s=1 alpn=h2"},
     NULL},
    {"a crash", "ch.share.offcurve", "CRASH", {"reject", "reject", "crash"}, "fatal"},
    {"another's crash", "ch.share.offcurve", "CRASH", {"crash", "reject", "crash"}, NULL},
    {"a version that is not here", "ch.late", "STATE_DIFF", {"wait", "wait", "reject"}, NULL},
};

static void observe(struct diff_observation *o, const char *seen)
{
    char state[16] = "", class[16] = "none", attributes[64] = "";
    unsigned status = 0, broken = 0;
    sscanf(seen, "%15s %15s %x %x %63[^]]", state, class, &status, &broken, attributes);
    o->end = strcmp(state, "crash") ? DIFF_FINE : DIFF_CRASH;
    o->state = o->end ? DIFF_WAIT : (uint8_t)diff_state_named(state);
    o->alert_class = (uint8_t)diff_class_named(class);
    o->status = (int32_t)status;
    o->broken = (uint16_t)broken;
    snprintf(o->attributes, sizeof o->attributes, "%s", attributes);
}

static void matching(struct rules *rules)
{
    for (size_t i = 0; i < sizeof matches / sizeof *matches; i++) {
        const struct match *m = &matches[i];
        const char *features[8];
        char text[128], *rest = NULL;
        struct diff_result result = {.verdict = (enum diff_verdict)diff_verdict_named(m->verdict),
                                     .count = 3};
        struct rules_case c = {.features = features, .backends = backends, .result = &result};
        snprintf(text, sizeof text, "%s", m->features);
        for (char *token = strtok_r(text, " ", &rest); token; token = strtok_r(NULL, " ", &rest))
            features[c.feature_count++] = token;
        for (unsigned k = 0; k < 3; k++)
            observe(&result.of[k], m->seen[k]);
        int at = rules_match(rules, &c);
        is_str(at < 0 ? "none" : rules_name(rules, (unsigned)at), m->rule ? m->rule : "none",
               "G11 matched: %s", m->what);
    }
}

static void only_among_the_pinned(struct rules *rules)
{
    static const char *const features[] = {"ch.ext.dup"};
    struct diff_backend three[3] = {backends[0], backends[0], backends[0]};
    struct diff_result result = {.verdict = DIFF_STATE_DIFF, .count = 3};
    struct rules_case c = {features, 1, backends, &result};
    result.of[0].state = result.of[1].state = DIFF_REJECT;
    result.of[0].alert_class = result.of[1].alert_class = DIFF_PARSE;
    ok(rules_match(rules, &c) == 0, "G11 three different backends: explained");
    result.count = 2;
    result.of[1].state = DIFF_REJECT;
    ok(rules_match(rules, &c) == 0, "G11 two of them: explained");
    result.count = 3;
    c.backends = three;
    ok(rules_match(rules, &c) < 0, "G20 the same backend three times over: never explained");
    three[1] = backends[1];
    three[2] = backends[2];
    snprintf(three[2].name, sizeof three[2].name, "liar");
    ok(rules_match(rules, &c) < 0, "G20 a backend that no rule speaks of: never explained");
    snprintf(three[2].name, sizeof three[2].name, "wolfssl");
    snprintf(three[2].version, sizeof three[2].version, "5.9.1");
    int at = rules_match(rules, &c);
    is_str(at < 0 ? "none" : rules_name(rules, (unsigned)at), "wide", "G11 on: ends with the version");
    ok(!rules_other_versions(rules, backends, 3) && rules_other_versions(rules, three, 3),
       "G11 the pinned versions are known from others");
    at = rules_named(rules, "newer");
    ok(at >= 0 && !rules_applies(rules, (unsigned)at, backends, 3) &&
           rules_applies(rules, (unsigned)at, three, 3),
       "G11 a rule of another version cannot be stale");
    is_str(rules_why(rules, (unsigned)at), "text that goes on in a second line",
           "a value goes on in a line that begins with blanks");
    is_str(rules_place(rules, 0), "known.rules:3", "a rule knows its place");
    ok(rules_needs_corpora(rules, (unsigned)rules_named(rules, "fatal")) && !rules_needs_corpora(rules, 0),
       "a rule says that it needs the corpora");
    is_str(rules_pinned(rules, "wolfssl"), "5.5.4", "a backend's pinned version");
    ok(!rules_pinned(rules, "nss"), "no version of another");
}

static void versions(void)
{
    static const struct {
        const char *have, *wanted;
        int way;
    } table[] = {
        {"3.0.22", "3.0", 0},   {"3.0.22", "3.1", -1},    {"3.10.1", "3.9", 1},    {"5.5.4", "5.9", -1},
        {"5.9.0", "5.9", 0},    {"5.9.1", "5.9", 0},      {"3", "3.0", 0},         {"3", "3.1", -1},
        {"1.1.1k", "1.1.1", 0}, {"1.1.1k", "1.1.1l", -1}, {"3.0.22", "3.0.22", 0}, {"3.0.22", "3.0.3", 1},
    };
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        int way = rules_version_compare(table[i].have, table[i].wanted);
        is_int((way > 0) - (way < 0), table[i].way, "G11 %s against %s", table[i].have, table[i].wanted);
    }
}

int main(void)
{
    refused();
    struct rules *rules = rules_parse("rules/known.rules", rules_text, why, sizeof why);
    if (!ok(rules, "G11 rules are read")) {
        diag("%s", why);
        return tap_done();
    }
    matching(rules);
    only_among_the_pinned(rules);
    rules_free(rules);
    versions();
    return tap_done();
}
