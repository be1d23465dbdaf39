// The words of the training tour, in both languages. TypeScript refuses one that lacks a sentence.
import { lang } from "../strings"

export type StepName =
  | "unlock"
  | "open"
  | "read"
  | "photo"
  | "answer"
  | "note"
  | "assess"
  | "verify"
  | "outcome"
  | "result"
  | "print"
  | "close"

type Said = { title: string; text: string }

const vi = {
  start: "Tập thử 10 phút",
  offer: "Lần đầu dùng hộp thư? Tập trên một tin bịa ra, từ lúc mở khoá đến lúc đóng tin. Không ai bị ảnh hưởng, không tính vào số liệu.",
  tour: "Tập thử",
  count: (at: number, all: number) => `Bước ${at}/${all}`,
  minutes: (n: number) => `còn khoảng ${n} phút`,
  next: "Tiếp",
  leave: "Thôi tập",
  leaveHint: "Phím Esc: thôi tập. Lần sau bấm “Tập thử 10 phút” để tập tiếp từ đây.",
  goOn: "Chưa làm được? Bấm Tiếp để sang bước sau.",
  asking: "Đang chuẩn bị tin để tập…",
  failed: "Chưa lấy được tin để tập. Đồng chí thử lại sau ít phút.",
  again: "Tập lại từ đầu",
  done: "Xong",
  doneTitle: "Xong, đồng chí đã đi hết một tin",
  doneText: "Ở hộp thư thật cũng làm như vậy. Chỉ khác:",
  differs: [
    "Có bà con thật đang chờ: mở tin trong 24 giờ và trả lời họ.",
    "Bà con thấy mỗi lần đồng chí đổi trạng thái, và đọc được trả lời.",
    "Kết quả được tính vào số liệu của tỉnh. Ghi sai thì sửa được, nhưng dòng cũ vẫn còn.",
    "Chuyển được lên cấp trên nếu người báo cho phép. Tin để tập thì không.",
  ],
  mark: "Tập huấn",
  band: "Tập huấn: tin bịa ra để tập, không tính vào số liệu.",
  steps: {
    unlock: { title: "Mở khoá", text: "Gõ sáu từ của đồng chí rồi bấm Mở khoá. Tin chỉ mở được trên máy này; máy chủ không đọc được." },
    open: { title: "Mở tin", text: "Đây là tin mới đến. Bấm vào để đọc. Từ lúc này người báo thấy tin của mình đã được mở." },
    read: { title: "Đọc tin", text: "Đọc xem chuyện gì, ở đâu, khi nào. Dòng nhỏ ở trên cho biết tin đến ngày nào và có được chuyển lên cấp trên không." },
    photo: { title: "Xem ảnh", text: "Bấm vào ảnh để phóng to, bấm lần nữa để thu nhỏ. Ảnh mở trong khung riêng, không lưu lại trên máy." },
    answer: { title: "Trả lời", text: "Cảm ơn bà con và hỏi thêm một điều còn thiếu, rồi bấm Gửi. Chỉ người báo mở được. Đừng hỏi họ là ai." },
    note: { title: "Ghi chú kín", text: "Ghi một điều để anh em trong đơn vị biết, rồi lưu. Người báo không thấy ghi chú này." },
    assess: { title: "Đánh giá", text: "Chọn loại tin, tin có giá trị hay không và vì sao, rồi bấm Lưu đánh giá. Số liệu của đơn vị đếm từ đây." },
    verify: { title: "Bắt đầu xác minh", text: "Bấm Bắt đầu xác minh, rồi Đồng ý. Người báo thấy là đơn vị đang làm." },
    outcome: { title: "Ghi kết quả đếm được", text: "Ví dụ bắt một người, thu một con trâu: chọn việc, ghi số lượng và ngày, rồi lưu. Mỗi việc chỉ ghi một lần." },
    result: { title: "Báo kết quả", text: "Chọn Đã xử lý xong, hoặc Không có căn cứ, hoặc Chưa đủ căn cứ, rồi Đồng ý." },
    print: { title: "In hồ sơ ban đầu", text: "Bấm để xem bản in. In từ máy này, chữ của bà con không qua máy chủ. Không cần in cũng được, bấm Tiếp." },
    close: { title: "Đóng tin", text: "Việc đã xong thì bấm Đóng tin, rồi Đồng ý. Tin vẫn còn trong sổ và mở lại đọc được." },
  } as Record<StepName, Said>,
}

const en: typeof vi = {
  start: "Try it, 10 minutes",
  offer: "New to the mailbox? Practise on an invented report, from unlocking to closing. Nobody is affected, and it counts in no figure.",
  tour: "Practice",
  count: (at, all) => `Step ${at} of ${all}`,
  minutes: (n) => `about ${n} ${n === 1 ? "minute" : "minutes"} left`,
  next: "Next",
  leave: "Stop practising",
  leaveHint: "Esc stops. Press “Try it, 10 minutes” again to go on from here.",
  goOn: "Stuck? Press Next to go on.",
  asking: "Preparing a report to practise on…",
  failed: "No report to practise on could be had. Try again in a few minutes.",
  again: "Practise again",
  done: "Done",
  doneTitle: "Done: you have taken a report all the way",
  doneText: "A real mailbox works the same. What differs:",
  differs: [
    "Real villagers wait: open a report within 24 hours and answer it.",
    "They see every change of state, and they read your answer.",
    "Outcomes count in the province's figures. A wrong one can be corrected, but the old line stays.",
    "A report can be passed up if its reporter allows it. A practice report never can.",
  ],
  mark: "Training",
  band: "Training: an invented report to practise on, in no figure.",
  steps: {
    unlock: { title: "Unlock", text: "Type your six words and press Unlock. Reports open on this machine only; the server can't read them." },
    open: { title: "Open the report", text: "This one is new. Press it to read. From now on its reporter sees that it was opened." },
    read: { title: "Read it", text: "See what, where and when. The small line above says when it came and whether it may be passed up." },
    photo: { title: "Look at the photo", text: "Press the photo to enlarge it, press again to make it small. It opens in a frame of its own and is not kept here." },
    answer: { title: "Answer", text: "Thank the reporter and ask for one thing that is missing, then press Send. Only the reporter can open it. Don't ask who they are." },
    note: { title: "Sealed note", text: "Write something for your colleagues and save it. The reporter never sees a note." },
    assess: { title: "Assess", text: "Choose the kind, whether it is of value and why, then save. Your office's figures are counted from this." },
    verify: { title: "Begin verifying", text: "Press Begin verifying, then Yes. The reporter sees that your office is at work." },
    outcome: { title: "Record what came of it", text: "One person arrested, one buffalo found: choose what it is, how many and on what day, then save. Record each thing once." },
    result: { title: "State the result", text: "Choose Acted on, Unfounded or Not enough to go on, then Yes." },
    print: { title: "Print the first dossier", text: "Press to see the print. It is made on this machine; the text never passes the server. You needn't print: press Next." },
    close: { title: "Close the report", text: "When all is done press Close, then Yes. It stays in the register and can still be read." },
  },
}

export const words: typeof vi = lang === "en" ? en : vi
