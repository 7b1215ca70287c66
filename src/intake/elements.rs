//! The elements of one list in a JSON file of any size, one in memory at a time.
//!
//! The file is cut at the brackets that matter; what stands between them is left to others. So an element may be wrong
//! without harm to the others, while broken syntax, after which nothing is certain, ends the reading and says where.

use std::io::{self, BufRead};

use serde::de::IgnoredAny;

use super::LARGEST_POSITION;
use super::defect::shown;

/// Cuts a file into the elements of its list.
pub(super) struct Elements<R> {
    text: Text<R>,
    next: Next,
    shape: Shape,
}

/// What a file looks like around its list.
#[derive(Clone, Copy)]
pub(super) struct Shape {
    /// The property that holds the list.
    pub(super) list: &'static str,
    /// Whether nothing else may be there: neither a bare list nor other properties.
    pub(super) strict: bool,
}

/// What is expected next.
enum Next {
    /// The beginning of the file.
    Beginning,
    /// An element of the list or its end. `wrapped`: the list is a property of an object.
    Element { first: bool, wrapped: bool },
    /// Nothing more.
    End,
}

/// An element as it stands in the file.
pub(super) struct Element {
    /// Its bytes.
    pub(super) raw: Vec<u8>,
    /// The line it begins on, from 1.
    pub(super) line: u64,
    /// And the column, in bytes.
    pub(super) column: u64,
}

/// Why the reading ends before the end.
pub(super) enum Stop {
    /// The file or the pipe failed.
    Io(io::Error),
    /// The syntax is broken here.
    Broken {
        /// The line, from 1.
        line: u64,
        /// And the column, in bytes.
        column: u64,
        /// What is wrong.
        what: String,
    },
}

impl From<io::Error> for Stop {
    fn from(error: io::Error) -> Stop {
        Stop::Io(error)
    }
}

impl<R: BufRead> Elements<R> {
    pub(super) fn new(file: R, shape: Shape) -> Elements<R> {
        Elements { text: Text { file, line: 1, column: 1 }, next: Next::Beginning, shape }
    }

    /// The next one; none after the last. After a stop there is nothing more.
    pub(super) fn element(&mut self) -> Result<Option<Element>, Stop> {
        let next = self.cut();
        if !matches!(next, Ok(Some(_))) {
            self.next = Next::End;
        }
        next
    }

    fn cut(&mut self) -> Result<Option<Element>, Stop> {
        if matches!(self.next, Next::Beginning) {
            self.open()?;
        }
        let Next::Element { first, wrapped } = self.next else { return Ok(None) };
        if self.element_follows(first)? {
            self.next = Next::Element { first: false, wrapped };
            let (raw, line, column) = self.text.value()?;
            return Ok(Some(Element { raw, line, column }));
        }
        self.close(wrapped)?;
        Ok(None)
    }

    /// Reads up to the first element.
    fn open(&mut self) -> Result<(), Stop> {
        self.text.skip_byte_order_mark()?;
        let Shape { list, strict } = self.shape;
        self.next = match self.text.next_sign()? {
            Some(b'[') if !strict => Next::Element { first: true, wrapped: false },
            Some(b'{') => {
                self.find_list()?;
                Next::Element { first: true, wrapped: true }
            }
            _ if strict => return Err(self.text.broken(format!("expected {{\"{list}\":[…]}}"))),
            _ => return Err(self.text.broken(format!("expected {{\"{list}\":[…]}} or a list"))),
        };
        Ok(())
    }

    /// Skips the properties before the list.
    fn find_list(&mut self) -> Result<(), Stop> {
        let list = self.shape.list;
        if self.text.peek_sign()? == Some(b'}') {
            return Err(self.text.broken(format!("there is no {list}")));
        }
        loop {
            let name = self.property_name()?;
            if name == list {
                return self.text.expect(b'[');
            }
            self.skip_property(&name)?;
            match self.text.next_sign()? {
                Some(b',') => {}
                Some(b'}') => return Err(self.text.broken(format!("there is no {list}"))),
                _ => return Err(self.text.broken("expected , or }".into())),
            }
        }
    }

    /// Reads what follows the list; whatever it is, the elements before it stand.
    fn close(&mut self, wrapped: bool) -> Result<(), Stop> {
        if wrapped {
            self.skip_other_properties()?;
        }
        match self.text.next_sign()? {
            None => Ok(()),
            Some(_) => Err(self.text.broken("there is something after the end".into())),
        }
    }

    fn skip_other_properties(&mut self) -> Result<(), Stop> {
        loop {
            match self.text.next_sign()? {
                Some(b'}') => return Ok(()),
                Some(b',') => {
                    let name = self.property_name()?;
                    if name == self.shape.list {
                        return Err(self.text.broken(format!("{name} is there twice")));
                    }
                    self.skip_property(&name)?;
                }
                _ => return Err(self.text.broken("expected , or }".into())),
            }
        }
    }

