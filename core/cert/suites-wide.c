/* SPDX-License-Identifier: MIT
 *
 * BCryptEnumContextFunctions: the cipher suites of the machine's profile by name, which is how programs learn
 * what Schannel can do. */
#include <config.h>

#include "core/memory.h"
#include "core/profile.h"
#include "core/suites.h"
#include "core/utf.h"

#include <bcrypt.h>
#include <string.h>

static int is_text(LPCWSTR wide, const char *text)
{
    size_t i = 0;
    while (text[i] && wide[i] == (WCHAR)(unsigned char)text[i])
        i++;
    return text[i] == 0 && wide[i] == 0;
}

/* Pointers first, then the names; out NULL: only counts.  Octets. */
static size_t lay_out(const uint16_t *list, CRYPT_CONTEXT_FUNCTIONS *out)
{
    size_t count = 0, units = 0, at;
    for (size_t i = 0; list[i]; i++) {
        const struct suite *s = suite_find(list[i]);
        if (s) {
            count++;
            units += strlen(s->name) + 1;
        }
    }
    size_t head = sizeof *out + count * sizeof(PWSTR);
    if (!out)
        return head + units * sizeof(WCHAR);
    out->cFunctions = (ULONG)count;
    out->rgpszFunctions = (PWSTR *)(out + 1);
    WCHAR *text = (WCHAR *)(void *)((char *)out + head);
    count = at = 0;
    for (size_t i = 0; list[i]; i++) {
        const struct suite *s = suite_find(list[i]);
        if (!s)
            continue;
        out->rgpszFunctions[count++] = text + at;
        for (const char *c = s->name; *c; c++)
            text[at++] = (WCHAR)*c;
        text[at++] = 0;
    }
    return head + units * sizeof(WCHAR);
}

NTSTATUS WINAPI BCryptEnumContextFunctions(ULONG dwTable, LPCWSTR pszContext, ULONG dwInterface,
                                           ULONG *pcbBuffer, PCRYPT_CONTEXT_FUNCTIONS *ppBuffer)
{
    if (!pszContext || !pcbBuffer || (dwTable != CRYPT_LOCAL && dwTable != CRYPT_DOMAIN))
        return STATUS_INVALID_PARAMETER;
    if (dwInterface != NCRYPT_SCHANNEL_INTERFACE || !is_text(pszContext, "SSL"))
        return STATUS_NOT_FOUND;
    const struct profile *profile = profile_in_effect();
    if (!profile)
        return STATUS_NOT_FOUND;
    size_t need = lay_out(profile->suites, NULL);
    if (!ppBuffer || (*ppBuffer && *pcbBuffer < need)) {
        *pcbBuffer = (ULONG)need;
        return ppBuffer ? STATUS_BUFFER_TOO_SMALL : STATUS_SUCCESS;
    }
    if (!*ppBuffer && !(*ppBuffer = memory_hand_out(need)))
        return STATUS_NO_MEMORY;
    lay_out(profile->suites, *ppBuffer);
    *pcbBuffer = (ULONG)need;
    return STATUS_SUCCESS;
}
