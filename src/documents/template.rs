//! Templates: how a document looks and what it says around its content, as an office may change it.

use super::DocumentError;
use super::filling::Vocabulary;
use super::paper::{Paper, Seat};
use serde::Deserialize;
use std::collections::BTreeMap;

/// A document's look.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Template {
    /// Its title in the file; not printed.
    pub title: String,
    /// The size of paper.
    pub paper: Paper,
    /// Top, right, bottom, left.
    pub margins_mm: [f64; 4],
    /// The size of letters where a block does not say otherwise.
    pub size_pt: f64,
    /// What stands at the foot of each page beside the page number; no foot without it.
    #[serde(default)]
    pub foot: Option<String>,
    /// What stands on it, from top to bottom.
    #[serde(rename = "block")]
    pub blocks: Vec<Block>,
}

/// How lines stand in their box.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Align {
    /// At the left edge.
    #[default]
    Left,
    /// In the middle.
    Center,
    /// At the right edge.
    Right,
}

/// A part of a document. Texts hold names in braces (`{parcel_no}`), bold between `**`, italics between `*`.
#[derive(Debug, Clone, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case", deny_unknown_fields)]
pub enum Block {
    /// Lines of text.
    Text {
        /// The lines; each is broken where it is too long.
        lines: Vec<String>,
        /// The size of letters.
        #[serde(default)]
        size_pt: Option<f64>,
        /// How they stand.
        #[serde(default)]
        align: Align,
        /// A rule below, so many hundredths as wide as the last line.
        #[serde(default)]
        rule_percent: Option<f64>,
        /// Only where this text or table is not empty.
        #[serde(default)]
        when: Option<String>,
    },
    /// A table.
    Table {
        /// Which.
        rows: String,
        /// Its columns.
        columns: Vec<Column>,
        /// The size of letters.
        #[serde(default)]
        size_pt: Option<f64>,
        /// Without lines and heads, which the paper has already.
        #[serde(default)]
        is_bare: bool,
        /// Only where it has rows.
        #[serde(default)]
        when: Option<String>,
    },
    /// A drawing to scale.
    Map {
        /// Which.
        map: String,
        /// How high its frame is.
        height_mm: f64,
        /// The scales to choose from: the denominators, from the largest scale on.
        scales: Vec<i64>,
        /// A line below it; `{scale}` is the denominator.
        caption: String,
    },
    /// A QR code.
    Code {
        /// What it holds.
        text: String,
        /// How wide it is.
        width_mm: f64,
    },
    /// A box kept for a signature.
    Seat {
        /// Whose.
        seat: Seat,
        /// How high it is.
        height_mm: f64,
    },
    /// Two columns side by side.
    Beside {
        /// How much of the width the left one has.
        left_percent: f64,
        /// The left one.
        left: Vec<Block>,
        /// The right one.
        right: Vec<Block>,
        /// How much room they need: a page with less left is ended.
        #[serde(default)]
        needs_mm: f64,
    },
    /// Nothing, so high.
    Space {
        /// How high.
        mm: f64,
    },
    /// Blocks at a place of their own, on paper that is printed already; the printer's offset moves them.
    Box {
        /// From the left edge.
        x_mm: f64,
        /// From the top edge.
        y_mm: f64,
        /// How wide it is.
        width_mm: f64,
        /// How high it is: what does not fit is refused. As high as may be, without it.
        #[serde(default)]
        height_mm: Option<f64>,
        /// What stands in it.
        blocks: Vec<Block>,
    },
    /// A new page.
    Page {},
    /// Blocks that several papers have in common, by name.
    Part {
        /// Which.
        part: String,
    },
}

/// A column of a table.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Column {
    /// What stands at its head.
    pub title: String,
    /// Its cells.
    pub cell: String,
    /// How wide it is beside the others.
    pub width: f64,
    /// How cells stand.
    #[serde(default)]
    pub align: Align,
}

/// A piece of a text in one style.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Span<'a> {
    /// As written.
    Words(&'a str),
    /// What goes by this name.
    Name(&'a str),
    /// Bold begins or ends.
    Bold,
    /// Italics begin or end.
    Italic,
}

/// A text of a template in pieces.
///
/// # Errors
/// Where a brace is not closed.
pub fn spans(text: &str) -> Result<Vec<Span<'_>>, DocumentError> {
    let mut spans = Vec::new();
    let mut rest = text;
    while let Some(place) = rest.find(['{', '*']) {
        let (words, tail) = rest.split_at(place);
        if !words.is_empty() {
            spans.push(Span::Words(words));
        }
        rest = if let Some(tail) = tail.strip_prefix('{') {
            let (name, tail) = tail.split_once('}').ok_or_else(|| {
                DocumentError::Template(format!("{text:?} opens a brace and does not close it"))
            })?;
            spans.push(Span::Name(name));
            tail
        } else if let Some(tail) = tail.strip_prefix("**") {
            spans.push(Span::Bold);
            tail
        } else {
            spans.push(Span::Italic);
            tail.get(1..).unwrap_or_default()
        };
    }
    if !rest.is_empty() {
        spans.push(Span::Words(rest));
    }
    Ok(spans)
}

impl Template {
    /// Reads a template and checks that it asks for nothing that its document does not have.
    pub fn read(
        (name, text): (&str, &str),
        parts: &Parts,
        words: &Vocabulary,
    ) -> Result<Self, DocumentError> {
        let mut template: Self = toml::from_str(text)
            .map_err(|error| DocumentError::Template(format!("{name}: {error}")))?;
        template.blocks = template
            .blocks
            .into_iter()
            .flat_map(|block| parts.whole(block))
            .collect();
        let mut foot = template.foot.iter();
        foot.try_for_each(|foot| known(foot, words.texts))
            .and_then(|()| check(&template.blocks, words))
            .map_err(|error| of(name, error))?;
        Ok(template)
    }
}

