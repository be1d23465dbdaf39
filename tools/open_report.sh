#!/bin/bash
# tools/open_report.sh: opens a box's reports from a copy of the database and the two paper sheets, without Kẻng.
# Needs sqlite3, age and tar; Debian: apt-get install sqlite3 age. Works on a machine that has no network.
set -euo pipefail
umask 077

usage() {
	cat <<'EOF'
Cách dùng: open_report.sh DATABASE BOX SHEET_B SHEET_A [OUT]

  DATABASE  bản sao tệp keng.sqlite3. Máy chủ đang chạy thì chép bằng lệnh sau, chép thường sẽ thiếu phần còn trong nhật ký WAL:
            sqlite3 /var/lib/keng/keng.sqlite3 ".backup ban-sao.sqlite3"
  BOX       tên hộp thư trong địa chỉ: na-co-sa
  SHEET_B   tệp có dòng AGE-SECRET-KEY-1… của tờ B, hoặc - để gõ tay
  SHEET_A   tệp có dòng AGE-SECRET-KEY-1… của tờ A, hoặc - để gõ tay
  OUT       thư mục kết quả, chưa có hoặc trống; không ghi thì là opened-BOX

Usage: DATABASE is a copy of keng.sqlite3 (from a running server: sqlite3 keng.sqlite3 ".backup copy.sqlite3", for a plain
copy lacks what is still in the WAL); BOX a box's slug; SHEET_B and SHEET_A files that hold the AGE-SECRET-KEY-1… line of each
paper sheet, or - to type it; OUT an empty or new folder, by default opened-BOX.

Kết quả / result: OUT/<thread>/{reporter,officer,note}-<index>/{part.json,text.txt,photo.jpg,…}
EOF
}

stop() { # one sentence in Vietnamese, one in English
	printf '%s\n%s\n' "$1" "$2" >&2
	exit 1
}

for needed in sqlite3 age tar; do
	command -v "$needed" >/dev/null ||
		stop "Máy này thiếu lệnh $needed. Trên Debian: apt-get install $needed" "The command $needed is missing. On Debian: apt-get install $needed"
