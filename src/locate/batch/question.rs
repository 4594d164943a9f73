//! What a row asks: a place, an address, or nothing that can be read.

use super::reason::Reason;
use crate::dataset::crs::Crs;
use crate::dataset::ledger::coordinate;
use crate::domain::LonLat;

/// Most characters of an address; real ones have less than a hundred.
const LONGEST_ADDRESS: usize = 500;

/// What a row asks.
#[derive(Clone, Debug, PartialEq)]
pub enum Question {
    /// Who owns the place?
    Place(LonLat),
    /// Who owns the address?
    Address(String),
    /// Nothing that can be read.
    Unreadable(Reason),
}

impl Question {
    /// The question of a row's texts: its place where it has one, else its address.
    pub fn of_texts(place: Option<[&str; 2]>, address: Option<&str>, crs: Crs) -> Self {
        match place {
            Some([lon, lat]) if !(is_blank(lon) && is_blank(lat)) => {
                match (coordinate(lon), coordinate(lat)) {
                    (Some(first), Some(second)) => Self::of_numbers(first, second, crs),
                    _ => Self::Unreadable(Reason::NotNumbers(short(lon), short(lat))),
                }
            }
            _ => Self::of_address(address),
        }
    }

    /// The question of two numbers of a reference system. Metres of a zone may stand in either
    /// order: no easting can be a northing.
    pub fn of_numbers(first: f64, second: f64, crs: Crs) -> Self {
        let place = match crs {
            Crs::GaussKruger(zone) => {
                zone.to_degrees(first, second).or_else(|_| zone.to_degrees(second, first))
            }
            _ => crs.to_degrees(first, second),
        };
        place.map_or(Self::Unreadable(Reason::NoPlace(first, second, crs)), Self::Place)
    }

    /// The question of an address.
    pub fn of_address(address: Option<&str>) -> Self {
        match address.map(str::trim).filter(|address| !address.is_empty()) {
            None => Self::Unreadable(Reason::Blank),
            Some(address) if address.chars().nth(LONGEST_ADDRESS).is_some() => {
                Self::Unreadable(Reason::LongAddress)
            }
            Some(address) => Self::Address(address.to_owned()),
        }
    }
}

fn is_blank(cell: &str) -> bool {
    cell.trim().is_empty()
}

/// The beginning of a text, for a message.
pub fn short(text: &str) -> Box<str> {
    const MOST: usize = 40;
    match text.char_indices().nth(MOST) {
        Some((end, _)) => format!("{}…", &text[..end]).into(),
        None => text.into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_goes_before_an_address() {
        let of = |lon, lat, address| Question::of_texts(Some([lon, lat]), address, Crs::Degrees);
        let place = LonLat::new(120.4, 36.1).expect("a place");
        assert_eq!(of("120.4", "36.1", Some("x")), Question::Place(place));
        assert_eq!(of(" ", "", Some(" x ")), Question::Address("x".to_owned()));
        assert_eq!(of("", "", None), Question::Unreadable(Reason::Blank));
        assert!(matches!(of("120.4", "", Some("x")), Question::Unreadable(Reason::NotNumbers(..))));
        assert!(matches!(of("NaN", "36", None), Question::Unreadable(Reason::NoPlace(..))));
        let long = "长".repeat(501);
        assert_eq!(of("", "", Some(&long)), Question::Unreadable(Reason::LongAddress));
    }

    #[test]
    fn metres_are_read_in_either_order() {
        let crs = Crs::from_epsg(4549).expect("a zone");
        let place = LonLat::new(120.4, 36.1).expect("a place");
        let (east, north) = crs.from_degrees(place);
        let near = |question| match question {
            Question::Place(p) => {
                (p.lon() - place.lon()).abs() < 1e-9 && (p.lat() - place.lat()).abs() < 1e-9
            }
            _ => false,
        };
        assert!(near(Question::of_numbers(east, north, crs)));
        assert!(near(Question::of_numbers(north, east, crs)));
    }
}
