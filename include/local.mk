# SPDX-License-Identifier: MIT
# Everything installs flat into $(includedir)/opensspi: <sspi.h> and <opensspi/provider.h> are found with
# the two folders that opensspi.pc names.
pkginclude_HEADERS = \
	include/opensspi/extra.h \
	include/opensspi/provider.h \
	include/opensspi/types.h \
	include/Bcrypt.h \
	include/Windows.h \
	include/Winternl.h \
	include/bcrypt.h \
	include/ncrypt.h \
	include/ntstatus.h \
	include/schannel.h \
	include/schnlsp.h \
	include/sddl.h \
	include/security.h \
	include/sspi.h \
	include/subauth.h \
	include/tchar.h \
	include/wincrypt.h \
	include/windows.h \
	include/winerror.h \
	include/winternl.h \
	include/wintrust.h
