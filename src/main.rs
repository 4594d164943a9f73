//! The command line of wangge: parse, call the library, print.

mod cli;

fn main() -> std::process::ExitCode {
    cli::main().into()
}
