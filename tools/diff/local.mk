# SPDX-License-Identifier: MIT
# The differential engine: a convenience library, linked into sspi-diff with the library and into tests with
# its twin.  Only public headers are included here.
noinst_LTLIBRARIES += libdiff.la
libdiff_la_SOURCES = \
	tools/diff/case.c tools/diff/case.h \
	tools/diff/observe.c tools/diff/observe.h \
	tools/diff/skeleton.c \
	tools/diff/verdict.c tools/diff/verdict.h \
	tools/diff/win.h
# Known divergences (rules.h), and reports.
libdiff_la_SOURCES += \
	tools/diff/rules.c tools/diff/rules.h tools/diff/rules-parts.h \
	tools/diff/rules-check.c \
	tools/diff/rules-read.c
diffrulesdir = $(pkgdatadir)/diff/rules
dist_diffrules_DATA = tools/diff/rules/known.rules
