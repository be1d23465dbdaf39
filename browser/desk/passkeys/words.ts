// What the browser's half of passkeys says; the server's sentences come from the server.

type Words = { stopped: string; there: string; failed: string; offline: string; working: string }

const WORDS: Record<"vi" | "en", Words> = {
  vi: {
    stopped: "Chưa dùng được khoá truy cập: đã bấm huỷ hoặc hết giờ chờ. Đồng chí thử lại.",
    there: "Khoá này đã có trong tài khoản của đồng chí rồi.",
    failed: "Trình duyệt này không dùng được khoá truy cập. Đồng chí dùng mật khẩu và mã trên điện thoại.",
    offline: "Không nối được máy chủ. Đồng chí kiểm tra mạng rồi thử lại.",
    working: "Làm theo lời nhắc của trình duyệt…",
  },
  en: {
    stopped: "The passkey was not used: it was cancelled or took too long. Try again.",
    there: "This passkey is on your account already.",
    failed: "This browser can't use passkeys. Use your password and the code on your phone.",
    offline: "The server can't be reached. Check the network and try again.",
    working: "Follow what your browser asks…",
  },
}

export const words = WORDS[document.documentElement.lang === "en" ? "en" : "vi"]
