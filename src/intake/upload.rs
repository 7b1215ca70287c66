//! The file of a massive upload (`gpd-api` 14): a ZIP with one JSON in it, read as a stream, twice.
//!
//! First [`check`] looks at all of it, so that a file is refused as a whole and before anything happens; then
//! [`batches`] cuts it into runs of items, which [`items`] reads again when they are worked off. Unlike everywhere else
//! unknown properties are refused.

use std::io::{self, BufReader, Read, Seek, SeekFrom, Take};

use serde_json::Value;
use serde_json::value::RawValue;
use zip::ZipArchive;
use zip::read::ZipFile;

use super::defect::{Defect, Sort, shown};
use super::elements::{Element, Elements, Shape, Stop, broken};
use super::seen::Seen;
use super::{Given, Rules, judge, lists, model, texts};
use crate::domain::upload::{MOST_DELETIONS, Operation};

/// Most bytes of JSON that come out of a ZIP.
const MOST_UNZIPPED: u64 = 100 << 20;
/// Entries of a ZIP that are looked at, folders included, to find its one file.
const MOST_ENTRIES: u16 = 1000;
/// Bytes in which the end of a ZIP is: whoever opens it looks no further.
const TAIL: u64 = 128 << 10;
/// Items and bytes at which a batch is full. Whoever works it off keeps others from writing meanwhile.
const BATCH_ITEMS: usize = 200;
const BATCH_BYTES: usize = 512 << 10;

/// GPD's words for too few or too many IUPDs.
const WRONG_SIZE: &str = "size must be between 1 and 100000";

/// The properties that each object may have.
const POSITION: &str = "iupd type payStandIn fiscalCode fullName streetName civicNumber postalCode city province region country \
    email phone switchToExpired companyName officeName validityDate paymentDate status paymentOption";
const OPTION: &str = "nav iuv amount description isPartialPayment dueDate retentionDate fee notificationFee transfer \
    paymentOptionMetadata";
const TRANSFER: &str = "idTransfer amount organizationFiscalCode companyName remittanceInformation category iban postalIban \
    stamp transferMetadata";
const STAMP: &str = "hashDocument stampType provincialResidence";
const METADATA: &str = "key value";

