# Manual pages and the examples the README shows.
dist_man_MANS += doc/sspi.1
