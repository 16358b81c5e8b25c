/* SPDX-License-Identifier: MIT
 *
 * core/wording.h -- status codes and error numbers in words, as FormatMessage gives them. */
#ifndef CORE_WORDING_H
#define CORE_WORDING_H

#include <windows.h>

/* A code that is no status of SSPI's (those: status_text, core/status.h): E_, NTE_, ERROR_.  Static; NULL where
 * it is unknown, and past the end. */
struct error_text {
    DWORD code;
    const char *name, *words;
};
const struct error_text *error_text(DWORD code);
const struct error_text *error_text_named(const char *name); /* in any case */
const struct error_text *error_text_at(size_t);

/* One line for a SECURITY_STATUS, an HRESULT or an ERROR_ number; static, NULL where there are no words. */
const char *wording_of(DWORD code);
/* The text that FormatMessage is to give, malloc'd UTF-8 ("words\r\n" unless a line width is asked for);
 * NULL with the last error set. */
char *wording_message(DWORD flags, DWORD code);

#endif
