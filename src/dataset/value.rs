//! Values as people write them: numbers as text, full-width digits, "1,811户", lists in one cell,
//! dates in four notations.

use jiff::civil::Date;
use serde_json::Value;

/// Text of a string, a number or a truth value, trimmed; `None` for lists, objects and nothing.
pub(super) fn text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.trim().to_owned()).filter(|text| !text.is_empty()),
        Value::Number(number) => Some(match number.as_f64() {
            // Spreadsheets write whole numbers as 370203035001.0; a key has no fraction.
            Some(x)
                if !number.is_i64() && !number.is_u64() && x.fract() == 0.0 && x.abs() < 9e15 =>
            {
                format!("{}", x as i64)
            }
            _ => number.to_string(),
        }),
        Value::Bool(flag) => Some(flag.to_string()),
        _ => None,
    }
}

/// Whether a code has been damaged by a spreadsheet: `3.70203E+14` has lost its last digits.
pub(super) fn is_scientific(code: &str) -> bool {
    let Some((mantissa, exponent)) = code.split_once(['E', 'e']) else { return false };
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    let fraction = mantissa.split_once('.').is_some_and(|(a, b)| digits(a) && digits(b));
    // `12E5` may be a name of a building; only a fraction or a signed exponent betrays a number.
    (fraction && digits(exponent.trim_start_matches(['+', '-'])))
        || (digits(mantissa) && exponent.strip_prefix('+').is_some_and(digits))
}

/// Full-width digits, points, commas and signs as ASCII.
fn half_width(text: &str) -> String {
    let narrow = |c: char| match c {
        '\u{ff01}'..='\u{ff5e}' => {
            // Full-width forms stand at a constant distance from ASCII.
            char::from_u32(u32::from(c) - 0xfee0).unwrap_or(c)
        }
        '\u{3000}' => ' ',
        '−' => '-',
        c => c,
    };
    text.chars().map(narrow).collect()
}

/// Counter words that may follow a number.
const COUNTERS: [&str; 11] =
    ["户", "人", "名", "口", "栋", "幢", "座", "个", "号", "楼", "households"];

/// A count: a whole number from 0 to 4,294,967,295, as a number or as people write it.
///
/// # Errors
/// Why the value is no count, in English and Chinese.
pub(super) fn count(value: &Value) -> Result<u32, (&'static str, &'static str)> {
    const NOT_A_NUMBER: (&str, &str) = ("is not a number", "不是数字");
    let number = match value {
        Value::Number(number) => number.as_f64().ok_or(NOT_A_NUMBER)?,
        Value::String(text) => number_of(text).ok_or(NOT_A_NUMBER)?,
        _ => return Err(NOT_A_NUMBER),
    };
    if number < 0.0 {
        return Err(("is negative", "是负数"));
    }
    if number.fract() != 0.0 {
        return Err(("is not a whole number", "不是整数"));
    }
    if number > f64::from(u32::MAX) {
        return Err(("is too large", "过大"));
    }
    Ok(number as u32)
}

/// A number as people write it: "１，８１１户", "1 811".
fn number_of(text: &str) -> Option<f64> {
    let text = half_width(text);
    let mut text = text.trim();
    for counter in COUNTERS {
        text = text.strip_suffix(counter).unwrap_or(text).trim_end();
    }
    // A comma or blank may only part thousands: "1,5" is not 15.
    let (whole, fraction) = text.split_once('.').map_or((text, None), |(w, f)| (w, Some(f)));
    let groups: Vec<&str> = whole.split([',', ' ', '\'']).collect();
    let well_grouped = groups.len() == 1 || groups[1..].iter().all(|group| group.len() == 3);
    if !well_grouped {
        return None;
    }
    let mut plain = groups.concat();
    if let Some(fraction) = fraction {
        plain = format!("{plain}.{fraction}");
    }
    // `parse` also takes "inf" and "NaN".
    plain.parse().ok().filter(|number: &f64| number.is_finite())
}

/// A coordinate in a table's cell.
pub(super) fn coordinate(value: &Value) -> Option<f64> {
    match value {
        Value::Number(number) => number.as_f64(),
        Value::String(text) => half_width(text).trim().trim_end_matches('°').parse().ok(),
        _ => None,
    }
}

