//! The command line. Arguments are parsed into one command; the command calls the library and
//! gives an [`Exit`]. Results go to standard output, everything else to standard error.

mod arguments;
mod backup;
mod balance;
mod batch;
mod check;
#[cfg(feature = "cluster")]
mod cluster;
mod constraints;
mod ensemble;
mod ensemble_file;
mod index;
mod init;
mod language;
mod locate;
mod output;
mod repair;
mod serve;
mod units;

use arguments::{Arguments, Command};
use clap::Parser;
use language::Language;
use std::process::ExitCode;

/// How a command ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    /// Done, and nothing is wrong.
    Clean,
    /// Done, and there are findings of severity error, or no plan keeps the rules.
    Findings,
    /// Could not be done; standard error says why.
    Failed,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        match exit {
            Exit::Clean => Self::from(0),
            Exit::Findings => Self::from(1),
            Exit::Failed => Self::from(2),
        }
    }
}

/// Runs the command that the arguments name. (Arguments that cannot be read end the process with
/// 2, and `--help` with 0, inside clap.)
pub fn main() -> Exit {
    let arguments = Arguments::parse();
    let language = arguments.lang.unwrap_or_else(Language::of_environment);
    let done = match &arguments.command {
        Command::Serve(arguments) => serve::run(arguments, language),
        Command::Check(arguments) => check::run(arguments, language),
        Command::Repair(arguments) => repair::run(arguments, language),
        Command::Balance(arguments) => balance::run(arguments, language),
        Command::Locate(arguments) => locate::run(arguments, language),
        Command::Index(arguments) => index::run(arguments, language),
        Command::Init(arguments) => init::run(arguments, language),
        Command::Units(arguments) => units::run(arguments, language),
        Command::Backup(arguments) => backup::backup(arguments, language),
        Command::Restore(arguments) => backup::restore(arguments, language),
        #[cfg(feature = "cluster")]
        Command::Cluster(arguments) => cluster::run(arguments, language),
    };
    done.unwrap_or_else(|error| {
        let label = language.pick("错误", "error");
        output::tell(&format!("{label}: {}", output::with_causes(&error)));
        Exit::Failed
    })
}
