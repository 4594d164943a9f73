//! What files of rows are, by their names.

use super::BatchArguments;
use crate::cli::language::Language;
use clap::ValueEnum;
use serde::{Deserialize, Serialize};
use std::path::Path;
use wangge::locate::batch::TextForm;

/// What a file of rows is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum, Serialize, Deserialize)]
pub enum Form {
    /// A table: comma, tab or semicolon
    Csv,
    /// A JSON object a line
    Ndjson,
    /// Parquet and GeoParquet
    Parquet,
}

impl Form {
    fn by_name(path: &Path) -> Option<Self> {
        let ending = path.extension()?.to_str()?.to_ascii_lowercase();
        match ending.as_str() {
            "csv" | "tsv" | "tab" | "txt" => Some(Self::Csv),
            "ndjson" | "jsonl" | "jsonlines" => Some(Self::Ndjson),
            "parquet" | "geoparquet" | "pq" => Some(Self::Parquet),
            _ => None,
        }
    }
}

/// The forms of the input and the output.
///
/// # Errors
/// When a name does not tell, or one cannot be made of the other.
pub fn of(
    arguments: &BatchArguments,
    input: &Path,
    language: Language,
) -> anyhow::Result<[Form; 2]> {
    let unknown = |path: &Path, option: &str| {
        let detail = language.pick(
            "无法从文件名看出格式；请以 .csv、.ndjson 或 .parquet 结尾，或用选项指明",
            "the name does not tell the form; let it end in .csv, .ndjson or .parquet, or say it with",
        );
        anyhow::anyhow!("{}: {detail} {option}", path.display())
    };
    let from = arguments
        .input_form
        .or_else(|| Form::by_name(input))
        .ok_or_else(|| unknown(input, "--input-form"))?;
    let to = match (arguments.output_form, &arguments.output) {
        (Some(form), _) => form,
        (None, Some(path)) if path != Path::new("-") => {
            Form::by_name(path).ok_or_else(|| unknown(path, "--output-form"))?
        }
        _ => from,
    };
    if (from == Form::Parquet) != (to == Form::Parquet) {
        anyhow::bail!(
            "{}: {}",
            input.display(),
            language.pick(
                "Parquet 只能输出为 Parquet，CSV 与 NDJSON 可以互换；请改输出文件名的后缀",
                "Parquet goes out as Parquet, CSV and NDJSON as either of the two; change the \
                 ending of the output's name",
            )
        );
    }
    if from == Form::Parquet && input == Path::new("-") {
        anyhow::bail!(language.pick(
            "Parquet 不能从标准输入读取，请给出文件",
            "Parquet cannot be read from standard input; give a file",
        ));
    }
    Ok([from, to])
}

/// Two forms of text.
///
/// # Errors
/// When one of them is none.
pub fn as_text(forms: [Form; 2], language: Language) -> anyhow::Result<[TextForm; 2]> {
    let [from, to] = forms.map(|form| match form {
        Form::Csv => Some(TextForm::Csv),
        Form::Ndjson => Some(TextForm::Ndjson),
        Form::Parquet => None,
    });
    let both = from.zip(to).map(|(from, to)| [from, to]);
    both.ok_or_else(|| anyhow::anyhow!(language.pick("不是文本格式", "this is no text")))
}