/// Why a file is refused, in GPD's words.
#[derive(Debug, thiserror::Error)]
pub enum BadUpload {
    /// Nothing in it.
    #[error("No valid file found in ZIP.")]
    NoFile,
    /// More than one file in it.
    #[error("Too many entries in ZIP file.")]
    TooManyEntries,
    /// Something else than a JSON.
    #[error("ZIP contains unsupported file type.")]
    UnsupportedType,
    /// Too much of it.
    #[error("Unzipped content exceeds size limit.")]
    TooLarge,
    /// It cannot be unzipped.
    #[error("Could not unzip file")]
    Damaged,
    /// No JSON, or another one than was wanted.
    #[error("Given JSON is invalid for required API payload: {0}")]
    Json(String),
    /// Too few or too many items, some of them twice, or without what each must have.
    #[error("Debt positions format is invalid or duplicates were found. Invalid values: [{0}]")]
    Invalid(String),
    /// Our copy of the file failed.
    #[error("could not read the file")]
    Io(#[source] io::Error),
}

/// An item to be worked off.
#[derive(Debug)]
pub struct UploadItem {
    /// The key of the position.
    pub iupd: String,
    /// What it is to be; none where it is to go.
    pub position: Option<model::Position>,
}

/// Looks at all of a file and tells how many items it has. What its values say of each other, of the day and of what is
/// stored is no matter yet: that is said of each item when it is worked off.
pub fn check(file: impl Read + Seek, operation: Operation, rules: &Rules) -> Result<u64, BadUpload> {
    let (mut count, mut seen) = (0, Seen::default());
    read(file, operation, |text| {
        let iupd = match operation {
            Operation::Delete => text_of(text, count)?,
            Operation::Create | Operation::Update => key_of(text, count, rules)?,
        };
        if !seen.is_new(&iupd) {
            return Err(invalid("duplicate elements found"));
        }
        count += 1;
        if operation == Operation::Delete && count > MOST_DELETIONS {
            return Err(invalid(WRONG_SIZE));
        }
        Ok(true)
    })?;
    match count {
        0 if operation == Operation::Delete => Err(invalid(WRONG_SIZE)),
        0 => Err(invalid("must not be empty")),
        _ => Ok(count),
    }
}

/// Cuts a file into batches, each a list in JSON, until somebody has enough of them.
pub fn batches(
    file: impl Read + Seek,
    operation: Operation,
    mut take: impl FnMut(Vec<u8>) -> bool,
) -> Result<(), BadUpload> {
    let (mut batch, mut count) = (Vec::new(), 0);
    let mut wanted = true;
    read(file, operation, |text| {
        batch.push(if count == 0 { b'[' } else { b',' });
        batch.extend_from_slice(text.as_bytes());
        count += 1;
        if count == BATCH_ITEMS || batch.len() >= BATCH_BYTES {
            batch.push(b']');
            count = 0;
            wanted = take(std::mem::take(&mut batch));
        }
        Ok(wanted)
    })?;
    if wanted && count > 0 {
        batch.push(b']');
        take(batch);
    }
    Ok(())
}

/// The items of a batch.
pub fn items(batch: &[u8], operation: Operation) -> Result<Vec<UploadItem>, serde_json::Error> {
    if operation == Operation::Delete {
        let iupds: Vec<String> = serde_json::from_slice(batch)?;
        return Ok(iupds.into_iter().map(|iupd| UploadItem { iupd, position: None }).collect());
    }
    let positions: Vec<&RawValue> = serde_json::from_slice(batch)?;
    let item = |raw: &&RawValue| {
        let position: model::Position = serde_json::from_str(raw.get())?;
        Ok(UploadItem { iupd: position.iupd.value().cloned().unwrap_or_default(), position: Some(position) })
    };
    positions.iter().map(item).collect()
}

/// Hands the elements of a file's list to somebody, one by one, as long as they are wanted.
fn read(
    file: impl Read + Seek,
    operation: Operation,
    mut take: impl FnMut(&str) -> Result<bool, BadUpload>,
) -> Result<(), BadUpload> {
    let mut archive = open(file)?;
    let mut unzipped = entry(&mut archive)?;
    let list = if operation == Operation::Delete { "paymentPositionIUPDs" } else { "paymentPositions" };
    let mut elements = Elements::new(&mut unzipped, Shape { list, strict: true });
    loop {
        let Element { raw, line, column } = match elements.element() {
            Ok(Some(element)) => element,
            Ok(None) => return Ok(()),
            Err(stop) => return Err(why_stopped(stop, &unzipped)),
        };
        let Ok(text) = std::str::from_utf8(&raw) else {
            return Err(BadUpload::Json(format!("not UTF-8 in the element at line {line}, column {column}")));
        };
        if let Err(error) = serde_json::from_str::<&RawValue>(text) {
            return Err(why_stopped(broken(&error, line, column), &unzipped));
        }
        if !take(text)? {
            return Ok(());
        }
    }
}

fn open<F: Read + Seek>(mut file: F) -> Result<ZipArchive<F>, BadUpload> {
    may_be_opened(&mut file)?;
    let mut signature = [0; 2];
    file.rewind().map_err(BadUpload::Io)?;
    let is_zip = file.read_exact(&mut signature).is_ok() && signature == *b"PK";
    // What is no ZIP at all is to GPD one without a file.
    let archive = ZipArchive::new(file).map_err(|_| if is_zip { BadUpload::Damaged } else { BadUpload::NoFile })?;
    if archive.has_duplicate_names() { Err(BadUpload::TooManyEntries) } else { Ok(archive) }
}

/// Looks at the end of a ZIP, which tells how many entries it has: whoever opens it holds all of them. There must be one
/// end only, and no other one of ZIP64, which would tell of something else.
fn may_be_opened(file: &mut (impl Read + Seek)) -> Result<(), BadUpload> {
    const END: &[u8] = b"PK\x05\x06";
    let size = file.seek(SeekFrom::End(0)).map_err(BadUpload::Io)?;
    file.seek(SeekFrom::Start(size.saturating_sub(TAIL))).map_err(BadUpload::Io)?;
    let mut tail = Vec::new();
    file.read_to_end(&mut tail).map_err(BadUpload::Io)?;
    let short = |at: usize| u16::from_le_bytes([tail[at], tail[at + 1]]);
    let holds_comment = |at: &usize| at + 22 + usize::from(short(at + 20)) <= tail.len();
    let signed = tail.windows(22).enumerate().filter(|(_, bytes)| bytes.starts_with(END));
    let mut ends = signed.map(|(at, _)| at).filter(holds_comment);
    let Some(end) = ends.next() else { return Ok(()) };
    let of_zip64 = tail[end + 12..end + 16] == [0xFF; 4] || tail[end + 16..end + 20] == [0xFF; 4];
    if ends.next().is_some() || of_zip64 {
        return Err(BadUpload::Damaged);
    }
    if short(end + 10) > MOST_ENTRIES { Err(BadUpload::TooManyEntries) } else { Ok(()) }
}

/// Bytes as they come out of a ZIP, one more of them than there may be.
type Unzipped<'a, F> = BufReader<Take<ZipFile<'a, F>>>;

/// The one file in a ZIP. Folders do not count.
fn entry<F: Read + Seek>(archive: &mut ZipArchive<F>) -> Result<Unzipped<'_, F>, BadUpload> {
    let mut files = (0..archive.len()).filter(|at| archive.by_index_data(*at).is_ok_and(|entry| !entry.is_dir()));
    let (first, second) = (files.next(), files.next());
    let at = match (first, second) {
        (None, _) => return Err(BadUpload::NoFile),
        (Some(_), Some(_)) => return Err(BadUpload::TooManyEntries),
        (Some(at), None) => at,
    };
    let file = archive.by_index(at).map_err(|_| BadUpload::Damaged)?;
    if !file.name_raw().ends_with(b".json") {
        return Err(BadUpload::UnsupportedType);
    }
    // Whoever packed it may have lied about that, so what comes out is counted too.
    if file.size() > MOST_UNZIPPED {
        return Err(BadUpload::TooLarge);
    }
    Ok(BufReader::with_capacity(64 << 10, file.take(MOST_UNZIPPED + 1)))
}