/// Blocks that several papers have in common, by name.
#[derive(Debug, Clone, Default, Deserialize)]
pub struct Parts(BTreeMap<String, Vec<Block>>);

impl Parts {
    /// Reads them.
    pub fn read(text: &str) -> Result<Self, DocumentError> {
        toml::from_str(text).map_err(|error| DocumentError::Template(format!("parts: {error}")))
    }

    /// The blocks of a part in its place; any other block, and a part that is not there, as it is.
    fn whole(&self, block: Block) -> Vec<Block> {
        match &block {
            Block::Part { part } => self.0.get(part).cloned().unwrap_or_else(|| vec![block]),
            _ => vec![block],
        }
    }
}

fn check(blocks: &[Block], words: &Vocabulary) -> Result<(), DocumentError> {
    for block in blocks {
        match block {
            Block::Text { lines, when, .. } => {
                lines.iter().try_for_each(|line| known(line, words.texts))?;
                conditional(when.as_deref(), words)?;
            }
            Block::Table {
                rows,
                columns,
                when,
                ..
            } => {
                let (_, cells) = words
                    .tables
                    .iter()
                    .find(|(name, _)| name == rows)
                    .ok_or_else(|| unknown(rows, words.tables.iter().map(|(name, _)| *name)))?;
                columns
                    .iter()
                    .try_for_each(|column| known(&column.cell, cells))?;
                conditional(when.as_deref(), words)?;
            }
            Block::Map {
                map,
                caption,
                scales,
                ..
            } => {
                if !words.maps.contains(&&**map) {
                    return Err(unknown(map, words.maps.iter().copied()));
                }
                if scales.is_empty() || scales.iter().any(|scale| *scale < 1) {
                    return Err(DocumentError::Template(
                        "a map needs scales, each above 0".to_owned(),
                    ));
                }
                known(caption, &["scale"])?;
            }
            Block::Code { text, .. } => known(text, words.texts)?,
            Block::Box { blocks, .. } => check(blocks, words)?,
            Block::Beside { left, right, .. } => {
                check(left, words)?;
                check(right, words)?;
            }
            Block::Part { part } => {
                let detail = format!("{part:?} is no part, or stands inside another block");
                return Err(DocumentError::Template(detail));
            }
            Block::Seat { .. } | Block::Space { .. } | Block::Page {} => {}
        }
    }
    Ok(())
}

fn conditional(when: Option<&str>, words: &Vocabulary) -> Result<(), DocumentError> {
    let is_known =
        |name| words.texts.contains(&name) || words.tables.iter().any(|(table, _)| *table == name);
    match when {
        Some(name) if !is_known(name) => Err(unknown(name, words.texts.iter().copied())),
        _ => Ok(()),
    }
}

fn known(text: &str, names: &[&str]) -> Result<(), DocumentError> {
    for span in spans(text)? {
        if let Span::Name(name) = span
            && !names.contains(&name)
        {
            return Err(unknown(name, names.iter().copied()));
        }
    }
    Ok(())
}

/// A fault with the name of the template that it is in.
fn of(name: &str, error: DocumentError) -> DocumentError {
    match error {
        DocumentError::Template(detail) => DocumentError::Template(format!("{name}: {detail}")),
        error => error,
    }
}

fn unknown<'n>(name: &str, names: impl Iterator<Item = &'n str>) -> DocumentError {
    let names: Vec<_> = names.collect();
    DocumentError::Template(format!(
        "{name:?} is not known here; known are {}",
        names.join(", ")
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    const WORDS: Vocabulary = Vocabulary {
        texts: &["name"],
        tables: &[("rows", &["no"])],
        maps: &["map"],
    };

    fn error(blocks: &str) -> String {
        let text = format!(
            "title = \"Thư\"\npaper = \"a4\"\nmargins_mm = [20, 15, 20, 30]\nsize_pt = 13\n{blocks}"
        );
        Template::read(("letter", &text), &Parts::default(), &WORDS)
            .unwrap_err()
            .to_string()
    }

    #[test]
    fn a_text_comes_apart_into_words_names_and_styles() {
        assert_eq!(
            spans("Ông **{name}** *ký*").unwrap(),
            [
                Span::Words("Ông "),
                Span::Bold,
                Span::Name("name"),
                Span::Bold,
                Span::Words(" "),
                Span::Italic,
                Span::Words("ký"),
                Span::Italic,
            ]
        );
    }

    #[test]
    fn a_template_that_asks_for_what_its_document_lacks_is_refused_with_what_there_is() {
        let wrong = error("[[block]]\nkind = \"text\"\nlines = [\"{owner}\"]");
        assert_eq!(
            wrong,
            "the template cannot be used: letter: \"owner\" is not known here; known are name"
        );
        let wrong = error(
            "[[block]]\nkind = \"table\"\nrows = \"rows\"\ncolumns = [{ title = \"STT\", cell = \"{n}\", width = 1 }]",
        );
        assert_eq!(
            wrong,
            "the template cannot be used: letter: \"n\" is not known here; known are no"
        );
        assert!(
            error("[[block]]\nkind = \"text\"\nlines = [\"{name\"]").contains("does not close it")
        );
        assert!(error("[[block]]\nkind = \"picture\"").contains("picture"));
    }
}
