"""The outline of the control report: which sections exist and which an officer must write."""

from collections.abc import Mapping
from types import MappingProxyType

NARRATIVES: Mapping[str, str] = MappingProxyType(
    {
        "introduction": "Căn cứ báo cáo",
        "publication": "Công bố, công khai TTHC, danh mục TTHC",
        "review": "Rà soát, đơn giản hóa thủ tục hành chính",
        "feedback": "Tiếp nhận, xử lý phản ánh, kiến nghị về quy định TTHC",
        "settling": "Tình hình, kết quả giải quyết thủ tục hành chính",
        "direction": "Công tác chỉ đạo và triển khai thực hiện",
        "facilities": "Cơ sở vật chất, trang thiết bị phục vụ cơ chế một cửa, một cửa liên thông",
        "staffing": "Bố trí, phân công cán bộ, công chức tại Bộ phận Tiếp nhận và Trả kết quả",
        "posting": "Niêm yết, công khai TTHC, trả kết quả qua dịch vụ bưu chính công ích",
        "rating": "Đánh giá việc giải quyết thủ tục hành chính",
        "online_services": "Tình hình thực hiện dịch vụ công trực tuyến",
        "certified_copies": "Tình hình thực hiện chứng thực bản sao điện tử từ bản chính",
        "communication": "Truyền thông hỗ trợ hoạt động kiểm soát thủ tục hành chính",
        "assessment": "ĐÁNH GIÁ CHUNG",
        "strengths": "Thuận lợi",
        "limitations": "Tồn tại, hạn chế",
        "next_tasks": "PHƯƠNG HƯỚNG, NHIỆM VỤ",
        "proposals": "ĐỀ XUẤT, KIẾN NGHỊ",
    }
)
"""Titles by key, in the order of the report."""

REQUIRED = frozenset(
    {
        "direction",
        "facilities",
        "staffing",
        "communication",
        "strengths",
        "limitations",
        "next_tasks",
        "proposals",
    }
)
"""Sections that no figure can fill; an absent one is named in the report as missing."""

INDICATORS: Mapping[int, str] = MappingProxyType(
    {
        1: "Tổng thời gian giải quyết thủ tục hành chính so với thời gian cho phép theo quy định "
        "của pháp luật",
        2: "Thời gian thực hiện của từng cơ quan, đơn vị tham gia giải quyết (kể cả đơn vị phối "
        "hợp) so với quy định",
        3: "Số lần phải liên hệ với nơi tiếp nhận hồ sơ để hoàn thiện hồ sơ thủ tục hành chính "
        "(kể cả liên hệ theo hình thức trực tuyến)",
        4: "Số lượng cơ quan, đơn vị, tổ chức phải liên hệ để hoàn thiện hồ sơ thủ tục hành chính "
        "(kể cả liên hệ theo hình thức trực tuyến)",
        5: "Thực hiện tổ chức tiếp nhận hồ sơ, giải quyết, trả kết quả tại Bộ phận Một cửa "
        "(mô hình “4 tại chỗ”)",
        6: "Công khai các thủ tục hành chính",
        7: "Thái độ của cán bộ, công chức, viên chức khi hướng dẫn lập hồ sơ, tiếp nhận hồ sơ và "
        "giải quyết thủ tục hành chính",
        8: "Tiếp nhận, xử lý các phản ánh, kiến nghị của tổ chức, cá nhân đối với việc giải quyết "
        "thủ tục hành chính",
        9: "Tiến độ và chất lượng cung cấp dịch vụ công trực tuyến của cơ quan có thẩm quyền",
    }
)
"""The nine indicators of TT 01/2018/TT-VPCP; a later set brings its own labels."""
