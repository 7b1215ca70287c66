//! What strace wrote down, call by call: when it began, when it was over, on which file, with which bytes.

use std::collections::HashMap;

/// A call that is over. Moments are places in the record: strace stops the caller at both ends, so that what stands
/// above another line has happened before it.
struct Call {
    name: String,
    /// The descriptor as strace shows it: number and path, or number and socket.
    file: String,
    bytes: Vec<u8>,
    result: i64,
    began: usize,
    over: usize,
}

/// Calls in the order in which they were over.
pub struct Trace(Vec<Call>);

/// What the record says of one receipt.
#[derive(Debug, PartialEq, Eq)]
pub enum Verdict {
    /// The disk had it before its OK.
    OnDisk,
    /// It never came, or was never answered.
    NotSeen(&'static str),
    /// Its row was not in the log, or not committed, before its OK.
    NotWrittenBeforeItsOk,
    /// It was committed, and no sync lies between that and its OK.
    NoSyncBeforeItsOk,
}

impl Trace {
    pub fn of(record: &str) -> Trace {
        let mut unfinished: HashMap<&str, (usize, String)> = HashMap::new();
        let mut calls = Vec::new();
        for (at, line) in record.lines().enumerate() {
            let Some((thread, rest)) = line.split_once(' ') else { continue };
            let rest = rest.trim_start();
            if let Some(begun) = rest.strip_suffix("<unfinished ...>") {
                unfinished.insert(thread, (at, begun.trim_end().to_owned()));
            } else if let Some(resumed) = rest.strip_prefix("<... ") {
                let Some((began, begun)) = unfinished.remove(thread) else { continue };
                let (_, end) = resumed.split_once(" resumed>").expect("strace says what is resumed");
                calls.extend(call(&format!("{begun}{end}"), began, at));
            } else {
                calls.extend(call(rest, at, at));
            }
        }
        Trace(calls)
    }

    /// Whether the disk had a receipt before its OK.
    pub fn verdict(&self, id: &str) -> Verdict {
        let element = format!("<receiptId>{id}</receiptId>");
        let Some(came) = self.0.iter().find(|call| call.is_read() && call.is_socket() && call.has(&element)) else {
            return Verdict::NotSeen("it never came");
        };
        // Its last byte may come with a later read; the answer does not leave before that.
        let answered = |call: &&Call| call.is_write() && call.file == came.file && call.began > came.over;
        let Some(ok) = self.0.iter().find(answered) else { return Verdict::NotSeen("it was never answered") };
        assert!(ok.has("<outcome>OK</outcome>"), "{id} heard something else");
        let last = self.0.iter().rfind(|call| {
            call.is_read()
                && call.file == came.file
                && call.result > 0
                && call.over >= came.over
                && call.over < ok.began
        });
        let last = last.map_or(came.over, |call| call.over);

        let mut log = self.0.iter().filter(|call| call.is_log_write() && call.began > last && call.over < ok.began);
        let Some(row) = log.find(|call| call.has(id)) else { return Verdict::NotWrittenBeforeItsOk };
        // The frame's header precedes its page: the page's own is the first one written before it.
        let header = self.0.iter().rfind(|call| call.is_frame_header() && call.over < row.began);
        let commit = header.into_iter().chain(log.filter(|call| call.is_frame_header())).find(|call| call.commits());
        let Some(commit) = commit else { return Verdict::NotWrittenBeforeItsOk };
        // The page of the committing frame follows its header.
        let page = self.0.iter().find(|call| call.is_log_write() && call.began > commit.over);
        let written = page.map_or(commit.over, |page| page.over).max(row.over);
        let synced = self.0.iter().any(|call| call.is_log_sync() && call.began > written && call.over < ok.began);
        if synced { Verdict::OnDisk } else { Verdict::NoSyncBeforeItsOk }
    }

    /// How often the disk was waited for because of the log.
    pub fn syncs_of_the_log(&self) -> usize {
        self.0.iter().filter(|call| call.is_log_sync()).count()
    }
}

impl Call {
    fn is_read(&self) -> bool {
        matches!(self.name.as_str(), "read" | "readv" | "recvfrom" | "recvmsg")
    }

    fn is_write(&self) -> bool {
        matches!(self.name.as_str(), "write" | "writev" | "sendto" | "sendmsg")
    }

    fn is_socket(&self) -> bool {
        self.file.contains("<socket:") || self.file.contains("<TCP")
    }

