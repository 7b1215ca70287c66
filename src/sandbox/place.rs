//! JSON, member by member: whatever is wrong is told, all at once, and each complaint names its place.

use std::cell::RefCell;
use std::ops::RangeInclusive;

use chrono::NaiveDate;
use serde_json::{Map, Value};

/// Everything that is wrong, in the order in which it was found.
#[derive(Default)]
pub(super) struct Complaints(RefCell<Vec<String>>);

impl Complaints {
    /// Adds one about a place: what must be there.
    pub(super) fn add(&self, place: &str, what: &str) {
        self.0.borrow_mut().push(format!("{place}: {what}"));
    }

    /// Adds those of somebody else, but where something was said of the same place or of what holds it.
    pub(super) fn add_where_nothing_was_said(&self, others: Vec<String>) {
        let mut own = self.0.borrow_mut();
        let known: Vec<String> = own.iter().map(|complaint| place_of(complaint).to_owned()).collect();
        let new = |other: &String| !known.iter().any(|known| place_of(other).starts_with(known));
        own.extend(others.into_iter().filter(new));
    }

    /// All of them.
    pub(super) fn into_list(self) -> Vec<String> {
        self.0.into_inner()
    }
}

fn place_of(complaint: &str) -> &str {
    complaint.split(": ").next().unwrap_or_default()
}

/// An object of the file. Its members are asked for one by one; those that nobody asks for are complaints.
pub(super) struct Place<'f> {
    path: String,
    members: Option<&'f Map<String, Value>>,
    asked: RefCell<Vec<&'static str>>,
    complaints: &'f Complaints,
}

