//! How long tiles take: `cargo test --release --lib tiles::tests::speed -- --ignored --nocapture`.

use super::{Land, Random, field};
use crate::page::hilbert_order;
use crate::tiles::{TileId, encode, gzip};
use std::time::{Duration, Instant};

const CORNER: (u32, u32) = (0xd000_0000, 0x7000_0000);

/// The fastest of some runs.
fn fastest<T>(runs: usize, mut work: impl FnMut() -> T) -> Duration {
    let mut run = || {
        let start = Instant::now();
        std::hint::black_box(work());
        start.elapsed()
    };
    (0..runs).map(|_| run()).min().unwrap_or_default()
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
    ] {
        let side = (1_u32 << (32 - zoom)) / across;
        let mut parcels = field(CORNER, across, side, &mut Random(1));
        hilbert_order(&mut parcels);
        let land = Land::of(&parcels, 256);
        let tile = TileId::new(zoom, CORNER.0 >> (32 - zoom), CORNER.1 >> (32 - zoom)).unwrap();
        let encoded = encode(tile, &land.ground(tile));
        let ground = land.ground(tile);
        let encode_time = fastest(50, || encode(tile, &ground));
        let gzip_time = fastest(50, || gzip(&encoded.bytes));
        println!(
            "{zoom:4} {:7} {:6} {:7} {:7} {:6} {:10.1} {:8.1}",
            parcels.len(),
            encoded.drawn(),
            encoded.aggregated,
            encoded.bytes.len(),
            gzip(&encoded.bytes).len(),
            encode_time.as_secs_f64() * 1e6,
            gzip_time.as_secs_f64() * 1e6,
        );
    }
}
