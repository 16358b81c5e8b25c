# SPDX-License-Identifier: MIT
# The exported functions.  WIDE_SOURCES are compiled twice: with SSPI_WCHAR_BITS=16 they define the plain
# names (UTF-16), with 32 the twins NAME_utf32, by the asm labels of the headers.  Every room that defines
# functions a WCHAR crosses adds its file: WIDE_SOURCES += core/cert/wide.c
libcore_la_SOURCES += \
	core/forms.h \
	core/package.c core/package.h \
	core/table.c \
	core/utf.c core/utf.h \
	core/win32.c core/win32.h

WIDE_SOURCES = core/wide.c

noinst_LTLIBRARIES += libwide16.la libwide32.la
libwide16_la_SOURCES = $(WIDE_SOURCES)
libwide16_la_CPPFLAGS = $(AM_CPPFLAGS) -DSSPI_WCHAR_BITS=16
libwide32_la_SOURCES = $(WIDE_SOURCES)
libwide32_la_CPPFLAGS = $(AM_CPPFLAGS) -DSSPI_WCHAR_BITS=32
libcore_la_LIBADD += libwide16.la libwide32.la
