//! Two things that the program knows about itself: the map application, embedded from `web/dist` (a build before `npm run build`
//! embeds none), and a fingerprint of the source that it was built from.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};

/// What a computed file, such as the snapshot of the index, may depend on.
const SOURCES: [&str; 3] = ["src", "migrations", "Cargo.lock"];

fn main() {
    println!("cargo::rerun-if-changed=web/dist");
    if let Err(error) = std::fs::create_dir_all("web/dist") {
        println!("cargo::warning=web/dist cannot be made: {error}");
    }
    let mut hasher = DefaultHasher::new();
    for source in SOURCES {
        println!("cargo::rerun-if-changed={source}");
        if let Err(error) = hash(Path::new(source), &mut hasher) {
            println!("cargo::error={source} cannot be read: {error}");
        }
    }
    println!("cargo::rustc-env=DIABA_SOURCE={:016x}", hasher.finish());
}

/// Names and contents of all files below a path, in the order of their names.
fn hash(path: &Path, hasher: &mut impl Hasher) -> std::io::Result<()> {
    path.hash(hasher);
    if !path.is_dir() {
        std::fs::read(path)?.hash(hasher);
        return Ok(());
    }
    let entries = std::fs::read_dir(path)?.map(|entry| entry.map(|entry| entry.path()));
    let mut paths = entries.collect::<Result<Vec<PathBuf>, _>>()?;
    paths.sort();
    paths.iter().try_for_each(|path| hash(path, hasher))
}
