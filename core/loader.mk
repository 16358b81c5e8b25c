# SPDX-License-Identifier: MIT
# Configuration, log and the loading of providers.
libcore_la_SOURCES += \
	core/config.c core/config.h \
	core/config-parse.c core/config-parse.h \
	core/exceptions.c core/exceptions.h \
	core/elf.c core/elf.h \
	core/log.c core/log.h \
	core/once.c core/once.h \
	core/paths.h \
	core/provider.c core/provider.h \
	core/provider-table.c core/provider-table.h \
	core/safe.c core/safe.h
