/* SPDX-License-Identifier: MIT
 *
 * The account map: its grammar, and which rule takes which certificate (D22). */
#include <config.h>

#include "core/account-map.h"
#include "t/cert-kit.h"
#include "t/tap.h"

#include <locale.h>
#include <time.h>

/* Digests stand for themselves here: the certificate's is AA.., the issuer's BB... */
#define AA "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define BB "BB:bb:BB:bb:BB:bb:BB:bb:BB:bb:BB:bb:BB:bb:BB:bb:BB:bb:BB:bb:BB:bb:BB:bb:BB:bb:BB:bb:BB:bb:BB:bb"
#define CC "cccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccc"
#define CA "ca " BB " "

static struct map_certificate certificate_named(const char *name)
{
    struct map_certificate c;
    char file[128];
    snprintf(file, sizeof file, "%s.pem", name);
    PCCERT_CONTEXT first = first_of(file);
    if (!first || map_certificate_read((struct sspi_bytes){first->pbCertEncoded, first->cbCertEncoded}, &c)) {
        printf("Bail out! %s cannot be read\n", name);
        exit(1);
    }
    CertFreeCertificateContext(first);
    memset(c.digest, 0xaa, sizeof c.digest);
    memset(c.issuer, 0xbb, sizeof c.issuer);
    c.has_issuer = 1;
    return c;
}

/* ---- names ---- */

static const struct {
    const char *certificate;
    enum map_kind kind;
    unsigned count;
    const char *value; /* the last */
    int broken;
} names[] = {
    {"map-daemon", MAP_SUBJECT, 1, "CN=map daemon", 0},
    {"map-daemon", MAP_UPN, 1, "daemon@example.test", 0},
    {"map-daemon", MAP_EMAIL, 1, "daemon@example.test", 0},
    {"map-daemon", MAP_DNS, 1, "daemon.example.test", 0},
    {"map-subject", MAP_SUBJECT, 1, "CN=\\ daemon,OU=\\#1 \\<\\+\\>+O=Example\\, Inc,C=US", 0},
    {"map-subject", MAP_EMAIL, 0, NULL, 0},
    {"map-two", MAP_EMAIL, 2, "nobody@example.test", 0},
    {"map-repeated", MAP_SUBJECT, 0, NULL, 1},
    {"map-nul", MAP_EMAIL, 0, NULL, 1},
    {"map-nul", MAP_DNS, 0, NULL, 0},
    {"map-wild", MAP_DNS, 0, NULL, 1},
    {"map-utf8", MAP_UPN, 1, "da\xd0\xb5mon@example.test", 0},
};

static void read_names(void)
{
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        struct map_certificate c = certificate_named(names[i].certificate);
        const struct map_names *got = &c.names[names[i].kind];
        const char *kind = map_kind_word(names[i].kind);
        ok(got->count == names[i].count && !got->broken == !names[i].broken, "%s: %u %s%s",
           names[i].certificate, names[i].count, kind, names[i].broken ? ", one that is none" : "");
        if (names[i].value)
            is_str(got->count ? got->value[got->count - 1] : NULL, names[i].value, "%s: %s",
                   names[i].certificate, kind);
        map_certificate_free(&c);
    }
    struct map_certificate none;
    is_int(map_certificate_read((struct sspi_bytes){(const uint8_t *)"0", 1}, &none), -1,
           "what is no certificate");
    map_certificate_free(&none);
}

/* ---- decisions ---- */

