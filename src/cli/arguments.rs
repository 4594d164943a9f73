//! The arguments, as clap reads them.

use super::constraints::{ConstraintArguments, planners_move};
use super::language::Language;
use clap::{Args, Parser, Subcommand, ValueEnum};
use jiff::civil::Date;
use std::net::SocketAddr;
use std::path::PathBuf;
use wangge::balance;
use wangge::domain::LonLat;
use wangge::repair::RepairOptions;

/// Plan, check and look up the governance grids (治理网格) of a subdistrict.
#[derive(Debug, Parser)]
#[command(name = "wangge", version, about, long_about = None, arg_required_else_help = true)]
pub struct Arguments {
    /// Language of texts; by LC_ALL or LANG when not given, Chinese unless they name another
    #[arg(long, global = true, value_name = "LANG")]
    pub lang: Option<Language>,
    #[command(subcommand)]
    pub command: Command,
}

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Serve the viewer and the API (地图与接口服务)
    Serve(ServeArguments),
    /// Check every rule and net (检查多网合一)
    Check(CheckArguments),
    /// Mend what can be mended, into another folder (修复边界)
    Repair(RepairArguments),
    /// Propose balanced plans (均衡划分方案)
    Balance(Box<BalanceArguments>),
    /// Find the grid of a point or an address (查询所属网格)
    Locate(LocateArguments),
    /// Compile the grids to a file that opens at once (编译网格索引)
    Index(super::index::IndexArguments),
    /// Write a manifest with every setting and its default (生成数据清单)
    Init(InitArguments),
    /// Make planning units of compounds, roads and the boundary (生成规划单元)
    Units(super::units::UnitsArguments),
    /// Write all that the store holds to a file (备份)
    Backup(super::backup::BackupArguments),
    /// Make a store of a backup (恢复)
    Restore(super::backup::RestoreArguments),
    /// Run the scheduler and the executors of a cluster (集群)
    #[cfg(feature = "cluster")]
    Cluster(super::cluster::ClusterArguments),
}

/// Serves the viewer and the API of a dataset until SIGTERM or Ctrl-C.
#[derive(Args, Debug)]
#[command(
    after_help = "Examples:\n  wangge serve data/shuangshan --addr 127.0.0.1:8080\n  wangge serve data/shuangshan --store wangge.db"
)]
pub struct ServeArguments {
    /// Folder of the dataset, or a file of polygons
    #[arg(default_value = "data/shuangshan")]
    pub dataset: PathBuf,
    /// Address and port to listen on; port 0 takes a free one
    #[arg(long, default_value = "127.0.0.1:8080")]
    pub addr: SocketAddr,
    /// The grids compiled by `wangge index` [default: compiled when the program starts]
    #[arg(long, value_name = "FILE")]
    pub index: Option<PathBuf>,
    /// Where plans are kept: a file, or postgres://… [default: in memory, until the program ends]
    #[arg(long, value_name = "FILE|URL")]
    pub store: Option<String>,
}

/// Form of the report of `check`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ReportFormat {
    /// For people
    Text,
    /// The stable form for programs
    Json,
    /// The findings on a map
    Geojson,
    /// A page with maps, to read and to print
    Html,
}

/// Form of other results.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// For people
    Text,
    /// The stable form for programs
    Json,
}

/// Checks a dataset: gaps and overlaps, nets against grids, compounds, balance. Ends with 1 when
/// there is a finding of severity error.
#[derive(Args, Debug)]
#[command(
    after_help = "Examples:\n  wangge check data/shuangshan --format json -o report.json\n  wangge check data/shuangshan --format html -o report.html"
)]
pub struct CheckArguments {
    /// Folder of the dataset, or a file of polygons
    pub dataset: PathBuf,
    /// Form of the report
    #[arg(long, value_enum, default_value_t = ReportFormat::Text)]
    pub format: ReportFormat,
    /// Write the report to a file
    #[arg(short, long, value_name = "FILE")]
    pub output: Option<PathBuf>,
    /// Borders closer than this, in metres, are meant to be the same [default: the dataset's, 0.5]
    #[arg(long, value_name = "METRES", value_parser = tolerance)]
    pub tolerance_m: Option<f64>,
}

