//! How long tiles take: `cargo test --release --lib tiles::tests::speed -- --ignored --nocapture`.

use super::{CORNER, Land, Random, field};
use crate::page::hilbert_order;
use crate::tiles::{TileId, encode, gzip};
use std::time::{Duration, Instant};

/// The fastest run of a second, in microseconds: others may be at work on the machine.
fn fastest_us<T>(mut work: impl FnMut() -> T) -> f64 {
    let end = Instant::now() + Duration::from_secs(1);
    let mut fastest = Duration::MAX;
    while Instant::now() < end {
        let start = Instant::now();
        std::hint::black_box(work());
        fastest = fastest.min(start.elapsed());
    }
    fastest.as_secs_f64() * 1e6
}

#[test]
#[ignore = "prints, asserts nothing"]
fn time_of_tiles() {
    println!("zoom parcels  drawn counted   bytes   gzip  encode_us  gzip_us");
    for (zoom, across) in [
        (17, 12),
        (16, 25),
        (15, 49),
        (14, 98),
        (14, 250),
        (13, 400),
        (12, 900),
        (10, 900),
        (6, 900),
    ] {
        let side = (1_u32 << (32 - zoom)) / across;
        let mut parcels = field(CORNER, across, side, &mut Random(1));
        for (parcel, code) in parcels
            .iter_mut()
            .zip(["LUC", "ONT", "CLN", "BHK"].iter().cycle())
        {
            parcel.uses = vec![super::used(code)];
        }
        hilbert_order(&mut parcels);
        let land = Land::of(&parcels, 256);
        let tile = TileId::new(zoom, CORNER.0 >> (32 - zoom), CORNER.1 >> (32 - zoom)).unwrap();
        let encoded = encode(tile, &land.ground(tile));
        let ground = land.ground(tile);
        let encode_us = fastest_us(|| encode(tile, &ground));
        let gzip_us = fastest_us(|| gzip(&encoded.bytes));
        println!(
            "{zoom:4} {:7} {:6} {:7} {:7} {:6} {:10.1} {:8.1}",
            parcels.len(),
            encoded.drawn(),
            encoded.aggregated,
            encoded.bytes.len(),
            gzip(&encoded.bytes).len(),
            encode_us,
            gzip_us,
        );
    }
}
