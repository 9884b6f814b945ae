# One line a target; what it does is in scripts/.
.DEFAULT_GOAL := help
.PHONY: help chat demo-drop test check bench sanitize fuzz simulate prove autobahn install uninstall

help:      ## say what there is to make
	@scripts/help $(MAKEFILE_LIST)

chat:      ## build the chat and serve it on 127.0.0.1:12345; ARGS="--listen 0.0.0.0:12345" for elsewhere
	@scripts/chat $(ARGS)

install:   ## build sock and install it with manual pages and completions; PREFIX=/usr/local, DESTDIR=
	@PREFIX="$(PREFIX)" DESTDIR="$(DESTDIR)" scripts/install

uninstall: ## remove what `make install` installed
	@PREFIX="$(PREFIX)" DESTDIR="$(DESTDIR)" scripts/install uninstall

demo-drop: ## a feed and a file over a line that is cut again and again; ARGS=60 for a minute of it
	@scripts/demo-drop $(ARGS)

test:      ## install what the tests need, then run every test
	@scripts/test $(ARGS)

check:     ## what a commit must pass: format, imports, tests, examples, the README's commands
	@scripts/check

autobahn:  ## every WebSocket case of the Autobahn suite; ARGS=--quick for those of `check`
	@scripts/autobahn $(ARGS)

bench:     ## measure beside the peers and print the table of Benchmarks/RESULTS.md
	@scripts/bench $(ARGS)

sanitize:  ## the tests under ThreadSanitizer and AddressSanitizer; ARGS=thread or address for one
	@scripts/sanitize $(ARGS)

fuzz:      ## fuzz each parser for a minute; ARGS="10 Endpoints" for 10 seconds of one
	@scripts/fuzz $(ARGS)

simulate:  ## sessions over a bad network, simulated: SEEDS=1000000 for as many, SEED=n for one again, HERD=10000
	@scripts/simulate $(if $(SEEDS),--seeds $(SEEDS)) $(if $(SEED),--seed $(SEED)) $(if $(HERD),--herd $(HERD))

prove:     ## sessions between real processes: a million messages, kill -9, 10,000 at once; ARGS="kill --rounds 9"
	@scripts/prove $(ARGS)