/// A list: an array, or one text parted by 、 , ， ; or ；.
pub(super) fn list(value: &Value) -> Vec<String> {
    match value {
        Value::Array(items) => items.iter().filter_map(text).collect(),
        Value::String(joined) => joined
            .split(['、', ',', '，', ';', '；', '|'])
            .map(str::trim)
            .filter(|item| !item.is_empty())
            .map(str::to_owned)
            .collect(),
        other => text(other).into_iter().collect(),
    }
}

/// A truth value: true, 1, 是, yes.
pub(super) fn flag(value: &Value) -> bool {
    match value {
        Value::Bool(flag) => *flag,
        Value::Number(number) => number.as_f64().is_some_and(|x| x != 0.0),
        Value::String(text) => {
            matches!(text.trim().to_ascii_lowercase().as_str(), "true" | "1" | "yes" | "y" | "是")
        }
        _ => false,
    }
}

/// A day: 2019-12-27, 2019/12/27, 2019.12.27, 20191227, 2019年12月27日, with or without a time
/// after it.
pub(super) fn date(value: &Value) -> Option<Date> {
    let text = half_width(&text(value)?);
    let day = text.split(['T', ' ']).next()?;
    let parts: Vec<&str> = day.trim_end_matches('日').split(['-', '/', '.', '年', '月']).collect();
    let (year, month, day) = match parts.as_slice() {
        [one] if one.len() == 8 && one.is_ascii() => (&one[..4], &one[4..6], &one[6..]),
        [year, month, day] if year.len() == 4 => (*year, *month, *day),
        _ => return None,
    };
    Date::new(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn counts_as_people_write_them() {
        for value in [
            json!(1811),
            json!(1811.0),
            json!("1811"),
            json!("1,811户"),
            json!("１，８１１ 户"),
            json!(" 1 811"),
        ] {
            assert_eq!(count(&value), Ok(1811), "{value}");
        }
        assert_eq!(count(&json!("0")), Ok(0));
        for value in [
            json!(-1),
            json!("-5户"),
            json!(1.5),
            json!("3.5"),
            json!("约300"),
            json!("NaN"),
            json!("inf"),
            json!("1,5"),
            json!("12,34"),
            json!(4294967296_u64),
            json!(1e300),
            json!([]),
            json!(true),
            json!("户"),
        ] {
            assert!(count(&value).is_err(), "{value}");
        }
    }

    #[test]
    fn keys_and_lists() {
        assert_eq!(text(&json!(370203035003001_u64)).as_deref(), Some("370203035003001"));
        assert_eq!(text(&json!(370203035003001.0)).as_deref(), Some("370203035003001"));
        assert_eq!(text(&json!(" A1 ")).as_deref(), Some("A1"));
        assert_eq!(text(&json!("  ")), None);
        assert_eq!(list(&json!("鸿仕、鸿仕雅居，HS;x；y")), ["鸿仕", "鸿仕雅居", "HS", "x", "y"]);
        assert_eq!(list(&json!(["3701", 3702])), ["3701", "3702"]);
        assert_eq!(list(&json!(3701)), ["3701"]);
        assert!(is_scientific("3.70203E+14") && is_scientific("3.7e14") && is_scientific("4E+14"));
        assert!(!is_scientific("E12") && !is_scientific("12E5") && !is_scientific("370203035"));
    }

    #[test]
    fn dates_as_people_write_them() {
        let day = Date::new(2019, 12, 7).ok();
        for text in [
            "2019-12-07",
            "2019/12/7",
            "20191207",
            "2019年12月7日",
            "2019.12.7",
            "2019-12-07T08:00:00",
            "２０１９-12-07",
        ] {
            assert_eq!(date(&json!(text)), day, "{text}");
        }
        assert_eq!(date(&json!(20191207)), day);
        for text in ["", "2019", "2019-13-01", "2019-02-30", "12/07/2019", "明天", "2019年"] {
            assert_eq!(date(&json!(text)), None, "{text}");
        }
    }
}