done
if [ $# -lt 4 ] || [ $# -gt 5 ]; then
	usage >&2
	exit 1
fi
database=$1 box=$2 sheet_b=$3 sheet_a=$4 out=${5:-opened-$2}

[ -f "$database" ] || stop "Không thấy tệp cơ sở dữ liệu $database." "There is no database file $database."
[[ $box =~ ^[a-z0-9](-?[a-z0-9])*$ ]] ||
	stop "Tên hộp thư chỉ gồm chữ thường không dấu, số và gạch nối: na-co-sa." "A box's slug has lower-case letters, digits and dashes only: na-co-sa."
if [ -e "$out" ] && [ -n "$(ls -A "$out" 2>/dev/null || echo file)" ]; then
	stop "$out đã có nội dung. Chọn thư mục khác để không lẫn." "$out is not empty. Choose another folder, so that nothing gets mixed."
fi

# Keys stay in memory where the system has a memory folder, and are gone when this ends, however it ends.
memory=/dev/shm
[ -d "$memory" ] && [ -w "$memory" ] || memory=${TMPDIR:-/tmp}
work=$(mktemp -d "$memory/open-report.XXXXXXXX")
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT TERM HUP

# A copy without its WAL is opened as it is; with one, sqlite3 must read both.
escaped=${database//%/%25}
escaped=${escaped//\?/%3f}
escaped=${escaped//#/%23}
[ "${escaped:0:1}" = / ] || escaped=$PWD/$escaped
[ -s "$database-wal" ] && uri="file:$escaped?mode=ro" || uri="file:$escaped?immutable=1"
ask() { (cd "$work" && sqlite3 -batch -bail -noheader -separator ' ' -readonly "$uri" "$1"); }
# File in the work folder, value, and from where: gives how many bytes it wrote, or nothing when there is no row.
written() { ask "SELECT writefile('$1', $2) FROM $3"; }

ask "SELECT 1 FROM mailbox_box, desk_boxsecret LIMIT 0" >"$work/said" 2>&1 ||
	stop "$database không phải cơ sở dữ liệu của Kẻng: $(cat "$work/said")" "$database is no database of Kẻng."
box_id=$(ask "SELECT id FROM mailbox_box WHERE slug = '$box'")
[ -n "$box_id" ] || stop "Không có hộp thư $box. Các hộp thư: $(ask "SELECT slug FROM mailbox_box ORDER BY slug" | tr '\n' ' ')" "There is no box $box; those that exist are listed above."

[ -n "$(written recovery recovery "desk_boxsecret WHERE box_id = $box_id")" ] ||
	stop "Hộp thư $box chưa có khoá phục hồi: chưa ai làm lễ lập khoá." "Box $box has no recovery file: its keys were never made."

read_sheet() { # sheet's name, file or -, where to keep it
	local typed
	if [ "$2" = - ]; then
		read -rsp "Tờ $1 / sheet $1 (AGE-SECRET-KEY-1…): " typed
		echo >&2
	else
		[ -f "$2" ] && [ -r "$2" ] || stop "Không đọc được tờ $1 ở tệp $2." "Sheet $1 can't be read from file $2."
		typed=$(tr -d '\0' <"$2")
	fi
	typed=${typed^^}
	[[ ${typed//[[:blank:]]/} =~ AGE-SECRET-KEY-1[QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L]{58} ]] ||
		stop "Tờ $1 không có đủ dòng AGE-SECRET-KEY-1… (74 ký tự). Xem lại từng nhóm." "Sheet $1 holds no whole AGE-SECRET-KEY-1… line (74 characters)."
	printf '%s\n' "${BASH_REMATCH[0]}" >"$3"
}
read_sheet B "$sheet_b" "$work/b"
read_sheet A "$sheet_a" "$work/a"

opens() { age -d -i "$1" -o "$3" "$2" 2>"$work/said"; }
if ! opens "$work/b" "$work/recovery" "$work/inner"; then
	if opens "$work/a" "$work/recovery" "$work/inner"; then
		stop "Tờ A và tờ B đổi chỗ cho nhau: ghi tờ B trước, tờ A sau." "The sheets are the wrong way round: sheet B comes first, then sheet A."
	fi
	stop "Tờ B không mở được hộp thư $box. Có thể là tờ của hộp khác, hoặc tờ cũ, hoặc gõ nhầm: $(cat "$work/said")" \
		"Sheet B doesn't open box $box: another box's sheet, an old one, or mistyped."
fi
opens "$work/a" "$work/inner" "$work/secrets" ||
	stop "Tờ A không mở được hộp thư $box. Có thể là tờ của hộp khác, hoặc tờ cũ, hoặc gõ nhầm: $(cat "$work/said")" \
		"Sheet A doesn't open box $box: another box's sheet, an old one, or mistyped."
# A line for each key that the box has had, then the root's, which opens nothing.
grep '^AGE-SECRET-KEY-1' "$work/secrets" >"$work/box.key" ||
	stop "Tệp khôi phục của hộp thư $box không chứa khoá nào." "The recovery file of box $box holds no key."

opened=0 closed=0
# A report comes from anybody. Only files of these names are taken out, their bytes alone: no link, no path, nothing larger than 16 MiB.
names=(part.json text.txt photo.jpg photo.webp voice.webm voice.ogg voice.m4a voice.wav mac)
take_out() { # sealed file, folder
	local name
	if ! opens "$work/box.key" "$1" "$work/plain"; then
		closed=$((closed + 1))
		return
	fi
	mkdir -p "$2"
	opened=$((opened + 1))
	if ! tar -tf "$work/plain" >"$work/list" 2>/dev/null; then
		mv "$work/plain" "$2/note.txt" # a note that is plain text
		return
	fi
	for name in "${names[@]}"; do
		if [[ $'\n'$(<"$work/list")$'\n' == *$'\n'"$name"$'\n'* ]]; then
			{ tar -xOf "$work/plain" --occurrence=1 -- "$name" 2>/dev/null || true; } | head -c 16777216 >"$2/$name"
		fi
	done
	rm -f "$work/plain"
}

parts="FROM mailbox_part p JOIN mailbox_thread t ON t.id = p.thread_id LEFT JOIN mailbox_rewrap r ON r.part_id = p.id AND r.box_id = $box_id
	WHERE p.box_id = $box_id OR r.id IS NOT NULL"
ask "SELECT t.key, t.state, p.direction, p.\"index\", p.id $parts ORDER BY t.hour, t.key, p.direction DESC, p.\"index\"" >"$work/parts"
notes="FROM desk_note n JOIN mailbox_thread t ON t.id = n.thread_id WHERE n.box_id = $box_id"
ask "SELECT t.key, t.state, 'note', row_number() OVER (PARTITION BY t.id ORDER BY n.hour, n.id) - 1, n.id $notes ORDER BY t.hour, t.key, n.hour, n.id" >>"$work/parts"
[ -s "$work/parts" ] || stop "Hộp thư $box chưa có tin nào." "Box $box holds no report yet."

mkdir -p "$out"
while read -r thread state direction index id; do
	[[ $thread =~ ^[0-9a-f]{64}$ && $direction =~ ^(reporter|officer|note)$ && $index =~ ^[0-9]+$ && $id =~ ^-?[0-9]+$ ]] ||
		stop "Cơ sở dữ liệu có dòng lạ, dừng lại." "The database holds a row that can't be."
	if [ "$direction" = note ]; then
		written sealed sealed "desk_note WHERE id = $id" >/dev/null
	else
		# A part that came back to this box after a forwarding has a newer header of its own.
		written header "coalesce(r.header, p.header)" "mailbox_part p LEFT JOIN mailbox_rewrap r ON r.part_id = p.id AND r.box_id = $box_id WHERE p.id = $id" >/dev/null
		written payload payload "mailbox_part WHERE id = $id" >/dev/null
		cat "$work/header" "$work/payload" >"$work/sealed"
	fi
	before=$closed
	take_out "$work/sealed" "$out/$thread/$direction-$index"
	[ "$closed" = "$before" ] && result="" || result="  (không mở được / not opened)"
	printf '%s  %-10s  %s-%s%s\n' "$thread" "$state" "$direction" "$index" "$result"
done <"$work/parts"

[ "$opened" -gt 0 ] || stop "Không phần nào mở được bằng khoá này: hộp thư có thể đã thay khoá sau khi in hai tờ." "Nothing opened with this key: the box may have changed keys since the sheets were printed."
printf 'Đã mở %s phần vào %s' "$opened" "$out"
[ "$closed" = 0 ] || printf '; %s phần không mở được (chỉ người báo mở được, hoặc không phải của hộp thư này)' "$closed"
printf '.\n'
