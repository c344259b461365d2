//! From a template and its filling to pages: lines are broken, tables go on over pages, drawings find their scale.

use super::DocumentError;
use super::filling::{Filling, Row};
use super::letters::{Face, Letters, Style};
use super::map::Frame;
use super::paper::{About, At, PT_PER_MM, Page, bind};
use super::template::{Align, Block, Column, Span, Template, spans};
use fast_qr::{ECL, QRBuilder};
use time::OffsetDateTime;

/// White inside the cells of a table.
const PAD_MM: f64 = 1.2;
const RULE_MM: f64 = 0.18;

/// A piece of a line.
pub type Piece = (Style, String);

/// The lines of a cell.
type Cell = (Vec<Vec<Piece>>, Align);

struct Flow<'a> {
    template: &'a Template,
    filling: &'a Filling,
    letters: Letters,
    pages: Vec<Page>,
    /// Left edge and width of the column that is filled.
    column: (f64, f64),
    y_mm: f64,
    /// Whether a full page may be ended.
    may_turn: bool,
}

/// A filled template as a file.
pub fn render(
    template: &Template,
    filling: &Filling,
    made_at: OffsetDateTime,
) -> Result<Vec<u8>, DocumentError> {
    let mut flow = Flow::new(template, filling)?;
    for block in &template.blocks {
        flow.block(block)?;
    }
    flow.feet()?;
    let about = About {
        title: template.title.clone(),
        made_at,
    };
    bind(flow.pages, &flow.letters, &about)
}

impl<'a> Flow<'a> {
    fn new(template: &'a Template, filling: &'a Filling) -> Result<Self, DocumentError> {
        let [top, right, _, left] = template.margins_mm;
        Ok(Self {
            template,
            filling,
            letters: Letters::new()?,
            pages: vec![Page::new(template.paper)],
            column: (left, template.paper.size_mm().0 - left - right),
            y_mm: top,
            may_turn: true,
        })
    }

    fn bottom_mm(&self) -> f64 {
        let [_, _, bottom, _] = self.template.margins_mm;
        self.template.paper.size_mm().1 - bottom
    }

    fn page(&mut self) -> (&mut Page, &mut Letters) {
        if self.pages.is_empty() {
            self.pages.push(Page::new(self.template.paper));
        }
        let last = self.pages.len() - 1;
        (&mut self.pages[last], &mut self.letters)
    }

    fn turn(&mut self) {
        self.pages.push(Page::new(self.template.paper));
        self.y_mm = self.template.margins_mm[0];
    }

    /// Makes room on this page or the next.
    fn need(&mut self, mm: f64) {
        if self.may_turn
            && self.y_mm + mm > self.bottom_mm()
            && self.y_mm > self.template.margins_mm[0]
        {
            self.turn();
        }
    }

    fn applies(&self, when: Option<&str>) -> bool {
        let is_told = |name| {
            self.filling
                .texts
                .get(name)
                .is_some_and(|text| !text.is_empty())
        };
        let has_rows = |name| {
            self.filling
                .tables
                .get(name)
                .is_some_and(|rows| !rows.is_empty())
        };
        when.is_none_or(|name| is_told(name) || has_rows(name))
    }

    fn block(&mut self, block: &Block) -> Result<(), DocumentError> {
        match block {
            Block::Text {
                lines,
                size_pt,
                align,
                rule_percent,
                when,
            } => {
                if self.applies(when.as_deref()) {
                    self.text(
                        lines,
                        (size_pt.unwrap_or(self.template.size_pt), *align),
                        *rule_percent,
                    )?;
                }
            }
            Block::Table {
                rows,
                columns,
                size_pt,
                is_bare,
                when,
            } => {
                let size_pt = size_pt.unwrap_or(self.template.size_pt);
                if self.applies(when.as_deref()) && *is_bare {
                    self.bare_table(rows, columns, size_pt)?;
                } else if self.applies(when.as_deref()) {
                    self.table(rows, columns, size_pt)?;
                }
            }
            Block::Map {
                map,
                height_mm,
                scales,
                caption,
            } => {
                self.map((map, caption), *height_mm, scales)?;
            }
            Block::Code { text, width_mm } => self.code(text, *width_mm)?,
            Block::Seat { seat, height_mm } => {
                self.need(*height_mm);
                let ((left, width), y) = (self.column, self.y_mm);
                self.page()
                    .0
                    .keep(*seat, (left + 2.0, y), (width - 4.0, *height_mm));
                self.y_mm += height_mm;
            }
            Block::Beside {
                left_percent,
                left,
                right,
                needs_mm,
            } => {
                self.need(*needs_mm);
                self.beside(*left_percent, left, right)?;
            }
            Block::Space { mm } => self.y_mm += mm,
            Block::Box {
                x_mm,
                y_mm,
                width_mm,
                height_mm,
                blocks,
            } => self.boxed((*x_mm, *y_mm), (*width_mm, *height_mm), blocks)?,
            Block::Page {} => self.turn(),
            Block::Part { .. } => {}
        }
        Ok(())
    }

