# SPDX-License-Identifier: MIT
# What the public headers promise (02xx): layouts, constants, both widths of WCHAR, both languages; and the
# functions that need neither provider nor certificate.
check_PROGRAMS += t/0200-layouts-match-windows t/0201-layouts-match-windows-in-cxx
t_0200_layouts_match_windows_SOURCES = t/0200-layouts-match-windows.c t/layout.h t/tap.h
t_0201_layouts_match_windows_in_cxx_SOURCES = t/0201-layouts-match-windows-in-cxx.cpp
TESTS += t/0200-layouts-match-windows t/0201-layouts-match-windows-in-cxx

dist_check_SCRIPTS += \
	t/0202-the-headers-compile-everywhere.sh \
	t/0203-the-headers-agree-with-windows.sh
TESTS += \
	t/0202-the-headers-compile-everywhere.sh \
	t/0203-the-headers-agree-with-windows.sh
EXTRA_DIST += t/abi.sh t/abi-rows.awk t/abi-update.sh t/fixtures/windows-abi.list