static const struct {
    const char *claim, *certificate, *map;
    enum map_outcome outcome;
    unsigned line;
    const char *account;
} decisions[] = {
    {"comments alone", "map-daemon", "# a\n\n \t\n", MAP_NONE, 0, ""},
    {"the certificate's own digest", "map-nul", "certificate " AA " => daemon\n", MAP_ACCOUNT, 1, "daemon"},
    {"another's digest", "map-daemon", "certificate " CC " => daemon\n", MAP_NONE, 0, ""},
    {"whatever the CA issued", "map-nul", CA "any => nobody\n", MAP_ACCOUNT, 1, "nobody"},
    {"whatever another CA issued", "map-daemon", "ca " CC " any => daemon\n", MAP_NONE, 0, ""},
    {"a CA's digest is not the certificate's", "map-daemon", "ca " AA " any => daemon\n", MAP_NONE, 0, ""},
    {"the first rule that matches decides", "map-daemon",
     "#\n" CA "upn x.* => nobody\n" CA "upn .* => daemon\n" CA "any => deny\n", MAP_ACCOUNT, 3, "daemon"},
    {"a deny before", "map-daemon", CA "email daemon@example\\.test => deny\n" CA "any => daemon\n", MAP_DENY,
     1, ""},
    {"a deny after", "map-daemon", CA "any => daemon\n" CA "email .* => deny\n", MAP_ACCOUNT, 1, "daemon"},
    {"a group", "map-daemon", CA "upn ([a-z]+)@example\\.test => $1\n", MAP_ACCOUNT, 1, "daemon"},
    {"a group in a name", "map-daemon", CA "dns ([a-z]+)\\.(example)\\.test => svc-$1.$2\n", MAP_ACCOUNT, 1,
     "svc-daemon.example"},
    {"an optional group that took no part", "map-daemon", CA "upn (x)?([a-z]+)@.* => $2$1\n", MAP_ACCOUNT, 1,
     "daemon"},
    {"anchored at the end", "map-daemon", CA "email daemon@example => daemon\n", MAP_NONE, 0, ""},
    {"anchored at the start", "map-daemon", CA "email aemon@example\\.test => daemon\n", MAP_NONE, 0, ""},
    {"alternatives are anchored too", "map-daemon", CA "email daemon|x => daemon\n", MAP_NONE, 0, ""},
    {"one of the alternatives, whole", "map-daemon", CA "email daemon|daemon@example.test => daemon\n",
     MAP_ACCOUNT, 1, "daemon"},
    {"a subject as RFC 4514 has it", "map-subject",
     CA "subject CN=\\\\ daemon,OU=.*\\+O=Example\\\\, Inc,C=US => daemon\n", MAP_ACCOUNT, 1, "daemon"},
    {"an attribute that comes twice", "map-repeated", CA "subject .* => daemon\n", MAP_NONE, 0, ""},
    {"... is no reason to pass a deny by", "map-repeated", CA "subject CN=x => deny\n" CA "any => daemon\n",
     MAP_NONE, 1, ""},
    {"a NUL in an address", "map-nul", CA "email .* => daemon\n", MAP_NONE, 0, ""},
    {"... is no reason to pass a deny by", "map-nul", CA "email x => deny\n" CA "any => daemon\n", MAP_NONE,
     1, ""},
    {"a wildcard names no host", "map-wild",
     CA "dns [^.]*\\.example\\.test => daemon\n" CA "dns .* => daemon\n", MAP_NONE, 0, ""},
    {"two addresses: which of them?", "map-two", CA "email ([a-z]+)@example\\.test => $1\n", MAP_NONE, 0, ""},
    {"two addresses, one to be denied", "map-two", CA "email nobody@example\\.test => deny\n", MAP_DENY, 1,
     ""},
    {"two addresses, and a rule that asks for neither", "map-two", CA "any => daemon\n", MAP_ACCOUNT, 1,
     "daemon"},
    {"a letter that only looks the same", "map-utf8",
     CA "upn daemon@.* => daemon\n" CA "upn ([a-z]+)@.* => $1\n", MAP_NONE, 0, ""},
    {"a captured letter outside ASCII", "map-utf8", CA "upn (.*)@.* => $1\n", MAP_DENY, 1, ""},
    {"a captured colon", "map-odd", CA "email (.*)@.* => $1\n", MAP_DENY, 1, ""},
    {"a captured root", "map-root", CA "email (.*)@.* => $1\n", MAP_DENY, 1, ""},
    {"a captured nothing", "map-daemon", CA "email (x*)daemon@.* => $1\n", MAP_DENY, 1, ""},
    {"line ends of another system", "map-daemon", "# x\r\n" CA "any => daemon\r\n", MAP_ACCOUNT, 2, "daemon"},
    {"a fault after the rule that matches", "map-daemon", CA "any => daemon\nnonsense\n", MAP_FAULTY, 2, ""},
};

