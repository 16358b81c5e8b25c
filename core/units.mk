# SPDX-License-Identifier: MIT
# The pure units: no configuration, no provider, no clock.
libcore_la_SOURCES += \
	core/handle.c core/handle.h \
	core/memory.c core/memory.h \
	core/buffers.c core/buffers.h \
	core/record.c core/record.h \
	core/hello.c core/hello.h \
	core/flags.c core/flags.h \
	core/suites.c core/suites.h \
	core/status.c core/status.h core/codes.c
