//! Tiles over HTTP.

use crate::support::{Register, Served, run};
use libdeflater::Decompressor;
use serde_json::json;

/// A tile with parcels in it: that of the first parcel's label point at zoom 14.
pub fn some_tile(server: &Served) -> String {
    let parcel = server.json("/api/v1/communes/99001/sheets/1/parcels/1");
    let degrees = |axis: usize| parcel["label_point"][axis].as_f64().unwrap();
    let (lon, lat) = (degrees(0), degrees(1));
    tile_at(14, lon, lat)
}

/// The tile that a place lies in, by the formula of the Web Mercator grid.
pub fn tile_at(zoom: i32, lon: f64, lat: f64) -> String {
    let side = 2_f64.powi(zoom);
    let x = (lon + 180.0) / 360.0 * side;
    let y = (1.0 - lat.to_radians().tan().asinh() / std::f64::consts::PI) / 2.0 * side;
    format!("/tiles/parcels/{zoom}/{}/{}", x.floor(), y.floor())
}

#[test]
fn a_tile_is_the_same_compressed_or_not_and_each_form_has_its_own_entity_tag() {
    run(async {
        let register = Register::demo().await;
        let server = register.serve().await;
        let tile = some_tile(&server);
        let plain = server.get(&tile);
        assert_eq!(
            plain.header("content-type"),
            "application/vnd.mapbox-vector-tile"
        );
        assert_eq!(plain.header("content-encoding"), "");
        let packed = server.send("GET", &tile, &[("accept-encoding", "gzip")], None);
        assert_eq!(packed.header("content-encoding"), "gzip");
        let mut unpacked = vec![0; plain.body.len()];
        let size = Decompressor::new()
            .gzip_decompress(&packed.body, &mut unpacked)
            .unwrap();
        assert_eq!(unpacked[..size], plain.body);
        assert!(packed.body.len() < plain.body.len() * 3 / 4);
        for reply in [&plain, &packed] {
            let etag = reply.header("etag");
            assert!(
                etag.starts_with('"') && etag.ends_with('"'),
                "strong: {etag}"
            );
            assert_eq!(reply.header("vary"), "accept-encoding");
            assert_eq!(reply.header("x-register-position"), "7");
        }
        assert_ne!(plain.header("etag"), packed.header("etag"));
    });
}

#[test]
fn a_tile_that_the_client_has_is_not_sent_again() {
    run(async {
        let register = Register::demo().await;
        let server = register.serve().await;
        let tile = some_tile(&server);
        let etag = server.get(&tile).header("etag").to_owned();
        let weak = format!("\"x\", W/{etag}");
        for (known, status) in [
            (etag.as_str(), 304),
            (&weak, 304),
            ("*", 304),
            ("\"x\"", 200),
        ] {
            let reply = server.send("GET", &tile, &[("if-none-match", known)], None);
            assert_eq!(reply.status, status, "{known}");
            assert_eq!(reply.header("etag"), etag, "{known}");
            assert_eq!(reply.body.is_empty(), status == 304, "{known}");
        }
        // the tag of the other form is another tag
        let headers = [
            ("if-none-match", etag.as_str()),
            ("accept-encoding", "gzip"),
        ];
        assert_eq!(server.send("GET", &tile, &headers, None).status, 200);
    });
}

#[test]
fn a_tile_of_the_open_sea_is_empty() {
    run(async {
        let register = Register::demo().await;
        let server = register.serve().await;
        let reply = server.get("/tiles/parcels/16/53200/30700");
        assert_eq!((reply.status, reply.body.len()), (200, 0));
    });
}

#[test]
fn the_tilejson_names_this_server_the_zooms_and_the_extent_of_the_parcels() {
    run(async {
        let register = Register::demo().await;
        let server = register.serve().await;
        let bounds: Vec<f64> = register
            .value(
                "select array[st_xmin(e), st_ymin(e), st_xmax(e), st_ymax(e)]
                 from (select st_extent(geographic) as e from parcel_version) as all_of_it",
            )
            .await;
        let description = server.json("/tiles/parcels.json");
        assert_eq!(description["tilejson"], "3.0.0");
        assert_eq!(
            (&description["minzoom"], &description["maxzoom"]),
            (&json!(0), &json!(22))
        );
        let template = description["tiles"][0].as_str().unwrap();
        assert!(
            template.starts_with("http://127.0.0.1:")
                && template.ends_with("/tiles/parcels/{z}/{x}/{y}")
        );
        for (answered, expected) in description["bounds"].as_array().unwrap().iter().zip(bounds) {
            // a world unit is 84 nanodegrees
            assert!(
                (answered.as_f64().unwrap() - expected).abs() < 2e-7,
                "{answered} {expected}"
            );
        }
        let layers: Vec<_> = description["vector_layers"]
            .as_array()
            .unwrap()
            .iter()
            .map(|layer| layer["id"].clone())
            .collect();
        assert_eq!(
            layers,
            [
                "aggregates",
                "parcels",
                "labels",
                "provinces",
                "communes",
                "sheets",
                "area_labels"
            ]
        );
    });
}