/// Mends grids and nets: overlaps, gaps and inlets, parts outside, rings, borders that lack a
/// neighbour's corners; then each net takes over the grids' borders. The result is a whole dataset
/// in another folder; the original is never changed. What would move a locked grid, split a
/// compound, empty a grid or exchange ids is left and listed, and so is what is larger than the
/// two limits. Ends with 1 when something is left.
#[derive(Args, Debug)]
#[command(
    after_help = "Examples:\n  wangge repair data/shuangshan --dry-run\n  wangge repair data/shuangshan -o repaired --lock 370203035003003 --format json > report.json\n  wangge check repaired"
)]
pub struct RepairArguments {
    /// Folder of the dataset, or a file of polygons
    pub dataset: PathBuf,
    /// Folder for the repaired dataset: new, empty, or of an earlier repair
    #[arg(short, long, value_name = "FOLDER", required_unless_present = "dry_run")]
    pub output: Option<PathBuf>,
    /// Only say what would be done
    #[arg(long)]
    pub dry_run: bool,
    /// Change only these layers [default: the grids, every net, and the outline's edges]
    #[arg(long, value_name = "NAME", num_args = 1..)]
    pub layer: Vec<String>,
    /// Leave these grids as they are; their neighbours give way
    #[arg(long, value_name = "CODE", num_args = 1..)]
    pub lock: Vec<String>,
    /// Borders closer than this, in metres, are meant to be the same [default: the dataset's, 0.5]
    #[arg(long, value_name = "METRES", value_parser = tolerance)]
    pub tolerance_m: Option<f64>,
    /// Leave what is more than this share of a grid's area
    #[arg(long, value_name = "SHARE", value_parser = deviation, default_value_t = RepairOptions::MAX_SHARE)]
    pub max_share: f64,
    /// Leave what decides the grid of more households than this
    #[arg(long, value_name = "N", default_value_t = RepairOptions::MAX_HOUSEHOLDS)]
    pub max_households: u64,
    /// Set the two limits aside
    #[arg(long)]
    pub force: bool,
    /// Form of the report
    #[arg(long, value_enum, default_value_t = Format::Text)]
    pub format: Format,
}

/// What a plan is to make small: one thing, or a mix.
#[derive(Clone, Debug)]
pub struct Objective {
    /// The one thing.
    pub alone: balance::Objective,
    /// Or several.
    pub mix: Option<balance::Mix>,
}

/// How communities bind the grids.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Communities {
    /// Every grid lies in one community
    Whole,
    /// A grid in several communities costs something
    Soft,
    /// Communities do not matter
    Ignore,
}

impl From<Communities> for balance::CommunityRule {
    fn from(communities: Communities) -> Self {
        match communities {
            Communities::Whole => Self::Whole,
            Communities::Soft => Self::Soft,
            Communities::Ignore => Self::Ignore,
        }
    }
}

