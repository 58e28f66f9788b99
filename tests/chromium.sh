#!/bin/sh
# Sees to it that there is a Chromium for the browser tests: takes the one there is, else Debian's package where it may be installed.
for name in chromium chromium-browser google-chrome; do
    command -v "$name" >/dev/null 2>&1 && exit 0
done
if command -v apt-get >/dev/null 2>&1; then
    if [ "$(id -u)" = 0 ]; then as=""; elif sudo -n true 2>/dev/null; then as="sudo"; else as="none"; fi
    if [ "$as" != none ]; then
        echo "Installing Chromium for the browser tests"
        export DEBIAN_FRONTEND=noninteractive
        $as apt-get update -qq && $as apt-get install -y -qq --no-install-recommends chromium fonts-dejavu-core && exit 0
    fi
fi
echo "The browser tests need Chromium: install your system's package 'chromium' and run make test again." >&2
exit 1
