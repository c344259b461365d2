//! The Mapbox Vector Tile format, version 2.1, written by hand: one pass, no intermediate tree.

use super::clip::Unit;
use super::tile_id::EXTENT;
use std::collections::HashMap;

/// An attribute value.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Value {
    /// Text.
    Text(String),
    /// A number not below zero.
    Whole(u64),
    /// A double, by its bits.
    Double(u64),
}

/// A layer being written. Attributes of every feature are in the order of the layer's keys.
pub struct Layer {
    name: &'static str,
    keys: &'static [&'static str],
    values: HashMap<Value, u32>,
    encoded_values: Vec<u8>,
    features: Vec<u8>,
    scratch: Vec<u8>,
}

/// What a feature is drawn as.
#[derive(Debug, Clone, Copy)]
pub enum Shape<'a> {
    /// A point.
    Point(Unit),
    /// Rings, outer first, wound as the format wants.
    Polygon(&'a [Vec<Unit>]),
}

impl Layer {
    pub fn new(name: &'static str, keys: &'static [&'static str]) -> Self {
        Self {
            name,
            keys,
            values: HashMap::new(),
            encoded_values: Vec::new(),
            features: Vec::new(),
            scratch: Vec::new(),
        }
    }

    /// Adds a feature; attributes without value are left out.
    pub fn push(
        &mut self,
        id: u64,
        values: impl IntoIterator<Item = Option<Value>>,
        shape: Shape<'_>,
    ) {
        let mut tags = Vec::with_capacity(2 * self.keys.len());
        for (value, key) in values.into_iter().zip(0_u32..) {
            if let Some(value) = value {
                varint(&mut tags, u64::from(key));
                varint(&mut tags, u64::from(self.value(value)));
            }
        }
        let mut geometry = Vec::new();
        let kind = write_shape(&mut geometry, shape);
        self.scratch.clear();
        number(&mut self.scratch, 1, id);
        bytes(&mut self.scratch, 2, &tags);
        number(&mut self.scratch, 3, kind);
        bytes(&mut self.scratch, 4, &geometry);
        bytes(&mut self.features, 2, &self.scratch);
    }

    fn value(&mut self, value: Value) -> u32 {
        let next = u32::try_from(self.values.len()).unwrap_or(u32::MAX);
        let encoded = &mut self.encoded_values;
        *self.values.entry(value).or_insert_with_key(|value| {
            let mut inner = Vec::new();
            match value {
                Value::Text(text) => bytes(&mut inner, 1, text.as_bytes()),
                Value::Double(bits) => {
                    inner.push(3 << 3 | 1);
                    inner.extend_from_slice(&bits.to_le_bytes());
                }
                Value::Whole(whole) => number(&mut inner, 5, *whole),
            }
            bytes(encoded, 4, &inner);
            next
        })
    }

    /// Appends the layer to a tile, unless it is empty.
    pub fn finish(self, tile: &mut Vec<u8>) {
        if self.features.is_empty() {
            return;
        }
        let mut layer = Vec::with_capacity(self.features.len() + self.encoded_values.len() + 128);
        bytes(&mut layer, 1, self.name.as_bytes());
        layer.extend_from_slice(&self.features);
        for key in self.keys {
            bytes(&mut layer, 3, key.as_bytes());
        }
        layer.extend_from_slice(&self.encoded_values);
        number(&mut layer, 5, EXTENT.unsigned_abs());
        number(&mut layer, 15, 2);
        bytes(tile, 3, &layer);
    }
}

const POINT: u64 = 1;
const POLYGON: u64 = 3;
const MOVE_TO: u64 = 1;
const LINE_TO: u64 = 2;
const CLOSE_PATH: u64 = 7;

fn write_shape(out: &mut Vec<u8>, shape: Shape<'_>) -> u64 {
    let mut cursor = (0, 0);
    match shape {
        Shape::Point(point) => {
            varint(out, MOVE_TO | 1 << 3);
            step(out, &mut cursor, point);
            POINT
        }
        Shape::Polygon(rings) => {
            for ring in rings {
                let Some((first, rest)) = ring.split_first() else {
                    continue;
                };
                varint(out, MOVE_TO | 1 << 3);
                step(out, &mut cursor, *first);
                varint(out, LINE_TO | (rest.len() as u64) << 3);
                for point in rest {
                    step(out, &mut cursor, *point);
                }
                varint(out, CLOSE_PATH | 1 << 3);
            }
            POLYGON
        }
    }
}

fn step(out: &mut Vec<u8>, cursor: &mut Unit, to: Unit) {
    zigzag(out, to.0 - cursor.0);
    zigzag(out, to.1 - cursor.1);
    *cursor = to;
}

fn zigzag(out: &mut Vec<u8>, value: i64) {
    varint(out, (value << 1 ^ value >> 63).cast_unsigned());
}

#[expect(
    clippy::cast_possible_truncation,
    reason = "the low seven bits are what is wanted"
)]
fn varint(out: &mut Vec<u8>, mut value: u64) {
    while value >= 0x80 {
        out.push(value as u8 | 0x80);
        value >>= 7;
    }
    out.push(value as u8);
}

fn number(out: &mut Vec<u8>, field: u64, value: u64) {
    varint(out, field << 3);
    varint(out, value);
}

fn bytes(out: &mut Vec<u8>, field: u64, content: &[u8]) {
    varint(out, field << 3 | 2);
    varint(out, content.len() as u64);
    out.extend_from_slice(content);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn geometry_is_as_in_the_specification() {
        // Vector Tile Specification 2.1, 4.3.5.1 (point) and 4.3.5.4 (polygon).
        let mut out = Vec::new();
        write_shape(&mut out, Shape::Point((25, 17)));
        assert_eq!(out, [9, 50, 34]);
        out.clear();
        write_shape(&mut out, Shape::Polygon(&[vec![(3, 6), (8, 12), (20, 34)]]));
        assert_eq!(out, [9, 6, 12, 18, 10, 12, 24, 44, 15]);
    }
}
