/* SPDX-License-Identifier: MIT
 *
 * doc/attributes.md against the tables of the core: every attribute once, with what can be done with it or
 * with the reason why nothing can.  With --print as its argument it prints the tables of that page. */
#include <config.h>

#include "core/attributes.h"
#include "t/tap.h"

#include <stdlib.h>

static char *page;

/* The line of one attribute, without its end. */
static void line(const struct attribute_row *row, char *out, size_t room)
{
    if (row->refused)
        snprintf(out, room, "| `%s` | 0x%02x | %s |", row->title, (unsigned)row->id, row->refused);
    else
        snprintf(out, room, "| `%s` | 0x%02x | %s%s%s%s |", row->title, (unsigned)row->id,
                 row->get ? "query" : "", row->get && row->set ? ", " : "", row->set ? "set" : "",
                 row->early ? ", during the handshake too" : "");
}

static int stands(const char *text)
{
    int times = 0;
    size_t len = strlen(text);
    for (const char *at = page; (at = strstr(at, text)); at += len)
        times += (at == page || at[-1] == '\n') && at[len] == '\n';
    return times == 1;
}

static size_t each(int (*table)(size_t, struct attribute_row *), const char *what, int refused, int print)
{
    struct attribute_row row, other;
    char text[256];
    size_t count = 0;
    for (size_t i = 0; table(i, &row); i++) {
        int twice = 0;
        for (size_t j = 0; j < i && table(j, &other); j++)
            twice |= other.id == row.id;
        if ((row.refused != NULL) != refused)
            continue;
        line(&row, text, sizeof text);
        count++;
        if (print) {
            puts(text);
            continue;
        }
        ok(!twice && (row.refused == NULL) == (row.get || row.set),
           "%s: %s answers or is refused with a reason, and stands once in the table", what, row.title);
        ok(stands(text), "%s: doc/attributes.md has the line %s", what, text);
    }
    return count;
}

static char *read_all(const char *name)
{
    FILE *file = fopen(name, "rb");
    char *text = calloc(1, 1 << 16);
    if (file && text)
        text[fread(text, 1, (1 << 16) - 1, file)] = 0;
    if (file)
        fclose(file);
    return text;
}

int main(int argc, char **argv)
{
    const char *top = getenv("top_srcdir");
    char name[4096];
    size_t rows = 0, lines = 0;
    (void)argv;
    if (argc > 1) {
        for (int refused = 0; refused < 2; refused++) {
            each(attributes_row, "contexts", refused, 1);
            puts("");
            each(credential_attributes_row, "credentials", refused, 1);
            puts("");
        }
        return 0;
    }
    snprintf(name, sizeof name, "%s/doc/attributes.md", top ? top : "..");
    page = read_all(name);
    if (!ok(page && *page, "doc/attributes.md is there"))
        return tap_done();
    for (int refused = 0; refused < 2; refused++) {
        rows += each(attributes_row, "contexts", refused, 0);
        rows += each(credential_attributes_row, "credentials", refused, 0);
    }
    for (const char *at = page; (at = strstr(at, "\n| `")); at++)
        lines++;
    ok(rows == lines, "doc/attributes.md has no other: %zu rows, %zu lines", rows, lines);
    free(page);
    return tap_done();
}
