//! What creditors print on their notices, as the file of organizations has it.

use std::io::Cursor;

use super::registry::check_text;
use crate::domain::letterhead::{Letterhead, PostalAccount};

/// The largest logo, in bytes; it goes into every notice.
const LARGEST_LOGO: usize = 64 << 10;
/// The most pixels a logo may be wide or high.
const WIDEST_LOGO: u32 = 1_000;

/// What is wrong with a letterhead.
pub(super) fn check(place: &str, letterhead: &Letterhead, complaints: &mut Vec<String>) {
    let Letterhead { cbill, contacts, website, postal_account, language: _, logo } = letterhead;
    if cbill.as_ref().is_some_and(|code| !is_cbill(code)) {
        complaints.push(format!("{place}.cbill: must be five capital letters or digits"));
    }
    for (name, text, most) in [("contacts", contacts, 250), ("website", website, 100)] {
        if let Some(text) = text {
            check_text(&format!("{place}.{name}"), text, most, complaints);
        }
    }
    if let Some(account) = postal_account {
        check_account(&format!("{place}.postalAccount"), account, complaints);
    }
    if logo.is_some()
        && let Err(complaint) = check_logo(letterhead.logo_png())
    {
        complaints.push(format!("{place}.logo: {complaint}"));
    }
}

fn is_cbill(code: &str) -> bool {
    code.len() == 5 && code.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit())
}

fn check_account(place: &str, account: &PostalAccount, complaints: &mut Vec<String>) {
    let PostalAccount { number, holder, authorization } = account;
    if number.len() != 12 || !number.bytes().all(|b| b.is_ascii_digit()) {
        complaints.push(format!("{place}.number: must be twelve digits in quotes, with zeros in front"));
    }
    check_text(&format!("{place}.holder"), holder, 100, complaints);
    if let Some(authorization) = authorization {
        check_text(&format!("{place}.authorization"), authorization, 140, complaints);
    }
}

/// A logo is drawn later, when nobody could be told what is wrong with it.
fn check_logo(png: Option<Vec<u8>>) -> Result<(), String> {
    let png = png.ok_or("must be base64")?;
    if png.len() > LARGEST_LOGO {
        return Err(format!("must have {LARGEST_LOGO} bytes at the most, it has {}", png.len()));
    }
    let unreadable = |error: png::DecodingError| format!("must be a PNG: {error}");
    let mut image = png::Decoder::new(Cursor::new(png)).read_info().map_err(unreadable)?;
    let (width, height) = image.info().size();
    if width > WIDEST_LOGO || height > WIDEST_LOGO {
        return Err(format!("must be {WIDEST_LOGO} pixels wide and high at the most, it is {width} by {height}"));
    }
    while image.next_row().map_err(unreadable)?.is_some() {}
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::letterhead::Language;
    use base64::Engine;
    use base64::engine::general_purpose::STANDARD;

    fn logo(width: u32, height: u32) -> Vec<u8> {
        let mut bytes = Vec::new();
        let mut encoder = png::Encoder::new(&mut bytes, width, height);
        encoder.set_color(png::ColorType::Grayscale);
        let mut writer = encoder.write_header().unwrap();
        writer.write_image_data(&vec![0x80; (width * height) as usize]).unwrap();
        writer.finish().unwrap();
        bytes
    }

    fn complaints(change: impl Fn(&mut Letterhead)) -> Vec<String> {
        let account = PostalAccount {
            number: "000099999999".into(),
            holder: "Comune di Borgolieve".into(),
            authorization: Some("Aut. DB/SISB/000 del 1.1.2026".into()),
        };
        let mut letterhead = Letterhead {
            cbill: Some("AB1CD".into()),
            contacts: Some("Tel. 06 0000000".into()),
            website: Some("www.comune.borgolieve.example".into()),
            postal_account: Some(account),
            language: Language::ItalianAndGerman,
            logo: Some(STANDARD.encode(logo(40, 60))),
        };
        change(&mut letterhead);
        let mut complaints = Vec::new();
        check("letterhead", &letterhead, &mut complaints);
        complaints
    }

    fn of_logo(bytes: &[u8]) -> Vec<String> {
        complaints(|it| it.logo = Some(STANDARD.encode(bytes)))
    }

    #[test]
    fn which_letterheads_are_right() {
        assert_eq!(complaints(|_| ()), [] as [&str; 0]);
        assert_eq!(complaints(|it| *it = Letterhead::default()), [] as [&str; 0]);
        let account = |change: fn(&mut PostalAccount)| complaints(|it| change(it.postal_account.as_mut().unwrap()));
        for (found, expected) in [
            (complaints(|it| it.cbill = Some("AB1C".into())), "letterhead.cbill: must be five"),
            (complaints(|it| it.cbill = Some("ab1cd".into())), "letterhead.cbill: must be five"),
            (complaints(|it| it.contacts = Some(" ".into())), "letterhead.contacts: must be 1 to 250"),
            (complaints(|it| it.contacts = Some("x".repeat(251))), "letterhead.contacts: must be 1 to 250"),
            (complaints(|it| it.website = Some("a\nb".into())), "letterhead.website: must be 1 to 100"),
            (account(|it| it.number = "99999999".into()), "letterhead.postalAccount.number: must be twelve"),
            (account(|it| it.holder = String::new()), "letterhead.postalAccount.holder: must be 1 to 100"),
            (account(|it| it.authorization = Some(String::new())), "letterhead.postalAccount.authorization: must be 1"),
            (complaints(|it| it.logo = Some("§".into())), "letterhead.logo: must be base64"),
            (of_logo(b"GIF89a"), "letterhead.logo: must be a PNG"),
            (of_logo(&logo(40, 60)[..70]), "letterhead.logo: must be a PNG"),
            (of_logo(&[0; (64 << 10) + 1]), "letterhead.logo: must have 65536 bytes at the most, it has 65537"),
            (
                of_logo(&logo(1_001, 1)),
                "letterhead.logo: must be 1000 pixels wide and high at the most, it is 1001 by 1",
            ),
        ] {
            assert!(found.len() == 1 && found[0].starts_with(expected), "{found:?}, and not {expected}");
        }
    }
}
