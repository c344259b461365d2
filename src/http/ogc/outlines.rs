//! Sheets and communes as features: the hulls of their parcels, as they are in memory.

use super::collections::Collection;
use super::features::{Items, Question, links_of, name_crs, placed, time_stamp};
use super::link::{GEOJSON, Origin};
use crate::app::App;
use crate::domain::CommuneCode;
use crate::http::parcel_json::Coordinates;
use crate::http::{Problem, Shared, land_json};
use crate::page::{World, WorldBox};
use axum::http::StatusCode;
use axum::response::Response;
use serde_json::{Value, json};
use std::sync::Arc;

/// A sheet or a commune.
struct Outlined {
    id: String,
    commune: CommuneCode,
    bounds: WorldBox,
    hull: Vec<World>,
    properties: Value,
}

/// A page of sheets or communes, by id.
pub fn items(
    server: &Shared,
    collection: Collection,
    items: &Items,
    question: &Question,
    origin: &Origin,
) -> Result<Response, Problem> {
    let place = question.place.iter().flatten().flatten();
    let place = place.map(|(lon, lat)| crate::page::Fine::from_degrees(*lon, *lat).world());
    let place = question.place.is_some().then(|| WorldBox::around(place));
    let mut found = all(&server.app, collection);
    found.retain(|one| {
        place.is_none_or(|place| place.meets(one.bounds))
            && question
                .commune
                .is_none_or(|commune| commune == one.commune)
            && items.after().is_none_or(|after| *one.id > *after)
    });
    let is_more = found.len() > question.count;
    found.truncate(question.count);
    let next = found.last().filter(|_| is_more).map(|last| last.id.clone());
    let coordinates = question.coordinates();
    let features = found.iter().map(|one| one.feature(coordinates));
    let features: Vec<Value> = features.collect::<Result<_, _>>()?;
    let page = json!({
        "type": "FeatureCollection",
        "timeStamp": time_stamp(),
        "numberReturned": features.len(),
        "links": items.links(collection, next.as_deref(), origin),
        "features": features,
        "register_position": server.app.state().position(),
    });
    let mut response = land_json::json(&page, GEOJSON)?;
    name_crs(&mut response, coordinates);
    Ok(response)
}

/// One sheet or commune.
pub fn item(
    server: &Shared,
    collection: Collection,
    id: &str,
    coordinates: Coordinates,
    origin: &Origin,
) -> Result<Response, Problem> {
    let found = all(&server.app, collection);
    let found = found.iter().find(|one| one.id == id).ok_or_else(|| {
        Problem::new(
            StatusCode::NOT_FOUND,
            "no-such-feature",
            "No such feature",
            format!("{id:?} is none of the {}", collection.id()),
        )
    })?;
    let mut feature = found.feature(coordinates)?;
    feature["links"] = links_of(collection, id, origin);
    let mut response = land_json::json(&feature, GEOJSON)?;
    name_crs(&mut response, coordinates);
    Ok(response)
}

/// All of them, by id.
fn all(app: &Arc<App>, collection: Collection) -> Vec<Outlined> {
    let state = app.state();
    let mut found = Vec::new();
    for commune in state.communes() {
        let code = commune.code;
        let sheets = commune.sheets().iter();
        if collection == Collection::Sheets {
            found.extend(sheets.map(|hull| Outlined {
                id: format!("{}-{}", code.as_str(), hull.sheet.sheet_no),
                commune: code,
                bounds: WorldBox::around(hull.hull.iter().copied()),
                hull: hull.hull.clone(),
                properties: json!({
                    "commune_code": code.as_str(), "sheet_no": hull.sheet.sheet_no, "zone": hull.sheet.zone,
                    "scale_denominator": hull.sheet.scale_denominator,
                }),
            }));
            continue;
        }
        let latest = sheets.map(|sheet| sheet.sheet.commune_from).max();
        let name = latest.and_then(|from| state.names().communes.get(&(code, from)));
        let outline = state.outlines().find(|(of, _)| **of == code);
        let whole = outline.and_then(|(_, outlines)| outlines.first());
        let rings = whole
            .iter()
            .flat_map(|whole| whole.polygons.iter().flatten());
        found.push(Outlined {
            id: code.as_str().to_owned(),
            commune: code,
            bounds: commune.bounds,
            hull: rings.flatten().copied().collect(),
            properties: json!({
                "code": code.as_str(), "name": name.map(|name| &*name.name),
                "province_code": name.and_then(|name| name.province_code.as_deref()), "parcels": commune.parcel_count(),
            }),
        });
    }
    found.sort_by(|one, other| one.id.cmp(&other.id));
    found
}

impl Outlined {
    fn feature(&self, coordinates: Coordinates) -> Result<Value, Problem> {
        let corners = self.hull.iter().chain(self.hull.first());
        let mut ring: Vec<(f64, f64)> = corners.map(|corner| corner.fine().to_degrees()).collect();
        placed(coordinates, &mut ring)?;
        let digits = if coordinates == Coordinates::Geographic {
            1e9
        } else {
            1e3
        };
        let rounded = |value: f64| (value * digits).round() / digits;
        let ring: Vec<[f64; 2]> = ring
            .into_iter()
            .map(|(x, y)| [rounded(x), rounded(y)])
            .collect();
        // Fewer than three corners bound nothing.
        let geometry = if self.hull.len() < 3 {
            Value::Null
        } else {
            json!({ "type": "Polygon", "coordinates": [ring] })
        };
        Ok(
            json!({ "type": "Feature", "id": self.id, "geometry": geometry, "properties": self.properties }),
        )
    }
}
