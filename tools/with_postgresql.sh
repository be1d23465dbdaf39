#!/bin/bash
# tools/with_postgresql.sh COMMAND…: runs it with KENG_DATABASE_URL on a PostgreSQL cluster made for it and removed after it.
source "$(dirname "$0")/common.sh"
binaries=$(ls -d /usr/lib/postgresql/*/bin | sort -V | tail -1)
folder=$(mktemp -d /tmp/keng-postgresql-XXXXXX)
as=()
owner=$(id -un)
if [ "$(id -u)" = 0 ]; then # PostgreSQL refuses to run as root
	owner=postgres
	as=(runuser -u postgres --)
	chown postgres "$folder"
fi
remove() {
	trap - EXIT INT TERM
	(cd "$folder" && "${as[@]}" "$binaries/pg_ctl" stop --mode immediate --silent -D "$folder/data" >/dev/null 2>&1) || true
	rm -rf "$folder"
}
trap remove EXIT
trap 'remove; exit 130' INT TERM
{
	cd "$folder"
	"${as[@]}" "$binaries/initdb" --pgdata "$folder/data" --auth trust --encoding UTF8 --locale C.UTF-8 --no-sync
	# No address is opened: the only way in is a socket in a folder of the tests' own.
	"${as[@]}" "$binaries/pg_ctl" start --wait -D "$folder/data" -l "$folder/log" \
		-o "-k '$folder' -c listen_addresses='' -c fsync=off -c max_connections=300"
	"${as[@]}" "$binaries/createdb" --host "$folder" keng
	cd "$OLDPWD"
} >"$folder.out" 2>&1 || {
	cat "$folder.out" "$folder/log" >&2 || true
	rm -f "$folder.out"
	stop "PostgreSQL không khởi động được (xem ở trên)." "PostgreSQL did not start (see above)."
}
rm -f "$folder.out"
KENG_DATABASE_URL="postgresql://$owner@/keng?host=$folder" "$@"
