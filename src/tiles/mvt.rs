//! The Mapbox Vector Tile format, version 2.1, written by hand: one pass, no intermediate tree.

use super::ring::Unit;
use super::table::{Table, packed};
use super::tile_id::EXTENT;
use super::wire::{bytes, bytes_size, head, number, small_pair, tag, varint, varint_size};
use std::cell::RefCell;
use std::collections::HashMap;

/// An attribute value.
#[derive(Debug, Clone, Copy)]
pub enum Value<'a> {
    /// Text.
    Text(&'a str),
    /// A number not below zero.
    Whole(u64),
    /// A double, in tenths.
    Tenths(u64),
    /// Yes or no.
    Flag(bool),
}

/// What a feature is drawn as; the numbers are the format's.
#[derive(Debug, Clone, Copy)]
pub enum Kind {
    /// A point.
    Point = 1,
    /// One polygon or several.
    Polygon = 3,
}

/// A layer being written.
#[derive(Debug)]
pub struct Layer {
    name: &'static str,
    keys: &'static [&'static str],
    count: u32,
    buffers: Buffers,
}

/// What a layer is written into.
#[derive(Debug, Default)]
struct Buffers {
    values: Values,
    features: Vec<u8>,
    tags: Vec<u8>,
}

/// How many spare buffers a thread keeps: those of a tile's layers.
const SPARE_BUFFERS: usize = 8;

thread_local! {
    /// Buffers of layers that are done. Giving a megabyte back to the system and getting it again costs as much as writing a
    /// tile into it.
    static SPARE: RefCell<Vec<Buffers>> = const { RefCell::new(Vec::new()) };
}

impl Drop for Layer {
    fn drop(&mut self) {
        SPARE.with_borrow_mut(|spare| {
            if spare.len() < SPARE_BUFFERS {
                spare.push(std::mem::take(&mut self.buffers));
            }
        });
    }
}

/// What a layer holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
pub struct LayerFacts {
    /// Its name.
    pub name: &'static str,
    /// How many features.
    pub features: u32,
    /// Its bytes in the tile, before compression.
    pub size_bytes: usize,
}

impl Layer {
    /// A layer for about so many features.
    pub fn new(name: &'static str, keys: &'static [&'static str], features: usize) -> Self {
        let mut buffers = SPARE.with_borrow_mut(Vec::pop).unwrap_or_default();
        buffers.features.clear();
        buffers.features.reserve(features * 64);
        buffers.values.clear(features);
        Self {
            name,
            keys,
            count: 0,
            buffers,
        }
    }

    /// The number of a value in the layer's table.
    pub fn value(&mut self, value: Value<'_>) -> u32 {
        self.buffers.values.number(value)
    }

    /// Adds a feature. `values` has a number for each key that the feature has a value of, in the order of the keys.
    pub fn push(&mut self, id: Option<u64>, values: &[Option<u32>], kind: Kind, path: &Path) {
        let Buffers { features, tags, .. } = &mut self.buffers;
        tags.clear();
        for (value, key) in values.iter().zip(0_u8..) {
            if let Some(value) = value {
                tag(tags, key, *value);
            }
        }
        let id_size = id.map_or(0, |id| 1 + varint_size(id));
        let size = id_size + bytes_size(tags.len()) + 2 + bytes_size(path.bytes.len());
        let out = features;
        head(out, 2, size);
        if let Some(id) = id {
            number(out, 1, id);
        }
        bytes(out, 2, tags);
        number(out, 3, kind as u64);
        bytes(out, 4, &path.bytes);
        self.count += 1;
    }

    /// What the layer holds.
    pub fn facts(&self) -> LayerFacts {
        LayerFacts {
            name: self.name,
            features: self.count,
            size_bytes: if self.count == 0 {
                0
            } else {
                bytes_size(self.body_size())
            },
        }
    }

    fn body_size(&self) -> usize {
        let keys: usize = self.keys.iter().map(|key| bytes_size(key.len())).sum();
        let (extent, version) = (1 + varint_size(EXTENT.into()), 2);
        let name = bytes_size(self.name.len());
        name + self.buffers.features.len()
            + keys
            + self.buffers.values.encoded.len()
            + extent
            + version
    }

    /// Appends the layer to a tile, unless it is empty.
    pub fn write(&self, tile: &mut Vec<u8>) {
        if self.count == 0 {
            return;
        }
        head(tile, 3, self.body_size());
        bytes(tile, 1, self.name.as_bytes());
        tile.extend_from_slice(&self.buffers.features);
        for key in self.keys {
            bytes(tile, 3, key.as_bytes());
        }
        tile.extend_from_slice(&self.buffers.values.encoded);
        number(tile, 5, EXTENT.into());
        number(tile, 15, 2);
    }
}

/// A layer's table of values.
#[derive(Debug, Default)]
struct Values {
    numbers: Table,
    encoded: Vec<u8>,
    /// Numbers of the few values that have no short key, by their bytes.
    long: HashMap<Vec<u8>, u32>,
}

impl Values {
    /// Starts over, for about so many values.
    fn clear(&mut self, count: usize) {
        self.numbers.clear(count);
        self.encoded.clear();
        self.long.clear();
    }

    fn number(&mut self, value: Value<'_>) -> u32 {
        let next = self.numbers.len();
        let number = match short_key(value) {
            Some(key) => self.numbers.number(key),
            None => self.number_of_long(value),
        };
        if number as usize == next {
            write_value(&mut self.encoded, value);
        }
        number
    }

