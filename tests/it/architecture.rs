//! The plan of the house, read from its source: imports go down the list, and each heavy crate has one owner.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

/// The floors, top first. A room may visit rooms on lower floors, and none on its own.
const FLOORS: &[&[&str]] = &[
    &["main"],
    &["cli"],
    &["http"],
    &["app"],
    &["ingest", "store", "index", "tiles", "share", "documents"],
    &["topology"],
    &["page"],
    &["geometry"],
    &["crs"],
    &["policy"],
    &["domain"],
];

/// Crates and the rooms that may name them.
const OWNERS: &[(&str, &[&str])] = &[
    ("axum", &["http"]),
    ("clap", &["cli"]),
    ("cms", &["documents"]),
    ("cryptoki", &["documents"]),
    ("csv", &["ingest"]),
    ("fast_qr", &["documents"]),
    ("gdal", &["ingest"]),
    ("gdal_sys", &["ingest"]),
    ("geo", &["geometry"]),
    ("geohash", &["geometry"]),
    ("geojson", &["http", "ingest"]),
    ("hyper", &["http"]),
    ("hyper_util", &["http"]),
    ("indicatif", &["cli"]),
    ("jsonwebtoken", &["share"]),
    ("libdeflater", &["documents", "tiles"]),
    ("p256", &["documents", "share"]),
    ("pdf_writer", &["documents"]),
    ("polylabel", &["geometry"]),
    ("proj", &["crs"]),
    ("rlimit", &["cli"]),
    ("rstar", &["index"]),
    ("rust_embed", &["http"]),
    ("sqlx", &["store"]),
    ("subsetter", &["documents"]),
    ("ttf_parser", &["documents"]),
    ("ureq", &["documents"]),
    ("utoipa", &["http"]),
    ("utoipa_axum", &["http"]),
    ("x509_cert", &["documents"]),
    ("xxhash_rust", &["index", "tiles"]),
];

/// Strangers that are known and allowed: a file and the crate that it may name.
const GUESTS: &[(&str, &str)] = &[
    // the address of a database is a setting
    ("cli/open.rs", "sqlx"),
    // a second opinion on the synthetic commune's areas
    ("ingest/synth/tests.rs", "geo"),
];

/// Rooms that are pure: no clock, no I/O, no async, no logging.
const PURE: &[&str] = &["domain", "policy", "geometry", "page", "topology"];
const IMPURE: &[&str] = &[
    "std::fs",
    "std::net",
    "std::process",
    "std::time",
    "SystemTime",
    "now_utc",
    "now_local",
    "async fn",
    "tokio::",
    "tracing::",
    "println!",
    "rand::",
];

struct SourceFile {
    path: String,
    room: String,
    /// The code without comment lines.
    code: String,
}

fn sources() -> Vec<SourceFile> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    collect(&root, &mut files);
    files
        .into_iter()
        .map(|file| {
            let path = file
                .strip_prefix(&root)
                .unwrap()
                .to_str()
                .unwrap()
                .to_owned();
            let room = path
                .split('/')
                .next()
                .unwrap()
                .trim_end_matches(".rs")
                .to_owned();
            let text = fs::read_to_string(file).unwrap();
            let lines = text
                .lines()
                .filter(|line| !line.trim_start().starts_with("//"));
            SourceFile {
                room,
                path,
                code: lines.collect::<Vec<_>>().join("\n"),
            }
        })
        .filter(|source| source.room != "lib")
        .collect()
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(&path, files);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
}

/// The names that follow a prefix: `crate::a`, `crate::{a, b::{c, d}}`.
fn names_after<'c>(code: &'c str, prefix: &str) -> Vec<&'c str> {
    let mut names = Vec::new();
    for (start, _) in code.match_indices(prefix) {
        let rest = &code[start + prefix.len()..];
        match rest.strip_prefix('{') {
            Some(group) => names.extend(outer_names(group)),
            None => names.push(word(rest)),
        }
    }
    names
}

/// The first word of each part of a group, at its outer level.
fn outer_names(group: &str) -> Vec<&str> {
    let (mut depth, mut start, mut names) = (0, 0, Vec::new());
    for (place, letter) in group.char_indices() {
        match letter {
            ',' | '}' if depth == 0 => {
                names.push(word(group[start..place].trim_start()));
                start = place + 1;
                if letter == '}' {
                    break;
                }
            }
            '{' => depth += 1,
            '}' => depth -= 1,
            _ => {}
        }
    }
    names.retain(|name| !name.is_empty());
    names
}

fn word(text: &str) -> &str {
    let end = text
        .find(|letter: char| !(letter.is_alphanumeric() || letter == '_'))
        .unwrap_or(text.len());
    &text[..end]
}

/// Whether code names a crate: `name::` that follows neither a path nor a word.
fn names_crate(code: &str, name: &str) -> bool {
    let path = format!("{name}::");
    let mut places = code.match_indices(&path);
    places.any(|(start, _)| {
        !code[..start]
            .ends_with(|letter: char| letter.is_alphanumeric() || letter == '_' || letter == ':')
    })
}

#[test]
fn imports_go_down_the_list_never_up_or_sideways() {
    let floor: BTreeMap<&str, usize> = FLOORS
        .iter()
        .enumerate()
        .flat_map(|(floor, rooms)| rooms.iter().map(move |room| (*room, floor)))
        .collect();
    let mut wrong = Vec::new();
    for SourceFile { path, room, code } in sources() {
        let from = floor
            .get(room.as_str())
            .unwrap_or_else(|| panic!("{path} is in no room of the plan"));
        for visited in names_after(&code, "crate::")
            .into_iter()
            .chain(names_after(&code, "diaba::"))
        {
            match floor.get(visited) {
                Some(to) if to > from || visited == room => {}
                _ => wrong.push(format!("{path} visits {visited}")),
            }
        }
    }
    assert_eq!(wrong, Vec::<String>::new());
}

#[test]
fn each_heavy_crate_has_one_owner() {
    let mut wrong = Vec::new();
    for SourceFile { path, room, code } in sources() {
        for (name, owners) in OWNERS {
            let is_at_home =
                owners.contains(&room.as_str()) || GUESTS.contains(&(path.as_str(), name));
            if !is_at_home && names_crate(&code, name) {
                wrong.push(format!("{path} names {name}"));
            }
        }
    }
    assert_eq!(wrong, Vec::<String>::new());
}

#[test]
fn the_pure_rooms_know_no_clock_no_files_and_no_log() {
    let mut wrong = Vec::new();
    for SourceFile { path, room, code } in sources() {
        if PURE.contains(&room.as_str()) {
            let found = IMPURE.iter().filter(|impure| code.contains(**impure));
            wrong.extend(found.map(|impure| format!("{path} has {impure}")));
        }
    }
    assert_eq!(wrong, Vec::<String>::new());
}

#[test]
fn the_reader_of_imports_sees_groups_and_single_names() {
    let code = "use crate::{\n    crs::{self, Zone},\n    domain::Fault,\n};\nuse crate::page;\nlet x = crate::store::Store;";
    assert_eq!(
        names_after(code, "crate::"),
        ["crs", "domain", "page", "store"]
    );
    assert!(names_crate("use geo::Area;", "geo") && names_crate("let a = geo::x();", "geo"));
    assert!(
        !names_crate("use crate::geo::Area;", "geo")
            && !names_crate("use sea_geo::A; mod geohash::x", "geo")
    );
}