/// Proposes plans with whole units and grids in one piece, every grid within the deviation. Ends
/// with 1 when there is none.
#[derive(Args, Debug)]
#[command(
    after_help = "Examples:\n  wangge balance data/shuangshan --max-deviation 0.1 --seed 1\n  wangge balance data/shuangshan --objective cut-edges=1,moved=2 --lock-unit U001\n  wangge balance data/shuangshan --move fewest\n  wangge balance --graph county.json --households TOTPOP --grids 16"
)]
pub struct BalanceArguments {
    /// Folder of the dataset, or a file of polygons
    #[arg(required_unless_present = "graph", conflicts_with = "graph")]
    pub dataset: Option<PathBuf>,
    /// A dual graph in NetworkX adjacency JSON instead of a dataset
    #[arg(long, value_name = "FILE", requires_all = ["households", "grids"])]
    pub graph: Option<PathBuf>,
    /// The attribute of the graph's nodes that is to be balanced
    #[arg(long, value_name = "ATTRIBUTE", requires = "graph")]
    pub households: Option<String>,
    /// Number of grids [default: as many as there are]
    #[arg(long, value_name = "K", value_parser = clap::value_parser!(u32).range(1..))]
    pub grids: Option<u32>,
    /// Greatest share off the mean: 0.1 is ±10 % [default: the dataset's, 0.1]
    #[arg(long, value_name = "SHARE", value_parser = deviation)]
    pub max_deviation: Option<f64>,
    /// What to make small: cut-edges, border-length or inertia; several with weights, like
    /// cut-edges=1,moved=0.5; or one after the other, like deviation,cut-edges (also
    /// polsby-popper, communities-split)
    #[arg(long, value_name = "WHAT", default_value = "cut-edges", value_parser = objective)]
    pub objective: Objective,
    /// How communities bind the grids
    #[arg(long, value_enum, default_value_t = Communities::Whole)]
    pub communities: Communities,
    /// With --communities soft: cost of each grid in several communities, in units of the
    /// objective
    #[arg(long, value_name = "COST", default_value_t = 5.0, value_parser = weight)]
    pub community_cost: f64,
    /// Propose the whole choice between balance, few moves and short borders
    #[arg(long)]
    pub front: bool,
    #[command(flatten)]
    pub constraints: ConstraintArguments,
    /// Answer a question to the present plan instead: fix=GRID, split=GRID, merge=A,B,
    /// smooth=A,B, fewest, grow=COMPOUND:HOUSEHOLDS, why-not=UNIT:GRID
    #[arg(long = "move", value_name = "MOVE", value_parser = planners_move, conflicts_with = "graph")]
    pub planners_move: Option<balance::moves::Move>,
    /// Weight of leaving units in their present grid
    #[arg(long, value_name = "W", default_value_t = 0.0, value_parser = weight)]
    pub keep: f64,
    /// Time limit in seconds; without it the search ends by work, and is the same each time
    #[arg(long, value_name = "S", value_parser = seconds)]
    pub time_limit: Option<f64>,
    /// Seed of the search
    #[arg(long, value_name = "N", default_value_t = 1)]
    pub seed: u64,
    /// Threads [default: 1 a processor]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    pub threads: Option<u16>,
    /// Form of the plans
    #[arg(long, value_enum, default_value_t = Format::Text)]
    pub format: Format,
    /// Write the plans to a file
    #[arg(short, long, value_name = "FILE")]
    pub output: Option<PathBuf>,
    #[command(flatten)]
    pub ensemble: super::ensemble::EnsembleArguments,
}

/// Finds the grid, branch and compound of a point, an address, or every row of a file. `none` is
/// an answer, too.
///
/// A file (--batch) has columns lon and lat (经度, 纬度), or address (地址), or both; GeoParquet has
/// its points. All its columns, rows and bytes stay as they are and in order; grid_code, branch_id,
/// compound_id, match and reason are appended. A row that cannot be read is kept, with the reason.
#[derive(Args, Debug)]
#[command(
    after_help = "Examples:\n  wangge locate data/shuangshan --at 120.38683,36.11617\n  wangge locate data/shuangshan --address 鸿仕雅居3号楼\n  wangge locate data/shuangshan --batch ledger.csv -o ledger-with-grids.csv --crs gcj02\n  wangge locate data/shuangshan --batch points.parquet -o out.parquet --on 2024-05-31 --resume"
)]
pub struct LocateArguments {
    /// Folder of the dataset, or a file of polygons
    pub dataset: PathBuf,
    #[command(flatten)]
    pub what: Place,
    /// Count only grids that are valid on this day [default: today]
    #[arg(long, value_name = "YYYY-MM-DD")]
    pub on: Option<Date>,
    /// The grids compiled by `wangge index` [default: compiled where that pays]
    #[arg(long, value_name = "FILE")]
    pub index: Option<PathBuf>,
    /// Form of the answer
    #[arg(long, value_enum, default_value_t = Format::Text)]
    pub format: Format,
    #[command(flatten)]
    pub batch_arguments: super::batch::BatchArguments,
    #[cfg(feature = "cluster")]
    #[command(flatten)]
    pub engine: super::cluster::EngineArguments,
}

