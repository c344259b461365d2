//! OGC API – Tiles: each document as the standards have it.
//!
//! Expected values: OGC 19-072 (Common), 20-057 (Tiles), 17-083r4 (tile matrix sets), and the registered definition of
//! WebMercatorQuad.

use crate::support::{Register, Reply, Served, run};
use serde_json::{Value, json};

const TILING_SCHEME: &str = "http://www.opengis.net/def/rel/ogc/1.0/tiling-scheme";
const URI: &str = "http://www.opengis.net/def/tilematrixset/OGC/1.0/WebMercatorQuad";
const CRS: &str = "http://www.opengis.net/def/crs/EPSG/0/3857";

/// Scale denominator and cell size of the levels, as registered.
const LEVELS: [(f64, f64); 25] = [
    (559_082_264.028_717, 156_543.033_928_041),
    (279_541_132.014_358, 78_271.516_964_020_4),
    (139_770_566.007_179, 39_135.758_482_010_2),
    (69_885_283.003_589_7, 19_567.879_241_005_1),
    (34_942_641.501_794_8, 9_783.939_620_502_56),
    (17_471_320.750_897_4, 4_891.969_810_251_28),
    (8_735_660.375_448_71, 2_445.984_905_125_64),
    (4_367_830.187_724_35, 1_222.992_452_562_82),
    (2_183_915.093_862_17, 611.496_226_281_41),
    (1_091_957.546_931_08, 305.748_113_140_704),
    (545_978.773_465_544, 152.874_056_570_352),
    (272_989.386_732_772, 76.437_028_285_176_2),
    (136_494.693_366_386, 38.218_514_142_588_1),
    (68_247.346_683_193, 19.109_257_071_294),
    (34_123.673_341_596_4, 9.554_628_535_647_03),
    (17_061.836_670_798_2, 4.777_314_267_823_51),
    (8_530.918_335_399_13, 2.388_657_133_911_75),
    (4_265.459_167_699_56, 1.194_328_566_955_87),
    (2_132.729_583_849_78, 0.597_164_283_477_939),
    (1_066.364_791_924_89, 0.298_582_141_738_97),
    (533.182_395_962_445, 0.149_291_070_869_485),
    (266.591_197_981_222, 0.074_645_535_434_742_4),
    (133.295_598_990_611, 0.037_322_767_717_371_2),
    (66.647_799_495_305_6, 0.018_661_383_858_685_6),
    (33.323_899_747_652_8, 0.009_330_691_929_342_8),
];

/// Every link of a document without variables leads to a document of the type that it says.
fn follow_links(server: &Served, document: &Value) {
    for link in document["links"].as_array().unwrap() {
        let href = link["href"].as_str().unwrap();
        assert!(href.starts_with("http://127.0.0.1:"), "{href}");
        if link["templated"] != true {
            let path = &href[href.match_indices('/').nth(2).unwrap().0..];
            let reply = server.get(path);
            let kind = link["type"].as_str().unwrap();
            assert_eq!(reply.status, 200, "{href}");
            assert!(reply.header("content-type").starts_with(kind), "{href}");
        }
    }
}

/// The path of the first link of a relation.
fn linked(document: &Value, relation: &str) -> String {
    let links = document["links"].as_array().unwrap();
    let link = links.iter().find(|link| link["rel"] == relation);
    let href = link.unwrap()["href"].as_str().unwrap();
    href[href.match_indices('/').nth(2).unwrap().0..].to_owned()
}

