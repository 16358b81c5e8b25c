# The whole run, with the corpora where $OPENSSPI_CORPORA has them: nothing unexplained, no rule unused.
diff-gate: t/sspi-diff
	@$(AM_TESTS_ENVIRONMENT) t/sspi-diff run --ci --data '$(abs_top_srcdir)/tools/diff' --json diff-gate.jsonl
	@$(AM_TESTS_ENVIRONMENT) t/sspi-diff golden --check --data '$(abs_top_srcdir)/tools/diff'
CLEANFILES += diff-gate.jsonl

# The gate's verdicts are the same five times in order and in three others; a provider agrees with itself.  Minutes, not
# seconds: t/9246 holds a part of either.
diff-repeat diff-self: t/sspi-diff
	@$(AM_TESTS_ENVIRONMENT) $(SHELL) '$(abs_top_srcdir)/t/$@.sh'
EXTRA_DIST += t/diff-repeat.sh t/diff-self.sh
.PHONY: diff-gate diff-repeat diff-self
