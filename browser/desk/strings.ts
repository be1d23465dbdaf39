// Words of the keys' pages that appear while they run, in both languages. TypeScript refuses one that lacks a sentence.

const vi = {
  lock: {
    title: "Mở khoá",
    label: "Cụm từ sáu từ",
    help: "Gõ không dấu cũng được. Cụm từ không rời khỏi máy này.",
    show: "Hiện chữ",
    unlock: "Mở khoá",
    unlocking: "Đang mở khoá…",
    open: "Đã mở khoá trên máy này. Tự khoá sau 10 phút không dùng.",
    again: "Khoá lại",
    locked: "Đã khoá. Gõ cụm từ để mở lại.",
  },
  unlock: {
    no_key: "Đồng chí chưa có khoá. Làm khoá ở trang Khoá của tôi trước đã.",
    passphrase: "Cụm từ không đúng. Đồng chí xem lại từng từ rồi gõ lại.",
    swapped: "Khoá trên máy chủ không khớp với khoá vừa mở. Đồng chí đừng dùng tiếp và báo cho quản trị.",
  },
  fault: {
    none: "chưa có bản xác nhận khoá, nên không dùng được.",
    signature: "chữ ký của bản xác nhận khoá không đúng. Đừng dùng hộp thư này và báo cho quản trị.",
    pin: "khoá gốc không khớp. Đừng dùng hộp thư này và báo cho quản trị.",
    box: "bản xác nhận khoá là của hộp thư khác. Đừng dùng hộp thư này và báo cho quản trị.",
    malformed: "bản xác nhận khoá bị hỏng. Báo cho quản trị.",
    replayed: "bản xác nhận khoá là bản cũ. Báo cho quản trị.",
    expired: "bản xác nhận khoá đã hết hạn: vẫn đọc được tin, nhưng bà con không gửi thêm được. Cần gia hạn.",
    sealed: "không mở được bằng khoá của đồng chí. Nhờ người giữ khoá cấp lại.",
    recipient: "khoá được cấp không khớp với bản xác nhận. Nhờ người giữ khoá cấp lại.",
  },
  own: {
    empty: "Đồng chí gõ lại sáu từ vừa chép.",
    differs: (n: number) => `Từ thứ ${n} chưa khớp. Đồng chí xem lại giấy rồi gõ lại.`,
    sealing: "Đang khoá…",
    tried: "Cụm từ đúng.",
    opens: (boxes: string) => `Cụm từ đúng. Mở được: ${boxes}.`,
  },
  grant: {
    locked: "Đồng chí mở khoá ở phía trên trước đã.",
    noBox: "Khoá của đồng chí không mở được hộp thư này, nên chưa cấp cho ai được.",
    short: "Gõ đủ 16 ký tự mà đồng nghiệp đọc trên máy của mình.",
    differs: "Không khớp. Đừng cấp khoá. Đồng nghiệp đọc lại từng nhóm; nếu vẫn không khớp, báo cho quản trị.",
    given: (name: string) => `Đã cấp khoá cho ${name}.`,
    ended: (name: string) => `Đã thôi cấp khoá cho ${name}.`,
  },
  found: {
    names: "Ghi tên hai người giữ tờ A và tờ B.",
    same: "Tờ A và tờ B phải do hai người khác nhau giữ.",
    locked: "Đồng chí mở khoá của mình trước đã.",
    own: "Cụm từ đúng. Khoá của đồng chí dùng được.",
    making: "Đang tạo khoá…",
    tail: (sheet: string) => `Sáu chữ cuối của tờ ${sheet} chưa khớp. Người giữ tờ ${sheet} xem lại tờ giấy.`,
    above: "Đồng chí so dấu khoá gốc với cấp trên rồi đánh dấu vào ô.",
    aboveBad: "Bản xác nhận khoá của hộp thư cấp trên không dùng được, nên chưa lập khoá được. Báo cho cấp trên.",
    check: "Khoá vừa tạo không mở lại được, nên chưa lưu gì. Đồng chí tải lại trang rồi làm lại từ đầu.",
    months: (n: number) => `${n} tháng`,
  },
  sheets: {
    malformed: (sheet: string) => `Khoá của tờ ${sheet} gõ chưa đúng. Xem lại từng nhóm chữ.`,
    wrong: "Hai tờ này không mở được hộp thư. Có thể là tờ của hộp thư khác, hoặc tờ A và tờ B bị đổi chỗ.",
  },
  renew: {
    root: "Khoá gốc mở ra không phải của hộp thư này. Chưa có gì thay đổi.",
    done: (until: string) => `Đã gia hạn đến ${until}.`,
  },
  altered: "Bản xác nhận khoá trên máy chủ đã bị đổi, nên chưa ký gì. Đồng chí báo ngay cho cấp trên.",
  failed: "Máy gặp lỗi nên chưa làm được. Đồng chí tải lại trang rồi thử lại.",
}