#[test]
fn from_the_landing_page_links_lead_to_a_tile() {
    run(async {
        let register = Register::demo().await;
        let server = register.serve().await;
        let landing = server.json("/ogc");
        assert_eq!(server.json("/ogc/"), landing);
        follow_links(&server, &landing);
        assert_eq!(linked(&landing, "service-desc"), "/openapi.json");
        for relation in [
            "conformance",
            "http://www.opengis.net/def/rel/ogc/1.0/conformance",
        ] {
            assert_eq!(linked(&landing, relation), "/ogc/conformance");
        }
        assert_eq!(
            landing["extent"]["spatial"]["bbox"][0],
            server.json("/tiles/parcels.json")["bounds"]
        );

        let tilesets = linked(
            &landing,
            "http://www.opengis.net/def/rel/ogc/1.0/tilesets-vector",
        );
        let tilesets = server.json(&tilesets);
        follow_links(&server, &tilesets);
        let item = &tilesets["tilesets"][0];
        assert_eq!(
            (&item["dataType"], &item["crs"], &item["tileMatrixSetURI"]),
            (&json!("vector"), &json!(CRS), &json!(URI))
        );
        assert_eq!(server.json(&linked(item, TILING_SCHEME))["uri"], URI);

        let tileset = server.json(&linked(item, "self"));
        follow_links(&server, &tileset);
        assert_eq!(
            server.json(&linked(&tileset, "alternate"))["tilejson"],
            "3.0.0"
        );
        let limits = tileset["tileMatrixSetLimits"].as_array().unwrap();
        let limit = limits
            .iter()
            .find(|limit| limit["tileMatrix"] == "14")
            .unwrap();
        let path = linked(&tileset, "item")
            .replace("{tileMatrix}", "14")
            .replace("{tileRow}", &limit["minTileRow"].to_string())
            .replace("{tileCol}", &limit["minTileCol"].to_string());
        let tile = server.get(&path);
        assert_eq!(
            tile.header("content-type"),
            "application/vnd.mapbox-vector-tile"
        );
        let same = format!(
            "/tiles/parcels/14/{}/{}",
            limit["minTileCol"], limit["minTileRow"]
        );
        let same = server.get(&same);
        assert_eq!(
            (&tile.body, tile.header("etag")),
            (&same.body, same.header("etag"))
        );
        assert!(!tile.body.is_empty());
    });
}

#[test]
fn the_tile_matrix_set_is_web_mercator_quad_as_registered() {
    run(async {
        let server = Register::blank().await.serve().await;
        let list = server.json("/ogc/tileMatrixSets");
        follow_links(&server, &list);
        assert_eq!(list["tileMatrixSets"].as_array().unwrap().len(), 1);
        let set = server.json(&linked(&list["tileMatrixSets"][0], "self"));
        assert_eq!(
            (&set["id"], &set["uri"], &set["crs"], &set["orderedAxes"]),
            (
                &json!("WebMercatorQuad"),
                &json!(URI),
                &json!(CRS),
                &json!(["X", "Y"])
            )
        );
        assert_eq!(
            set["wellKnownScaleSet"],
            "http://www.opengis.net/def/wkss/OGC/1.0/GoogleMapsCompatible"
        );
        let matrices = set["tileMatrices"].as_array().unwrap();
        assert_eq!(matrices.len(), LEVELS.len());
        for (level, (matrix, (scale, cell))) in matrices.iter().zip(LEVELS).enumerate() {
            let is_near = |key: &str, registered: f64| {
                // the register has fifteen digits
                (matrix[key].as_f64().unwrap() / registered - 1.0).abs() < 1e-14
            };
            assert!(
                is_near("scaleDenominator", scale) && is_near("cellSize", cell),
                "{matrix}"
            );
            let mut rest = matrix.clone();
            rest.as_object_mut()
                .unwrap()
                .retain(|key, _| key != "scaleDenominator" && key != "cellSize");
            let side = 1 << level;
            assert_eq!(
                rest,
                json!({
                    "id": level.to_string(), "cornerOfOrigin": "topLeft",
                    "pointOfOrigin": [-20_037_508.342_789_2, 20_037_508.342_789_2],
                    "tileWidth": 256, "tileHeight": 256, "matrixWidth": side, "matrixHeight": side
                })
            );
        }
    });
}

