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

# Guided mode for DIFF_GUIDED_SECONDS; its inputs stay, so that it goes on where it was.
DIFF_GUIDED_SECONDS = 600
diff-guided: t/sspi-diff
	@$(AM_TESTS_ENVIRONMENT) t/sspi-diff guide --seconds $(DIFF_GUIDED_SECONDS) --data '$(abs_top_srcdir)/tools/diff' \
	  --corpus diff-guided.inputs --out diff-guided.streams
clean-local: diff-guided-clean
diff-guided-clean:
	-rm -rf diff-guided.inputs diff-guided.streams
.PHONY: diff-guided diff-guided-clean
