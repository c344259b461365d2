//! The tile cache over HTTP: quick where nothing changed, and never old.

use crate::support::{Folder, Parcel, Register, Reply, Served, plan, point, ring, run, square};
use crate::tiles::tile_at;
use libdeflater::Decompressor;
use std::path::PathBuf;
use std::sync::Barrier;
use tokio_util::sync::CancellationToken;

const GZIP: [(&str, &str); 1] = [("accept-encoding", "gzip")];

fn packed(server: &Served, tile: &str) -> Reply {
    let reply = server.send("GET", tile, &GZIP, None);
    assert_eq!(reply.status, 200, "{}", reply.text());
    reply
}

fn unpacked(reply: &Reply) -> Vec<u8> {
    let mut content = vec![0; 1 << 20];
    let length = Decompressor::new()
        .gzip_decompress(&reply.body, &mut content)
        .unwrap();
    content.truncate(length);
    content
}

/// The tile of zoom 17 that the centre of a square lies in, by PostGIS and the tile formula.
async fn tile_of(register: &Register, number: i32) -> String {
    let (east, north) = point(number);
    let sql = format!(
        "select array[st_x(g), st_y(g)]
         from st_transform(st_setsrid(st_makepoint({}, {}), 909210), 4326) as g",
        east + 10.0,
        north + 10.0
    );
    let place: Vec<f64> = register.value_of(&sql).await;
    tile_at(17, place[0], place[1])
}

/// A square that is a triangle now.
fn halved(number: i32) -> Parcel {
    let (west, south) = point(number);
    let corner = (west, south);
    square(number).shaped(ring(&[
        corner,
        (west + 20.0, south),
        (west + 20.0, south + 20.0),
        corner,
    ]))
}

async fn load(register: &Register, file: PathBuf) {
    let stop = CancellationToken::new();
    let report =
        diaba::app::load::load(&register.store, &plan(&[file]), &stop, &mut |_, _| {}).await;
    assert_eq!(report.unwrap().parcels.rejected, 0);
}

#[test]
fn a_tile_is_drawn_once_and_an_edit_of_it_shows_at_once_while_others_stay() {
    run(async {
        let folder = Folder::new();
        let register = Register::blank().await;
        // parcel 60 is 1.2 km to the east, four tiles away; the edit between others leaves the sheet's outline as it is
        load(
            &register,
            folder.parcels(
                "old.geojson",
                &[square(1), square(2), square(3), square(60)],
            ),
        )
        .await;
        let server = register.serve().await;
        let tiles = [tile_of(&register, 2).await, tile_of(&register, 60).await];
        let [old, far] = tiles.each_ref().map(|tile| packed(&server, tile));
        assert_eq!(old.header("x-tile-cache"), "miss");
        let again = packed(&server, &tiles[0]);
        assert_eq!(again.header("x-tile-cache"), "hit");
        assert_eq!(again.body, old.body);
        assert_eq!(again.header("etag"), old.header("etag"));
        assert_eq!(again.header("cache-control"), "public, no-cache");

        load(&register, folder.parcels("new.geojson", &[halved(2)])).await;
        server.app.catch_up().await.unwrap();
        let new = packed(&server, &tiles[0]);
        assert_eq!(new.header("x-tile-cache"), "miss");
        assert_ne!(new.header("etag"), old.header("etag"));
        assert_ne!(unpacked(&new), unpacked(&old));
        assert_eq!(new.header("x-register-position"), "2");
        // the far tile was not drawn again, and says that it holds at the new position
        let still = packed(&server, &tiles[1]);
        assert_eq!(still.header("x-tile-cache"), "hit");
        assert_eq!(still.body, far.body);
        assert_eq!(still.header("x-register-position"), "2");

        // back as it was: the same state has the same bytes and the same tag, in another server too
        load(&register, folder.parcels("back.geojson", &[square(2)])).await;
        server.app.catch_up().await.unwrap();
        let other = register.serve().await;
        for server in [&server, &other] {
            let back = packed(server, &tiles[0]);
            assert_eq!(back.body, old.body);
            assert_eq!(back.header("etag"), old.header("etag"));
            assert_eq!(back.header("x-register-position"), "3");
        }
    });
}

#[test]
fn many_who_ask_at_once_get_the_same_bytes_of_one_drawing() {
    const CLIENTS: usize = 16;
    run(async {
        let register = Register::demo().await;
        let server = register.serve().await;
        let tile = crate::tiles::some_tile(&server);
        let before = server.app.tile_counts();
        let start = Barrier::new(CLIENTS);
        let tags: Vec<_> = std::thread::scope(|scope| {
            let clients: Vec<_> = (0..CLIENTS)
                .map(|_| {
                    scope.spawn(|| {
                        start.wait();
                        packed(&server, &tile).header("etag").to_owned()
                    })
                })
                .collect();
            clients
                .into_iter()
                .map(|client| client.join().unwrap())
                .collect()
        });
        assert!(tags.windows(2).all(|pair| pair[0] == pair[1]));
        let after = server.app.tile_counts();
        assert_eq!(after.misses - before.misses, 1);
        assert_eq!(after.hits - before.hits, CLIENTS as u64 - 1);
    });
}

#[test]
fn who_takes_no_gzip_gets_the_kept_tile_unpacked_with_a_tag_of_its_own() {
    run(async {
        let register = Register::demo().await;
        let server = register.serve().await;
        let tile = crate::tiles::some_tile(&server);
        let packed = packed(&server, &tile);
        let plain = server.send("GET", &tile, &[("accept-encoding", "identity")], None);
        assert_eq!(plain.header("x-tile-cache"), "hit");
        assert_eq!(plain.body, unpacked(&packed));
        let known = [("if-none-match", plain.header("etag"))];
        assert_eq!(server.send("GET", &tile, &known, None).status, 304);
        let mut crossed = known.to_vec();
        crossed.extend(GZIP);
        assert_eq!(server.send("GET", &tile, &crossed, None).status, 200);
    });
}

#[test]
fn a_tile_asked_for_often_is_there_again_soon_after_an_edit() {
    run(async {
        let folder = Folder::new();
        let register = Register::blank().await;
        load(&register, folder.parcels("old.geojson", &[square(1)])).await;
        let server = register.serve().await;
        let tile = tile_of(&register, 1).await;
        for _ in 0..5 {
            packed(&server, &tile);
        }
        load(&register, folder.parcels("new.geojson", &[halved(1)])).await;
        server.app.catch_up().await.unwrap();
        let deadline = std::time::Instant::now() + std::time::Duration::from_secs(10);
        while server.app.tile_counts().remade == 0 {
            assert!(std::time::Instant::now() < deadline);
            tokio::task::yield_now().await;
        }
        let new = packed(&server, &tile);
        assert_eq!(new.header("x-tile-cache"), "hit");
        assert_eq!(new.header("x-register-position"), "2");
    });
}