    fn beside(
        &mut self,
        left_percent: f64,
        left: &[Block],
        right: &[Block],
    ) -> Result<(), DocumentError> {
        let (column, top, may_turn) = (self.column, self.y_mm, self.may_turn);
        self.may_turn = false;
        let width = column.1 * left_percent / 100.0;
        self.column = (column.0, width);
        left.iter().try_for_each(|block| self.block(block))?;
        let left_end = self.y_mm;
        (self.column, self.y_mm) = ((column.0 + width, column.1 - width), top);
        right.iter().try_for_each(|block| self.block(block))?;
        self.y_mm = self.y_mm.max(left_end);
        (self.column, self.may_turn) = (column, may_turn);
        Ok(())
    }

    fn text(
        &mut self,
        lines: &[String],
        (size_pt, align): (f64, Align),
        rule_percent: Option<f64>,
    ) -> Result<(), DocumentError> {
        let (left, width) = self.column;
        let mut last_mm = 0.0;
        for line in lines {
            let pieces = Self::filled(line, size_pt, |name| self.filling.texts.get(name).cloned())?;
            for line in broken(&self.letters, pieces, width) {
                let height = height_mm(size_pt);
                self.need(height);
                last_mm = self.write(&line, (left, width), (self.y_mm + base_mm(size_pt), align));
                self.y_mm += height;
            }
        }
        if let Some(percent) = rule_percent {
            let length = last_mm * percent / 100.0;
            let (start, y) = (left + (width - length) / 2.0, self.y_mm + 0.8);
            self.page().0.line((start, y), (start + length, y), 0.25);
            self.y_mm += 2.0;
        }
        Ok(())
    }

    /// A template's text in pieces of one style each.
    fn filled(
        text: &str,
        size_pt: f64,
        value: impl Fn(&str) -> Option<String>,
    ) -> Result<Vec<Piece>, DocumentError> {
        let (mut is_bold, mut is_italic) = (false, false);
        let mut pieces: Vec<Piece> = Vec::new();
        for span in spans(text)? {
            let words = match span {
                Span::Bold => {
                    is_bold = !is_bold;
                    continue;
                }
                Span::Italic => {
                    is_italic = !is_italic;
                    continue;
                }
                Span::Words(words) => words.to_owned(),
                Span::Name(name) => value(name).unwrap_or_default(),
            };
            let face = match (is_bold, is_italic) {
                (true, _) => Face::Bold,
                (_, true) => Face::Italic,
                _ => Face::Regular,
            };
            pieces.push((Style { face, size_pt }, words));
        }
        Ok(pieces)
    }

    /// Writes a line into a column; gives its width.
    fn write(
        &mut self,
        line: &[Piece],
        (left, width): (f64, f64),
        (y_mm, align): (f64, Align),
    ) -> f64 {
        let widths: Vec<f64> = line
            .iter()
            .map(|(style, text)| self.letters.width_mm(*style, text))
            .collect();
        let total: f64 = widths.iter().sum();
        let mut x = match align {
            Align::Left => left,
            Align::Center => left + (width - total) / 2.0,
            Align::Right => left + width - total,
        };
        let (page, letters) = self.page();
        for ((style, text), width) in line.iter().zip(widths) {
            page.text(letters, (x, y_mm), *style, text);
            x += width;
        }
        total
    }

    fn boxed(
        &mut self,
        (x_mm, y_mm): At,
        (width_mm, height_mm): (f64, Option<f64>),
        blocks: &[Block],
    ) -> Result<(), DocumentError> {
        let (right_mm, down_mm) = self.filling.offset_mm;
        let kept = (self.column, self.y_mm, self.may_turn);
        (self.column, self.y_mm, self.may_turn) = (
            (x_mm + right_mm, width_mm),
            y_mm + down_mm + self.filling.below_mm,
            false,
        );
        blocks.iter().try_for_each(|block| self.block(block))?;
        let end_mm = y_mm + height_mm.unwrap_or(f64::INFINITY);
        if self.y_mm - down_mm > end_mm {
            let over_mm = self.y_mm - down_mm - end_mm;
            return Err(DocumentError::TooLong { over_mm });
        }
        (self.column, self.y_mm, self.may_turn) = kept;
        Ok(())
    }

