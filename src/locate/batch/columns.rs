//! Which columns say where a row is, and the columns that the answer adds.

use super::error::BatchError;
use crate::dataset::ledger::LedgerField;

/// The columns that are added to each row, in this order.
pub const ADDED: [&str; 5] = ["grid_code", "branch_id", "compound_id", "match", "reason"];

/// Columns that the user names where they are not recognised.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ColumnNames {
    /// Longitude or easting.
    pub lon: Option<String>,
    /// Latitude or northing.
    pub lat: Option<String>,
    /// Address.
    pub address: Option<String>,
}

impl ColumnNames {
    /// The name that the user gave for a field.
    pub fn of(&self, field: LedgerField) -> Option<&str> {
        match field {
            LedgerField::Lon => self.lon.as_deref(),
            LedgerField::Lat => self.lat.as_deref(),
            LedgerField::Address => self.address.as_deref(),
        }
    }

    /// Where a header has a field.
    ///
    /// # Errors
    /// When the user named a column that is not there.
    pub fn find(&self, header: &[String], field: LedgerField) -> Result<Option<usize>, BatchError> {
        let Some(name) = self.of(field) else { return Ok(field.column(header)) };
        let found = header.iter().position(|own| own.trim() == name.trim());
        found
            .map(Some)
            .ok_or_else(|| BatchError::NoColumn { name: name.to_owned(), found: listed(header) })
    }
}

/// Where a header says the place of a row: by two numbers, by an address, or by either.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Places {
    /// Columns of longitude and latitude.
    pub place: Option<[usize; 2]>,
    /// Column of the address.
    pub address: Option<usize>,
}

impl Places {
    /// The columns among a header.
    ///
    /// # Errors
    /// When there are none, or when a named one is missing.
    pub fn find(header: &[String], names: &ColumnNames) -> Result<Self, BatchError> {
        let lon = names.find(header, LedgerField::Lon)?;
        let lat = names.find(header, LedgerField::Lat)?;
        let address = names.find(header, LedgerField::Address)?;
        match (lon, lat, address) {
            (Some(lon), Some(lat), _) => Ok(Self { place: Some([lon, lat]), address }),
            // One half may be another thing (a column `x`); the address says enough.
            (_, _, Some(_)) => Ok(Self { place: None, address }),
            (None, None, None) => Err(BatchError::NoPlace { found: listed(header) }),
            (lon, _, _) => {
                let missing = if lon.is_none() { LedgerField::Lon } else { LedgerField::Lat };
                Err(BatchError::HalfAPlace {
                    missing: if lon.is_none() { "longitude" } else { "latitude" },
                    name: missing.name(),
                    found: listed(header),
                })
            }
        }
    }
}

/// Refuses a header that has a column of [`ADDED`].
///
/// # Errors
/// With its name.
pub fn refuse_taken<S: AsRef<str>>(header: &[S]) -> Result<(), BatchError> {
    let taken = header.iter().map(|own| own.as_ref().trim()).find(|own| is_added(own));
    taken.map_or(Ok(()), |name| Err(BatchError::ColumnTaken(name.to_owned())))
}

/// Whether a name is one of [`ADDED`], in any case: many programs do not tell the case of columns.
pub fn is_added(name: &str) -> bool {
    ADDED.iter().any(|added| added.eq_ignore_ascii_case(name))
}

/// Names for a message.
pub fn listed<S: AsRef<str>>(header: &[S]) -> String {
    const MOST: usize = 30;
    let mut text = header.iter().take(MOST).map(AsRef::as_ref).collect::<Vec<_>>().join(", ");
    if header.len() > MOST {
        text.push_str(", …");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn find(header: &[&str]) -> Result<Places, BatchError> {
        let header: Vec<String> = header.iter().map(|name| name.to_string()).collect();
        Places::find(&header, &ColumnNames::default())
    }

    #[test]
    fn places_and_addresses() {
        let both = Places { place: Some([1, 0]), address: Some(2) };
        assert_eq!(find(&["纬度", "经度", "地址"]).expect("found"), both);
        let address = Places { place: None, address: Some(1) };
        assert_eq!(find(&["x", "address"]).expect("found"), address);
        assert!(matches!(find(&["a", "b"]), Err(BatchError::NoPlace { .. })));
        let half = find(&["lon", "b"]);
        assert!(matches!(half, Err(BatchError::HalfAPlace { missing: "latitude", .. })));
    }

    #[test]
    fn a_named_column_must_be_there() {
        let header = ["e".to_owned(), "n".to_owned()];
        let named = |lon: &str, lat: &str| ColumnNames {
            lon: Some(lon.to_owned()),
            lat: Some(lat.to_owned()),
            address: None,
        };
        let found = Places::find(&header, &named("e", "n")).expect("found");
        assert_eq!(found.place, Some([0, 1]));
        assert!(matches!(
            Places::find(&header, &named("e", "north")),
            Err(BatchError::NoColumn { .. })
        ));
    }

    #[test]
    fn columns_of_the_answer_are_not_there_yet() {
        assert!(refuse_taken(&["id", "matched"]).is_ok());
        assert!(matches!(refuse_taken(&["id", "Match"]), Err(BatchError::ColumnTaken(_))));
    }
}
