//! Builds the viewer in `web/` and lays it out for embedding into the binary.
//!
//! The way of the files: `web/` → copy in OUT_DIR → `npm ci`, `npm run build` → `dist/` → a folder
//! `viewer/` in OUT_DIR with a `.gz` beside each file that it makes smaller. Nothing is written
//! into the source tree. `WANGGE_WEB_DIST=FOLDER` hands in a `dist/` that is built already. Where
//! the viewer cannot be had (no Node, no network) the build goes on with a warning and a page that
//! says how to get it; `WANGGE_REQUIRE_WEB=1` makes that an error, for releases.

use std::ffi::OsStr;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

/// Parts of `web/` that the built pages cannot depend on.
const NOT_SOURCE: [&str; 4] = ["node_modules", "dist", "test-results", "tests"];
/// Endings that gain from compression.
const COMPRESSIBLE: [&str; 8] = ["html", "js", "mjs", "css", "svg", "json", "wasm", "txt"];

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    println!("cargo:rerun-if-changed=src/http/no_viewer.html");
    println!("cargo:rerun-if-env-changed=WANGGE_WEB_DIST");
    println!("cargo:rerun-if-env-changed=WANGGE_REQUIRE_WEB");
    let out = PathBuf::from(env::var_os("OUT_DIR").expect("cargo sets OUT_DIR"));
    let root = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").expect("cargo sets it"));
    let viewer = out.join("viewer");
    let built = match env::var_os("WANGGE_WEB_DIST").filter(|value| !value.is_empty()) {
        Some(dist) => handed_in(&root.join(dist)),
        None => build(&root.join("web"), &out.join("web")),
    };
    let laid_out = built.and_then(|dist| {
        embed(&dist, &viewer).map_err(|error| format!("{}: {error}", dist.display()))
    });
    let Err(reason) = laid_out else { return };
    if env::var_os("WANGGE_REQUIRE_WEB").is_some_and(|value| value == "1") {
        panic!("the viewer could not be built: {reason}");
    }
    for line in reason.lines() {
        println!("cargo:warning=viewer: {line}");
    }
    println!(
        "cargo:warning=the program is built without its viewer; install Node.js with npm and build again, or set WANGGE_WEB_DIST to a built web/dist"
    );
    // A path that never exists makes cargo try again at the next build.
    println!("cargo:rerun-if-changed={}", out.join("try-again").display());
    explain(&root, &viewer, &reason).expect("OUT_DIR can be written");
}

/// A folder that somebody built already.
fn handed_in(dist: &Path) -> Result<PathBuf, String> {
    println!("cargo:rerun-if-changed={}", dist.display());
    if dist.join("index.html").is_file() {
        return Ok(dist.to_path_buf());
    }
    Err(format!("WANGGE_WEB_DIST: {} holds no index.html", dist.display()))
}

/// Builds `web` in `work`; gives the folder with the result.
fn build(web: &Path, work: &Path) -> Result<PathBuf, String> {
    if !web.join("package.json").is_file() {
        return Err("web/package.json is not there".into());
    }
    watch(web).map_err(|error| format!("web: {error}"))?;
    mirror(web, work).map_err(|error| format!("copying web: {error}"))?;
    install(work)?;
    npm(work, &["run", "build"])?;
    let dist = work.join("dist");
    if dist.join("index.html").is_file() {
        Ok(dist)
    } else {
        Err("`npm run build` made no dist/index.html".into())
    }
}

/// Has cargo run this script again when a source of the viewer changes.
fn watch(web: &Path) -> io::Result<()> {
    // Not the folder itself: npm and the tests write node_modules and dist into it.
    for entry in fs::read_dir(web)? {
        let entry = entry?;
        if !is_skipped(&entry.file_name()) {
            println!("cargo:rerun-if-changed={}", entry.path().display());
        }
    }
    Ok(())
}

fn is_skipped(name: &OsStr) -> bool {
    NOT_SOURCE.iter().any(|skipped| name == *skipped)
}

