//! GeoJSON coordinates: nested lists of numbers, read straight from their text.
//!
//! The text is known to be valid JSON (`serde_json` has passed over it), so this only follows the
//! brackets. The depth is that of the geometry's type, never the file's; numbers are read with
//! the standard library's correctly rounded parser, so the same text is always the same place.

use super::record::{Position, Words};

/// Reads the nested lists of one geometry.
pub(super) struct Coordinates<'a> {
    text: &'a [u8],
    at: usize,
}

type Read<T> = Result<T, Words>;

impl<'a> Coordinates<'a> {
    /// Over the JSON text of a `coordinates` member.
    pub fn new(json: &'a str) -> Self {
        Self { text: json.as_bytes(), at: 0 }
    }

    /// One position: at least two numbers; further ones (height, measure) are passed over.
    pub fn position(&mut self) -> Read<Position> {
        let mut position = [0.0; 2];
        let mut numbers = 0;
        self.open()?;
        while self.next_item(numbers == 0)? {
            let number = self.number()?;
            if let Some(place) = position.get_mut(numbers) {
                *place = number;
            }
            numbers += 1;
        }
        if numbers < 2 {
            return Err(Words::new(
                format!("a position has {numbers} numbers instead of two"),
                format!("有一个坐标只含 {numbers} 个数，应为两个"),
            ));
        }
        Ok(position)
    }

    /// A list of positions.
    pub fn line(&mut self) -> Read<Vec<Position>> {
        self.list(Self::position)
    }

    /// A list of lines or rings.
    pub fn lines(&mut self) -> Read<Vec<Vec<Position>>> {
        self.list(Self::line)
    }

    /// A list of polygons.
    pub fn polygons(&mut self) -> Read<Vec<Vec<Vec<Position>>>> {
        self.list(Self::lines)
    }

    fn list<T>(&mut self, item: fn(&mut Self) -> Read<T>) -> Read<Vec<T>> {
        let mut items = Vec::new();
        self.open()?;
        while self.next_item(items.is_empty())? {
            items.push(item(self)?);
        }
        Ok(items)
    }

    /// The next byte that is not white space.
    fn peek(&mut self) -> Option<u8> {
        while self.text.get(self.at).is_some_and(u8::is_ascii_whitespace) {
            self.at += 1;
        }
        self.text.get(self.at).copied()
    }

    fn open(&mut self) -> Read<()> {
        match self.peek() {
            Some(b'[') => {
                self.at += 1;
                Ok(())
            }
            _ => Err(Words::new(
                "the coordinates are nested too little for the type",
                "坐标的嵌套层数少于几何类型所需",
            )),
        }
    }

    /// Whether an item follows; passes over the comma before it or the closing bracket.
    fn next_item(&mut self, first: bool) -> Read<bool> {
        match self.peek() {
            Some(b']') => {
                self.at += 1;
                Ok(false)
            }
            Some(b',') if !first => {
                self.at += 1;
                Ok(true)
            }
            Some(_) if first => Ok(true),
            _ => Err(Words::new("the coordinates are not lists of numbers", "坐标不是数字列表")),
        }
    }

    fn number(&mut self) -> Read<f64> {
        self.peek();
        let rest = &self.text[self.at..];
        let is_part = |b: &u8| matches!(b, b'0'..=b'9' | b'+' | b'-' | b'.' | b'e' | b'E');
        let length = rest.iter().take_while(|b| is_part(b)).count();
        self.at += length;
        let number = std::str::from_utf8(&rest[..length]).ok().and_then(|text| text.parse().ok());
        number.ok_or_else(|| {
            if rest.first() == Some(&b'[') {
                Words::new(
                    "the coordinates are nested too deeply for the type",
                    "坐标的嵌套层数多于几何类型所需",
                )
            } else {
                Words::new("a coordinate is not a number", "有坐标不是数字")
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn positions_and_rings() {
        assert_eq!(
            Coordinates::new(" [ 120.5 , -3.6e1 , 12 , 1 ] ").position(),
            Ok([120.5, -36.0])
        );
        assert_eq!(
            Coordinates::new("[[[1,2],[3,4]],[]]").lines(),
            Ok(vec![vec![[1.0, 2.0], [3.0, 4.0]], vec![]])
        );
        assert_eq!(Coordinates::new("[]").polygons(), Ok(vec![]));
        let huge = Coordinates::new("[1e999,2]").position().expect("a number by its grammar");
        assert!(huge[0].is_infinite());
    }

    #[test]
    fn what_is_not_coordinates_is_said() {
        for text in ["[1]", "[]", "[1,null]", "[1,\"2\"]", "[[1,2]]", "1", "{}", "null", "[true,1]"]
        {
            assert!(Coordinates::new(text).position().is_err(), "{text}");
        }
        for text in ["[[1,2]]", "[[[[1,2]]]]", "[[[1,2],3]]", "[1,2]"] {
            assert!(Coordinates::new(text).lines().is_err(), "{text}");
        }
    }
}