    fn property_name(&mut self) -> Result<String, Stop> {
        if self.text.peek_sign()? != Some(b'"') {
            return Err(self.text.broken("expected the name of a property".into()));
        }
        let (raw, line, column) = self.text.value()?;
        let name = serde_json::from_slice(&raw).map_err(|error| broken(&error, line, column))?;
        self.text.expect(b':')?;
        Ok(name)
    }

    fn skip_property(&mut self, name: &str) -> Result<(), Stop> {
        if self.shape.strict {
            return Err(self.text.broken(format!("Unrecognized field \"{}\"", shown(name))));
        }
        let (raw, line, column) = self.text.value()?;
        serde_json::from_slice::<IgnoredAny>(&raw).map(drop).map_err(|error| broken(&error, line, column))
    }

    fn element_follows(&mut self, first: bool) -> Result<bool, Stop> {
        if first {
            let ends = self.text.peek_sign()? == Some(b']');
            if ends {
                self.text.next_sign()?;
            }
            return Ok(!ends);
        }
        match self.text.next_sign()? {
            Some(b',') => Ok(true),
            Some(b']') => Ok(false),
            _ => Err(self.text.broken("expected , or ]".into())),
        }
    }
}

/// serde's idea of what is broken, without the place it adds: it counts from the element's beginning.
pub(super) fn what_is_broken(error: &serde_json::Error) -> String {
    let message = error.to_string();
    message.rsplit_once(" at line ").map_or(message.clone(), |(what, _)| what.to_owned())
}

/// What serde says of an element that begins here.
pub(super) fn broken(error: &serde_json::Error, line: u64, column: u64) -> Stop {
    let (below, across) = (error.line().max(1) as u64 - 1, error.column() as u64);
    let column = if below == 0 { (column + across).saturating_sub(1) } else { across };
    Stop::Broken { line: line + below, column, what: what_is_broken(error) }
}

/// The bytes of a file and where we are in it. Lines and columns count from 1, columns in bytes.
struct Text<R> {
    file: R,
    line: u64,
    column: u64,
}

impl<R: BufRead> Text<R> {
    fn peek(&mut self) -> io::Result<Option<u8>> {
        loop {
            match self.file.fill_buf() {
                Ok(bytes) => return Ok(bytes.first().copied()),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
    }

    fn next(&mut self) -> io::Result<Option<u8>> {
        let byte = self.peek()?;
        if let Some(byte) = byte {
            self.file.consume(1);
            (self.line, self.column) = if byte == b'\n' { (self.line + 1, 1) } else { (self.line, self.column + 1) };
        }
        Ok(byte)
    }

    fn skip_byte_order_mark(&mut self) -> Result<(), Stop> {
        for expected in *b"\xEF\xBB\xBF" {
            match self.peek()? {
                Some(byte) if byte == expected => self.next()?,
                _ if self.column == 1 => return Ok(()),
                _ => return Err(self.broken("not a text in UTF-8".into())),
            };
        }
        self.column = 1;
        Ok(())
    }

    fn peek_sign(&mut self) -> io::Result<Option<u8>> {
        while let Some(b' ' | b'\t' | b'\r' | b'\n') = self.peek()? {
            self.next()?;
        }
        self.peek()
    }

    fn next_sign(&mut self) -> io::Result<Option<u8>> {
        self.peek_sign()?;
        self.next()
    }

    fn expect(&mut self, sign: u8) -> Result<(), Stop> {
        if self.peek_sign()? == Some(sign) {
            self.next()?;
            Ok(())
        } else {
            Err(self.broken(format!("expected {}", char::from(sign))))
        }
    }

    /// The bytes of the next value, and where it begins. Only its end is looked for; serde reads it.
    fn value(&mut self) -> Result<(Vec<u8>, u64, u64), Stop> {
        let first = self.peek_sign()?;
        let (line, column) = (self.line, self.column);
        let (mut raw, mut depth, mut quoted) = (Vec::new(), 0usize, false);
        if matches!(first, None | Some(b',' | b']' | b'}' | b':')) {
            return Err(self.broken("expected a value".into()));
        }
        while let Some(byte) = self.peek()? {
            if depth == 0 && !quoted && !raw.is_empty() && ends_value(&raw, byte) {
                break;
            }
            self.next()?;
            raw.push(byte);
            match byte {
                b'\\' if quoted => raw.extend(self.next()?),
                b'"' => quoted = !quoted,
                b'{' | b'[' if !quoted => depth += 1,
                b'}' | b']' if !quoted => depth = depth.saturating_sub(1),
                _ => {}
            }
            if raw.len() > LARGEST_POSITION {
                let what = "a position is larger than 4 MiB, or a quote or bracket is not closed".into();
                return Err(Stop::Broken { line, column, what });
            }
        }
        Ok((raw, line, column))
    }

    fn broken(&self, what: String) -> Stop {
        Stop::Broken { line: self.line, column: self.column, what }
    }
}

/// Whether a value outside brackets and quotes is complete before this byte.
fn ends_value(raw: &[u8], byte: u8) -> bool {
    matches!(raw.last(), Some(b'}' | b']' | b'"'))
        || matches!(byte, b',' | b']' | b'}' | b':' | b' ' | b'\t' | b'\r' | b'\n')
}
