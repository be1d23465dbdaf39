// Words about passing on a report whose sender trusted a root that the box has replaced since, in both languages.

const vi = {
  recalled: "Nếu hộp thư của đồng chí đã thay khoá gốc sau khi tin này đến, gõ mã ngắn trên áp phích mới. Không phải thế thì dừng ở đây.",
}

type Words = typeof vi

const en: Words = {
  recalled: "If your box replaced its root after this report came, type the short code on the new poster. If it did not, stop here.",
}

export const w: Words = document.documentElement.lang === "en" ? en : vi
