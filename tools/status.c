/* SPDX-License-Identifier: MIT
 *
 * sspi status -- what a status code means and what usually causes it. */
#include <config.h>

#include "tools/tools.h"

#include "core/status.h"
#include "core/wording.h"

#include <ctype.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { LINE_WIDTH = 88 };

/* A code of either table in one shape. */
struct explained {
    uint32_t code;
    const char *name, *meaning, *causes; /* causes: NULL where there is nothing to say */
};

static int explain(struct explained *out, const struct status_text *status, const struct error_text *error)
{
    if (status)
        *out = (struct explained){(uint32_t)status->code, status->name, status->meaning, status->causes};
    else if (error)
        *out = (struct explained){error->code, error->name, error->words, NULL};
    return status || error;
}

static int explain_code(struct explained *out, uint32_t code)
{
    if (explain(out, status_text((SECURITY_STATUS)code), error_text(code)))
        return 1;
    return (code & 0xFFFF0000u) == 0x80070000u && explain(out, NULL, error_text(code & 0xFFFF));
}

/* The whole of `text` as a number of 32 bits, signed or not. */
static int number(const char *text, int base, uint32_t *code)
{
    char *end;
    long long value = strtoll(text, &end, base);

    if (end == text || *end || value < INT32_MIN || value > (long long)UINT32_MAX)
        return 0;
    *code = (uint32_t)value;
    return 1;
}

/* Codes as they stand in logs: 0x80090331, 80090331, -2146893007, 2148074289, SEC_E_ALGORITHM_MISMATCH.  What
 * is no known number in one base may be one in the other. */
static int explain_word(struct explained *out, const char *word)
{
    int hex_first =
        (strlen(word) == 8 && strspn(word, "0123456789abcdefABCDEF") == 8) || !strncasecmp(word, "0x", 2);
    uint32_t code;

    if (explain(out, status_text_named(word), error_text_named(word)))
        return 1;
    return (number(word, hex_first ? 16 : 10, &code) && explain_code(out, code)) ||
           (number(word, hex_first ? 10 : 16, &code) && explain_code(out, code));
}

/* Words, broken where a line is full; `indent` blanks before each line but the first. */
static void paragraph(const char *text, int indent)
{
    int column = indent;

    while (*text) {
        int len = (int)strcspn(text, " ");
        if (column > indent && column + 1 + len > LINE_WIDTH) {
            printf("\n%*s", indent, "");
            column = indent;
        }
        column += printf("%s%.*s", column > indent ? " " : "", len, text);
        text += len;
        text += strspn(text, " ");
    }
    putchar('\n');
}

static void print_full(const struct explained *code)
{
    printf("%s  0x%08x  %d\n", code->name, (unsigned)code->code, (int)code->code);
    printf("  meaning  ");
    paragraph(code->meaning, 11);
    if (!code->causes)
        return;
    printf("  causes   ");
    paragraph(code->causes, 11);
}

static void print_json(const struct explained *code, int first)
{
    printf("%s{\"name\": ", first ? "" : ",\n ");
    json_string(stdout, code->name);
    printf(", \"code\": \"0x%08x\", \"value\": %d, \"meaning\": ", (unsigned)code->code, (int)code->code);
    json_string(stdout, code->meaning);
    printf(", \"causes\": ");
    json_string(stdout, code->causes);
    putchar('}');
}

static void list(int json)
{
    const struct status_text *status;
    struct explained code;

    for (size_t i = 0; (status = status_text_at(i)) != NULL; i++) {
        explain(&code, status, NULL);
        if (json)
            print_json(&code, !i);
        else
            printf("0x%08x  %-35s %s\n", (unsigned)code.code, code.name, code.meaning);
    }
}

static int status_run(int argc, char **argv)
{
    int json = 0, words = 0, result = EXIT_DONE;

    for (int i = 1; i < argc; i++) { /* not getopt: negative numbers are codes */
        if (!strcmp(argv[i], "--json"))
            json = 1;
        else if (!strcmp(argv[i], "--help") || !strcmp(argv[i], "-h"))
            return tool_help(&tool_status);
        else if (argv[i][0] == '-' && !isdigit((unsigned char)argv[i][1]))
            return tool_misused(&tool_status);
        else
            argv[++words] = argv[i];
    }
    if (json)
        putchar('[');
    if (!words)
        list(json);
    for (int i = 1, first = 1; i <= words; i++) {
        struct explained code;
        if (!explain_word(&code, argv[i])) {
            result = tool_failed(&tool_status, "'%s' is no code that is known here", argv[i]);
            continue;
        }
        if (json)
            print_json(&code, first);
        else
            print_full(&code);
        first = 0;
    }
    if (json)
        printf("]\n");
    return tool_done(&tool_status, result);
}

const struct tool tool_status = {
    "status", status_run, "what a status code means, and its usual causes",
    "status [CODE]... [--json]\n\n"
    "Explains status codes: SEC_E_, SEC_I_, CRYPT_E_, CERT_E_, TRUST_E_, NTE_, ERROR_ and E_, by name in\n"
    "any case or by number as logs show it: 0x80090331, 80090331, -2146893007 or 2148074289.  Without a\n"
    "code it lists those of SSPI and certificates.  Exits with 1 when a code is not known.\n\n"
    "  --json   the same for programs\n"
    "  --help   this"};
