// What the page of the public log says of a proof file. Both languages must be complete.
type Words = {
  reading: string
  proven: string
  provenBy: string
  unseen: string
  unseenWhy: string
  alone: string
  aloneWhy: string
  absent: string
  absentWhy: string
  absentSent: string
  bad: string
  badWhat: string
  line: string
  noFile: string
  tooLarge: string
  noCheck: string
  faults: Record<"malformed" | "leaf" | "origin" | "size" | "signature" | "inclusion" | "cosignature", string>
}

const vi: Words = {
  reading: "Đang kiểm tra…",
  proven: "Đúng: tin này có trong sổ công khai.",
  provenBy: "{who} đã thấy sổ này ngày {day}.",
  unseen: "Tin có trong sổ đã ký, nhưng chưa nhân chứng nào thấy sổ ấy.",
  unseenWhy: "Bà con đợi tới ngày mai, mở lại trang xem trả lời và lưu tệp mới.",
  alone: "Tin có trong sổ đã ký.",
  aloneWhy: "Sổ này chưa có nhân chứng: đây mới chỉ là lời của máy chủ.",
  absent: "Tệp này nói rằng tin KHÔNG có trong sổ.",
  absentWhy: "Đem tệp đến Thanh tra tỉnh hoặc Công an tỉnh. Họ tìm dấu {tag} trong sổ bằng verify_ledger.py.",
  absentSent: "Tin gửi ngày {day}.",
  bad: "Bằng chứng không đúng.",
  badWhat: "Lý do: {fault}.",
  line: "Dòng {index} trong {size} dòng · dấu {tag}",
  noFile: "Tệp này không phải tệp bằng chứng của Kẻng. Bà con chọn tệp keng-proof.json.",
  tooLarge: "Tệp này lớn quá, không phải tệp bằng chứng của Kẻng.",
  noCheck: "Trình duyệt này không kiểm tra được chữ ký. Bà con mở trang bằng Chrome mới hơn.",
  faults: {
    malformed: "tệp bị hỏng hoặc bị sửa",
    leaf: "dòng trong sổ không phải của tin này",
    origin: "tệp là của một sổ khác",
    size: "số dòng trong sổ không khớp",
    signature: "chữ ký của sổ không đúng",
    inclusion: "tin không nằm trong sổ đã ký",
    cosignature: "chữ ký của nhân chứng không đúng",
  },
}

const en: Words = {
  reading: "Checking…",
  proven: "True: this report stands in the public log.",
  provenBy: "{who} saw this log on {day}.",
  unseen: "The report is in a log that was signed, but no witness has seen that log yet.",
  unseenWhy: "Wait until tomorrow, open the page of answers again and save a new file.",
  alone: "The report is in the log that was signed.",
  aloneWhy: "This log has no witness yet: so far this is the server's word alone.",
  absent: "This file says that the report is NOT in the log.",
  absentWhy: "Take it to the provincial inspectorate or police. They look for the mark {tag} in the log with verify_ledger.py.",
  absentSent: "The report was sent on {day}.",
  bad: "The proof is not right.",
  badWhat: "Why: {fault}.",
  line: "Line {index} of {size} · mark {tag}",
  noFile: "This is no proof file of Kẻng. Choose the file keng-proof.json.",
  tooLarge: "This file is too large to be a proof file of Kẻng.",
  noCheck: "This browser can't check signatures. Open the page with a newer Chrome.",
  faults: {
    malformed: "the file is damaged or was altered",
    leaf: "the line in the log is not this report's",
    origin: "the file is of another log",
    size: "the number of lines does not fit",
    signature: "the log's signature is wrong",
    inclusion: "the report is not in the log that was signed",
    cosignature: "a witness's signature is wrong",
  },
}

export const words = document.documentElement.lang === "en" ? en : vi
