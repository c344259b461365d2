//! OGC API – Common, part 2 and OGC API – Features: the collections, and what each is of.

use super::link::{CRS84, GEOJSON, JSON, Origin, TILESETS_VECTOR, Wanted, epsg};
use super::tilesets::{Extent, stated};
use crate::domain::ZoneCode;
use crate::http::extract::{InPath, InQuery};
use crate::http::{Problem, Shared};
use axum::http::StatusCode;
use axum::response::Response;
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// What features are of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Collection {
    /// Parcels in law.
    Parcels,
    /// Sheets, as the hull of their parcels.
    Sheets,
    /// Communes, as the hull of their parcels.
    Communes,
}

impl Collection {
    const ALL: [Self; 3] = [Self::Parcels, Self::Sheets, Self::Communes];

    /// The name in addresses.
    pub fn id(self) -> &'static str {
        match self {
            Self::Parcels => "parcels",
            Self::Sheets => "sheets",
            Self::Communes => "communes",
        }
    }

    fn title(self) -> &'static str {
        match self {
            Self::Parcels => "Thửa đất / parcels",
            Self::Sheets => "Tờ bản đồ địa chính / cadastral map sheets",
            Self::Communes => "Xã, phường, đặc khu / communes",
        }
    }

    fn description(self) -> &'static str {
        match self {
            Self::Parcels => {
                "Thửa đất có hiệu lực; `datetime` là ngày trong luật, `known` là lúc sổ biết. Parcels in law; `datetime` is the day in law, \
                 `known` the instant of knowledge."
            }
            Self::Sheets | Self::Communes => {
                "Bao lồi của các thửa đất hôm nay. Convex hulls of today's parcels."
            }
        }
    }

    /// The collection of a name.
    pub fn of(id: &str) -> Result<Self, Problem> {
        let found = Self::ALL
            .into_iter()
            .find(|collection| collection.id() == id);
        found.ok_or_else(|| {
            Problem::new(
                StatusCode::NOT_FOUND,
                "no-such-collection",
                "No such collection",
                format!("{id:?} is none of parcels, sheets, communes"),
            )
        })
    }
}

/// The zones that sheets in memory use.
pub fn zones(server: &Shared) -> BTreeSet<ZoneCode> {
    let state = server.app.state();
    let sheets = state.communes().flat_map(|commune| commune.sheets());
    sheets.map(|sheet| sheet.sheet.zone).collect()
}

/// The collections.
#[utoipa::path(
    get, path = "/ogc/collections", tag = "ogc", operation_id = "getCollections", params(Wanted),
    responses(
        (status = 200, body = Object, description = "The collections of features"),
        (status = "4XX", description = "A problem (RFC 9457)", body = Problem, content_type = "application/problem+json")
    )
)]
pub async fn collections(
    server: Shared,
    InQuery(_wanted): InQuery<Wanted>,
    origin: Origin,
) -> Response {
    let extent = Extent::of(&server.app);
    let systems = systems(&server);
    let all = Collection::ALL.iter();
    stated(
        &extent,
        json!({
            "links": [origin.link("self", "/ogc/collections", "Các bộ sưu tập / collections")],
            "crs": systems,
            "collections": all.map(|one| described(*one, &extent, &systems, &origin)).collect::<Value>(),
        }),
    )
}

/// One collection.
#[utoipa::path(
    get, path = "/ogc/collections/{collectionId}", tag = "ogc", operation_id = "describeCollection",
    params(("collectionId" = String, Path, description = "`parcels`, `sheets` or `communes`"), Wanted),
    responses(
        (status = 200, body = Object, description = "The collection: extent, coordinate reference systems, links"),
        (status = "4XX", description = "A problem (RFC 9457)", body = Problem, content_type = "application/problem+json")
    )
)]
pub async fn collection(
    server: Shared,
    InPath(id): InPath<String>,
    InQuery(_wanted): InQuery<Wanted>,
    origin: Origin,
) -> Result<Response, Problem> {
    let collection = Collection::of(&id)?;
    let extent = Extent::of(&server.app);
    let described = described(collection, &extent, &systems(&server), &origin);
    Ok(stated(&extent, described))
}

/// The coordinate reference systems that features may be asked in.
fn systems(server: &Shared) -> Vec<String> {
    let zones = zones(server).into_iter().map(epsg);
    std::iter::once(CRS84.to_owned()).chain(zones).collect()
}

fn described(
    collection: Collection,
    extent: &Extent,
    systems: &[String],
    origin: &Origin,
) -> Value {
    let path = format!("/ogc/collections/{}", collection.id());
    let title = collection.title();
    let mut described = json!({
        "id": collection.id(),
        "title": title,
        "description": collection.description(),
        "itemType": "feature",
        "extent": {
            "spatial": { "bbox": [extent.bounds], "crs": CRS84 },
            "temporal": { "interval": [[null, null]], "trs": "http://www.opengis.net/def/uom/ISO-8601/0/Gregorian" },
        },
        "crs": systems,
        "links": [
            origin.typed("self", &path, JSON, title),
            origin.typed("items", &format!("{path}/items"), GEOJSON, title),
            // The tiles have all collections, a layer each; some clients look for tiles here and nowhere else.
            origin.link(TILESETS_VECTOR, "/ogc/tiles", "Các bộ ô bản đồ véc-tơ / vector tilesets"),
        ],
    });
    // The legal coordinates of parcels are in the zone of their sheet.
    if let (Collection::Parcels, [_, zone]) = (collection, systems) {
        described["storageCrs"] = zone.as_str().into();
    }
    described
}
