//! A manifest to begin with: every setting with its default, in comments.

use super::catalogue::{self, LayerKind};
use super::crs::CRS_NAMES;
use super::manifest::MANIFEST_NAME;
use super::source;
use crate::domain::{RuleSettings, SizeBand};
use std::fmt::Write as _;
use std::io::Write as _;
use std::path::{Path, PathBuf};

/// Why no manifest was written.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum InitError {
    /// The folder has a manifest, which is never overwritten.
    #[error("{}: exists already and is left as it is. Edit it, or move it away first.", path.display())]
    Exists {
        /// The manifest.
        path: PathBuf,
    },
    /// The operating system refuses to write.
    #[error("{}: cannot be written: {source}. Give an existing folder that you may write to.", path.display())]
    Unwritable {
        /// The manifest.
        path: PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
}

/// Writes `wangge.toml` into a folder, which is made when it does not exist; gives its path.
///
/// # Errors
/// When there is a manifest already, or the system refuses.
pub fn init(folder: &Path) -> Result<PathBuf, InitError> {
    let path = folder.join(MANIFEST_NAME);
    let write = || {
        std::fs::create_dir_all(folder)?;
        let mut file = std::fs::File::options().write(true).create_new(true).open(&path)?;
        file.write_all(manifest_template(folder).as_bytes())
    };
    match write() {
        Ok(()) => Ok(path),
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists && path.exists() => {
            Err(InitError::Exists { path })
        }
        Err(source) => Err(InitError::Unwritable { path, source }),
    }
}

/// The text of a manifest for a folder: its title, the layers whose files are there, and in
/// comments every other layer and every setting with its default. It says what would be done
/// without it, so writing it changes nothing.
pub fn manifest_template(folder: &Path) -> String {
    let files = source::list(folder).unwrap_or_default();
    let full = std::fs::canonicalize(folder).unwrap_or_else(|_| folder.to_owned());
    let name = full.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
    let mut text = format!(
        "# The manifest of a dataset of wangge. A line that begins with # is a comment: where a\n\
         # setting stands in one, it shows the default. Unknown keys are refused.\n\
         \n\
         # Title in English and in Chinese; the folder's name where nothing is said.\n\
         # title = {name}\n\
         # title_zh = {name}\n\
         # Whether the data are invented (demo data).\n\
         # synthetic = false\n\
         \n\
         # Layers. Where any is named, only the named ones are read; where none is, the files with\n\
         # these names are. Settings of each:\n\
         #   file            relative to this folder\n\
         #   crs             {CRS_NAMES}\n\
         #   encoding        of a CSV: \"utf-8\", \"gbk\", \"gb18030\"; found by trial when not set\n\
         #   title, title_zh shown in menus\n\
         #   fields          {{ canonical = \"your column\" }}; usual Chinese names are known\n\
         #   net             true for any polygon layer that must coincide with the grids\n\
         #   correspondence  of a net: \"one_to_one\", or \"many_to_one\" (several whole grids each)\n",
        name = quoted(&name),
    );
    for layer in &catalogue::LAYERS {
        layer_table(&mut text, layer, source::file_of(layer, &files));
    }
    rules(&mut text);
    text
}

/// A text as a TOML string.
fn quoted(text: &str) -> String {
    toml::Value::String(text.to_owned()).to_string()
}

fn layer_table(text: &mut String, layer: &catalogue::Conventional, file: Option<&str>) {
    // The table itself is a comment too where the folder has no such file.
    let mark = if file.is_some() { "" } else { "# " };
    let (name, is_net) = (layer.name, layer.kind == LayerKind::Net);
    let file = file.map_or_else(|| format!("{name}.geojson"), str::to_owned);
    let mut line = |setting: std::fmt::Arguments<'_>| {
        // Writing to a String cannot fail.
        let _ = writeln!(text, "{setting}");
    };
    line(format_args!("\n{mark}[layers.{name}]"));
    line(format_args!("{mark}file = {}", quoted(&file)));
    line(format_args!("# crs = \"WGS84\""));
    if catalogue::reads_csv(layer.kind) {
        line(format_args!("# encoding = \"utf-8\""));
    }
    line(format_args!("# title = {}", quoted(layer.title)));
    line(format_args!("# title_zh = {}", quoted(layer.title_zh)));
    if is_net {
        line(format_args!("# net = true"));
        line(format_args!("# correspondence = \"one_to_one\""));
    }
    let fields = catalogue::fields(layer.kind);
    let pairs = fields.iter().map(|f| format!("{0} = \"{0}\"", f.canonical));
    line(format_args!("# fields = {{ {} }}", pairs.collect::<Vec<_>>().join(", ")));
}