    /// The cells alone, in their columns.
    fn bare_table(
        &mut self,
        name: &str,
        columns: &[Column],
        size_pt: f64,
    ) -> Result<(), DocumentError> {
        let rows = self.filling.tables.get(name).map_or(&[][..], Vec::as_slice);
        let widths = self.widths(columns);
        for row in rows {
            let cells = columns
                .iter()
                .map(|column| Self::cell(column, row, size_pt));
            let cells: Vec<_> = cells.collect::<Result<_, DocumentError>>()?;
            let (height, lines) = self.measured(&cells, &widths, size_pt);
            self.texts(&lines, &widths, size_pt);
            self.y_mm += height;
        }
        Ok(())
    }

    fn widths(&self, columns: &[Column]) -> Vec<f64> {
        let whole: f64 = columns.iter().map(|column| column.width).sum();
        let widths = columns.iter();
        widths
            .map(|column| column.width / whole * self.column.1)
            .collect()
    }

    fn table(&mut self, name: &str, columns: &[Column], size_pt: f64) -> Result<(), DocumentError> {
        let rows = self.filling.tables.get(name).map_or(&[][..], Vec::as_slice);
        let heads = columns.iter().map(|column| {
            let title = format!("**{}**", column.title);
            Ok((Self::filled(&title, size_pt, |_| None)?, Align::Center))
        });
        let heads: Vec<_> = heads.collect::<Result<_, DocumentError>>()?;
        let widths = self.widths(columns);
        self.y_mm += 1.0;
        self.row(&heads, &widths, size_pt, 2.0);
        for row in rows {
            let cells = columns
                .iter()
                .map(|column| Self::cell(column, row, size_pt));
            let cells: Vec<_> = cells.collect::<Result<_, DocumentError>>()?;
            let pages = self.pages.len();
            let (height, lines) = self.measured(&cells, &widths, size_pt);
            self.need(height);
            if self.pages.len() > pages {
                self.row(&heads, &widths, size_pt, 0.0);
            }
            self.cells(&lines, &widths, (height, size_pt));
        }
        self.y_mm += 2.0;
        Ok(())
    }

    fn cell(
        column: &Column,
        row: &Row,
        size_pt: f64,
    ) -> Result<(Vec<Piece>, Align), DocumentError> {
        let pieces = Self::filled(&column.cell, size_pt, |name| row.get(name).cloned())?;
        Ok((pieces, column.align))
    }

    /// A row by itself, with so many rows' room after it.
    fn row(&mut self, cells: &[(Vec<Piece>, Align)], widths: &[f64], size_pt: f64, after: f64) {
        let (height, lines) = self.measured(cells, widths, size_pt);
        self.need(height * (1.0 + after));
        self.cells(&lines, widths, (height, size_pt));
    }

    fn measured(
        &self,
        cells: &[(Vec<Piece>, Align)],
        widths: &[f64],
        size_pt: f64,
    ) -> (f64, Vec<Cell>) {
        let lines: Vec<_> = cells
            .iter()
            .zip(widths)
            .map(|((pieces, align), width)| {
                (
                    broken(&self.letters, pieces.clone(), width - 2.0 * PAD_MM),
                    *align,
                )
            })
            .collect();
        let most = lines
            .iter()
            .map(|(lines, _)| lines.len())
            .max()
            .unwrap_or(1)
            .max(1);
        (most as f64 * height_mm(size_pt) + PAD_MM, lines)
    }

    fn cells(&mut self, cells: &[Cell], widths: &[f64], (height, size_pt): (f64, f64)) {
        let (mut x, y) = (self.column.0, self.y_mm);
        for width in widths {
            let corners = vec![
                (x, y),
                (x + width, y),
                (x + width, y + height),
                (x, y + height),
            ];
            self.page().0.outline(&[corners], RULE_MM);
            x += width;
        }
        self.texts(cells, widths, size_pt);
        self.y_mm += height;
    }

    fn texts(&mut self, cells: &[Cell], widths: &[f64], size_pt: f64) {
        let (mut x, y) = (self.column.0, self.y_mm);
        for ((lines, align), width) in cells.iter().zip(widths) {
            let mut base = y + PAD_MM / 2.0 + base_mm(size_pt);
            for line in lines {
                self.write(line, (x + PAD_MM, width - 2.0 * PAD_MM), (base, *align));
                base += height_mm(size_pt);
            }
            x += width;
        }
    }

    fn map(
        &mut self,
        (name, caption): (&str, &str),
        height: f64,
        scales: &[i64],
    ) -> Result<(), DocumentError> {
        let filling = self.filling;
        let map = filling.maps.get(name).ok_or(DocumentError::NothingToDraw)?;
        self.need(height + 8.0);
        let frame = Frame {
            at: (self.column.0, self.y_mm),
            size_mm: (self.column.1, height),
        };
        let scale = map.scale(frame, scales)?;
        let (page, letters) = self.page();
        map.draw(page, letters, frame, scale);
        self.y_mm += height + 1.0;
        let size_pt = self.template.size_pt - 1.0;
        let pieces = Self::filled(caption, size_pt, |_| Some(scale.to_string()))?;
        self.write(
            &pieces,
            self.column,
            (self.y_mm + base_mm(size_pt), Align::Center),
        );
        self.y_mm += height_mm(size_pt);
        Ok(())
    }

