"""Names of procedures as they are posted, alike enough to be taken for each other; for tests of the search."""

NAMES = """
Đăng ký thường trú
Xóa đăng ký thường trú
Đăng ký tạm trú
Gia hạn tạm trú
Xóa đăng ký tạm trú
Tách hộ
Thông báo lưu trú
Khai báo tạm vắng
Xác nhận thông tin về cư trú
Khai báo thông tin về cư trú đối với người chưa đủ điều kiện đăng ký thường trú, đăng ký tạm trú
Điều chỉnh thông tin về cư trú trong Cơ sở dữ liệu về cư trú
Cấp thẻ căn cước cho người từ đủ 14 tuổi trở lên
Cấp thẻ căn cước cho người dưới 14 tuổi
Cấp đổi thẻ căn cước
Cấp lại thẻ căn cước
Cấp tài khoản định danh điện tử mức độ 02 cho công dân Việt Nam
Cấp giấy chứng nhận căn cước
Đăng ký khai sinh
Đăng ký lại khai sinh
Đăng ký khai sinh có yếu tố nước ngoài
Đăng ký khai sinh kết hợp đăng ký nhận cha, mẹ, con
Đăng ký kết hôn
Đăng ký lại kết hôn
Đăng ký kết hôn có yếu tố nước ngoài
Đăng ký khai tử
Đăng ký lại khai tử
Đăng ký nhận cha, mẹ, con
Đăng ký giám hộ
Chấm dứt giám hộ
Thay đổi, cải chính, bổ sung thông tin hộ tịch
Cấp Giấy xác nhận tình trạng hôn nhân
Cấp bản sao Trích lục hộ tịch
Trợ cấp xã hội hàng tháng cho đối tượng bảo trợ xã hội
Điều chỉnh, thôi hưởng trợ cấp xã hội hàng tháng
Trợ cấp hưu trí xã hội hàng tháng
Hỗ trợ chi phí mai táng cho đối tượng bảo trợ xã hội
Xác định, xác định lại mức độ khuyết tật và cấp Giấy xác nhận khuyết tật
Công nhận hộ nghèo, hộ cận nghèo
Chứng thực bản sao từ bản chính giấy tờ, văn bản
Chứng thực chữ ký trong các giấy tờ, văn bản
Cấp Giấy chứng nhận quyền sử dụng đất lần đầu
Đăng ký thành lập hộ kinh doanh
""".strip().splitlines()