fn why_stopped<F: Read + Seek>(stop: Stop, unzipped: &Unzipped<'_, F>) -> BadUpload {
    match stop {
        _ if unzipped.get_ref().limit() == 0 => BadUpload::TooLarge,
        Stop::Io(_) => BadUpload::Damaged,
        Stop::Broken { line, column, what } => BadUpload::Json(format!("{what} at line {line}, column {column}")),
    }
}

/// The IUPD that an element of a list of such is.
fn text_of(text: &str, at: u64) -> Result<String, BadUpload> {
    let json = |_| BadUpload::Json(format!("paymentPositionIUPDs[{at}] must be a text"));
    let iupd: String = serde_json::from_str(text).map_err(json)?;
    texts::without_nul(&iupd).map_err(|complaint| invalid(&complaint.reason))?;
    Ok(iupd)
}

/// The IUPD of a position that is written as it should be.
fn key_of(text: &str, at: u64, rules: &Rules) -> Result<String, BadUpload> {
    let json = |what: String| BadUpload::Json(format!("{what} in paymentPositions[{at}]"));
    lists::are_bounded(text).map_err(|complaint| json(complaint.reason.into_owned()))?;
    knows_all_of(text).map_err(json)?;
    let position: model::Position = serde_json::from_str(text).map_err(|_| json("a property twice".into()))?;
    let defects = judge(&position, rules).err().unwrap_or_default();
    let mut written_wrongly = defects.iter().filter(|defect| defect.complaint.sort == Sort::Form);
    if let Some(Defect { place, complaint }) = written_wrongly.next() {
        return Err(json(format!("{place} {}", complaint.reason)));
    }
    let values = defects.iter().filter(|defect| defect.complaint.sort == Sort::Value);
    let mut wrong: Vec<&str> = values.map(|defect| &*defect.complaint.reason).collect();
    for (given, reason) in
        [(&position.fiscal_code, "fiscal code is required"), (&position.full_name, "full name is required")]
    {
        if given.value().is_some_and(|text| text.trim().is_empty()) {
            wrong.push(reason);
        }
    }
    match &position.iupd {
        Given::Value(iupd) if wrong.is_empty() => {
            texts::without_nul(iupd).map_err(|complaint| invalid(&complaint.reason))?;
            Ok(iupd.clone())
        }
        _ => Err(invalid(&wrong.join(", "))),
    }
}

fn invalid(what: &str) -> BadUpload {
    BadUpload::Invalid(what.to_owned())
}

/// Whether a text is an object all of whose properties are known.
fn knows_all_of(text: &str) -> Result<(), String> {
    let shape: Value = serde_json::from_str(text).map_err(|_| "broken JSON")?;
    if !shape.is_object() {
        return Err("no object".into());
    }
    match unknown_in_position(&shape) {
        Some(name) => Err(format!("Unrecognized field \"{}\"", shown(name))),
        None => Ok(()),
    }
}

