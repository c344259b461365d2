//! Makes the cluster's files, all or nothing.

use super::account::{Account, output, plain_command, run};
use super::binaries::Binaries;
use super::layout::{Layout, make_private_folder, replace_file};
use super::settings::{SETTINGS_FILE, hba, ident, memory_mib, settings};
use super::{ClusterError, USER};
use std::fs::{self, File};
use std::io;
use std::path::Path;

const DRAFT_PREFIX: &str = "pg.new-";

/// Makes a cluster beside its place and moves it there; drafts that were left half-made go. Call it alone.
pub(super) async fn create(
    layout: &Layout,
    account: &Account,
    binaries: &Binaries,
) -> Result<(), ClusterError> {
    remove_drafts(layout.data_dir())?;
    let draft = layout
        .data_dir()
        .join(format!("{DRAFT_PREFIX}{}", std::process::id()));
    make_private_folder(&draft, account)?;
    let mut initdb = account.command(binaries.program("initdb"));
    initdb
        .args([
            "--username",
            USER,
            "--encoding=UTF8",
            "--locale=C",
            "--data-checksums",
            "--no-instructions",
        ])
        .args(["--auth-local=peer", "--auth-host=reject"]);
    // Order by bytes, as any machine does; but know upper and lower case of Vietnamese letters.
    if let Some(locale) = utf8_locale().await {
        initdb.arg(format!("--lc-ctype={locale}"));
    }
    run(initdb.arg("--pgdata").arg(&draft)).await?;
    include_settings(&draft, account)?;
    let pg_data = layout.pg_data();
    fs::rename(&draft, &pg_data)
        .and_then(|()| File::open(layout.data_dir())?.sync_all())
        .map_err(ClusterError::file("create", &pg_data))
}

/// Writes our settings and rules of access into a cluster that does not run.
pub(super) fn configure(layout: &Layout, account: &Account) -> Result<(), ClusterError> {
    let texts = [
        ("pg_hba.conf", hba()),
        ("pg_ident.conf", ident(&account.name)),
        (SETTINGS_FILE, settings(&layout.socket_dir, memory_mib())),
    ];
    texts
        .iter()
        .try_for_each(|(name, text)| replace_file(&layout.pg_data().join(name), text, account))
}

fn include_settings(pg_data: &Path, account: &Account) -> Result<(), ClusterError> {
    let path = pg_data.join("postgresql.conf");
    let made = fs::read_to_string(&path).map_err(ClusterError::file("read", &path))?;
    replace_file(
        &path,
        &format!("{made}\ninclude = '{SETTINGS_FILE}'\n"),
        account,
    )
}

fn remove_drafts(data_dir: &Path) -> Result<(), ClusterError> {
    let remove = |entry: io::Result<fs::DirEntry>| {
        let entry = entry?;
        if entry
            .file_name()
            .to_string_lossy()
            .starts_with(DRAFT_PREFIX)
        {
            fs::remove_dir_all(entry.path())?;
        }
        Ok(())
    };
    fs::read_dir(data_dir)
        .and_then(|mut entries| entries.try_for_each(remove))
        .map_err(ClusterError::file("tidy", data_dir))
}

async fn utf8_locale() -> Option<String> {
    let listed = output(plain_command("locale").arg("-a")).await.ok()?;
    let names = String::from_utf8(listed.stdout).ok()?;
    names
        .lines()
        .find(|name| ["C.utf8", "C.UTF-8"].contains(name))
        .map(str::to_owned)
}
