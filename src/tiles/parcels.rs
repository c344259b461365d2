//! The layers `parcels` and `labels`.

use super::mvt::{Kind, Layer, Path, Value};
use super::pen::{Drawn, Pen};
use super::ring::Unit;
use super::selection::Selection;
use super::tile_id::TileId;
use crate::page::{ParcelView, WorldBox};

/// The lowest zoom with label points.
pub const LABEL_ZOOM: u32 = 16;
const OUTLINES: &str = "parcels";
const OUTLINE_KEYS: &[&str] = &["commune", "sheet", "number", "land_use", "area_m2"];
const LABELS: &str = "labels";
const LABEL_KEYS: &[&str] = &["number", "land_use", "area_m2"];
/// The highest zoom whose units are not finer than world units.
const WORLD_ZOOM: u32 = 20;

/// The layers of the parcels that are drawn one by one, in the order of their ids.
pub fn layers(tile: TileId, selection: &Selection<'_>) -> [Layer; 2] {
    let has_labels = tile.zoom() >= LABEL_ZOOM;
    let count = selection.drawn.len();
    let mut outlines = Layer::new(OUTLINES, OUTLINE_KEYS, count);
    let mut labels = Layer::new(LABELS, LABEL_KEYS, if has_labels { count } else { 0 });
    let mut tracer = Tracer::new(tile);
    let mut communes = Last::default();
    let mut sheets = Last::default();
    for parcel in selection.ordered() {
        let id = Some(i64::from(parcel.parcel_id()).unsigned_abs());
        if tracer.trace(&parcel) != Drawn::Not {
            let (code, sheet_no) = (parcel.commune(), parcel.sheet_no());
            let commune = communes.value(code, || outlines.value(Value::Text(code.as_str())));
            let sheet = sheets.value(sheet_no, || {
                outlines.value(Value::Whole(sheet_no.unsigned_abs().into()))
            });
            let [number, land_use, area] = values(&mut outlines, &parcel);
            let values = [Some(commune), Some(sheet), number, land_use, area];
            outlines.push(id, &values, Kind::Polygon, &tracer.pen.path);
        }
        if let Some(unit) = tile
            .fine_unit_within(parcel.fine_label())
            .filter(|_| has_labels)
        {
            let values = values(&mut labels, &parcel);
            labels.push(id, &values, Kind::Point, tracer.point(unit));
        }
    }
    [outlines, labels]
}

/// What was asked for last: parcels come one by one, communes and sheets by the hundred.
struct Last<K>(Option<(K, u32)>);

impl<K> Default for Last<K> {
    fn default() -> Self {
        Self(None)
    }
}

impl<K: PartialEq> Last<K> {
    /// The number of the value of a key.
    fn value(&mut self, key: K, number: impl FnOnce() -> u32) -> u32 {
        match &self.0 {
            Some((last, known)) if *last == key => *known,
            _ => self.0.insert((key, number())).1,
        }
    }
}

/// Number, use and area; use and area only where the public may see them, because tiles are public.
fn values(layer: &mut Layer, parcel: &ParcelView<'_>) -> [Option<u32>; 3] {
    let number = layer.value(Value::Whole(parcel.parcel_no().unsigned_abs().into()));
    if !parcel.is_open() {
        return [Some(number), None, None];
    }
    let land_use = layer.value(Value::Text(parcel.land_use()));
    let area = layer.value(Value::Tenths(parcel.area().tenths_m2()));
    [Some(number), Some(land_use), Some(area)]
}

/// Draws parcels into a tile.
pub struct Tracer {
    tile: TileId,
    buffered: WorldBox,
    pen: Pen,
}

impl Tracer {
    pub fn new(tile: TileId) -> Self {
        Self {
            tile,
            buffered: tile.buffered(),
            pen: Pen::default(),
        }
    }

    fn point(&mut self, unit: Unit) -> &Path {
        self.pen.path.clear();
        self.pen.path.point(unit);
        &self.pen.path
    }

    /// Draws a parcel. One whose label lies in the tile is drawn in any case, so that none is lost.
    pub fn trace(&mut self, parcel: &ParcelView<'_>) -> Drawn {
        self.pen.path.clear();
        let (tile, pen) = (self.tile, &mut self.pen);
        let is_whole = self.buffered.contains(parcel.bounds());
        let whole = tile.corner().filter(|_| is_whole);
        let near = whole.and_then(|corner| Some((corner, parcel.near_rings()?)));
        let drawn = match near {
            Some((corner, (origin, rings))) => {
                let origin = corner.offset(origin);
                pen.polygon(rings, |ring, points| {
                    ring.take(points.iter().map(|step| corner.unit(origin, *step)));
                    true
                })
            }
            None if tile.zoom() <= WORLD_ZOOM => pen.polygon(parcel.rings(), |ring, points| {
                ring.take_cut(points.map(|place| tile.unit(place.fine())))
            }),
            None => pen.polygon(parcel.fine_rings(), |ring, points| {
                ring.take_cut(points.map(|place| tile.unit(place)))
            }),
        };
        match (drawn, tile.unit_within(parcel.label())) {
            (Drawn::Outline, _) | (Drawn::Not, None) => drawn,
            (Drawn::Speck, _) => {
                pen.speck();
                Drawn::Speck
            }
            (Drawn::Not, Some(unit)) => {
                pen.path.square(unit, 1);
                Drawn::Speck
            }
        }
    }
}
