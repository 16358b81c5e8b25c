# SPDX-License-Identifier: MIT
# Configuration (1xxx) and loading (2xxx), the mock providers, and the folders that `make check` uses.

# ---- the folders of `make check`: manifests of the providers that were built, and a configuration ----
check_DATA += t/manifests/stamp t/conf/opensspi.conf

# The library refuses what other accounts can change, the build folder included: say so before a hundred
# tests do.
SAFE_FOLDERS = \
	for d in "$$PWD/t/manifests" "$$PWD/t/conf" "$$PWD/providers/.libs"; do \
	  while test -n "$$d" && test "$$d" != /; do \
	    if test -d "$$d" && test -n "`find -H "$$d" -prune \( -perm -020 -o -perm -002 \) ! -perm -1000`"; then \
	      echo "$$d: other accounts can write there, so the library will not load what is built below it:" >&2; \
	      echo "chmod go-w $$d   (and build under umask 022)" >&2; exit 1; \
	    fi; \
	    d=`dirname "$$d"`; \
	  done; \
	done

t/manifests/stamp: $(dist_manifest_DATA)
	@rm -rf t/manifests && $(MKDIR_P) t/manifests t/conf && chmod 755 t/manifests t/conf
	@$(SAFE_FOLDERS)
	$(AM_V_GEN)for f in $(dist_manifest_DATA); do \
	  test -f "$$f" || f="$(srcdir)/$$f"; cp "$$f" t/manifests/ || exit 1; \
	done; chmod -R go-w t/manifests; touch $@

t/conf/opensspi.conf: Makefile t/manifests/stamp
	$(AM_V_GEN)rm -f $@; umask 022; { \
	  echo '# What the tests run under.'; echo '[package Schannel]'; \
	  echo 'providers = $(PROVIDERS)'; echo 'log = stderr'; } >$@

