//! `POST /api/locate`: a ledger in, the same with its grids out, as a stream.

use super::Failure;
use crate::check::Language;
use crate::dataset::crs::{CRS_NAMES, Crs};
use crate::dataset::ledger::encoding_named;
use crate::http::extract::Params;
use crate::http::problem::Problem;
use crate::http::snapshot::Snapshot;
use crate::http::state::SharedState;
use crate::http::stream::{BodyReader, BodyWriter};
use crate::locate::batch::{
    BatchError, BatchOptions, ColumnNames, Progress, Sink, TextForm, locate_text,
};
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::Response;
use encoding_rs::Encoding;
use jiff::civil::Date;
use std::io;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{OwnedSemaphorePermit, oneshot};

const CSV: &str = "text/csv";
const NDJSON: &str = "application/x-ndjson";
/// Longest time that a client may read nothing of its answer.
const PATIENCE: Duration = Duration::from_secs(60);
/// Bytes of text that are looked up at once.
const PIECE: usize = 128 << 10;

/// Looks up every row of a CSV (columns `lon` and `lat`, or `address`; Chinese names are
/// recognised) or of NDJSON. The rows come back in their order with all that they had, and with
/// `grid_code`, `branch_id`, `compound_id`, `match` and, where a row could not be read, `reason`.
/// The answer streams: a client with more than some tens of megabytes has to read while it sends.
#[utoipa::path(post, path = "/api/locate", tag = "locate",
    request_body(content((String = "text/csv"), (String = "application/x-ndjson")),
        description = "CSV in UTF-8, GBK or UTF-16 (charset, byte-order mark, or by trial), or NDJSON"),
    params(("crs" = Option<String>, Query, description = "wgs84 (default), gcj02, bd09, or EPSG:4513 to 4554"),
        ("on" = Option<String>, Query, description = "Count only grids that are valid on this day, YYYY-MM-DD; today when not given"),
        ("lon" = Option<String>, Query, description = "Name of the column of longitudes, where it is not recognised"),
        ("lat" = Option<String>, Query, description = "Name of the column of latitudes"),
        ("address" = Option<String>, Query, description = "Name of the column of addresses"),
        ("lang" = Option<String>, Query, description = "Language of the reasons: zh (default) or en")),
    responses((status = OK, description = "The rows, in the form that Accept asks for, else as they came",
            content((String = "text/csv"), (String = "application/x-ndjson"))),
        (status = BAD_REQUEST, description = "No column says where a row is", body = Failure),
        (status = NOT_ACCEPTABLE, body = Failure),
        (status = TOO_MANY_REQUESTS, description = "As many ledgers are being looked up as may", body = Failure),
        (status = UNSUPPORTED_MEDIA_TYPE, body = Failure)))]
pub async fn locate_batch(
    State(state): State<SharedState>,
    params: Params,
    request: Request,
) -> Result<Response, Failure> {
    let params = params.only(&["crs", "on", "lon", "lat", "address", "lang"])?;
    let (from, encoding) = content_form(request.headers())?;
    let to = accepted_form(request.headers(), from)?;
    let options = options(&params, encoding)?;
    let place = Arc::clone(&state.batches).try_acquire_owned().map_err(|_| {
        let detail = "as many ledgers are being looked up as may at once; try again in a while";
        Problem::new(StatusCode::TOO_MANY_REQUESTS, detail)
    })?;
    let (writer, body) = BodyWriter::new(PATIENCE);
    let (begun, first_bytes) = oneshot::channel();
    let work = Work {
        snapshot: state.snapshot(),
        forms: [from, to],
        options,
        reader: BodyReader::new(request.into_body()),
        sink: Answer { writer, begun: Some(begun) },
        _place: place,
    };
    let task = tokio::task::spawn_blocking(move || work.run());
    // The status is only sent when the header has been understood.
    if first_bytes.await.is_err() {
        return match task.await.map_err(Problem::internal)? {
            Some(problem) => Err(problem),
            None => Ok(response(Body::empty(), to)),
        };
    }
    Ok(response(body, to))
}

