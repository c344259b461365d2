//! Archives of tiles: the same bytes however they came to be. What is in them, programs of others read in the acceptance tests.

use crate::support::{Folder, Register, run, square};
use diaba::app::export::{Export, ExportError, Selection};
use diaba::domain::CommuneCode;
use diaba::tiles::pmtiles::Beginning;
use libdeflater::Decompressor;
use std::fs;
use std::ops::RangeInclusive;
use std::path::{Path, PathBuf};
use std::process::Command;
use tokio_util::sync::CancellationToken;

const ZOOMS: RangeInclusive<u32> = 13..=19;

async fn all(register: &Register) -> Export {
    Export::read(&register.store, Selection::All).await.unwrap()
}

/// Writes until stopped before a batch; gives how it began, and whether it is done.
fn write(export: &Export, path: &Path, batches: usize) -> (Beginning, bool) {
    let (writer, beginning) = export.begin(path, &ZOOMS).unwrap();
    let stop = CancellationToken::new();
    let mut begun = 0;
    let written = export.write(writer, ZOOMS, &stop, &mut |progress| {
        assert!(progress.done <= progress.total);
        if begun == batches {
            stop.cancel();
        }
        begun += 1;
    });
    let is_done = written.is_ok();
    match written {
        Ok(summary) => assert_eq!(summary.size_bytes, fs::metadata(path).unwrap().len()),
        Err(error) => assert!(matches!(error, ExportError::Stopped { .. }), "{error}"),
    }
    (beginning, is_done)
}

fn part(path: &Path, name: &str) -> PathBuf {
    let mut part = path.as_os_str().to_owned();
    part.push(format!(".{name}.part"));
    part.into()
}

#[test]
fn an_archive_is_the_same_however_often_it_was_stopped_and_nothing_is_left_beside_it() {
    run(async {
        let register = Register::demo().await;
        let folder = Folder::new();
        let whole = folder.write("whole.pmtiles", "an older archive");
        let export = all(&register).await;
        assert_eq!(write(&export, &whole, usize::MAX), (Beginning::New, true));
        let expected = fs::read(&whole).unwrap();
        for batches in [1, 3] {
            let path = folder.write("stopped.pmtiles", "an older archive");
            let mut runs = 0;
            loop {
                // each time from the database, as another process does
                let (beginning, is_done) = write(&all(&register).await, &path, batches);
                assert_eq!(matches!(beginning, Beginning::New), runs == 0);
                runs += 1;
                if is_done {
                    break;
                }
                assert_eq!(fs::read(&path).unwrap(), b"an older archive");
            }
            assert!(runs > 2, "{runs}");
            assert_eq!(fs::read(&path).unwrap(), expected);
        }
        let left: Vec<_> = fs::read_dir(whole.parent().unwrap())
            .unwrap()
            .map(|entry| entry.unwrap().file_name())
            .filter(|name| name.to_string_lossy().ends_with(".part"))
            .collect();
        assert_eq!(left, Vec::<std::ffi::OsString>::new());
    });
}

#[test]
fn parts_that_were_cut_or_torn_anywhere_lead_to_the_same_archive() {
    run(async {
        let register = Register::demo().await;
        let folder = Folder::new();
        let whole = folder.write("whole.pmtiles", "");
        let export = all(&register).await;
        write(&export, &whole, usize::MAX);
        let expected = fs::read(&whole).unwrap();

        let path = folder.write("torn.pmtiles", "");
        write(&export, &path, 6);
        let parts = [part(&path, "tiles"), part(&path, "journal")];
        let kept = parts.clone().map(|part| fs::read(part).unwrap());
        for round in 0..12 {
            let place_in = |bytes: &[u8]| (7919 * round + 13) * 104_729 % bytes.len();
            for (number, (part, kept)) in parts.iter().zip(&kept).enumerate() {
                let mut bytes = kept.clone();
                if round % 3 == number {
                    bytes.truncate(place_in(&bytes));
                } else if round % 4 == number {
                    let place = place_in(&bytes);
                    bytes[place] ^= 0x10;
                }
                fs::write(part, bytes).unwrap();
            }
            let (_, is_done) = write(&export, &path, usize::MAX);
            assert!(is_done);
            assert!(fs::read(&path).unwrap() == expected, "round {round}");
        }
    });
}

