// SPDX-License-Identifier: MIT
// The same assertions and checks, compiled as C++17; the standard library comes before and after.
#include <algorithm>
#include <limits>
#include <string>

#include "0200-layouts-match-windows.c"

#include <filesystem>
#include <regex>
#include <thread>
#include <valarray>

static_assert(std::is_trivially_copyable<SSPI_ULONG_OUT>::value, "passed in a register, as a pointer is");
static_assert(sizeof(SSPI_ULONG_OUT) == sizeof(ULONG *), "of a pointer's size");