/// Copies the sources; what the last build installed (`node_modules`) stays, all else is new.
fn mirror(web: &Path, work: &Path) -> io::Result<()> {
    fs::create_dir_all(work)?;
    for entry in fs::read_dir(work)? {
        let entry = entry?;
        if entry.file_name() != "node_modules" && entry.file_name() != STAMP {
            remove(&entry.path())?;
        }
    }
    for entry in fs::read_dir(web)? {
        let entry = entry?;
        if !is_skipped(&entry.file_name()) {
            copy(&entry.path(), &work.join(entry.file_name()))?;
        }
    }
    Ok(())
}

fn remove(path: &Path) -> io::Result<()> {
    if path.is_dir() { fs::remove_dir_all(path) } else { fs::remove_file(path) }
}

fn copy(from: &Path, to: &Path) -> io::Result<()> {
    if from.is_dir() {
        fs::create_dir_all(to)?;
        for entry in fs::read_dir(from)? {
            let entry = entry?;
            copy(&entry.path(), &to.join(entry.file_name()))?;
        }
        Ok(())
    } else {
        fs::copy(from, to).map(|_| ())
    }
}

/// The lock file that `node_modules` was installed from.
const STAMP: &str = ".installed-from";

/// Installs what the lock file says, unless the last build did.
fn install(work: &Path) -> Result<(), String> {
    let lock = fs::read(work.join("package-lock.json"))
        .map_err(|error| format!("web/package-lock.json: {error}"))?;
    let stamp = work.join(STAMP);
    if work.join("node_modules").is_dir() && fs::read(&stamp).is_ok_and(|old| old == lock) {
        return Ok(());
    }
    npm(work, &["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--prefer-offline"])?;
    fs::write(&stamp, lock).map_err(|error| format!("{}: {error}", stamp.display()))
}

/// Lines of npm's output in a message.
const MESSAGE_LINES: usize = 10;

/// Runs npm; on failure gives the lines that say why.
fn npm(folder: &Path, arguments: &[&str]) -> Result<(), String> {
    let program = if cfg!(windows) { "npm.cmd" } else { "npm" };
    let done =
        Command::new(program).args(arguments).current_dir(folder).output().map_err(|error| {
            match error.kind() {
                io::ErrorKind::NotFound => "npm is not installed (it comes with Node.js)".into(),
                _ => format!("npm: {error}"),
            }
        })?;
    if done.status.success() {
        return Ok(());
    }
    let said = [done.stderr, done.stdout].concat();
    let said = String::from_utf8_lossy(&said);
    // npm says what is wrong first and how it is to be called afterwards; vite says it last.
    let lines: Vec<&str> = said.lines().filter(|line| !line.trim().is_empty()).collect();
    let errors = lines.iter().position(|line| line.starts_with("npm error"));
    let from = errors.unwrap_or(lines.len().saturating_sub(MESSAGE_LINES));
    let told: Vec<&str> = lines[from..].iter().copied().take(MESSAGE_LINES).collect();
    let hint =
        if arguments.contains(&"ci") { "; the first build needs the package registry" } else { "" };
    let (what, told) = (arguments.join(" "), told.join("\n"));
    Err(format!("`npm {what}` failed ({}){hint}\n{told}", done.status))
}

/// Lays out `dist` for embedding: each file, and its `.gz` where that is smaller.
fn embed(dist: &Path, viewer: &Path) -> io::Result<()> {
    if viewer.exists() {
        fs::remove_dir_all(viewer)?;
    }
    copy(dist, viewer)?;
    compress(viewer)
}

fn compress(folder: &Path) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            compress(&path)?;
            continue;
        }
        let ending = path.extension().and_then(OsStr::to_str).unwrap_or_default();
        if !COMPRESSIBLE.contains(&ending) {
            continue;
        }
        let plain = fs::read(&path)?;
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
        encoder.write_all(&plain)?;
        let packed = encoder.finish()?;
        if packed.len() < plain.len() {
            fs::write(path.with_extension(format!("{ending}.gz")), packed)?;
        }
    }
    Ok(())
}

/// The page that stands in for the viewer.
fn explain(root: &Path, viewer: &Path, reason: &str) -> io::Result<()> {
    let escaped = reason.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    let page = fs::read_to_string(root.join("src/http/no_viewer.html"))?;
    if viewer.exists() {
        fs::remove_dir_all(viewer)?;
    }
    fs::create_dir_all(viewer)?;
    fs::write(viewer.join("index.html"), page.replace("{reason}", &escaped))
}