/// What to look up.
#[derive(Args, Debug)]
#[group(required = true, multiple = false)]
pub struct Place {
    /// Longitude and latitude in degrees, WGS 84
    #[arg(long, value_name = "LON,LAT", value_parser = place, allow_hyphen_values = true)]
    pub at: Option<LonLat>,
    /// An address or the name of a compound
    #[arg(long, value_name = "TEXT")]
    pub address: Option<String>,
    /// Every row of a file: .csv, .tsv, .ndjson, .jsonl, .parquet; - for standard input
    #[arg(long, value_name = "FILE")]
    pub batch: Option<PathBuf>,
}

/// Writes `wangge.toml` with every setting and its default, commented.
#[derive(Args, Debug)]
#[command(after_help = "Example:\n  wangge init my-subdistrict")]
pub struct InitArguments {
    /// Folder of the dataset; made when it is not there
    pub folder: PathBuf,
}

/// A number that `holds` accepts.
fn number(text: &str, should_be: &str, holds: impl Fn(f64) -> bool) -> Result<f64, String> {
    let number = text.trim().parse::<f64>().ok().filter(|n| n.is_finite() && holds(*n));
    number.ok_or_else(|| format!("it should be {should_be}"))
}

fn tolerance(text: &str) -> Result<f64, String> {
    number(text, "a length in metres, from 0 to 1000", |n| (0.0..=1000.0).contains(&n))
}

fn deviation(text: &str) -> Result<f64, String> {
    number(text, "a share from 0 to 1, like 0.1 for ±10 %", |n| (0.0..=1.0).contains(&n))
}

fn weight(text: &str) -> Result<f64, String> {
    number(text, "a number from 0", |n| n >= 0.0)
}

fn objective(text: &str) -> Result<Objective, String> {
    let alone = serde_json::from_value::<balance::Objective>(text.trim().into());
    match alone {
        Ok(alone) => Ok(Objective { alone, mix: None }),
        Err(_) => {
            let mix = balance::Mix::parse(text).map_err(|error| error.to_string())?;
            Ok(Objective { alone: balance::Objective::CutEdges, mix: Some(mix) })
        }
    }
}

fn seconds(text: &str) -> Result<f64, String> {
    number(text, "seconds above 0, at most a day", |n| n > 0.0 && n <= 86_400.0)
}

fn place(text: &str) -> Result<LonLat, String> {
    let (lon, lat) =
        text.split_once([',', '，']).ok_or("it should be LON,LAT like 120.387,36.116")?;
    let degrees = |text: &str, what: &str| {
        text.trim().parse::<f64>().map_err(|_| format!("`{}` is no {what} in degrees", text.trim()))
    };
    LonLat::new(degrees(lon, "longitude")?, degrees(lat, "latitude")?).map_err(|e| e.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_arguments_are_consistent() {
        Arguments::command().debug_assert();
    }

    #[test]
    fn western_and_southern_places_are_no_flags() {
        let read = Arguments::try_parse_from(["wangge", "locate", "d", "--at", "-81.4,-36.5"]);
        let Command::Locate(locate) = read.unwrap().command else { panic!("another command") };
        let at = locate.what.at.unwrap();
        assert_eq!((at.lon(), at.lat()), (-81.4, -36.5));
    }

    #[test]
    fn numbers_out_of_range_are_refused() {
        for arguments in [
            &["wangge", "balance", "d", "--max-deviation", "NaN"][..],
            &["wangge", "balance", "d", "--max-deviation", "1.5"],
            &["wangge", "balance", "d", "--grids", "0"],
            &["wangge", "balance", "d", "--time-limit", "-1"],
            &["wangge", "check", "d", "--tolerance-m", "inf"],
            &["wangge", "locate", "d", "--at", "181,0"],
            &["wangge", "locate", "d", "--at", "NaN,0"],
            &["wangge", "locate", "d"],
            &["wangge", "repair", "d"],
            &["wangge", "repair", "d", "--dry-run", "--max-share", "5"],
            &["wangge", "balance", "--graph", "g.json", "--grids", "3"],
        ] {
            assert!(Arguments::try_parse_from(arguments).is_err(), "{arguments:?}");
        }
    }
}