#[test]
fn the_tileset_says_what_is_where_by_its_limits_and_layers() {
    run(async {
        let register = Register::demo().await;
        // The slippy-map formula, by PostGIS' numbers and SQL's arithmetic.
        let limits: Vec<i32> = register
            .value(
                "select array[
                     floor((1 - asinh(tan(radians(st_ymax(e)))) / pi()) / 2 * 65536),
                     floor((1 - asinh(tan(radians(st_ymin(e)))) / pi()) / 2 * 65536),
                     floor((st_xmin(e) + 180) / 360 * 65536), floor((st_xmax(e) + 180) / 360 * 65536)]::integer[]
                 from (select st_extent(geographic) as e from parcel_version) as all_of_it",
            )
            .await;
        let server = register.serve().await;
        let reply = server.get("/ogc/tiles/WebMercatorQuad");
        assert_eq!(reply.header("x-register-position"), "7");
        let tileset = reply.json();
        assert_eq!(tileset["version"], "7");
        let at_16 = tileset["tileMatrixSetLimits"].as_array().unwrap();
        let at_16 = at_16
            .iter()
            .find(|limit| limit["tileMatrix"] == "16")
            .unwrap();
        let [top, bottom, left, right] = limits[..].try_into().unwrap();
        assert_eq!(
            *at_16,
            json!({
                "tileMatrix": "16", "minTileRow": top, "maxTileRow": bottom, "minTileCol": left, "maxTileCol": right
            })
        );
        let layers = tileset["layers"].as_array().unwrap();
        let parcels = layers
            .iter()
            .find(|layer| layer["id"] == "parcels")
            .unwrap();
        assert_eq!(
            (&parcels["dataType"], &parcels["geometryDimension"]),
            (&json!("vector"), &json!(2))
        );
        assert_eq!(
            parcels["propertiesSchema"]["properties"]["area_m2"],
            json!({ "title": "Diện tích / area", "type": "number", "uom": "m2" })
        );
        let template = tileset["links"]
            .as_array()
            .unwrap()
            .iter()
            .find(|link| link["rel"] == "item");
        let template = template.unwrap();
        assert_eq!(
            (&template["templated"], &template["type"]),
            (&json!(true), &json!("application/vnd.mapbox-vector-tile"))
        );
        assert!(
            template["href"]
                .as_str()
                .unwrap()
                .ends_with("/{tileMatrix}/{tileRow}/{tileCol}")
        );
    });
}

#[test]
fn tiles_outside_the_limits_and_unknown_parameters_are_problems() {
    run(async {
        let register = Register::demo().await;
        let server = register.serve().await;
        let code = |reply: &Reply| {
            assert_eq!(reply.header("content-type"), "application/problem+json");
            (
                reply.status,
                reply.json()["code"].as_str().unwrap().to_owned(),
            )
        };
        let limits = server.json("/ogc/tiles/WebMercatorQuad")["tileMatrixSetLimits"].clone();
        let limit = limits
            .as_array()
            .unwrap()
            .iter()
            .find(|limit| limit["tileMatrix"] == "15")
            .unwrap()
            .clone();
        let of = |key: &str| limit[key].as_u64().unwrap();
        let (row, column) = (of("minTileRow"), of("minTileCol"));
        let tile = |row: u64, column: u64| {
            server.get(&format!("/ogc/tiles/WebMercatorQuad/15/{row}/{column}"))
        };
        assert_eq!(tile(row, column).status, 200);
        for (row, column) in [
            (row - 1, column),
            (row, column - 1),
            (of("maxTileRow") + 1, column),
            (row, of("maxTileCol") + 1),
            (column, row),
            (1 << 31, 1 << 31),
        ] {
            assert_eq!(code(&tile(row, column)), (404, "no-such-tile".to_owned()));
        }
        for path in ["23/0/0", "99/0/0", "4294967295/0/0"] {
            let reply = server.get(&format!("/ogc/tiles/WebMercatorQuad/{path}"));
            assert_eq!(code(&reply), (404, "no-such-tile".to_owned()), "{path}");
        }
        for path in ["x/0/0", "15/-1/0", "15/0/4294967296"] {
            let reply = server.get(&format!("/ogc/tiles/WebMercatorQuad/{path}"));
            assert_eq!(code(&reply), (400, "bad-parameter".to_owned()), "{path}");
        }
        let dated = format!("/ogc/tiles/WebMercatorQuad/15/{row}/{column}?at=2026-01-01");
        assert_eq!(code(&server.get(&dated)), (400, "bad-parameter".to_owned()));
        for path in [
            "/ogc/tiles/WorldCRS84Quad",
            "/ogc/tileMatrixSets/x",
            "/ogc/processes",
        ] {
            assert_eq!(
                code(&server.get(path)),
                (404, "no-such-page".to_owned()),
                "{path}"
            );
        }
        for path in [
            "/ogc",
            "/ogc/conformance",
            "/ogc/tileMatrixSets",
            "/ogc/tiles",
            "/ogc/tiles/WebMercatorQuad",
        ] {
            assert_eq!(server.get(&format!("{path}?f=json")).status, 200, "{path}");
            for query in ["f=html", "limit=1"] {
                let reply = server.get(&format!("{path}?{query}"));
                assert_eq!(
                    code(&reply),
                    (400, "bad-parameter".to_owned()),
                    "{path}?{query}"
                );
            }
        }
    });
}

