# The tool against peers that nobody here wrote.
long_tool_scripts = \
	t/3201-large-transfers-and-crowds.sh \
	t/3203-abrupt-ends-and-small-records.sh \
	t/3240-foreign-ends-renew.sh \
	t/3230-clients-are-asked-who-they-are.sh \
	t/6072-programs-name-keys-on-tokens.sh \
	t/6074-programs-name-certificates-on-tokens.sh \
	t/3210-foreign-servers-answer.sh
tool_scripts = \
	t/1130-every-command-has-a-page.sh \
	t/1132-shells-offer-what-follows.sh \
	t/1112-sspi-certs-map.sh \
	t/1110-sspi-certs.sh \
	t/3200-foreign-clients-read-the-page.sh \
	t/3202-the-key-log-opens-the-traffic.sh \
	t/3220-the-example-serves.sh \
	t/3245-foreign-clients-resume.sh
dist_check_SCRIPTS += $(long_tool_scripts) $(tool_scripts)
LONG_TESTS += $(long_tool_scripts)
TESTS += $(tool_scripts)

# Servers and shims as foreign suites use them.
foreign_scripts = t/3250-the-server-outlives-its-clients.sh t/3252-the-shim-answers-a-runner.sh
dist_check_SCRIPTS += $(foreign_scripts)
TESTS += $(foreign_scripts)
EXTRA_DIST += t/foreign/one-script.py t/foreign/peers.py t/foreign/run-tlsfuzzer.py t/foreign/small-runner.py \
	t/foreign/tlsfuzzer.tsv
