# SPDX-License-Identifier: MIT
# What the public headers promise (02xx): layouts, constants, both widths of WCHAR, both languages; and the
# functions that need neither provider nor certificate.
check_PROGRAMS += t/0200-layouts-match-windows t/0201-layouts-match-windows-in-cxx
t_0200_layouts_match_windows_SOURCES = t/0200-layouts-match-windows.c t/layout.h t/tap.h
t_0201_layouts_match_windows_in_cxx_SOURCES = t/0201-layouts-match-windows-in-cxx.cpp
TESTS += t/0200-layouts-match-windows t/0201-layouts-match-windows-in-cxx

# The library's own units and kernel32's; the latter once per width of WCHAR.
check_PROGRAMS += t/0210-text-is-strict-unicode t/0211-kernel32-odds-and-ends t/0212-kernel32-in-utf-16
t_0210_text_is_strict_unicode_LDADD = libcore.la
t_0211_kernel32_odds_and_ends_LDADD = $(TWIN)
t_0212_kernel32_in_utf_16_SOURCES = t/0211-kernel32-odds-and-ends.c
t_0212_kernel32_in_utf_16_CFLAGS = $(AM_CFLAGS) -fshort-wchar
t_0212_kernel32_in_utf_16_LDADD = $(TWIN)
TESTS += t/0210-text-is-strict-unicode t/0211-kernel32-odds-and-ends t/0212-kernel32-in-utf-16

# The exported functions themselves, against the whole library.
check_PROGRAMS += t/0213-packages-and-tables t/0214-packages-and-tables-in-utf-16
t_0213_packages_and_tables_LDADD = $(TWIN)
t_0214_packages_and_tables_in_utf_16_SOURCES = t/0213-packages-and-tables.c
t_0214_packages_and_tables_in_utf_16_CFLAGS = $(AM_CFLAGS) -fshort-wchar
t_0214_packages_and_tables_in_utf_16_LDADD = $(TWIN)
TESTS += t/0213-packages-and-tables t/0214-packages-and-tables-in-utf-16

dist_check_SCRIPTS += \
	t/0202-the-headers-compile-everywhere.sh \
	t/0203-the-headers-agree-with-windows.sh \
	t/0204-what-is-declared-is-exported.sh \
	t/0215-attributes-survive-link-time-optimisation.sh
TESTS += \
	t/0202-the-headers-compile-everywhere.sh \
	t/0203-the-headers-agree-with-windows.sh \
	t/0204-what-is-declared-is-exported.sh \
	t/0215-attributes-survive-link-time-optimisation.sh
EXTRA_DIST += t/abi.sh t/abi-rows.awk t/abi-update.sh t/fixtures/windows-abi.list
