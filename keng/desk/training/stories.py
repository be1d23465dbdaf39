"""The reports on which officers practise: invented from end to end, written as villagers write. The first one, which has a photo, is the
tour's; the others are there to go on with.
"""

from pathlib import Path
from typing import NamedTuple

PHOTO = (Path(__file__).parent / "tracks.jpg").read_bytes()


class Story(NamedTuple):
    """A practice report: what a villager would have chosen and written; `photo` is a JPEG or empty."""

    what: str
    village: str
    place: str
    when: str
    when_text: str
    text: str
    photo: bytes = b""


GUIDED = Story(
    "theft", "Bản Tập", "Bãi cỏ sau nhà văn hoá", "today", "lúc gần sáng",
    "Đây là tin để tập. Đêm qua nhà tôi mất một con trâu đực, sừng gãy một bên. Sáng ra thấy dây buộc bị cắt, có vết bánh xe công nông "
    "từ bãi cỏ ra đường lớn, tôi chụp lại đây. Chó nhà sủa lúc gần sáng nhưng trời mưa nên không ai ra xem.",
    PHOTO,
)  # fmt: skip
OTHERS = (
    Story(
        "fraud", "Bản Tập", "", "days", "hai hôm nay",
        "Đây là tin để tập. Có người gọi điện nói là cán bộ thuế, bảo mẹ tôi cài ứng dụng lạ rồi đọc mã gửi về máy. Mẹ tôi chưa đọc. "
        "Trong bản đã có ba nhà bị gọi như thế, tôi còn giữ số điện thoại.",
    ),
    Story(
        "border", "Bản Tập Trên", "Lối mòn sau cột mốc cũ", "days", "",
        "Đây là tin để tập. Mấy đêm nay có hai người lạ đi lối mòn qua suối, gùi hàng nặng, đến nhà hoang ở đầu nương thì nghỉ. "
        "Họ không nói tiếng mình.",
    ),
    Story(
        "other", "Bản Tập", "Đường vào trường", "today", "",
        "Đây là tin để tập. Mưa làm lở đất ngang đường vào trường, trẻ con phải trèo qua. Xin xã cho người dọn.",
    ),
)  # fmt: skip
