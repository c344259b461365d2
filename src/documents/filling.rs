//! What a template is filled with: texts, tables, drawings, by name.

use super::map::Map;
use super::paper::At;
use std::collections::BTreeMap;

/// The names that a document gives to its template.
#[derive(Debug, Clone, Copy)]
pub struct Vocabulary {
    /// Its texts.
    pub texts: &'static [&'static str],
    /// Its tables with their columns.
    pub tables: &'static [(&'static str, &'static [&'static str])],
    /// Its drawings.
    pub maps: &'static [&'static str],
}

/// A row of a table: its cells by column.
pub type Row = BTreeMap<&'static str, String>;

/// One document's content.
#[derive(Debug, Clone, Default)]
pub struct Filling {
    /// Texts; an empty one is not known or does not apply.
    pub texts: BTreeMap<&'static str, String>,
    /// Tables.
    pub tables: BTreeMap<&'static str, Vec<Row>>,
    /// Drawings.
    pub maps: BTreeMap<&'static str, Map>,
    /// By how much a printer is off, to the right and down, on paper that is printed already.
    pub offset_mm: At,
    /// How far below their places boxes begin, on paper that is written on already.
    pub below_mm: f64,
}

impl Filling {
    /// Adds a text.
    #[expect(clippy::needless_pass_by_value, reason = "numbers and texts alike")]
    pub fn text(&mut self, name: &'static str, text: impl ToString) {
        self.texts.insert(name, text.to_string());
    }
}

/// A row of a table.
pub fn row<const N: usize>(cells: [(&'static str, String); N]) -> Row {
    cells.into_iter().collect()
}