clean-local: clean-check-folders
clean-check-folders:
	-rm -rf t/manifests t/conf t/mock/*.so t/mock/stamp
.PHONY: clean-check-folders

# ---- the mocks: one source, one module for each variant ----
MOCKS = good more slow reenters returns-null major-new major-old minor-new minor-new-short table-short table-cut \
	size-zero size-huge size-more mandatory-null cap-alone cap-clear other-name no-name no-version no-protocol \
	lying-undrained lying-unread lying-overread lying-two-alerts lying-after-alert lying-no-alert lying-alert-ok \
	lying-status lying-negative lying-half-record lying-no-record lying-flood lying-want-flush lying-null-cred \
	lying-null-session lying-seal-length lying-seal-header lying-seal-data lying-seal-trailer lying-seal-type \
	lying-seal-status lying-unseal-length lying-unseal-pointer lying-unseal-before lying-unseal-status \
	lying-failure lying-version lying-suite lying-plaintext-max lying-alpn lying-describe lying-endless-chain \
	lying-null-cert
MOCKS_ODD = undefined-symbol no-entry foreign-entry bare-elsewhere isolated
MOCK_MODULES = $(MOCKS:%=t/mock/%.so) $(MOCKS_ODD:%=t/mock/%.so)
check_DATA += t/mock/stamp
t/mock/stamp: $(MOCK_MODULES)
	@touch $@
EXTRA_DIST += t/mock/mock.c

MOCK_COMPILE = $(MKDIR_P) t/mock && $(CC) -I$(top_srcdir)/include -std=gnu11 -fPIC -shared -fvisibility=hidden \
	$(WARN_CFLAGS) $(CFLAGS) $(SAN_FLAGS) -DMOCK_NAME='"$(@F:.so=)"'
MOCK_ENTRY_OF = $(subst -,_,$(1))_LTX_sspi_provider

$(MOCKS:%=t/mock/%.so): t/mock/mock.c include/opensspi/provider.h
	$(AM_V_CCLD)$(MOCK_COMPILE) -DMOCK_ENTRY=$(call MOCK_ENTRY_OF,$(@F:.so=)) -o $@ $(top_srcdir)/t/mock/mock.c
t/mock/undefined-symbol.so: t/mock/mock.c
	$(AM_V_CCLD)$(MOCK_COMPILE) -DMOCK_UNDEFINED -DMOCK_ENTRY=undefined_symbol_LTX_sspi_provider -o $@ \
	  $(top_srcdir)/t/mock/mock.c
t/mock/no-entry.so: t/mock/mock.c
	$(AM_V_CCLD)$(MOCK_COMPILE) -o $@ $(top_srcdir)/t/mock/mock.c
# Two whose entry point is only found because they link another module that has it.
t/mock/foreign-entry.so: t/mock/mock.c
	$(AM_V_CCLD)$(MOCK_COMPILE) -DMOCK_ENTRY=foreign_entry_LTX_sspi_provider -Wl,-soname,lender.so \
	  -o t/mock/lender.so $(top_srcdir)/t/mock/mock.c && \
	$(MOCK_COMPILE) -o $@ $(top_srcdir)/t/mock/mock.c -Wl,--no-as-needed -Lt/mock -l:lender.so \
	  -Wl,-rpath,$(abs_top_builddir)/t/mock
t/mock/bare-elsewhere.so: t/mock/mock.c
	$(AM_V_CCLD)$(MOCK_COMPILE) -DMOCK_ENTRY=sspi_provider -Wl,-soname,lender-bare.so \
	  -o t/mock/lender-bare.so $(top_srcdir)/t/mock/mock.c && \
	$(MOCK_COMPILE) -o $@ $(top_srcdir)/t/mock/mock.c -Wl,--no-as-needed -Lt/mock -l:lender-bare.so \
	  -Wl,-rpath,$(abs_top_builddir)/t/mock

# One that shares a symbol with the test program.
t/mock/isolated.so: t/mock/mock.c
	$(AM_V_CCLD)$(MOCK_COMPILE) -DMOCK_SIDE -DMOCK_SIDE_OF_LIBRARY -Wl,-soname,side.so \
	  -o t/mock/side.so $(top_srcdir)/t/mock/mock.c && \
	$(MOCK_COMPILE) -DMOCK_SIDE -DMOCK_ENTRY=isolated_LTX_sspi_provider -o $@ $(top_srcdir)/t/mock/mock.c \
	  -Lt/mock -l:side.so -Wl,-rpath,$(abs_top_builddir)/t/mock

# ---- the tests ----
check_LTLIBRARIES += t/libsandbox.la
t_libsandbox_la_SOURCES = t/sandbox.c t/sandbox.h core/paths.c
t_libsandbox_la_CPPFLAGS = $(PATHS_CPPFLAGS) -DENABLE_ENV_OVERRIDES=1

LOADER_TESTS = \
	t/1000-the-last-word-wins \
	t/1010-a-faulty-file-is-refused \
	t/1020-what-others-can-change-is-refused \
	t/1030-a-setuid-program-ignores-the-environment \
	t/1040-messages-go-where-they-should \
	t/1050-without-memory-nothing-is-half-read \
	t/2000-a-module-is-checked-before-it-is-used \
	t/2010-one-thread-loads-and-the-others-wait \
	t/2020-the-right-provider-is-chosen \
	t/2030-closing-the-library-does-no-harm
check_PROGRAMS += $(LOADER_TESTS)
TESTS += $(LOADER_TESTS)
loader_sh_tests = \
	t/1090-the-configuration-is-fuzzed.sh \
	t/1100-the-sspi-command.sh \
	t/1120-the-administrator-asks-and-changes.sh \
	t/2040-providers-live-beside-other-tls-libraries.sh \
	t/2050-a-provider-from-outside.sh \
	t/2060-windows-library-names-link.sh \
	t/2062-programs-compile-as-installed.sh \
	t/2070-the-profile-comes-before-the-program.sh \
	t/9050-the-administrators-files-are-kept.sh
dist_check_SCRIPTS += $(loader_sh_tests)
TESTS += $(loader_sh_tests)
LOADER_LDADD = libcore.la t/libsandbox.la

t_1000_the_last_word_wins_SOURCES = t/1000-the-last-word-wins.c t/tap.h
t_1000_the_last_word_wins_LDADD = $(LOADER_LDADD)

t_1010_a_faulty_file_is_refused_SOURCES = t/1010-a-faulty-file-is-refused.c t/tap.h
t_1010_a_faulty_file_is_refused_LDADD = $(LOADER_LDADD)

t_1020_what_others_can_change_is_refused_SOURCES = t/1020-what-others-can-change-is-refused.c t/tap.h
t_1020_what_others_can_change_is_refused_LDADD = $(LOADER_LDADD)

t_1030_a_setuid_program_ignores_the_environment_SOURCES = t/1030-a-setuid-program-ignores-the-environment.c t/tap.h
t_1030_a_setuid_program_ignores_the_environment_LDADD = $(LOADER_LDADD)

t_1040_messages_go_where_they_should_SOURCES = t/1040-messages-go-where-they-should.c t/tap.h
t_1040_messages_go_where_they_should_LDADD = $(LOADER_LDADD)

t_1050_without_memory_nothing_is_half_read_SOURCES = t/1050-without-memory-nothing-is-half-read.c t/tap.h
t_1050_without_memory_nothing_is_half_read_LDFLAGS = $(AM_LDFLAGS) -Wl,--wrap=malloc -Wl,--wrap=calloc \
	-Wl,--wrap=reallocarray -Wl,--wrap=strdup
t_1050_without_memory_nothing_is_half_read_LDADD = $(LOADER_LDADD)

t_2000_a_module_is_checked_before_it_is_used_SOURCES = t/2000-a-module-is-checked-before-it-is-used.c t/tap.h
t_2000_a_module_is_checked_before_it_is_used_LDFLAGS = $(AM_LDFLAGS) -export-dynamic
t_2000_a_module_is_checked_before_it_is_used_LDADD = $(LOADER_LDADD)

t_2010_one_thread_loads_and_the_others_wait_SOURCES = t/2010-one-thread-loads-and-the-others-wait.c t/tap.h
t_2010_one_thread_loads_and_the_others_wait_LDFLAGS = $(AM_LDFLAGS) -export-dynamic
t_2010_one_thread_loads_and_the_others_wait_LDADD = $(LOADER_LDADD)

t_2020_the_right_provider_is_chosen_SOURCES = t/2020-the-right-provider-is-chosen.c t/tap.h
t_2020_the_right_provider_is_chosen_LDFLAGS = $(AM_LDFLAGS) -export-dynamic
t_2020_the_right_provider_is_chosen_LDADD = $(LOADER_LDADD) $(LTDL_LIBS)

t_2030_closing_the_library_does_no_harm_SOURCES = t/2030-closing-the-library-does-no-harm.c t/tap.h

check_PROGRAMS += t/fuzz/config
t_fuzz_config_SOURCES = t/fuzz/config.c t/fuzz/fuzz.h
t_fuzz_config_LDADD = libcore.la
if FUZZING
t_fuzz_config_LDFLAGS = $(AM_LDFLAGS) -fsanitize=fuzzer
else
t_fuzz_config_SOURCES += t/fuzz/replay.c
endif
