/* SPDX-License-Identifier: MIT
 *
 * tchar.h -- text of either kind: _T, _TEXT and the _tcs functions, which windows.h has here. */
#include <windows.h>