fn unknown_in_position(position: &Value) -> Option<&str> {
    unknown(position, POSITION).or_else(|| each(position, "paymentOption").find_map(unknown_in_option))
}

fn unknown_in_option(option: &Value) -> Option<&str> {
    unknown(option, OPTION)
        .or_else(|| each(option, "paymentOptionMetadata").find_map(|entry| unknown(entry, METADATA)))
        .or_else(|| each(option, "transfer").find_map(unknown_in_transfer))
}

fn unknown_in_transfer(transfer: &Value) -> Option<&str> {
    unknown(transfer, TRANSFER)
        .or_else(|| transfer.get("stamp").and_then(|stamp| unknown(stamp, STAMP)))
        .or_else(|| each(transfer, "transferMetadata").find_map(|entry| unknown(entry, METADATA)))
}

/// A property that is none of those that are known.
fn unknown<'v>(value: &'v Value, known: &str) -> Option<&'v str> {
    value.as_object()?.keys().map(String::as_str).find(|name| !known.split(' ').any(|one| one == *name))
}

fn each<'v>(value: &'v Value, list: &str) -> impl Iterator<Item = &'v Value> {
    value.get(list).and_then(Value::as_array).into_iter().flatten()
}

#[cfg(test)]
mod tests {
    use std::io::{Cursor, Write};

    use chrono::DateTime;
    use proptest::prelude::*;
    use zip::write::{SimpleFileOptions, ZipWriter};

    use super::*;
    use crate::domain::codes::OrganizationCode;
    use crate::intake::Validation;

    fn rules() -> Rules {
        Rules {
            organization: OrganizationCode::new("99000001018"),
            validation: Validation::Gpd,
            history: false,
            now: DateTime::UNIX_EPOCH,
            catalogue: None,
            registered_ibans: Vec::new(),
        }
    }

    fn zipped(content: &[u8]) -> Vec<u8> {
        let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
        zip.start_file("a.json", SimpleFileOptions::default()).unwrap();
        zip.write_all(content).unwrap();
        zip.finish().unwrap().into_inner()
    }

    #[test]
    fn batches_hold_every_item_in_its_order() {
        for count in [1, 199, 200, 201, 1000] {
            let iupds: Vec<String> = (0..count).map(|number| format!("TARI-{number}")).collect();
            let file = zipped(serde_json::json!({ "paymentPositionIUPDs": iupds }).to_string().as_bytes());
            assert_eq!(check(Cursor::new(&file), Operation::Delete, &rules()).unwrap(), count);
            let mut found = Vec::new();
            batches(Cursor::new(&file), Operation::Delete, |batch| {
                let items = items(&batch, Operation::Delete).unwrap();
                assert!((1..=BATCH_ITEMS).contains(&items.len()));
                found.extend(items.into_iter().map(|item| item.iupd));
                true
            })
            .unwrap();
            assert_eq!(found, iupds);
        }
    }

    #[test]
    fn nobody_reads_on_for_nobody() {
        let iupds: Vec<u64> = (0..1000).collect();
        let file = zipped(serde_json::json!({ "paymentPositionIUPDs": iupds }).to_string().as_bytes());
        let mut taken = 0;
        let enough = |_| {
            taken += 1;
            false
        };
        batches(Cursor::new(&file), Operation::Delete, enough).unwrap();
        assert_eq!(taken, 1);
    }

    proptest! {
        #[test]
        fn any_file_is_read_or_refused(file in prop::collection::vec(any::<u8>(), 0..300), damage in 0usize..400) {
            let _ = check(Cursor::new(&file), Operation::Create, &rules());
            let mut zip = zipped(br#"{"paymentPositions":[{"iupd":"A","paymentOption":[{"iuv":"1"}]}]}"#);
            let at = damage % zip.len();
            zip[at] ^= 0xFF;
            let _ = check(Cursor::new(&zip), Operation::Create, &rules());
        }

        #[test]
        fn any_content_is_read_or_refused(content in r#"[\[\]{}:," a-zA-Z0-9\\]*"#) {
            let content = format!(r#"{{"paymentPositions":[{content}"#);
            let _ = check(Cursor::new(zipped(content.as_bytes())), Operation::Update, &rules());
        }
    }
}