static void decide(void)
{
    for (size_t i = 0; i < sizeof decisions / sizeof *decisions; i++) {
        struct map_certificate c = certificate_named(decisions[i].certificate);
        struct map_answer answer;
        map_decide(decisions[i].map, strlen(decisions[i].map), &c, &answer);
        ok(answer.outcome == decisions[i].outcome && answer.line == decisions[i].line &&
               !strcmp(answer.account, decisions[i].account),
           "D22 %s", decisions[i].claim) ||
            (diag("outcome %d line %u account '%s': %s", answer.outcome, answer.line, answer.account,
                  answer.why),
             0);
        map_certificate_free(&c);
    }
    struct map_certificate alone = certificate_named("map-daemon"); /* an anchor itself: nothing above it */
    struct map_answer answer;
    alone.has_issuer = 0;
    map_decide(CA "any => daemon\n", strlen(CA "any => daemon\n"), &alone, &answer);
    is_int(answer.outcome, MAP_NONE, "D22 a certificate without an issuer is nobody's");
    map_certificate_free(&alone);
}

/* ---- faults ---- */

static const char *const faulty[][2] = {
    {"x\n", "a rule has the form"},
    {"ca " AA " any=> daemon\n", "a rule has the form"},
    {"ca " AA " any =>daemon\n", "a rule has the form"},
    {"=> daemon\n", "a rule has the form"},
    {"ca " AA " any => => daemon\n", "'=>' stands in a rule once"},
    {"issuer " AA " any => daemon\n", "begins with 'ca' or 'certificate'"},
    {"ca => daemon\n", "SHA-256 digest"},
    {"ca " AA "a any => daemon\n", "SHA-256 digest"},
    {"ca zz any => daemon\n", "SHA-256 digest"},
    {"ca aa::bb any => daemon\n", "SHA-256 digest"},
    {"ca " AA " => daemon\n", "'any', or a kind"},
    {"ca " AA " any x => daemon\n", "takes no pattern"},
    {"ca " AA " uri .* => daemon\n", "is none of"},
    {"ca " AA " upn => daemon\n", "no pattern"},
    {"certificate " AA " any => daemon\n", "nothing stands between"},
    {"ca " AA " any =>\n", "is not the name of an account"},
    {"ca " AA " any => root\n", "root"},
    {"ca " AA " any => 0\n", "is not the name of an account"},
    {"ca " AA " any => a b\n", "is not the name of an account"},
    {"ca " AA " any => a:b\n", "is not the name of an account"},
    {"ca " AA " any => -x\n", "is not the name of an account"},
    {"ca " AA " any => aaaaaaaaaabbbbbbbbbbccccccccccddd\n", "is not the name of an account"},
    {"ca " AA " any => $1\n", "no group 1"},
    {"ca " AA " upn (x) => $2\n", "no group 2"},
    {"ca " AA " upn (x) => $x\n", "number of a group"},
    {"ca " AA " upn (x => $1\n", "'(' without ')'"},
    {"ca " AA " upn x) => daemon\n", "')' without '('"},
    {"ca " AA " upn () => daemon\n", "empty group"},
    {"ca " AA " upn x)|(y => daemon\n", "')' without '('"},
    {"ca " AA " upn [x => daemon\n", "'[' without ']'"},
    {"ca " AA " upn [[:nothing:]] => daemon\n", "pattern: "},
    {"ca " AA " upn [[=a=]] => daemon\n", "not understood"},
    {"ca " AA " upn [\xc3\xa9] => daemon\n", "outside ASCII"},
    {"ca " AA " upn \xc3\xa9* => daemon\n", "outside ASCII"},
    {"ca " AA " upn [z-a] => daemon\n", "pattern: "},
    {"ca " AA " upn (x)\\1 => daemon\n", "'\\'"},
    {"ca " AA " upn \\w => daemon\n", "'\\'"},
    {"ca " AA " upn x\\ => daemon\n", "'\\'"},
    {"ca " AA " upn *x => daemon\n", "nothing to repeat"},
    {"ca " AA " upn x** => daemon\n", "nothing to repeat"},
    {"ca " AA " upn (x*)* => daemon\n", "after a group"},
    {"ca " AA " upn (?:x) => daemon\n", "nothing to repeat"},
    {"ca " AA " upn x{ => daemon\n", "'{' without a number"},
    {"ca " AA " upn x{2 => daemon\n", "'{' without '}'"},
    {"ca " AA " upn x{9,2} => daemon\n", "counts go from"},
    {"ca " AA " upn x{65} => daemon\n", "counts go from"},
    {"ca " AA " upn x{40}y{40} => daemon\n", "counts go from"},
    {"ca " AA " upn x{999999999} => daemon\n", "'{' without '}'"},
    {"ca " AA " upn (((((x))))) => daemon\n", "groups"},
    {"ca " AA " upn (a)(b)(c)(d)(e)(f)(g)(h)(i)(j) => daemon\n", "groups"},
    {"ca " AA " any => daemon", "the last line does not end"},
    {"#\x01\n", "byte 0x01 in column 2"},
    {"#\x7f\n", "byte 0x7f"},
};

