//! Codes that machines read: black and white modules in a square.

use datamatrix::{DataMatrix, SymbolList};
use qrcodegen::{QrCode, QrCodeEcc, QrSegment, Version};

/// A code's modules, row by row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Code {
    size: usize,
    dark: Vec<bool>,
}

impl Code {
    /// The QR code of a notice: version 4, level M, bytes (`domain` 12.1). None when it does not fit.
    pub fn qr(text: &str) -> Option<Code> {
        let version = Version::new(4);
        let segments = [QrSegment::make_bytes(text.as_bytes())];
        let code =
            QrCode::encode_segments_advanced(&segments, QrCodeEcc::Medium, version, version, None, false).ok()?;
        let modules = (0..code.size()).flat_map(|y| (0..code.size()).map(move |x| (x, y)));
        let dark = modules.map(|(x, y)| code.get_module(x, y)).collect();
        Some(Code { size: code.size() as usize, dark })
    }

    /// The Data Matrix of a postal slip, a square. None when it does not fit.
    pub fn data_matrix(text: &str) -> Option<Code> {
        let code = DataMatrix::encode(text.as_bytes(), SymbolList::default().enforce_square()).ok()?;
        let bitmap = code.bitmap();
        let mut dark = vec![false; bitmap.width() * bitmap.height()];
        for (x, y) in bitmap.pixels() {
            dark[y * bitmap.width() + x] = true;
        }
        Some(Code { size: bitmap.width(), dark })
    }

    /// Modules on a side.
    pub fn size(&self) -> usize {
        self.size
    }

    /// The dark modules, those that follow one another in a row as one: row, first column, how many.
    pub(super) fn bars(&self) -> Vec<(usize, usize, usize)> {
        let mut bars: Vec<(usize, usize, usize)> = Vec::new();
        for (at, _) in self.dark.iter().enumerate().filter(|(_, dark)| **dark) {
            let (row, column) = (at / self.size, at % self.size);
            match bars.last_mut() {
                Some((last, first, length)) if *last == row && *first + *length == column => *length += 1,
                _ => bars.push((row, column, 1)),
            }
        }
        bars
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_of_a_notice_has_thirty_three_modules() {
        let longest = format!("PAGOPA|002|{}|{}|{}", "3".repeat(18), "9".repeat(11), "9".repeat(11));
        assert_eq!(Code::qr(&longest).map(|code| code.size()), Some(33));
        assert_eq!(Code::qr("PAGOPA|002|307000000001234573|99000001018|05").map(|code| code.size()), Some(33));
        assert_eq!(Code::qr(&"x".repeat(200)), None);
    }

    #[test]
    fn bars_are_the_dark_modules() {
        let code = Code::data_matrix("codfase=NBPA;").unwrap();
        let dark: usize = code.bars().iter().map(|bar| bar.2).sum();
        assert_eq!(dark, code.dark.iter().filter(|dark| **dark).count());
        for (row, first, length) in code.bars() {
            assert!((first..first + length).all(|column| code.dark[row * code.size + column]));
        }
        assert_eq!(Code::data_matrix(&"è".repeat(2000)), None);
    }
}
