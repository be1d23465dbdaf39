// Words about an officer's own key and about a desk that closes itself, in both languages.

const vi = {
  nothing: "Đồng chí gõ cụm từ sáu từ.",
  tooLong: "Nội dung này quá dài, không phải cụm từ sáu từ. Đồng chí gõ lại đúng sáu từ.",
  noLine: "Không nối được máy chủ. Sau 10 phút không nối lại được thì tự khoá.",
  gone: {
    signed_out: "Đã khoá: phiên làm việc đã hết, hoặc tài khoản đã ngừng. Khoá và nội dung tin đã được xoá khỏi màn hình này.",
    role: "Đã khoá: vai trò đọc tin của đồng chí đã thôi. Khoá và nội dung tin đã được xoá khỏi màn hình này.",
    box: "Đã khoá: quyền mở một hộp thư của đồng chí vừa thôi. Gõ cụm từ để mở lại những hộp thư còn lại.",
    key: "Đã khoá: khoá của đồng chí vừa được thay ở máy khác. Gõ cụm từ của khoá mới để mở.",
    offline: "Đã khoá vì mất nối với máy chủ quá 10 phút. Có mạng lại thì gõ cụm từ để mở.",
  },
  signIn: "Đăng nhập lại",
  away: "Về trang đầu",
  change: {
    wrong: "Cụm từ đang dùng chưa đúng. Đồng chí xem lại từng từ rồi gõ lại.",
    unsure: "Mất mạng đúng lúc lưu, nên chưa biết đã đổi hay chưa. Đồng chí giữ cả hai tờ giấy và bấm Lưu lần nữa khi có mạng.",
    check: "Tệp vừa khoá không mở lại được, nên chưa đổi gì. Cụm từ cũ vẫn dùng được. Đồng chí tải lại trang rồi làm lại.",
    store: "Đổi cụm từ",
  },
}

type Words = typeof vi

const en: Words = {
  nothing: "Type the passphrase of six words.",
  tooLong: "This is too long to be a passphrase of six words. Type just the six words.",
  noLine: "The server can't be reached. Without it, this locks by itself after 10 minutes.",
  gone: {
    signed_out: "Locked: the session is over, or the account was closed. Keys and reports have been wiped from this screen.",
    role: "Locked: your role of reading reports has ended. Keys and reports have been wiped from this screen.",
    box: "Locked: you may no longer open one of the boxes. Type the passphrase to open those that are left.",
    key: "Locked: your key was just replaced on another computer. Type the new key's passphrase to open.",
    offline: "Locked, for the server could not be reached for more than 10 minutes. When the network is back, type the passphrase.",
  },
  signIn: "Sign in again",
  away: "To the first page",
  change: {
    wrong: "The passphrase in use is not right. Look at each word and type it again.",
    unsure: "The network failed while storing, so it is not known whether the words were changed. Keep both papers and press Store again when it is back.",
    check: "The file just sealed does not open again, so nothing was changed. The old words still work. Reload the page and begin again.",
    store: "Change the passphrase",
  },
}

export const own: Words = document.documentElement.lang === "en" ? en : vi
