//! What has to be known about GDAL to read files through it without losing anything.

use super::{
    column::{Columns, Values},
    field::ParcelField,
    geojson,
    kind::{FileKind, unreadable},
    raw::RawText,
};
use crate::domain::Fault;
use gdal::{
    Dataset, DatasetOptions, GdalOpenFlags, config,
    vector::{Feature, Layer, LayerAccess, OwnedLayer, sql::Dialect},
};
use std::{path::Path, sync::Once};

/// A layer of parcels.
pub(super) struct ParcelLayer {
    pub layer: OwnedLayer,
    pub reading: Reading,
    /// How many records it has, counted without reading them.
    pub count: u64,
}

/// How the attributes of a layer are read.
pub(super) struct Reading {
    pub columns: Columns<ParcelField>,
    kind: FileKind,
    /// How many bytes a text of each column can have in a DBF; 0 if there is no limit.
    widths: Vec<usize>,
}

/// Opens the layer of parcels: the one named or, without a name, the only one that has the needed columns.
pub(super) fn parcel_layer(
    path: &Path,
    kind: FileKind,
    name: Option<&str>,
) -> Result<ParcelLayer, Fault> {
    let stated = if kind == FileKind::GeoJson {
        Some(geojson::count_features(path)?)
    } else {
        None
    };
    let dataset = open(path, kind)?;
    let (name, columns) = choose(&dataset, kind, name)?;
    let count = stated.map_or_else(|| count(&dataset, kind, &name), Ok)?;
    let layer = dataset
        .into_layer_by_name(&name)
        .map_err(|error| unreadable(error.to_string()))?;
    let widths = layer
        .defn()
        .fields()
        .map(|field| usize::try_from(field.width()).unwrap_or(0))
        .collect();
    Ok(ParcelLayer {
        layer,
        reading: Reading {
            columns,
            kind,
            widths,
        },
        count,
    })
}

/// Settings of the whole process: messages go to the log, and a withdrawn EPSG code stays what the file says.
pub(super) fn set_up() -> Result<(), Fault> {
    static QUIET: Once = Once::new();
    QUIET.call_once(|| {
        config::set_error_handler(|class, number, message| {
            tracing::debug!(?class, number, message, "gdal");
        });
    });
    config::set_config_option("OSR_USE_NON_DEPRECATED", "NO")
        .map_err(|error| unreadable(format!("GDAL: {error}")))
}

fn open(path: &Path, kind: FileKind) -> Result<Dataset, Fault> {
    set_up()?;
    let driver = match kind {
        FileKind::GeoPackage => "GPKG",
        FileKind::Shapefile => "ESRI Shapefile",
        FileKind::GeoJson => "GeoJSON",
        FileKind::Csv => "CSV",
    };
    let options = DatasetOptions {
        open_flags: GdalOpenFlags::GDAL_OF_READONLY | GdalOpenFlags::GDAL_OF_VECTOR,
        allowed_drivers: Some(&[driver]),
        // the crate's strings are lossy UTF-8; as Latin-1 every byte comes through, see `Reading::text`
        open_options: (kind == FileKind::Shapefile).then_some(&["ENCODING=ISO-8859-1"]),
        sibling_files: None,
    };
    Dataset::open_ex(path, options).map_err(|error| unreadable(format!("GDAL: {error}")))
}

fn choose(
    dataset: &Dataset,
    kind: FileKind,
    name: Option<&str>,
) -> Result<(String, Columns<ParcelField>), Fault> {
    let mut candidates = Vec::new();
    let mut faults = Vec::new();
    for layer in dataset
        .layers()
        .filter(|layer| name.is_none_or(|name| layer.name() == name))
    {
        match Columns::find(&headers(&layer, kind)) {
            Ok(columns) => candidates.push((layer.name(), columns)),
            Err(fault) => faults.push(Fault {
                detail: format!("layer {}: {}", layer.name(), fault.detail),
                ..fault
            }),
        }
    }
    if candidates.len() > 1 {
        let names: Vec<&str> = candidates.iter().map(|(name, _)| name.as_str()).collect();
        return Err(unreadable(format!(
            "has several layers of parcels; choose one of {}",
            names.join(", ")
        )));
    }
    let no_layer = || {
        unreadable(name.map_or("has no layers".into(), |name| {
            format!("has no layer {name}")
        }))
    };
    candidates
        .pop()
        .ok_or_else(|| faults.into_iter().next().unwrap_or_else(no_layer))
}

/// The number of records; what GDAL says of a GeoPackage is a cached number.
fn count(dataset: &Dataset, kind: FileKind, layer: &str) -> Result<u64, Fault> {
    if kind != FileKind::GeoPackage {
        let layer = dataset
            .layer_by_name(layer)
            .map_err(|error| unreadable(error.to_string()))?;
        return Ok(layer.feature_count());
    }
    let query = format!("SELECT COUNT(*) FROM \"{}\"", layer.replace('"', "\"\""));
    let mut rows = dataset
        .execute_sql(query, None, Dialect::DEFAULT)
        .ok()
        .flatten();
    rows.as_mut()
        .and_then(|rows| rows.features().next()?.field_as_integer64(0).ok().flatten())
        .and_then(|count| u64::try_from(count).ok())
        .ok_or_else(|| unreadable("its records cannot be counted; the database is damaged"))
}

fn headers(layer: &Layer<'_>, kind: FileKind) -> Vec<String> {
    let name = |name: String| match kind {
        FileKind::Shapefile => String::from_utf8_lossy(&latin1_bytes(&name)).into_owned(),
        _ => name,
    };
    layer
        .defn()
        .fields()
        .map(|field| name(field.name()))
        .collect()
}

impl Reading {
    /// The attributes of a feature.
    pub fn values(&self, feature: &Feature<'_>) -> Values<ParcelField> {
        self.columns.values(|column| self.text(feature, column))
    }

    /// An attribute, with the bytes of a DBF taken as UTF-8.
    fn text(&self, feature: &Feature<'_>, column: usize) -> RawText {
        match feature.field_as_string(column) {
            Ok(Some(text)) if self.kind == FileKind::Shapefile => {
                let mut bytes = latin1_bytes(&text);
                if self
                    .widths
                    .get(column)
                    .is_some_and(|&width| bytes.len() >= width)
                {
                    drop_cut_letter(&mut bytes);
                }
                RawText::from_utf8(bytes)
            }
            Ok(Some(text)) => RawText::from_repaired(text),
            Ok(None) | Err(_) => RawText::Missing,
        }
    }
}

fn latin1_bytes(text: &str) -> Vec<u8> {
    text.chars()
        .map(|letter| u8::try_from(letter).unwrap_or(b'?'))
        .collect()
}

/// A DBF cuts text at a number of bytes, which may be inside a letter.
fn drop_cut_letter(bytes: &mut Vec<u8>) {
    if let Err(error) = std::str::from_utf8(bytes)
        && error.error_len().is_none()
    {
        bytes.truncate(error.valid_up_to());
    }
}

/// The geometry as ISO WKB; `None` where there is none.
pub(super) fn wkb(feature: &Feature<'_>) -> Option<Vec<u8>> {
    feature.geometry_by_index(0).ok()?.iso_wkb().ok()
}
