# SPDX-License-Identifier: MIT
# Certificates for every test, made once by t/pki.sh, whose first comment lists the files.
PKI = t/pki/stamp
check_DATA += $(PKI)
dist_check_SCRIPTS += t/pki.sh

$(PKI): t/pki.sh
	$(AM_V_GEN)$(SHELL) $(top_srcdir)/t/pki.sh t/pki

clean-local: clean-pki
.PHONY: clean-pki
clean-pki:
	rm -rf t/pki