#[test]
fn the_api_description_has_every_resource_and_only_classes_that_are_met_are_declared() {
    run(async {
        let server = Register::blank().await.serve().await;
        let description = server.json("/openapi.json");
        for (path, operation) in [
            ("/ogc", "getLandingPage"),
            ("/ogc/conformance", "getConformance"),
            ("/ogc/tileMatrixSets", "getTileMatrixSetsList"),
            ("/ogc/tileMatrixSets/WebMercatorQuad", "getTileMatrixSet"),
            ("/ogc/collections", "getCollections"),
            ("/ogc/collections/{collectionId}", "describeCollection"),
            ("/ogc/collections/{collectionId}/items", "getFeatures"),
            (
                "/ogc/collections/{collectionId}/items/{featureId}",
                "getFeature",
            ),
            ("/ogc/tiles", "dataset.vector.getTileSetsList"),
            ("/ogc/tiles/WebMercatorQuad", "dataset.vector.getTileSet"),
            (
                "/ogc/tiles/WebMercatorQuad/{tileMatrix}/{tileRow}/{tileCol}",
                "dataset.vector.getTile",
            ),
        ] {
            assert_eq!(
                description["paths"][path]["get"]["operationId"], operation,
                "{path}"
            );
        }
        let declared = server.json("/ogc/conformance");
        let classes: Vec<_> = declared["conformsTo"]
            .as_array()
            .unwrap()
            .iter()
            .map(|class| class.as_str().unwrap())
            .collect();
        let of = |spec: &str, names: &[&str]| -> Vec<String> {
            names
                .iter()
                .map(|name| format!("http://www.opengis.net/spec/{spec}/conf/{name}"))
                .collect()
        };
        let tms = [
            "tilematrixset",
            "json-tilematrixset",
            "tilematrixsetlimits",
            "json-tilematrixsetlimits",
            "tilesetmetadata",
            "json-tilesetmetadata",
        ];
        let expected = [
            of("ogcapi-common-1/1.0", &["core", "landing-page", "json"]),
            of("ogcapi-common-2/1.0", &["collections"]),
            of("ogcapi-features-1/1.0", &["core", "geojson"]),
            of("ogcapi-features-2/1.0", &["crs"]),
            of(
                "ogcapi-tiles-1/1.0",
                &[
                    "core",
                    "tileset",
                    "tilesets-list",
                    "dataset-tilesets",
                    "mvt",
                ],
            ),
            of("tms/2.0", &tms),
        ];
        assert_eq!(classes, expected.concat());
    });
}

#[test]
fn a_register_without_parcels_has_the_country_for_its_extent() {
    run(async {
        let server = Register::blank().await.serve().await;
        let tileset = server.json("/ogc/tiles/WebMercatorQuad");
        let corners = &tileset["boundingBox"];
        assert_eq!(
            (&corners["lowerLeft"], &corners["upperRight"]),
            (&json!([102.0, 8.0]), &json!([110.0, 23.5]))
        );
    });
}
