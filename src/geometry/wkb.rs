//! Well-known binary, in and out.

use super::RawPolygon;
use crate::domain::{Boundary, Fault, FaultCode, GridPoint};

const POINT: u32 = 1;
const POLYGON: u32 = 3;
const MULTI_POLYGON: u32 = 6;
const EWKB_Z: u32 = 0x8000_0000;
const EWKB_M: u32 = 0x4000_0000;
const EWKB_SRID: u32 = 0x2000_0000;

/// Reads a polygon from WKB (ISO or PostGIS's EWKB, either byte order); heights and measures are dropped.
///
/// A multi-polygon of one part is that part.
///
/// # Errors
/// `geometry-missing` for no bytes at all, `geometry-empty` for a polygon without points, `geometry-multipart`, and
/// `geometry-not-polygon` for other types and for bytes that break off or make no sense.
///
/// # Source
/// OGC 06-103r4 §8; PostGIS, EWKB.
pub fn read_polygon(bytes: &[u8]) -> Result<RawPolygon, Fault> {
    if bytes.is_empty() {
        return Err(Fault::new(FaultCode::GeometryMissing, "there are no bytes"));
    }
    let mut reader = Reader {
        rest: bytes,
        big_endian: false,
    };
    let polygon = match reader.header()? {
        Header {
            kind: POLYGON,
            dimensions,
        } => reader.rings(dimensions)?,
        Header {
            kind: MULTI_POLYGON,
            ..
        } => match reader.count()? {
            0 => return Err(empty()),
            1 => reader.part()?,
            parts => {
                let detail = format!("the polygon has {parts} parts");
                return Err(Fault::new(FaultCode::GeometryMultipart, detail));
            }
        },
        Header { kind, .. } => {
            let detail = format!("the geometry is a {}", type_name(kind));
            return Err(not_polygon(detail));
        }
    };
    if !reader.rest.is_empty() {
        return Err(not_polygon(format!(
            "{} bytes follow the geometry",
            reader.rest.len()
        )));
    }
    if polygon.rings.iter().all(Vec::is_empty) {
        return Err(empty());
    }
    Ok(polygon)
}

/// Appends a boundary as an EWKB polygon with closed rings, in metres.
pub fn write_ewkb(boundary: &Boundary, srid: i32, out: &mut Vec<u8>) {
    let metres = |point: &GridPoint| (point.easting_m(), point.northing_m());
    let rings = boundary.rings().iter();
    write_polygon(rings.map(|ring| ring.iter().map(metres)), srid, out);
}

/// Appends rings of longitude and latitude, closed or not, as an EWKB polygon with closed rings.
pub fn write_ewkb_lonlat(rings: &[Vec<(f64, f64)>], srid: i32, out: &mut Vec<u8>) {
    let open = |ring: &Vec<(f64, f64)>| match ring.as_slice() {
        [first, .., last] if first == last => ring.len() - 1,
        _ => ring.len(),
    };
    let rings = rings.iter().map(|ring| (open(ring), ring));
    write_polygon(
        rings.map(|(count, ring)| ring.iter().copied().take(count)),
        srid,
        out,
    );
}

/// A point as EWKB.
pub fn ewkb_point((x, y): (f64, f64), srid: i32) -> Vec<u8> {
    let mut bytes = vec![1];
    bytes.extend((POINT | EWKB_SRID).to_le_bytes());
    bytes.extend(srid.to_le_bytes());
    bytes.extend(x.to_le_bytes());
    bytes.extend(y.to_le_bytes());
    bytes
}

fn write_polygon<R>(rings: impl ExactSizeIterator<Item = R>, srid: i32, out: &mut Vec<u8>)
where
    R: ExactSizeIterator<Item = (f64, f64)> + Clone,
{
    let count = |count: usize| u32::try_from(count).unwrap_or(u32::MAX).to_le_bytes();
    out.push(1);
    out.extend((POLYGON | EWKB_SRID).to_le_bytes());
    out.extend(srid.to_le_bytes());
    out.extend(count(rings.len()));
    for ring in rings {
        let closing = ring.clone().next();
        out.extend(count(ring.len() + usize::from(closing.is_some())));
        for (x, y) in ring.chain(closing) {
            out.extend(x.to_le_bytes());
            out.extend(y.to_le_bytes());
        }
    }
}