    fn number_of_long(&mut self, value: Value<'_>) -> u32 {
        let mut bytes = Vec::new();
        write_value(&mut bytes, value);
        // It takes a key that no short value has.
        let numbers = &mut self.numbers;
        let key = u64::MAX - numbers.len() as u64;
        *self
            .long
            .entry(bytes)
            .or_insert_with(|| numbers.number(key))
    }
}

/// A key that no other value has; `None` where a word is too short for one. Its highest bit is clear.
fn short_key(value: Value<'_>) -> Option<u64> {
    let (number, kind) = match value {
        Value::Whole(whole) => (whole, 0),
        Value::Tenths(tenths) => (tenths, 1),
        Value::Text(text) => (packed(text)?, 2),
        Value::Flag(flag) => (u64::from(flag), 3),
    };
    (number < 1 << 61).then_some(number << 2 | kind)
}

fn write_value(out: &mut Vec<u8>, value: Value<'_>) {
    match value {
        Value::Text(text) => {
            head(out, 4, bytes_size(text.len()));
            bytes(out, 1, text.as_bytes());
        }
        Value::Tenths(tenths) => {
            head(out, 4, 9);
            out.push(3 << 3 | 1);
            out.extend_from_slice(&(tenths as f64 / 10.0).to_le_bytes());
        }
        Value::Whole(whole) => {
            head(out, 4, 1 + varint_size(whole));
            number(out, 5, whole);
        }
        Value::Flag(flag) => {
            head(out, 4, 2);
            number(out, 7, flag.into());
        }
    }
}

const MOVE_TO: u8 = 1 | 1 << 3;
const LINE_TO: u64 = 2;
const CLOSE_PATH: u8 = 7 | 1 << 3;

/// A feature's geometry as the format's commands. All points lie in the tile with its buffer.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Path {
    bytes: Vec<u8>,
    cursor: Unit,
}

/// A place in a path.
#[derive(Debug, Clone, Copy)]
pub struct Mark {
    length: usize,
    cursor: Unit,
}

impl Path {
    /// Starts over.
    pub fn clear(&mut self) {
        self.bytes.clear();
        self.cursor = (0, 0);
    }

    /// Whether nothing is drawn.
    pub fn is_empty(&self) -> bool {
        self.bytes.is_empty()
    }

    /// Where the path ends now.
    pub fn mark(&self) -> Mark {
        Mark {
            length: self.bytes.len(),
            cursor: self.cursor,
        }
    }

    /// Takes back what was added since.
    pub fn rewind(&mut self, mark: Mark) {
        self.bytes.truncate(mark.length);
        self.cursor = mark.cursor;
    }

    /// Adds a point.
    pub fn point(&mut self, point: Unit) {
        self.bytes.push(MOVE_TO);
        self.step(point);
    }

    /// Adds a ring that is already wound as the format wants.
    pub fn ring(&mut self, mut points: impl ExactSizeIterator<Item = Unit>) {
        let lines = points.len().saturating_sub(1) as u64;
        let Some(first) = points.next() else { return };
        self.point(first);
        varint(&mut self.bytes, LINE_TO | lines << 3);
        points.for_each(|point| self.step(point));
        self.bytes.push(CLOSE_PATH);
    }

    /// Adds a square by its upper left corner.
    pub fn square(&mut self, (x, y): Unit, side: i32) {
        let (right, lower) = (x + side, y + side);
        self.ring([(x, y), (right, y), (right, lower), (x, lower)].into_iter());
    }

    #[inline]
    fn step(&mut self, to: Unit) {
        small_pair(&mut self.bytes, to.0 - self.cursor.0, to.1 - self.cursor.1);
        self.cursor = to;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn geometry_is_as_in_the_specification() {
        // Vector Tile Specification 2.1, 4.3.5.1 (point) and 4.3.5.4 (polygon).
        let mut path = Path::default();
        path.point((25, 17));
        assert_eq!(path.bytes, [9, 50, 34]);
        path.clear();
        path.ring([(3, 6), (8, 12), (20, 34)].into_iter());
        assert_eq!(path.bytes, [9, 6, 12, 18, 10, 12, 24, 44, 15]);
    }

    #[test]
    fn a_layer_has_the_size_that_it_says() {
        let mut layer = Layer::new("labels", &["name", "parcels", "area_m2", "is_so"], 2);
        let mut path = Path::default();
        path.point((1, 2));
        let long = "a name of more than seven bytes";
        let numbers = [
            layer.value(Value::Text(long)),
            layer.value(Value::Whole(u64::MAX)),
            layer.value(Value::Tenths(15)),
            layer.value(Value::Flag(true)),
            layer.value(Value::Text(long)),
            layer.value(Value::Whole(u64::MAX - 1)),
            layer.value(Value::Whole(15)),
        ];
        assert_eq!(numbers, [0, 1, 2, 3, 0, 4, 5]);
        assert_eq!(layer.facts().size_bytes, 0, "empty");
        layer.push(Some(1 << 40), &[Some(0), None, Some(2)], Kind::Point, &path);
        layer.push(None, &[None, Some(1), None, Some(3)], Kind::Point, &path);
        let mut tile = Vec::new();
        layer.write(&mut tile);
        assert_eq!(layer.facts().size_bytes, tile.len());
        assert_eq!(layer.facts().features, 2);
    }
}
