//! A text file as bytes and lines: where a row stands, and where the next one starts.

use std::io::{self, BufRead, BufReader, Read, Seek, SeekFrom};

/// Walks through a file once and knows byte and line.
pub(super) struct Lines<R> {
    input: BufReader<R>,
    byte: u64,
    line: u64,
}

impl<R: Read> Lines<R> {
    /// At the start.
    pub fn of(input: R) -> Self {
        Self {
            input: BufReader::with_capacity(1 << 16, input),
            byte: 0,
            line: 1,
        }
    }

    /// The offset of the next byte.
    pub fn byte(&self) -> u64 {
        self.byte
    }

    /// The line of the next byte, from 1.
    pub fn line(&self) -> u64 {
        self.line
    }

    /// Whether nothing is left.
    pub fn is_at_end(&mut self) -> io::Result<bool> {
        Ok(self.input.fill_buf()?.is_empty())
    }

    /// What is left of the line, as far as it is buffered; stays where it is.
    pub fn peek_line(&mut self) -> io::Result<Vec<u8>> {
        let buffered = self.input.fill_buf()?;
        Ok(buffered
            .split(|&byte| byte == b'\n')
            .next()
            .unwrap_or_default()
            .to_vec())
    }

    /// Passes a UTF-8 byte-order mark.
    pub fn skip_mark(&mut self) -> io::Result<()> {
        if self.input.fill_buf()?.starts_with(b"\xef\xbb\xbf") {
            self.advance_to(3)
        } else {
            Ok(())
        }
    }

    /// Passes line ends and empty lines.
    pub fn skip_line_ends(&mut self) -> io::Result<()> {
        self.skip_while(|byte| matches!(byte, b'\r' | b'\n'))
    }

    /// Passes the rest of the line and its end.
    pub fn skip_line(&mut self) -> io::Result<()> {
        self.skip_while(|byte| byte != b'\n')?;
        self.advance_to(self.byte + 1)
    }

    /// Passes everything before an offset, or to the end.
    pub fn advance_to(&mut self, byte: u64) -> io::Result<()> {
        let mut left = byte.saturating_sub(self.byte);
        self.skip_while(|_| {
            let is_before = left > 0;
            left = left.saturating_sub(1);
            is_before
        })
    }

    fn skip_while(&mut self, mut goes_on: impl FnMut(u8) -> bool) -> io::Result<()> {
        loop {
            let buffered = self.input.fill_buf()?;
            let passed = buffered
                .iter()
                .position(|&byte| !goes_on(byte))
                .unwrap_or(buffered.len());
            let is_done = passed < buffered.len() || buffered.is_empty();
            self.line += buffered
                .iter()
                .take(passed)
                .filter(|&&byte| byte == b'\n')
                .count() as u64;
            self.byte += passed as u64;
            self.input.consume(passed);
            if is_done {
                return Ok(());
            }
        }
    }
}

/// An input that breaks off after so many bytes, until it is refilled.
pub(super) struct Budgeted<R> {
    input: R,
    budget_bytes: usize,
    left_bytes: usize,
}

impl<R> Budgeted<R> {
    /// An input with a budget.
    pub fn new(input: R, budget_bytes: usize) -> Self {
        Self {
            input,
            budget_bytes,
            left_bytes: budget_bytes,
        }
    }

    /// Makes the whole budget available again.
    pub fn refill(&mut self) {
        self.left_bytes = self.budget_bytes;
    }
}

impl<R: Read> Read for Budgeted<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.left_bytes == 0 {
            let limit = self.budget_bytes;
            return Err(io::Error::other(format!(
                "goes on for more than {limit} bytes; is a quote never closed?"
            )));
        }
        let allowed = buffer.len().min(self.left_bytes);
        let read = match buffer.get_mut(..allowed) {
            Some(part) => self.input.read(part)?,
            None => 0,
        };
        self.left_bytes -= read;
        Ok(read)
    }
}

impl<R: Seek> Seek for Budgeted<R> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.input.seek(to)
    }
}
