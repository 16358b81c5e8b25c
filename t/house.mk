# The rules of the house, and which tests the long checkers run.
dist_check_SCRIPTS += t/9000-house.sh t/9020-every-function-has-a-page.sh t/9022-the-abi-is-kept.sh t/9024-the-spec-has-debians-split.sh
TESTS += t/9000-house.sh t/9020-every-function-has-a-page.sh t/9022-the-abi-is-kept.sh t/9024-the-spec-has-debians-split.sh
EXTRA_DIST += t/valgrind.supp

# One line each, because .ci/run reads them out of the Makefile.
TSAN_TESTS = t/0100-handles-are-numbers t/0101-handles-survive-threads-and-fork t/0110-memory-is-ours-or-refused t/3095-one-credential-serves-many t/7000-threads-share-contexts-and-credentials t/7010-threads-resume t/7020-threads-renew-a-connection t/6220-datagrams-are-hostile t/7060-a-thread-acts-as-an-account t/6064-keys-of-the-storage-serve
VALGRIND_TESTS = t/0120-buffers-are-checked-before-use t/3100-a-client-and-a-server-shake-hands t/6010-calls-are-judged-by-their-buffers t/6030-attributes-answer t/3010-a-record-is-one-record t/3080-keys-come-in-and-are-made t/6210-datagrams-carry-messages t/0620-the-account-map-decides

# The exported ABI against the committed dump; 77 says that nothing could be compared.
EXTRA_DIST += t/abi-check.sh t/abi/libopensspi.so.1.abi
abi_dump = $(srcdir)/t/abi/libopensspi.so.1.abi
abi-check: libopensspi.la
	$(SHELL) $(srcdir)/t/abi-check.sh check .libs/libopensspi.so $(srcdir)/include $(abi_dump)
abi-dump: libopensspi.la
	$(SHELL) $(srcdir)/t/abi-check.sh dump .libs/libopensspi.so $(srcdir)/include >abi.new && mv abi.new $(abi_dump)
.PHONY: abi-check abi-dump
