//! Words that invented names are made of. No combination means a real person, place or office.

use super::random::Random;

/// The first is the province of the demonstration; the others are codes that no province bore in 2025 either.
pub(super) const PROVINCE_CODES: [&str; 36] = [
    "98", "97", "90", "88", "85", "81", "78", "76", "73", "71", "69", "65", "63", "61", "59", "57",
    "55", "53", "50", "47", "43", "41", "39", "32", "29", "28", "23", "21", "18", "16", "13", "09",
    "07", "05", "03", "99",
];

const PLACES: [&str; 48] = [
    "Hòa", "An", "Bình", "Phú", "Lộc", "Thạnh", "Mỹ", "Tân", "Long", "Phước", "Thuận", "Vĩnh",
    "Đông", "Tây", "Nam", "Bắc", "Trung", "Xuân", "Thu", "Hạ", "Kim", "Ngọc", "Hưng", "Thịnh",
    "Đức", "Nhân", "Nghĩa", "Lễ", "Trí", "Tín", "Minh", "Quang", "Sơn", "Hải", "Hà", "Giang",
    "Thủy", "Điền", "Lâm", "Viên", "Cát", "Khánh", "Yên", "Ninh", "Thọ", "Đại", "Thanh", "Liên",
];

const STREETS: [&str; 24] = [
    "Hoa Sen",
    "Lúa Vàng",
    "Bờ Kênh",
    "Cầu Tre",
    "Bến Đò",
    "Chợ Sớm",
    "Hàng Dừa",
    "Hàng Cau",
    "Vườn Xoài",
    "Vườn Nhãn",
    "Đồng Xanh",
    "Gió Mới",
    "Nắng Sớm",
    "Mưa Mùa",
    "Đê Cũ",
    "Giếng Nước",
    "Sân Đình",
    "Lò Gạch",
    "Cánh Cò",
    "Trăng Rằm",
    "Phù Sa",
    "Rạch Nhỏ",
    "Mái Ngói",
    "Cây Đa",
];

const FAMILIES: [(usize, &str); 20] = [
    (38, "Nguyễn"),
    (12, "Trần"),
    (10, "Lê"),
    (7, "Phạm"),
    (5, "Huỳnh"),
    (5, "Phan"),
    (4, "Võ"),
    (4, "Đặng"),
    (3, "Bùi"),
    (2, "Đỗ"),
    (2, "Hồ"),
    (2, "Ngô"),
    (2, "Dương"),
    (1, "Lý"),
    (1, "Đinh"),
    (1, "Trương"),
    (1, "Mai"),
    (1, "Tạ"),
    (1, "Thạch"),
    (1, "Châu"),
];
const MIDDLE: [[&str; 10]; 2] = [
    [
        "Văn", "Văn", "Hữu", "Minh", "Quốc", "Đức", "Công", "Thanh", "Ngọc", "Xuân",
    ],
    [
        "Thị", "Thị", "Thị", "Ngọc", "Kim", "Thanh", "Mỹ", "Thu", "Thùy", "Hồng",
    ],
];
const GIVEN: [[&str; 24]; 2] = [
    [
        "Bảo", "Bình", "Cường", "Dũng", "Dương", "Đạt", "Hải", "Hiếu", "Hùng", "Khoa", "Khải",
        "Lâm", "Long", "Mẫn", "Nghĩa", "Phong", "Phúc", "Quân", "Sơn", "Tâm", "Thắng", "Toàn",
        "Tuấn", "Vinh",
    ],
    [
        "Ánh",
        "Bích",
        "Chi",
        "Diệu",
        "Dung",
        "Đào",
        "Hạnh",
        "Hiền",
        "Hoa",
        "Hương",
        "Lan",
        "Liên",
        "Loan",
        "Mai",
        "Nga",
        "Nhung",
        "Oanh",
        "Phượng",
        "Quyên",
        "Thảo",
        "Trang",
        "Tuyết",
        "Vân",
        "Yến",
    ],
];

/// Man or woman, as names and personal numbers tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sex {
    Male,
    Female,
}

/// A family name.
pub(super) fn family(random: &mut Random) -> &'static str {
    random.weighted(&FAMILIES)
}

/// A whole name.
pub(super) fn person(family: &str, sex: Sex, random: &mut Random) -> String {
    let list = sex as usize;
    format!(
        "{family} {} {}",
        random.pick(&MIDDLE[list]),
        random.pick(&GIVEN[list])
    )
}

/// The name of a province, without its kind.
pub(super) fn province(index: usize) -> String {
    match index {
        0 => "Mẫu".to_owned(),
        _ => format!("Mẫu {}", PLACES[index % PLACES.len()]),
    }
}

/// The name of a commune, without its kind: different for the first 144 of a province.
pub(super) fn commune(index: usize) -> String {
    let place = PLACES[index % PLACES.len()];
    match index / PLACES.len() {
        0 => format!("{place} Mẫu"),
        round => format!("{place} {} Mẫu", PLACES[(index * 5 + round) % PLACES.len()]),
    }
}

/// A hamlet of a commune.
pub(super) fn hamlet(random: &mut Random) -> String {
    format!(
        "ấp {} {}",
        random.pick(&PLACES[..16]),
        random.pick(&["Nhất", "Nhì", "Thượng", "Hạ"])
    )
}

/// A street.
pub(super) fn street(random: &mut Random) -> &'static str {
    random.pick(&STREETS)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn no_two_communes_of_a_province_share_a_name() {
        let names: BTreeSet<_> = (0..144).map(commune).collect();
        assert_eq!(names.len(), 144);
        assert_eq!(
            (commune(0), commune(1)),
            ("Hòa Mẫu".into(), "An Mẫu".into())
        );
    }

    #[test]
    fn no_two_provinces_share_a_code_or_a_name() {
        let codes: BTreeSet<_> = PROVINCE_CODES.into_iter().collect();
        let names: BTreeSet<_> = (0..PROVINCE_CODES.len()).map(province).collect();
        assert_eq!((codes.len(), names.len()), (36, 36));
    }
}
