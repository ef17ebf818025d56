"""What is wrong with a field, in Vietnamese; pydantic's codes for it are the stable ones."""

FIELD_VI = {
    "missing": "thiếu trường bắt buộc",
    "extra_forbidden": "trường không được hỗ trợ",
    "json_invalid": "không phải JSON hợp lệ",
    "string_too_long": "văn bản quá dài",
    "string_too_short": "văn bản quá ngắn",
    "string_pattern_mismatch": "không đúng định dạng",
    "enum": "giá trị không thuộc danh mục",
    "literal_error": "giá trị không thuộc danh mục",
    "greater_than_equal": "nhỏ hơn giá trị cho phép",
    "less_than_equal": "lớn hơn giá trị cho phép",
    "too_long": "quá nhiều phần tử",
    "too_short": "quá ít phần tử",
    "value_error": "giá trị không dùng được",
    "string_type": "phải là văn bản",
    **dict.fromkeys(("int_type", "int_parsing", "int_from_float"), "phải là số nguyên"),
    **dict.fromkeys(("bool_type", "bool_parsing"), "phải là true hoặc false"),
    **dict.fromkeys(
        ("date_type", "date_parsing", "date_from_datetime_parsing", "date_from_datetime_inexact"),
        "phải là ngày dạng 2022-07-15",
    ),
    **dict.fromkeys(
        ("datetime_type", "datetime_parsing", "datetime_from_date_parsing"),
        "phải là thời điểm dạng 2022-07-15T08:00:00+07:00",
    ),
    "timezone_aware": "thời điểm phải kèm múi giờ, như +07:00",
    **dict.fromkeys(("uuid_type", "uuid_parsing"), "phải là mã UUID"),
    **dict.fromkeys(("list_type", "tuple_type"), "phải là một danh sách"),
    **dict.fromkeys(
        ("dict_type", "model_type", "model_attributes_type"), "phải là một đối tượng JSON"
    ),
}
