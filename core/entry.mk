# SPDX-License-Identifier: MIT
# The exported functions.  WIDE_SOURCES are compiled twice: with SSPI_WCHAR_BITS=16 they define the plain
# names (UTF-16), with 32 the twins NAME_utf32, by the asm labels of the headers.  Every room that defines
# functions a WCHAR crosses adds its file: WIDE_SOURCES += core/cert/wide.c
libcore_la_SOURCES += \
	core/forms.h \
	core/modules.c core/modules.h \
	core/package.c core/package.h \
	core/table.c \
	core/utf.c core/utf.h \
	core/files.c \
	core/win32.c core/win32.h \
	core/wording.c core/wording.h core/errors.c

WIDE_SOURCES = core/wide.c core/text.c core/modules-wide.c core/names.c core/names.h

noinst_LTLIBRARIES += libwide16.la libwide32.la
libwide16_la_SOURCES = $(WIDE_SOURCES)
libwide16_la_CPPFLAGS = $(AM_CPPFLAGS) -DSSPI_WCHAR_BITS=16
libwide32_la_SOURCES = $(WIDE_SOURCES)
libwide32_la_CPPFLAGS = $(AM_CPPFLAGS) -DSSPI_WCHAR_BITS=32
libcore_la_LIBADD += libwide16.la libwide32.la

# GetProcAddress knows what the map exports: one list.
core/names.inc: $(top_srcdir)/core/opensspi.map
	$(AM_V_GEN)$(MKDIR_P) core && $(AWK) '/^    [A-Za-z]/ { \
	  sub(/;/, "", $$1); print sub(/_utf32$$/, "", $$1) ? "TWIN(" $$1 ")" : "NAME(" $$1 ")" }' \
	  $(top_srcdir)/core/opensspi.map >$@-t && mv $@-t $@
BUILT_SOURCES += core/names.inc
CLEANFILES += core/names.inc