#[test]
fn parts_of_another_position_zoom_or_selection_are_not_gone_on_with() {
    run(async {
        let register = Register::demo().await;
        let folder = Folder::new();
        let path = folder.write("map.pmtiles", "");
        write(&all(&register).await, &path, 2);

        let export = all(&register).await;
        let began = |export: &Export, zooms| export.begin(&path, &zooms).unwrap().1;
        assert!(matches!(began(&export, ZOOMS), Beginning::Continued { .. }));
        assert_eq!(began(&export, 13..=18), Beginning::Replaced);
        write(&export, &path, 2);
        let commune = Selection::Commune(CommuneCode::parse("99001").unwrap());
        let commune = Export::read(&register.store, commune).await.unwrap();
        assert_eq!(began(&commune, ZOOMS), Beginning::Replaced);
        write(&export, &path, 2);
        register
            .load(&[folder.parcels("new.geojson", &[square(1).in_sheet(90)])])
            .await;
        let later = all(&register).await;
        assert!(later.position() > export.position());
        assert_eq!(began(&later, ZOOMS), Beginning::Replaced);
    });
}

#[test]
fn two_exports_do_not_write_the_same_archive() {
    run(async {
        let register = Register::demo().await;
        let folder = Folder::new();
        let path = folder.write("map.pmtiles", "");
        let export = all(&register).await;
        let first = export.begin(&path, &ZOOMS).unwrap();
        let error = export.begin(&path, &ZOOMS).unwrap_err();
        assert!(matches!(error, ExportError::Archive(_)), "{error:?}");
        drop(first);
        assert!(export.begin(&path, &ZOOMS).is_ok());
    });
}

#[test]
fn a_commune_or_a_province_is_exported_without_its_neighbours_and_one_without_parcels_is_refused() {
    run(async {
        let register = Register::blank().await;
        register
            .execute(
                "insert into administrative_unit (code, level, valid, name, parent_code) values
                 ('96', 'province', daterange('2025-07-01', null), 'Tỉnh khác', null),
                 ('96001', 'commune', daterange('2025-07-01', null), 'Xã khác', '96'),
                 ('97', 'province', daterange('2025-07-01', null), 'Tỉnh trống', null),
                 ('97001', 'commune', daterange('2025-07-01', null), 'Xã trống', '97');
                 insert into province_zone (province_code, zone) values ('96', 9210), ('97', 9210)",
            )
            .await
            .unwrap();
        let folder = Folder::new();
        let ours = folder.parcels("ours.geojson", &[square(1), square(2)]);
        let theirs = folder.parcels("theirs.geojson", &[square(3).with("MaXa", "96001")]);
        register.load(&[ours, theirs]).await;
        let features = async |selection| {
            let export = Export::read(&register.store, selection).await.unwrap();
            let path = folder.write("selection.pmtiles", "");
            write(&export, &path, usize::MAX);
            features_of(&last_tile(&fs::read(&path).unwrap()), &folder)
        };
        let commune = |code| Selection::Commune(CommuneCode::parse(code).unwrap());
        assert_eq!(features(Selection::All).await, 3);
        assert_eq!(features(commune("99001")).await, 2);
        assert_eq!(features(Selection::Province("96".to_owned())).await, 1);
        for (selection, text) in [
            (commune("97001"), "commune 97001 has no parcel"),
            (
                Selection::Province("97".to_owned()),
                "province 97 has no parcel",
            ),
            (
                Selection::Province("12".to_owned()),
                "province 12 has no parcel",
            ),
        ] {
            let refused = Export::read(&register.store, selection).await.unwrap_err();
            assert_eq!(refused.to_string(), text);
        }
    });
}

/// The last tile of an archive: its bytes are the file's last, and the header says where the tiles begin.
fn last_tile(archive: &[u8]) -> Vec<u8> {
    let number = |place: usize| {
        let bytes = archive[place..place + 8].try_into().unwrap();
        usize::try_from(u64::from_le_bytes(bytes)).unwrap()
    };
    let tiles = &archive[number(56)..][..number(64)];
    let magic = [0x1f, 0x8b, 0x08];
    let start = tiles.windows(3).rposition(|bytes| bytes == magic).unwrap();
    let mut tile = vec![0; 1 << 20];
    let length = Decompressor::new()
        .gzip_decompress(&tiles[start..], &mut tile)
        .unwrap();
    tile.truncate(length);
    tile
}

/// The parcels of a tile, as GDAL counts them.
fn features_of(tile: &[u8], folder: &Folder) -> usize {
    let file = folder.write("tile.mvt", tile);
    let source = format!("MVT:{}", file.display());
    let told = Command::new("ogrinfo")
        .args(["-ro", "-so", "-al", &source])
        .output()
        .unwrap();
    let text = String::from_utf8(told.stdout).unwrap();
    let parcels = text.split("Layer name: parcels").nth(1).unwrap();
    let count = parcels.split("Feature Count: ").nth(1).unwrap();
    count.lines().next().unwrap().parse().unwrap()
}
