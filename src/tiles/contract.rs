//! The contract of the tileset: what TileJSON, OGC API and archives say of its layers. A layer is a row here.

use super::{MAX_ZOOM, MIN_ZOOM};
use serde_json::{Value, json};
use std::ops::RangeInclusive;

/// The name of the tileset.
pub const TILESET: &str = "parcels";
/// Its title, Vietnamese first.
pub const TITLE: &str = "Thửa đất / Parcels";
/// Who it is from.
pub const ATTRIBUTION: &str = "Địa Bạ";

/// Where the country is, west, south, east, north in degrees: the extent of a register without parcels.
pub const VIET_NAM: [f64; 4] = [102.0, 8.0, 110.0, 23.5];

/// A layer of the tileset.
#[derive(Debug, Clone, Copy)]
pub struct LayerContract {
    /// Its name in the tiles.
    pub id: &'static str,
    /// Its title, Vietnamese first.
    pub title: &'static str,
    /// What it is drawn from.
    pub source: LayerSource,
    /// Dimension of its geometries: 0 points, 1 lines, 2 polygons.
    pub dimension: u8,
    /// The lowest zoom that has it.
    pub min_zoom: u32,
    /// The highest zoom that has it.
    pub max_zoom: u32,
    /// The attributes of its features.
    pub fields: &'static [FieldContract],
}

/// What a layer is drawn from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LayerSource {
    /// Parcels.
    Parcels,
    /// Outlines of provinces, communes and sheets.
    Outlines,
}

/// An attribute.
#[derive(Debug, Clone, Copy)]
pub struct FieldContract {
    /// Its name in the tiles.
    pub name: &'static str,
    /// Its title, Vietnamese first.
    pub title: &'static str,
    /// What its values are.
    pub kind: FieldKind,
    /// The unit of its values (UCUM), where they have one.
    pub unit: Option<&'static str>,
}

/// What the values of an attribute are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FieldKind {
    /// Text.
    Text,
    /// A whole number.
    Whole,
    /// A double.
    Double,
    /// True or false.
    Flag,
}

const COMMUNE: FieldContract = field("commune", "Mã xã / commune code", FieldKind::Text);
const SHEET: FieldContract = field("sheet", "Số tờ bản đồ / sheet number", FieldKind::Whole);
const NUMBER: FieldContract = field("number", "Số thửa / parcel number", FieldKind::Whole);
const LAND_USE: FieldContract = field(
    "land_use",
    "Mã loại đất chính / main land-use code",
    FieldKind::Text,
);
const AREA: FieldContract = FieldContract {
    unit: Some("m2"),
    ..field("area_m2", "Diện tích / area", FieldKind::Double)
};

/// The layers, in the order of the tiles.
pub const LAYERS: &[LayerContract] = &[
    LayerContract {
        id: "aggregates",
        title: "Thửa gộp theo loại đất / Parcels summed up by use",
        source: LayerSource::Parcels,
        dimension: 2,
        min_zoom: MIN_ZOOM,
        max_zoom: MAX_ZOOM,
        fields: &[AGGREGATED, LAND_USE, PARCELS, AREA],
    },
    LayerContract {
        id: "parcels",
        title: "Thửa đất / Parcels",
        source: LayerSource::Parcels,
        dimension: 2,
        min_zoom: MIN_ZOOM,
        max_zoom: MAX_ZOOM,
        fields: &[COMMUNE, SHEET, NUMBER, LAND_USE, AREA],
    },
    LayerContract {
        id: "labels",
        title: "Nhãn thửa / Parcel labels",
        source: LayerSource::Parcels,
        dimension: 0,
        min_zoom: 16,
        max_zoom: MAX_ZOOM,
        fields: &[NUMBER, LAND_USE, AREA],
    },
    LayerContract {
        id: "provinces",
        title: "Tỉnh / Provinces",
        source: LayerSource::Outlines,
        dimension: 2,
        min_zoom: MIN_ZOOM,
        max_zoom: 10,
        fields: &[CODE, NAME, DERIVED],
    },
    LayerContract {
        id: "communes",
        title: "Xã / Communes",
        source: LayerSource::Outlines,
        dimension: 2,
        min_zoom: 7,
        max_zoom: 16,
        fields: &[CODE, NAME, DERIVED],
    },
    LayerContract {
        id: "sheets",
        title: "Tờ bản đồ / Sheets",
        source: LayerSource::Outlines,
        dimension: 2,
        min_zoom: 13,
        max_zoom: 17,
        fields: &[CODE, DERIVED],
    },
    LayerContract {
        id: "area_labels",
        title: "Nhãn đơn vị / Labels of provinces, communes and sheets",
        source: LayerSource::Outlines,
        dimension: 0,
        min_zoom: MIN_ZOOM,
        max_zoom: 17,
        fields: &[LEVEL, CODE, NAME],
    },
];