    fn code(&mut self, text: &str, width_mm: f64) -> Result<(), DocumentError> {
        let pieces = Self::filled(text, 1.0, |name| self.filling.texts.get(name).cloned())?;
        let text: String = pieces.into_iter().map(|(_, text)| text).collect();
        let code = QRBuilder::new(text)
            .ecl(ECL::M)
            .build()
            .map_err(|error| DocumentError::Code(error.to_string()))?;
        self.need(width_mm);
        let (left, top) = (self.column.0, self.y_mm);
        // The standard asks for four modules of white around it.
        let module = width_mm / (code.size as f64 + 8.0);
        let place = |number: usize| (number as f64 + 4.0) * module;
        let mut dark = Vec::new();
        for row in 0..code.size {
            for column in 0..code.size {
                if code[row][column].value() {
                    let (x, y) = (left + place(column), top + place(row));
                    dark.push(vec![
                        (x, y),
                        (x + module, y),
                        (x + module, y + module),
                        (x, y + module),
                    ]);
                }
            }
        }
        self.page().0.fill(&dark, 0.0);
        self.y_mm += width_mm;
        Ok(())
    }

    /// What stands at the foot of each page.
    fn feet(&mut self) -> Result<(), DocumentError> {
        const SIZE_PT: f64 = 9.0;
        let Some(foot) = &self.template.foot else {
            return Ok(());
        };
        let pieces = Self::filled(foot, SIZE_PT, |name| self.filling.texts.get(name).cloned())?;
        let style = Style {
            face: Face::Regular,
            size_pt: SIZE_PT,
        };
        let (count, y) = (self.pages.len(), self.bottom_mm() + 9.0);
        let pages = std::mem::take(&mut self.pages);
        for (number, page) in (1..).zip(pages) {
            self.pages.push(page);
            self.write(&pieces, self.column, (y, Align::Left));
            let text = (style, format!("Trang {number}/{count}"));
            self.write(&[text], self.column, (y, Align::Right));
        }
        Ok(())
    }
}

fn height_mm(size_pt: f64) -> f64 {
    size_pt * 1.22 / PT_PER_MM
}

/// From the top of a line to its base.
fn base_mm(size_pt: f64) -> f64 {
    size_pt * 0.95 / PT_PER_MM
}

/// Breaks a text into lines: between words, or inside a word that is longer than a line.
pub fn broken(letters: &Letters, pieces: Vec<Piece>, width_mm: f64) -> Vec<Vec<Piece>> {
    let mut lines: Vec<Vec<Piece>> = vec![Vec::new()];
    let (mut used, mut gap): (f64, Option<Style>) = (0.0, None);
    for (style, text) in pieces {
        for (number, paragraph) in text.split('\n').enumerate() {
            if number > 0 {
                lines.push(Vec::new());
                (used, gap) = (0.0, None);
            }
            for (number, word) in paragraph.split(' ').enumerate() {
                gap = if number > 0 { Some(style) } else { gap };
                if word.is_empty() {
                    continue;
                }
                let space = gap.map_or(0.0, |style| letters.width_mm(style, " "));
                let width = letters.width_mm(style, word);
                if used > 0.0 && gap.is_some() && used + space + width > width_mm {
                    lines.push(Vec::new());
                    used = 0.0;
                } else if let Some(style) = gap.filter(|_| used > 0.0) {
                    add(&mut lines, style, " ");
                    used += space;
                }
                gap = None;
                for part in parts(letters, style, word, width_mm) {
                    let width = letters.width_mm(style, part);
                    if used > 0.0 && used + width > width_mm {
                        lines.push(Vec::new());
                        used = 0.0;
                    }
                    add(&mut lines, style, part);
                    used += width;
                }
            }
        }
    }
    lines
}

fn add(lines: &mut [Vec<Piece>], style: Style, text: &str) {
    let Some(line) = lines.last_mut() else {
        return;
    };
    match line.last_mut() {
        Some((last, words)) if *last == style => words.push_str(text),
        _ => line.push((style, text.to_owned())),
    }
}

/// A word in parts that each fit into a line.
fn parts<'t>(letters: &Letters, style: Style, word: &'t str, width_mm: f64) -> Vec<&'t str> {
    let (mut parts, mut start, mut used) = (Vec::new(), 0, 0.0);
    for (place, letter) in word.char_indices() {
        let width = letters.width_mm(style, letter.encode_utf8(&mut [0; 4]));
        if used > 0.0 && used + width > width_mm {
            parts.extend(word.get(start..place));
            (start, used) = (place, 0.0);
        }
        used += width;
    }
    parts.extend(word.get(start..));
    parts
}