type Words = typeof vi

const en: Words = {
  lock: {
    title: "Unlock",
    label: "Passphrase of six words",
    help: "Accents are not needed. The passphrase does not leave this computer.",
    show: "Show the letters",
    unlock: "Unlock",
    unlocking: "Unlocking…",
    open: "Unlocked on this computer. Locks by itself after 10 minutes without use.",
    again: "Lock",
    locked: "Locked. Type the passphrase to unlock again.",
  },
  unlock: {
    no_key: "You have no key yet. Make one on the page My key first.",
    passphrase: "The passphrase is not right. Look at each word and type it again.",
    swapped: "The key on the server is not the one just opened. Stop using it and tell the administrator.",
  },
  fault: {
    none: "has no key statement yet, so it can't be used.",
    signature: "the signature of its key statement is wrong. Do not use this box, and tell the administrator.",
    pin: "its root does not match. Do not use this box, and tell the administrator.",
    box: "its key statement is another box's. Do not use this box, and tell the administrator.",
    malformed: "its key statement is damaged. Tell the administrator.",
    replayed: "its key statement is an old one. Tell the administrator.",
    expired: "its key statement has run out: reports can still be read, but nobody can send new ones. It must be renewed.",
    sealed: "does not open with your key. Ask a custodian to grant it again.",
    recipient: "the key granted does not match the statement. Ask a custodian to grant it again.",
  },
  own: {
    empty: "Type the six words that you wrote down.",
    differs: (n) => `Word ${n} does not match. Look at your paper and type it again.`,
    sealing: "Sealing…",
    tried: "The passphrase is right.",
    opens: (boxes) => `The passphrase is right. It opens: ${boxes}.`,
  },
  grant: {
    locked: "Unlock above first.",
    noBox: "Your key does not open this box, so you can't grant it.",
    short: "Type all 16 characters that your colleague reads from their own screen.",
    differs: "They do not match. Do not grant the key. Have every group read out again; if they still differ, tell the administrator.",
    given: (name) => `${name} now has the key.`,
    ended: (name) => `${name} no longer has the key.`,
  },
  found: {
    names: "Write the names of those who keep sheet A and sheet B.",
    same: "Sheet A and sheet B must be kept by two different people.",
    locked: "Unlock your own key first.",
    own: "The passphrase is right. Your key works.",
    making: "Making the keys…",
    tail: (sheet) => `The last six characters of sheet ${sheet} do not match. Its keeper should look at the paper again.`,
    above: "Compare the root's fingerprint with the level above, then tick the box.",
    aboveBad: "The key statement of the box above can't be used, so no keys can be made yet. Tell the level above.",
    check: "The keys just made could not be opened again, so nothing was stored. Reload the page and begin again.",
    months: (n) => `${n} months`,
  },
  sheets: {
    malformed: (sheet) => `The key of sheet ${sheet} is not typed right. Look at each group of characters.`,
    wrong: "These two sheets do not open the box. They may be another box's, or A and B may have changed places.",
  },
  renew: {
    root: "The root that was opened is not this box's. Nothing was changed.",
    done: (until) => `Renewed until ${until}.`,
  },
  altered: "The key statement on the server was altered, so nothing was signed. Tell the level above at once.",
  failed: "Something went wrong on this computer, so nothing was done. Reload the page and try again.",
}

export const words: Words = document.documentElement.lang === "en" ? en : vi
