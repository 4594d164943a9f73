//! Where a Parquet file says the place of a row: two columns of numbers, a column of geometries,
//! an address.

use super::cells::{Cell, Cells, Wanted, check};
use super::wkb;
use crate::dataset::crs::Crs;
use crate::dataset::ledger::{LedgerField, coordinate};
use crate::locate::batch::columns::listed;
use crate::locate::batch::error::BatchError;
use crate::locate::batch::question::{Question, short};
use crate::locate::batch::reason::Reason;
use crate::locate::batch::table::BatchOptions;
use ::parquet::basic::LogicalType;
use ::parquet::errors::Result;
use ::parquet::file::metadata::{FileMetaData, ParquetMetaData};
use ::parquet::file::reader::RowGroupReader;
use serde_json::Value;

/// The column of a GeoParquet file without a better one.
const GEOMETRY: &str = "geometry";

/// Numbers of the leaf columns.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Places {
    place: Option<Place>,
    address: Option<usize>,
    crs: Crs,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Place {
    /// Two columns of numbers.
    Numbers([usize; 2]),
    /// Geometries in well-known binary.
    Wkb(usize),
}

impl Places {
    /// The columns of a file. Columns that the user names come first; then, in GeoParquet, the
    /// geometry; then those that are known by their names.
    ///
    /// # Errors
    /// When there are none, or they cannot be read.
    pub fn find(
        file: &ParquetMetaData,
        options: &BatchOptions,
    ) -> std::result::Result<Self, BatchError> {
        let schema = file.file_metadata().schema_descr();
        let names: Vec<String> =
            schema.columns().iter().map(|column| column.path().string()).collect();
        let find = |field| options.columns.find(&names, field);
        let numbers = find(LedgerField::Lon)?.zip(find(LedgerField::Lat)?);
        let numbers = numbers.map(|(lon, lat)| Place::Numbers([lon, lat]));
        let address = find(LedgerField::Address)?;
        let is_named = options.columns.lon.is_some();
        let geo = Geo::of(file.file_metadata());
        let geometry = geometry(file.file_metadata(), &names, geo.as_ref());
        let place = if is_named || (geo.is_none() && numbers.is_some()) {
            numbers
        } else {
            geometry.or(numbers)
        };
        if place.is_none() && address.is_none() {
            return Err(BatchError::NoPlace { found: listed(&names) });
        }
        match place {
            Some(Place::Numbers(columns)) => {
                for column in columns {
                    check(&schema.column(column), Wanted::Number)?;
                }
            }
            Some(Place::Wkb(column)) => check(&schema.column(column), Wanted::Wkb)?,
            None => {}
        }
        if let Some(column) = address {
            check(&schema.column(column), Wanted::Text)?;
        }
        let crs = match (options.crs, geo) {
            (Some(crs), _) => crs,
            (None, Some(geo)) if place == geometry => geo.crs()?,
            (None, _) => Crs::default(),
        };
        Ok(Self { place, address, crs })
    }

    /// The question of a row's cells.
    fn question(&self, cells: [Cell; 2], address: Cell) -> Question {
        match (self.place, cells) {
            (None, _) | (_, [Cell::Null, Cell::Null]) => of_address(&address),
            (Some(Place::Wkb(_)), [Cell::Bytes(bytes), _]) => match wkb::point(bytes.data()) {
                Ok(Some([x, y])) => Question::of_numbers(x, y, self.crs),
                Ok(None) => of_address(&address),
                Err(reason) => Question::Unreadable(reason),
            },
            (_, [Cell::Number(x), Cell::Number(y)]) => Question::of_numbers(x, y, self.crs),
            (_, [a, b]) => self.of_texts(&a, &b, &address),
        }
    }

    fn of_texts(&self, a: &Cell, b: &Cell, address: &Cell) -> Question {
        let number = |cell: &Cell| match cell {
            Cell::Number(number) => Some(*number),
            Cell::Bytes(bytes) => coordinate(&String::from_utf8_lossy(bytes.data())),
            Cell::Null => None,
        };
        let (first, second) = (text(a), text(b));
        if first.trim().is_empty() && second.trim().is_empty() {
            return of_address(address);
        }
        match (number(a), number(b)) {
            (Some(x), Some(y)) => Question::of_numbers(x, y, self.crs),
            _ => Question::Unreadable(Reason::NotNumbers(short(&first), short(&second))),
        }
    }
}

fn text(cell: &Cell) -> String {
    match cell {
        Cell::Null => String::new(),
        Cell::Number(number) => number.to_string(),
        Cell::Bytes(bytes) => String::from_utf8_lossy(bytes.data()).into_owned(),
    }
}