const CODE: FieldContract = field("code", "Mã / code", FieldKind::Text);
const NAME: FieldContract = field("name", "Tên / name", FieldKind::Text);
const LEVEL: FieldContract = field(
    "level",
    "Cấp: province, commune, sheet / level",
    FieldKind::Text,
);
const DERIVED: FieldContract = field(
    "derived",
    "Suy ra từ các thửa / drawn around parcels, not given",
    FieldKind::Flag,
);
const AGGREGATED: FieldContract = field(
    "aggregated",
    "Gộp từ thửa nhỏ / summed up from small parcels",
    FieldKind::Flag,
);
const PARCELS: FieldContract = field(
    "parcels",
    "Số lượng thửa / how many parcels",
    FieldKind::Whole,
);

const fn field(name: &'static str, title: &'static str, kind: FieldKind) -> FieldContract {
    FieldContract {
        name,
        title,
        kind,
        unit: None,
    }
}

/// Whether tiles of a zoom show something that is drawn from this.
pub fn shows(zoom: u32, source: LayerSource) -> bool {
    let mut layers = LAYERS.iter().filter(|layer| layer.source == source);
    layers.any(|layer| (layer.min_zoom..=layer.max_zoom).contains(&zoom))
}

/// The layers that have tiles at some of these zooms, as TileJSON and archives describe them.
///
/// # Source
/// TileJSON 3.0.0, 3.3 `vector_layers`; the types of fields as MBTiles 1.3 names them, which is what GDAL understands.
pub fn vector_layers(zooms: RangeInclusive<u32>) -> Value {
    LAYERS
        .iter()
        .filter(|layer| layer.min_zoom <= *zooms.end() && *zooms.start() <= layer.max_zoom)
        .map(|layer| {
            let fields: serde_json::Map<_, _> = layer
                .fields
                .iter()
                .map(|field| (field.name.to_owned(), field.kind.mbtiles().into()))
                .collect();
            json!({
                "id": layer.id,
                "description": layer.title,
                "minzoom": layer.min_zoom.max(*zooms.start()),
                "maxzoom": layer.max_zoom.min(*zooms.end()),
                "fields": fields,
            })
        })
        .collect()
}

impl FieldKind {
    /// Its name in MBTiles.
    pub fn mbtiles(self) -> &'static str {
        match self {
            Self::Text => "String",
            Self::Whole | Self::Double => "Number",
            Self::Flag => "Boolean",
        }
    }

    /// Its name in JSON Schema.
    pub fn json_schema(self) -> &'static str {
        match self {
            Self::Text => "string",
            Self::Whole => "integer",
            Self::Double => "number",
            Self::Flag => "boolean",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn layers_are_described_only_at_the_zooms_that_are_there() {
        let described = |zooms| -> Vec<(String, u64, u64)> {
            let layers = vector_layers(zooms);
            let of = |layer: &Value, key: &str| layer[key].as_u64().unwrap();
            layers
                .as_array()
                .unwrap()
                .iter()
                .map(|layer| {
                    let id = layer["id"].as_str().unwrap().to_owned();
                    (id, of(layer, "minzoom"), of(layer, "maxzoom"))
                })
                .filter(|(id, ..)| id == "parcels" || id == "labels")
                .collect()
        };
        let row = |id: &str, low, high| (id.to_owned(), low, high);
        assert_eq!(described(14..=15), [row("parcels", 14, 15)]);
        assert_eq!(
            described(15..=17),
            [row("parcels", 15, 17), row("labels", 16, 17)]
        );
    }
}
