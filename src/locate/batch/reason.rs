//! Why a row has no answer of its own.

use crate::check::Language;
use crate::dataset::crs::Crs;

/// Why a row could not be looked up. The row itself is kept.
#[derive(Clone, Debug, PartialEq)]
pub enum Reason {
    /// Neither place nor address.
    Blank,
    /// Cells that should be numbers are none.
    NotNumbers(Box<str>, Box<str>),
    /// Numbers that are no place of the reference system.
    NoPlace(f64, f64, Crs),
    /// An address longer than any.
    LongAddress,
    /// A row of another width than the header's, with what stands beyond.
    Cells {
        /// Cells of the row.
        found: usize,
        /// Cells of the header.
        expected: usize,
    },
    /// A quote that nothing closes.
    OpenQuote,
    /// A line that is no JSON object, with what the parser says.
    NotAnObject(Box<str>),
    /// An object that has one of the members that the answer adds.
    HasMember(Box<str>),
    /// Members that the table has no column for, as JSON.
    NoColumn(Box<str>),
    /// A geometry that is no point, by its name.
    NotAPoint(&'static str),
    /// Bytes that are no geometry.
    NotWkb,
}

impl Reason {
    /// The reason in words.
    pub fn words(&self, language: Language) -> String {
        match language {
            Language::English => self.english(),
            Language::Chinese => self.chinese(),
        }
    }

    fn english(&self) -> String {
        match self {
            Self::Blank => "neither a place nor an address".to_owned(),
            Self::NotNumbers(lon, lat) => format!("`{lon}`, `{lat}` are not numbers"),
            Self::NoPlace(a, b, crs) => format!("{a}, {b} is no place in {crs}"),
            Self::LongAddress => "the address is too long".to_owned(),
            Self::Cells { found, expected } => {
                format!("the row has {found} cells, the header {expected}")
            }
            Self::OpenQuote => "a quote is not closed".to_owned(),
            Self::NotAnObject(detail) => format!("not a JSON object: {detail}"),
            Self::HasMember(name) => format!("has a member `{name}` already; rename it"),
            Self::NoColumn(members) => format!("members without a column: {members}"),
            Self::NotAPoint(name) => format!("the geometry is a {name}, not a point"),
            Self::NotWkb => "the geometry cannot be read".to_owned(),
        }
    }

    fn chinese(&self) -> String {
        match self {
            Self::Blank => "既无坐标也无地址".to_owned(),
            Self::NotNumbers(lon, lat) => format!("“{lon}”、“{lat}” 不是数字"),
            Self::NoPlace(a, b, crs) => format!("{a}, {b} 不是 {crs} 坐标系中的位置"),
            Self::LongAddress => "地址过长".to_owned(),
            Self::Cells { found, expected } => format!("该行有 {found} 列，表头有 {expected} 列"),
            Self::OpenQuote => "引号未闭合".to_owned(),
            Self::NotAnObject(detail) => format!("不是 JSON 对象：{detail}"),
            Self::HasMember(name) => format!("已有名为 “{name}” 的成员，请改名"),
            Self::NoColumn(members) => format!("没有对应列的成员：{members}"),
            Self::NotAPoint(name) => format!("几何类型为 {name}，不是点"),
            Self::NotWkb => "几何数据无法读取".to_owned(),
        }
    }
}
