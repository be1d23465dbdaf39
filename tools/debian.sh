#!/bin/bash
# tools/debian.sh: the Debian packages that `make test` needs beyond the basics. Installs what is missing when it may; else says how.
source "$(dirname "$0")/common.sh"
missing=()
need() { # command, its package
	command -v "$1" >/dev/null || missing+=("$2")
}
need chromium chromium # drives the pages
need age age           # opens reports without Kẻng
need sqlite3 sqlite3   # the same
need node nodejs       # builds the bundles
need npm npm           # the same
need msgfmt gettext    # finds strings that nobody translated
need openssl openssl   # a certificate for the slow link and for nginx
need cc gcc            # the shims that make a disk slow or full and a clock wrong
need ps procps         # the drills look whether a server still runs
need pdftotext poppler-utils # reads what is printed on slips
[ -e /usr/include/stdio.h ] || missing+=(libc6-dev) # for cc
[ -x /usr/sbin/nginx ] || missing+=(nginx-light) # docs/operating/nginx.conf is run as it is shipped
ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || missing+=(postgresql)
[ ${#missing[@]} -gt 0 ] || exit 0

line="apt-get install --no-install-recommends ${missing[*]}"
root=()
if [ "$(id -u)" != 0 ]; then
	root=(sudo -n)
	command -v sudo >/dev/null && sudo -n true 2>/dev/null ||
		stop "Còn thiếu gói của Debian; chạy dòng này với quyền root rồi làm lại: $line" \
			"Debian packages are missing; run this line as root, then try again: $line"
fi
command -v apt-get >/dev/null ||
	stop "Máy này không có apt-get: tự cài các phần sau rồi làm lại: ${missing[*]}" \
		"This machine has no apt-get: install these by your own means, then try again: ${missing[*]}"

echo "Cài gói của Debian: ${missing[*]} / Installing these packages of Debian…"
if [[ " ${missing[*]} " == *" postgresql "* ]]; then
	# The tests make a cluster of their own; Debian's must not start one that nobody asked for.
	echo "create_main_cluster = false" | "${root[@]}" install -D -m 644 /dev/stdin /etc/postgresql-common/createcluster.conf
fi
said=$(mktemp)
trap 'rm -f "$said"' EXIT
apt() {
	"${root[@]}" env DEBIAN_FRONTEND=noninteractive UCF_FORCE_CONFFOLD=1 apt-get -y --no-install-recommends \
		-o Dpkg::Options::=--force-confold -o Dpkg::Use-Pty=0 "$@" </dev/null >"$said" 2>&1
}
apt update && apt install "${missing[@]}" || {
	tail -20 "$said" >&2
	stop "apt-get không cài được (xem dòng lỗi ở trên): xem lại mạng, rồi chạy: $line" \
		"apt-get could not install (see above): look at the network, then run: $line"
}
# Debian's nginx starts by itself; the tests start their own.
[[ " ${missing[*]} " != *" nginx-light "* ]] || "${root[@]}" service nginx stop >/dev/null 2>&1 || true
# The tests run nginx by hand; nobody asked for a site on port 80.
[[ " ${missing[*]} " != *" nginx-light "* ]] || "${root[@]}" systemctl disable --now nginx >/dev/null 2>&1 || true