fn response(body: Body, form: TextForm) -> Response {
    let kind = match form {
        TextForm::Csv => CSV,
        TextForm::Ndjson => NDJSON,
    };
    let mut response = Response::new(body);
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

/// One ledger.
struct Work {
    snapshot: Arc<Snapshot>,
    forms: [TextForm; 2],
    options: BatchOptions,
    reader: BodyReader,
    sink: Answer,
    /// Given back when the work ends.
    _place: OwnedSemaphorePermit,
}

impl Work {
    /// Looks up the rows; the problem, where no byte of an answer has been sent.
    fn run(mut self) -> Option<Problem> {
        let locator = &self.snapshot.locator;
        let done =
            locate_text(self.reader, self.forms, locator, &self.options, None, &mut self.sink);
        match done {
            Ok(_) => None,
            Err(error) if self.sink.begun.is_some() => Some(problem(&error)),
            Err(error) => {
                tracing::info!(%error, "a ledger was broken off");
                self.sink.writer.break_off(io::Error::other(error.to_string()));
                None
            }
        }
    }
}

/// The answer to a ledger.
struct Answer {
    writer: BodyWriter,
    /// Told when the first bytes are there.
    begun: Option<oneshot::Sender<()>>,
}

impl Sink for Answer {
    fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        if bytes.is_empty() {
            return Ok(());
        }
        if let Some(begun) = self.begun.take() {
            begun.send(()).map_err(|()| io::ErrorKind::BrokenPipe)?;
        }
        self.writer.send(bytes)
    }

    fn tell(&mut self, _: &Progress, _: &dyn Fn() -> Vec<u8>) -> io::Result<()> {
        Ok(())
    }
}

fn problem(error: &BatchError) -> Problem {
    let (status, detail) = match error {
        BatchError::Read(_) => (StatusCode::BAD_REQUEST, "the body did not arrive whole".into()),
        BatchError::RowTooLong { .. } => (StatusCode::PAYLOAD_TOO_LARGE, error.to_string()),
        _ => (StatusCode::BAD_REQUEST, error.to_string()),
    };
    let problem = Problem::new(status, detail);
    match error {
        BatchError::HalfAPlace { name, .. } => problem.with_field(*name),
        BatchError::NoPlace { .. } => problem.with_field("lon"),
        BatchError::NoColumn { name, .. }
        | BatchError::ColumnTaken(name)
        | BatchError::SameName(name) => problem.with_field(name.as_str()),
        _ => problem,
    }
}

fn options(params: &Params, encoding: Option<&'static Encoding>) -> Result<BatchOptions, Problem> {
    let on: Option<Date> = params.parsed("on", "a day like 2024-05-31")?;
    let crs = params.text("crs").map(|name| {
        let detail = || format!("`crs` is `{name}`; it should be one of {CRS_NAMES}");
        Crs::parse(name).ok_or_else(|| Problem::bad_field("crs", detail()))
    });
    let name = |name: &str| params.text(name).map(str::to_owned);
    let columns = ColumnNames { lon: name("lon"), lat: name("lat"), address: name("address") };
    if columns.lon.is_some() != columns.lat.is_some() {
        let missing = if columns.lon.is_none() { "lon" } else { "lat" };
        let detail = "`lon` and `lat` name two columns; give both or none";
        return Err(Problem::bad_field(missing, detail));
    }
    let language = match params.text("lang") {
        None | Some("zh") => Language::Chinese,
        Some("en") => Language::English,
        Some(other) => {
            let detail = format!("`lang` is `{other}`; it should be zh or en");
            return Err(Problem::bad_field("lang", detail));
        }
    };
    Ok(BatchOptions {
        crs: crs.transpose()?,
        on: Some(on.unwrap_or_else(|| jiff::ZonedDateTime::now().date())),
        columns,
        encoding,
        language,
        threads: 1,
        piece: PIECE,
        length: None,
    })
}

