# The whole run, with the corpora where $OPENSSPI_CORPORA has them: nothing unexplained, no rule unused.
diff-gate: t/sspi-diff
	@$(AM_TESTS_ENVIRONMENT) t/sspi-diff run --ci --data '$(abs_top_srcdir)/tools/diff' --json diff-gate.jsonl
CLEANFILES += diff-gate.jsonl
.PHONY: diff-gate
