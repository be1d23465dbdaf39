// Words that both pages say. The English beside it must have the same keys.
export const t = {
  photo: "Ảnh",
  voice: "Lời nói",
  remove: "Bỏ",
  stop: "Dừng",
  speak: "Nói vào đây",
  working: "Đang xoá thông tin ẩn…",
  enough: "Nhiều nhất 8 ảnh và 3 đoạn nói. Bỏ bớt rồi thêm.",
  noMicrophone: "Máy không cho dùng mi-crô. Bà con bấm “Dùng máy ghi âm của điện thoại”, hoặc viết bằng chữ.",
  zalo: "Trang đang mở trong Zalo. Nếu không thêm được ảnh, không ghi âm được: bấm ⋯ ở góc trên, chọn “Mở bằng trình duyệt”; hoặc chép địa chỉ này rồi dán vào Chrome:",
  copyAddress: "Chép địa chỉ",
  media: {
    heic: "Ảnh HEIC không xoá được thông tin ẩn. Vào Cài đặt máy ảnh, chọn “Tương thích nhất” rồi chụp lại; hoặc chụp màn hình ảnh đó rồi thêm ảnh chụp.",
    video: "Đây là phim, không xoá được thông tin ẩn. Bà con chụp màn hình một cảnh, hoặc kể lại bằng lời.",
    huge: "Ảnh lớn quá, máy không mở được. Bà con chụp màn hình ảnh đó rồi thêm ảnh chụp.",
    no_photo: "Tệp này không phải ảnh đọc được. Bà con chọn ảnh khác, hoặc chụp màn hình.",
    no_sound: "Máy không đọc được tệp ghi âm này. Bà con bấm “Nói vào đây”, hoặc viết bằng chữ.",
    long: "Đoạn ghi âm dài quá 3 phút. Bà con ghi lại ngắn hơn.",
  },
  kb: (sent: number, total: number) => `${Math.round(sent / 1024)} / ${Math.round(total / 1024)} KB`,
  waiting: (seconds: number) => `Mất mạng. Tự gửi lại sau ${seconds} giây, phần đã đến không phải gửi lại. Đừng đóng trang.`,
  refused: (reason: string) => `Máy chủ không nhận. ${reason}`,
}
