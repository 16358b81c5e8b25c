/* SPDX-License-Identifier: MIT
 *
 * core/wording.h -- status codes and error numbers in words, as FormatMessage gives them. */
#ifndef CORE_WORDING_H
#define CORE_WORDING_H

#include <windows.h>

/* One line for a SECURITY_STATUS, an HRESULT or an ERROR_ number; static, NULL where there are no words. */
const char *wording_of(DWORD code);
/* The text that FormatMessage is to give, malloc'd UTF-8 ("words\r\n" unless a line width is asked for);
 * NULL with the last error set. */
char *wording_message(DWORD flags, DWORD code);

#endif