static void fault(void)
{
    struct map_answer answer;
    char *text = malloc(MAP_FILE_MAX + 2);
    for (size_t i = 0; i < sizeof faulty / sizeof *faulty; i++) {
        snprintf(text, MAP_FILE_MAX, "# first\n%s", faulty[i][0]);
        map_decide(text, strlen(text), NULL, &answer);
        ok(answer.outcome == MAP_FAULTY && strstr(answer.why, faulty[i][1]), "refused: %s", faulty[i][1]) ||
            (diag("'%s': outcome %d: %s", faulty[i][0], answer.outcome, answer.why), 0);
        if (faulty[i][0][strlen(faulty[i][0]) - 1] == '\n' && answer.line != 2)
            ok(0, "the fault's line is 2, not %u", answer.line);
    }
    map_decide("", 0, NULL, &answer);
    ok(answer.outcome == MAP_FAULTY && strstr(answer.why, "empty"), "an empty file: %s", answer.why);
    map_decide("#\0\n", 3, NULL, &answer);
    ok(answer.outcome == MAP_FAULTY && answer.line == 1, "a NUL: %s", answer.why);
    memset(text, '#', MAP_FILE_MAX + 1);
    text[MAP_FILE_MAX] = '\n';
    map_decide(text, MAP_LINE_MAX, NULL, &answer);
    is_int(answer.outcome, MAP_FAULTY, "a line without an end");
    text[MAP_LINE_MAX + 1] = '\n';
    map_decide(text, MAP_LINE_MAX + 2, NULL, &answer);
    ok(answer.outcome == MAP_FAULTY && strstr(answer.why, "line longer"), "a long line: %s", answer.why);
    map_decide(text, MAP_FILE_MAX + 1, NULL, &answer);
    ok(answer.outcome == MAP_FAULTY && strstr(answer.why, "longer than"), "a huge map: %s", answer.why);
    free(text);
}

/* ---- bounds ---- */

/* A name as long as names get, against patterns that make matching hard: milliseconds each. */
static void bounded(void)
{
    static const char *const hard[] = {
        "(a*)(a*)(a*)(a*)(a*)(a*)(a*)(a*)(a*)",    "(a|aa|aaa|aaaa)?(a*|a*a*|a*a*a*)(a*)b",
        "(.{0,64})(.*)(.*)(.*)(.*)(.*)(.*)a?",     ".*a.{60}b",
        "a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*b", "((((.*a|.*b)?c?)?d?)?e?)?f"};
    char value[MAP_VALUE_MAX + 1], line[MAP_LINE_MAX];
    struct map_certificate c = {.has_issuer = 1};
    struct map_answer answer;
    struct timespec from, to;
    memset(c.issuer, 0xbb, sizeof c.issuer);
    memset(value, 'a', MAP_VALUE_MAX);
    value[MAP_VALUE_MAX] = 0;
    c.names[MAP_UPN].count = 1;
    c.names[MAP_UPN].value[0] = value;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &from);
    for (size_t i = 0; i < sizeof hard / sizeof *hard; i++) {
        snprintf(line, sizeof line, CA "upn %s => deny\n", hard[i]);
        map_decide(line, strlen(line), &c, &answer);
        ok(answer.outcome == MAP_DENY || answer.outcome == MAP_NONE, "bounded: %s", hard[i]) ||
            (diag("%s", answer.why), 0);
    }
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &to);
    ok(to.tv_sec - from.tv_sec < 10, "no pattern takes long");
    /* The program's locale decides nothing. */
    ok(1, "locale: %s", setlocale(LC_ALL, "C.UTF-8") ? "C.UTF-8" : "C");
    snprintf(value, sizeof value, "%s", "\xc3\xa9");
    map_decide(CA "upn . => deny\n", strlen(CA "upn . => deny\n"), &c, &answer);
    is_int(answer.outcome, MAP_NONE, "a pattern's dot is a byte in every locale");
    setlocale(LC_ALL, "C");
}

int main(void)
{
    read_names();
    decide();
    fault();
    bounded();
    return tap_done();
}