impl<'f> Place<'f> {
    /// The whole file.
    pub(super) fn whole(file: &'f Value, complaints: &'f Complaints) -> Place<'f> {
        Place::at(String::new(), file, complaints)
    }

    fn at(path: String, value: &'f Value, complaints: &'f Complaints) -> Place<'f> {
        let members = value.as_object();
        if members.is_none() {
            let place = if path.is_empty() { "the file" } else { &path };
            complaints.add(place, "must be an object with named members");
        }
        Place { path, members, asked: RefCell::default(), complaints }
    }

    /// Complains about a member.
    pub(super) fn complain(&self, member: &str, what: &str) {
        self.complaints.add(&self.path_of(member), what);
    }

    fn path_of(&self, member: &str) -> String {
        if self.path.is_empty() { member.to_owned() } else { format!("{}.{member}", self.path) }
    }

    /// A member; null is the same as absent.
    fn member(&self, name: &'static str) -> Option<&'f Value> {
        self.asked.borrow_mut().push(name);
        self.members?.get(name).filter(|value| !value.is_null())
    }

    /// A text of 1 to so many characters. Where it is wrong it is empty, and that was told.
    pub(super) fn text(&self, name: &'static str, most: usize) -> String {
        let text = self.optional_text(name, most);
        if text.is_none() && self.is_missing(name) {
            self.complain(name, &format!("is missing; give it a text of 1 to {most} characters"));
        }
        text.unwrap_or_default()
    }

    /// The same, where it may be absent.
    pub(super) fn optional_text(&self, name: &'static str, most: usize) -> Option<String> {
        let value = self.member(name)?;
        let fits = |text: &&str| {
            !text.trim().is_empty() && text.chars().count() <= most && !text.chars().any(char::is_control)
        };
        let text = value.as_str().filter(fits);
        if text.is_none() {
            self.complain(name, &format!("must be a text in quotes, 1 to {most} characters, none of control"));
        }
        text.map(str::to_owned)
    }

    /// A text of a shape of its own. Where it is wrong it is empty, and that was told.
    pub(super) fn code(&self, name: &'static str, fits: impl Fn(&str) -> bool, what: &str) -> String {
        let text = self.member(name).and_then(Value::as_str).filter(|text| fits(text));
        if text.is_none() && self.members.is_some() {
            self.complain(name, &format!("must be {what}"));
        }
        text.unwrap_or_default().to_owned()
    }

    /// `true` or `false`.
    pub(super) fn flag(&self, name: &'static str, default: bool) -> bool {
        let Some(value) = self.member(name) else { return default };
        if !value.is_boolean() {
            self.complain(name, "must be true or false, without quotes");
        }
        value.as_bool().unwrap_or(default)
    }

    /// A whole number, if it is there.
    pub(super) fn number(&self, name: &'static str, range: RangeInclusive<u64>) -> Option<u64> {
        let value = self.member(name)?;
        let number = value.as_u64().filter(|number| range.contains(number));
        if number.is_none() {
            let (least, most) = (range.start(), range.end());
            self.complain(name, &format!("must be a whole number from {least} to {most}, without quotes"));
        }
        number
    }

    /// A day, if it is there.
    pub(super) fn day(&self, name: &'static str) -> Option<NaiveDate> {
        let value = self.member(name)?;
        let day = value.as_str().and_then(|text| text.parse().ok());
        if day.is_none() {
            self.complain(name, "must be a date, such as \"2026-12-31\"");
        }
        day
    }

    /// One of several words, if it is there.
    pub(super) fn word<T: Copy>(&self, name: &'static str, words: &[(&str, T)]) -> Option<T> {
        let value = self.member(name)?;
        let word = words.iter().find(|(word, _)| value.as_str() == Some(word)).map(|(_, meaning)| *meaning);
        if word.is_none() {
            let words: Vec<_> = words.iter().map(|(word, _)| format!("\"{word}\"")).collect();
            self.complain(name, &format!("must be one of {}", words.join(", ")));
        }
        word
    }

    /// A list of texts, if it is there.
    pub(super) fn texts(&self, name: &'static str, fits: impl Fn(&str) -> bool, what: &str) -> Option<Vec<String>> {
        let list = self.list(name)?;
        for (at, _) in list.iter().enumerate().filter(|(_, value)| !value.as_str().is_some_and(&fits)) {
            self.complain(&format!("{name}[{at}]"), &format!("must be {what}"));
        }
        Some(list.iter().filter_map(Value::as_str).map(str::to_owned).collect())
    }

    /// The objects of a list; none where there is no list.
    pub(super) fn objects(&self, name: &'static str) -> Vec<Place<'f>> {
        let list = self.list(name).into_iter().flatten().enumerate();
        list.map(|(at, value)| Place::at(self.path_of(&format!("{name}[{at}]")), value, self.complaints)).collect()
    }

    /// An object that must be there.
    pub(super) fn object(&self, name: &'static str) -> Place<'f> {
        let value = self.member(name).unwrap_or(&Value::Null);
        Place::at(self.path_of(name), value, self.complaints)
    }

    fn list(&self, name: &'static str) -> Option<&'f Vec<Value>> {
        let value = self.member(name)?;
        if !value.is_array() {
            self.complain(name, "must be a list, in square brackets");
        }
        value.as_array()
    }

    /// Passes over members that are read by others.
    pub(super) fn pass_over(&self, names: &[&'static str]) {
        self.asked.borrow_mut().extend(names);
    }

    /// Whether a member that is needed is not there.
    pub(super) fn is_missing(&self, name: &str) -> bool {
        self.members.is_some_and(|members| members.get(name).is_none_or(Value::is_null))
    }

    /// Complains about the members that nobody has asked for.
    pub(super) fn end(self) {
        let asked = self.asked.borrow();
        for name in self.members.into_iter().flat_map(Map::keys).filter(|name| !asked.contains(&name.as_str())) {
            let likeness =
                |known: &&&str| (strsim::jaro_winkler(&known.to_lowercase(), &name.to_lowercase()) * 1e6) as u32;
            let like = asked.iter().max_by_key(likeness).filter(|known| likeness(known) > 850_000);
            let cure = like.map_or("leave it out".to_owned(), |known| format!("perhaps it is {known}"));
            self.complain(name, &format!("is not known here; {cure}"));
        }
    }
}