fn rules(text: &mut String) {
    let rules = RuleSettings::default();
    let band = |band: SizeBand| format!("[{}, {}]", band[0], band[1]);
    let _ = write!(
        text,
        "\n[rules]\n\
         # Borders closer than this, in metres, are meant to be the same.\n\
         # tolerance_m = {:?}\n\
         # Greatest share by which a grid's households may lie off the mean: 0.1 is ±10 %.\n\
         # max_deviation = {:?}\n\
         # Households and residents that a grid should hold, both ends included.\n\
         # size_households = {}\n\
         # size_residents = {}\n\
         \n\
         # Severity by rule, \"error\", \"warning\" or \"info\"; each rule's own where nothing is said.\n\
         [rules.severity]\n\
         # \"size.households\" = \"warning\"\n\
         # \"balance.deviation\" = \"error\"\n",
        rules.tolerance_m,
        rules.max_deviation,
        band(rules.size_households),
        band(rules.size_residents),
    );
}

#[cfg(test)]
mod tests {
    use super::super::manifest::Document;
    use super::*;

    /// The template with every setting that stands in a comment switched on.
    fn switched_on(template: &str) -> String {
        let is_setting = |line: &str| {
            let key = line.split(" = ").next().unwrap_or_default();
            line.starts_with('[') || (line.contains(" = ") && !key.contains(' '))
        };
        let lines = template.lines().map(|line| match line.strip_prefix("# ") {
            Some(rest) if is_setting(rest) => rest,
            _ => line,
        });
        lines.collect::<Vec<_>>().join("\n")
    }

    #[test]
    fn the_template_says_what_holds_without_it() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join(MANIFEST_NAME);
        let template = manifest_template(folder.path());
        let plain = Document::parse(&path, &template).expect("a manifest");
        assert_eq!(plain.manifest, Default::default());

        let all_on = switched_on(&template);
        let full = Document::parse(&path, &all_on).expect("a manifest");
        let mut rules = full.manifest.rules.clone();
        assert_eq!(rules.severity.len(), 2);
        rules.severity.clear();
        assert_eq!(rules, RuleSettings::default());
        assert_eq!(full.manifest.layers.len(), catalogue::LAYERS.len());
        for layer in &catalogue::LAYERS {
            let table = &full.manifest.layers[layer.name];
            assert_eq!(table.title.as_deref(), Some(layer.title));
            assert_eq!(table.fields.len(), catalogue::fields(layer.kind).len());
        }
    }

    #[test]
    fn a_manifest_is_written_once_and_loads_what_loaded_before() {
        let folder = tempfile::tempdir().expect("a folder");
        let square = r#"{"type":"FeatureCollection","features":[{"type":"Feature","properties":
            {"code":"1"},"geometry":{"type":"Polygon","coordinates":[[[0,0],[1,0],[1,1],[0,0]]]}}]}"#;
        std::fs::write(folder.path().join("grids.json"), square).expect("a file");
        let before = super::super::load(folder.path()).expect("one grid");
        let path = init(folder.path()).expect("no manifest yet");
        let text = std::fs::read_to_string(&path).expect("the manifest");
        assert!(text.contains("\n[layers.grids]\nfile = \"grids.json\"\n"), "{text}");
        let after = super::super::load(folder.path()).expect("one grid");
        assert!(after.findings.is_empty(), "{:?}", after.findings);
        assert_eq!(format!("{before:?}"), format!("{after:?}"));

        assert!(matches!(init(folder.path()), Err(InitError::Exists { .. })));
        assert_eq!(std::fs::read_to_string(&path).ok(), Some(text));
        let in_a_file = init(&path).expect_err("a file is no folder");
        assert!(matches!(in_a_file, InitError::Unwritable { .. }), "{in_a_file}");
    }
}
