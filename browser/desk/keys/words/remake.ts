// Words about changing a box's key, its root, and the root of a neighbour, in both languages.

const vi = {
  noBox: "Khoá của đồng chí chưa mở được khoá mới nhất của hộp thư này. Mở lại bằng hai tờ khôi phục trước, không thì tin cũ mất theo.",
  neighbour: {
    short: (title: string) => `Gõ đủ 12 ký tự mã ngắn trên áp phích mới của “${title}”, hoặc bỏ đánh dấu hộp thư này.`,
    differs: (title: string) => `Mã ngắn không khớp với khoá gốc của “${title}” trên máy chủ. Đừng ký. Gọi lại cho đơn vị đó, rồi báo cấp trên.`,
  },
}

type Words = typeof vi

const en: Words = {
  noBox: "Your key does not open this box's newest key. Open it again with both recovery sheets first, or the old reports are lost with it.",
  neighbour: {
    short: (title) => `Type all 12 characters of the short code on the new poster of “${title}”, or untick that box.`,
    differs: (title) => `The short code is not that of the root of “${title}” on the server. Do not sign. Call that office again, then tell the level above.`,
  },
}

export const w: Words = document.documentElement.lang === "en" ? en : vi