struct Header {
    kind: u32,
    /// Numbers per point.
    dimensions: usize,
}

struct Reader<'a> {
    rest: &'a [u8],
    big_endian: bool,
}

impl Reader<'_> {
    fn header(&mut self) -> Result<Header, Fault> {
        self.big_endian = match self.take::<1>()? {
            [0] => true,
            [1] => false,
            [other] => {
                return Err(not_polygon(format!(
                    "the geometry begins with byte {other}"
                )));
            }
        };
        let word = self.count()?;
        if word & EWKB_SRID != 0 {
            self.take::<4>()?;
        }
        let iso = word & !(EWKB_Z | EWKB_M | EWKB_SRID);
        let heights = word & EWKB_Z != 0 || matches!(iso / 1000, 1 | 3);
        let measures = word & EWKB_M != 0 || matches!(iso / 1000, 2 | 3);
        Ok(Header {
            kind: if iso < 4000 { iso % 1000 } else { iso },
            dimensions: 2 + usize::from(heights) + usize::from(measures),
        })
    }

    /// The one part of a multi-polygon.
    fn part(&mut self) -> Result<RawPolygon, Fault> {
        match self.header()? {
            Header {
                kind: POLYGON,
                dimensions,
            } => self.rings(dimensions),
            Header { kind, .. } => Err(not_polygon(format!("its part is a {}", type_name(kind)))),
        }
    }

    fn rings(&mut self, dimensions: usize) -> Result<RawPolygon, Fault> {
        let count = self.bounded_count(size_of::<u32>())?;
        let rings = (0..count).map(|_| self.ring(dimensions));
        Ok(RawPolygon {
            rings: rings.collect::<Result<_, _>>()?,
        })
    }

    fn ring(&mut self, dimensions: usize) -> Result<Vec<(f64, f64)>, Fault> {
        let count = self.bounded_count(dimensions * size_of::<f64>())?;
        (0..count)
            .map(|_| {
                let point = (self.number()?, self.number()?);
                for _ in 2..dimensions {
                    self.number()?;
                }
                Ok(point)
            })
            .collect()
    }

    /// A count of things that the remaining bytes can hold.
    fn bounded_count(&mut self, size_bytes: usize) -> Result<usize, Fault> {
        let count = self.count()? as usize;
        if count.saturating_mul(size_bytes) > self.rest.len() {
            return Err(broken_off());
        }
        Ok(count)
    }

    fn count(&mut self) -> Result<u32, Fault> {
        let bytes = self.take()?;
        Ok(if self.big_endian {
            u32::from_be_bytes(bytes)
        } else {
            u32::from_le_bytes(bytes)
        })
    }

    fn number(&mut self) -> Result<f64, Fault> {
        let bytes = self.take()?;
        Ok(if self.big_endian {
            f64::from_be_bytes(bytes)
        } else {
            f64::from_le_bytes(bytes)
        })
    }

    fn take<const N: usize>(&mut self) -> Result<[u8; N], Fault> {
        let (bytes, rest) = self.rest.split_first_chunk().ok_or_else(broken_off)?;
        self.rest = rest;
        Ok(*bytes)
    }
}

fn broken_off() -> Fault {
    not_polygon("the geometry breaks off")
}

fn empty() -> Fault {
    Fault::new(FaultCode::GeometryEmpty, "the polygon has no points")
}

fn not_polygon(detail: impl Into<String>) -> Fault {
    Fault::new(FaultCode::GeometryNotPolygon, detail)
}

fn type_name(kind: u32) -> String {
    const NAMES: [&str; 18] = [
        "geometry",
        "point",
        "line",
        "polygon",
        "multi-point",
        "multi-line",
        "multi-polygon",
        "collection",
        "circular string",
        "compound curve",
        "curve polygon",
        "multi-curve",
        "multi-surface",
        "curve",
        "surface",
        "polyhedral surface",
        "TIN",
        "triangle",
    ];
    usize::try_from(kind)
        .ok()
        .and_then(|kind| NAMES.get(kind))
        .map_or_else(|| format!("geometry of type {kind}"), |name| (*name).into())
}

#[cfg(test)]
mod tests;