    fn is_of_the_log(&self) -> bool {
        self.file.ends_with("-wal>")
    }

    fn is_log_write(&self) -> bool {
        self.is_of_the_log() && self.name.starts_with("pwrite")
    }

    fn is_log_sync(&self) -> bool {
        self.is_of_the_log() && matches!(self.name.as_str(), "fsync" | "fdatasync") && self.result == 0
    }

    /// SQLite writes each frame in two calls: 24 bytes about it, then its page.
    fn is_frame_header(&self) -> bool {
        self.is_log_write() && self.bytes.len() == 24
    }

    /// The frame that commits says how large the database is from then on; the others say nought.
    fn commits(&self) -> bool {
        self.bytes[4..8] != [0; 4]
    }

    fn has(&self, text: &str) -> bool {
        self.bytes.windows(text.len()).any(|window| window == text.as_bytes())
    }
}

/// `pwrite64(23</tmp/x.db-wal>, "…", 24, 32) = 24`; none where nobody waits for an end, such as signals.
fn call(text: &str, began: usize, over: usize) -> Option<Call> {
    let (name, arguments) = text.split_once('(')?;
    let file = arguments.split_inclusive('>').next().filter(|file| file.contains('<'))?;
    let bytes = arguments.split_once('"').map(|(_, quoted)| unescaped(quoted)).unwrap_or_default();
    let result = text.rsplit_once(" = ")?.1.split(' ').next()?.parse().ok()?;
    Some(Call { name: name.into(), file: file.into(), bytes, result, began, over })
}

/// The bytes of a C string up to its closing quote.
fn unescaped(quoted: &str) -> Vec<u8> {
    let text = quoted.as_bytes();
    let mut bytes = Vec::with_capacity(text.len());
    let mut at = 0;
    while at < text.len() && text[at] != b'"' {
        if text[at] != b'\\' {
            bytes.push(text[at]);
            at += 1;
            continue;
        }
        let digits = text[at + 1..].iter().take(3).take_while(|digit| (b'0'..=b'7').contains(digit)).count();
        let value = text[at + 1..at + 1 + digits].iter().fold(0u32, |value, digit| value * 8 + u32::from(digit - b'0'));
        bytes.push(match text[at + 1] {
            _ if digits > 0 => value as u8,
            b'n' => b'\n',
            b'r' => b'\r',
            b't' => b'\t',
            b'v' => 0x0b,
            b'f' => 0x0c,
            other => other,
        });
        at += 1 + digits.max(1);
    }
    bytes
}

#[test]
fn a_record_is_read() {
    let record = r#"12 recvfrom(5<socket:[1]>, "POST <receiptId>it</receiptId>", 8192, 0, NULL, NULL) = 30
13 pwrite64(6</x.db-wal>, "\0\0\0\24\0\0\0(abcdefghijklmno\220", 24, 32) = 24
13 pwrite64(6</x.db-wal>, "...it...\"", 9, 56 <unfinished ...>
12 write(2</log>, "x", 1) = 1
13 <... pwrite64 resumed>) = 9
14 fdatasync(6</x.db-wal> <unfinished ...>
14 <... fdatasync resumed>) = 0
12 sendto(5<socket:[1]>, "<outcome>OK</outcome>", 21, 0, NULL, 0) = 21
13 +++ exited with 0 +++"#;
    assert_eq!(Trace::of(record).verdict("it"), Verdict::OnDisk);
    assert_eq!(Trace::of(record).verdict("other"), Verdict::NotSeen("it never came"));
    assert_eq!(Trace::of(record).syncs_of_the_log(), 1);
    let line = |from: usize, to: usize| {
        let mut lines: Vec<_> = record.lines().collect();
        let moved = lines.remove(from);
        lines.insert(to, moved);
        Trace::of(&lines.join("\n")).verdict("it")
    };
    assert_eq!(line(6, 7), Verdict::NoSyncBeforeItsOk, "the sync is over too late");
    assert_eq!(line(5, 3), Verdict::NoSyncBeforeItsOk, "the sync begins too early");
    assert_eq!(line(4, 8), Verdict::NotWrittenBeforeItsOk, "the row is written too late");
    let open = record.replace("\\0\\0\\0(abc", "\\0\\0\\0\\0abc");
    assert_eq!(Trace::of(&open).verdict("it"), Verdict::NotWrittenBeforeItsOk, "nothing commits it");
}