fn of_address(cell: &Cell) -> Question {
    match cell {
        Cell::Bytes(bytes) => Question::of_address(Some(&String::from_utf8_lossy(bytes.data()))),
        _ => Question::of_address(None),
    }
}

/// What GeoParquet says of its geometry (metadata `geo`).
struct Geo(Value);

impl Geo {
    fn of(file: &FileMetaData) -> Option<Self> {
        let pair = file.key_value_metadata()?.iter().find(|pair| pair.key == "geo")?;
        let geo: Value = serde_json::from_str(pair.value.as_deref()?).ok()?;
        geo.is_object().then_some(Self(geo))
    }

    fn column(&self) -> &str {
        self.0["primary_column"].as_str().unwrap_or(GEOMETRY)
    }

    fn about(&self) -> &Value {
        &self.0["columns"][self.column()]
    }

    /// The reference system: degrees where none is named, as the standard has it.
    fn crs(&self) -> std::result::Result<Crs, BatchError> {
        let crs = &self.about()["crs"];
        let id = &crs["id"];
        let code = match &id["code"] {
            Value::String(code) => code.clone(),
            code => code.to_string(),
        };
        let authority = id["authority"].as_str().unwrap_or_default();
        let known = match crs {
            Value::Null => Some(Crs::Degrees),
            _ if authority.eq_ignore_ascii_case("OGC") => Crs::parse(&code),
            _ => Crs::parse(&format!("{authority}:{code}")),
        };
        known.ok_or_else(|| {
            let name = crs["name"].as_str().unwrap_or("a reference system without a name");
            BatchError::Crs(format!("{name} ({authority}:{code})"))
        })
    }
}

/// The column of geometries: the one that `geo` names, in its encoding; else one of Parquet's own
/// type, or of that name.
fn geometry(file: &FileMetaData, names: &[String], geo: Option<&Geo>) -> Option<Place> {
    let at = |name: &str| names.iter().position(|own| own == name);
    if let Some(geo) = geo {
        let name = geo.column();
        return match geo.about()["encoding"].as_str() {
            Some("point") => {
                Some(Place::Numbers([at(&format!("{name}.x"))?, at(&format!("{name}.y"))?]))
            }
            _ => at(name).map(Place::Wkb),
        };
    }
    let is_geometry = |column: &::parquet::schema::types::ColumnDescPtr| {
        matches!(
            column.logical_type_ref(),
            Some(LogicalType::Geometry { .. } | LogicalType::Geography { .. })
        )
    };
    let typed = file.schema_descr().columns().iter().position(is_geometry);
    typed.or_else(|| at(GEOMETRY)).map(Place::Wkb)
}

/// Reads the questions of a row group, row after row.
pub struct RowReader<'p> {
    places: &'p Places,
    columns: [Option<Cells>; 3],
    cells: [Vec<Cell>; 3],
}

impl<'p> RowReader<'p> {
    /// Over the rows of a row group.
    pub fn new(places: &'p Places, group: &dyn RowGroupReader) -> Result<Self> {
        let numbers = match places.place {
            Some(Place::Numbers([lon, lat])) => [Some(lon), Some(lat)],
            Some(Place::Wkb(column)) => [Some(column), None],
            None => [None, None],
        };
        let open = |column: Option<usize>| -> Result<Option<Cells>> {
            let Some(column) = column else { return Ok(None) };
            let about = group.metadata().column(column).column_descr_ptr();
            Ok(Some(Cells::new(group.get_column_reader(column)?, &about)))
        };
        let columns = [open(numbers[0])?, open(numbers[1])?, open(places.address)?];
        Ok(Self { places, columns, cells: Default::default() })
    }

    /// Appends the questions of the next `rows` rows, or of as many as are left.
    ///
    /// # Errors
    /// When a page is damaged, or columns are of unequal length.
    pub fn read(&mut self, rows: usize, questions: &mut Vec<Question>) -> Result<()> {
        let mut length = None;
        for (column, cells) in self.columns.iter_mut().zip(&mut self.cells) {
            cells.clear();
            let Some(column) = column else { continue };
            column.read(rows, cells)?;
            if length.is_some_and(|length| length != cells.len()) {
                let detail = "two columns of a row group have not as many rows";
                return Err(::parquet::errors::ParquetError::General(detail.to_owned()));
            }
            length = Some(cells.len());
        }
        let [mut first, mut second, mut address] =
            self.cells.each_mut().map(|cells| cells.drain(..));
        for _ in 0..length.unwrap_or_default() {
            // A column that is not read has no cells.
            let next = |cells: &mut std::vec::Drain<'_, Cell>| cells.next().unwrap_or(Cell::Null);
            let cells = [next(&mut first), next(&mut second)];
            questions.push(self.places.question(cells, next(&mut address)));
        }
        Ok(())
    }
}