/// The form of the body and its charset, by Content-Type.
fn content_form(headers: &HeaderMap) -> Result<(TextForm, Option<&'static Encoding>), Problem> {
    let unsupported = |detail: String| {
        Problem::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, detail).with_field("Content-Type")
    };
    let given = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let mut parts = given.unwrap_or_default().split(';').map(str::trim);
    let form = form_of(parts.next().unwrap_or_default()).ok_or_else(|| {
        unsupported(format!("the body must be {CSV} or {NDJSON}, named in Content-Type"))
    })?;
    let charset = parts.find_map(|part| {
        let (name, value) = part.split_once('=')?;
        name.trim().eq_ignore_ascii_case("charset").then_some(value.trim().trim_matches('"'))
    });
    let encoding = charset.map(|name| {
        encoding_named(name)
            .ok_or_else(|| unsupported(format!("charset `{name}` is not UTF-8, GBK or UTF-16")))
    });
    Ok((form, encoding.transpose()?))
}

fn form_of(media_type: &str) -> Option<TextForm> {
    match media_type.to_ascii_lowercase().as_str() {
        CSV => Some(TextForm::Csv),
        NDJSON | "application/ndjson" | "application/jsonl" => Some(TextForm::Ndjson),
        _ => None,
    }
}

/// The form that Accept likes best; the body's own where it does not care.
fn accepted_form(headers: &HeaderMap, own: TextForm) -> Result<TextForm, Problem> {
    let given = headers.get_all(header::ACCEPT).iter().filter_map(|value| value.to_str().ok());
    let ranges: Vec<(&str, f32)> = given.flat_map(|text| text.split(',')).map(range).collect();
    if ranges.is_empty() {
        return Ok(own);
    }
    let mut best: Option<(TextForm, f32)> = None;
    for (name, quality) in ranges {
        let form = match (name, own) {
            ("*/*", own) => Some(own),
            ("text/*", _) => Some(TextForm::Csv),
            ("application/*", _) => Some(TextForm::Ndjson),
            (name, _) => form_of(name),
        };
        if let Some(form) = form.filter(|_| quality > 0.0 && best.is_none_or(|b| b.1 < quality)) {
            best = Some((form, quality));
        }
    }
    best.map(|(form, _)| form).ok_or_else(|| {
        Problem::new(StatusCode::NOT_ACCEPTABLE, format!("the answer is {CSV} or {NDJSON}"))
            .with_field("Accept")
    })
}

/// A media range and its quality.
fn range(text: &str) -> (&str, f32) {
    let mut parts = text.split(';').map(str::trim);
    let name = parts.next().unwrap_or_default();
    let quality = parts.find_map(|part| part.strip_prefix("q=")?.parse().ok());
    (name, quality.unwrap_or(1.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn accepted(accept: &str) -> Option<TextForm> {
        let mut headers = HeaderMap::new();
        headers.insert(header::ACCEPT, accept.parse().expect("a header"));
        accepted_form(&headers, TextForm::Csv).ok()
    }

    #[test]
    fn accept_decides() {
        assert_eq!(accepted_form(&HeaderMap::new(), TextForm::Ndjson).ok(), Some(TextForm::Ndjson));
        assert_eq!(accepted("*/*"), Some(TextForm::Csv));
        assert_eq!(accepted("application/x-ndjson, text/csv;q=0.5"), Some(TextForm::Ndjson));
        assert_eq!(accepted("application/x-ndjson;q=0.1, text/*"), Some(TextForm::Csv));
        assert_eq!(accepted("text/html, */*;q=0.1"), Some(TextForm::Csv));
        assert_eq!(accepted("application/json"), None);
        assert_eq!(accepted("text/csv;q=0"), None);
    }
}
