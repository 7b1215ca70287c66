//! The query of a request, read by GPD's rules (`gpd-api` 2 and 3.1).

use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest};

use super::problem::Problem;

/// The parameters in their order. Unknown ones are nobody's business.
#[derive(Clone, Debug, Default)]
pub(super) struct Query(Vec<(String, String)>);

impl FromRequest for Query {
    type Error = Problem;
    type Future = Ready<Result<Query, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(Ok(Query::read(request.query_string())))
    }
}

impl Query {
    /// Reads what stands after the question mark.
    pub(super) fn read(text: &str) -> Query {
        Query(serde_urlencoded::from_str(text).unwrap_or_default())
    }

    /// A parameter; an empty one counts as absent.
    pub(super) fn text(&self, name: &str) -> Option<&str> {
        let found = self.0.iter().find(|(known, _)| known == name);
        found.map(|(_, value)| value.as_str()).filter(|value| !value.is_empty())
    }

    /// Every occurrence of a parameter, the empty ones too.
    pub(super) fn all(&self, name: &str) -> impl Iterator<Item = &str> {
        self.0.iter().filter(move |(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// Whether the name of a parameter is there, with or without a value.
    pub(super) fn names(&self, name: &str) -> bool {
        self.0.iter().any(|(known, _)| known == name)
    }

    /// A parameter that must be there.
    pub(super) fn required(&self, name: &str) -> Result<&str, Problem> {
        self.text(name).ok_or_else(|| {
            Problem::bad_request(format!(
                "Required request parameter '{name}' for method parameter type String is not present"
            ))
        })
    }

    /// A switch that is off unless it is on.
    pub(super) fn flag(&self, name: &str) -> Result<bool, Problem> {
        let Some(value) = self.text(name) else { return Ok(false) };
        match value.to_ascii_lowercase().as_str() {
            "true" | "on" | "yes" | "1" => Ok(true),
            "false" | "off" | "no" | "0" => Ok(false),
            _ => Err(invalid(value, name)),
        }
    }

    /// A parameter that something can be made of.
    pub(super) fn parsed<T>(&self, name: &str, parse: impl Fn(&str) -> Option<T>) -> Result<Option<T>, Problem> {
        self.text(name).map(|value| parse(value).ok_or_else(|| invalid(value, name))).transpose()
    }

    /// A whole number within bounds; the method is the one that GPD's message names.
    pub(super) fn number(
        &self,
        method: &str,
        name: &str,
        default: i64,
        (least, most): (i64, i64),
    ) -> Result<i64, Problem> {
        let value = self.parsed(name, |text| text.parse::<i32>().ok().map(i64::from))?.unwrap_or(default);
        let complaint = |what: &str, bound: i64| {
            Err(Problem::bad_request(format!("{method}.{name}: must be {what} than or equal to {bound}")))
        };
        match value {
            _ if value < least => complaint("greater", least),
            _ if value > most => complaint("less", most),
            _ => Ok(value),
        }
    }
}

/// A value that is not of the parameter's type. It may be anything: what is shown of it is short and harmless.
fn invalid(value: &str, name: &str) -> Problem {
    Problem::bad_request(format!("Invalid value {} for property {name}", crate::intake::shown(value)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn switches_are_read_as_clients_write_them() {
        for (text, on) in [
            ("", Some(false)),
            ("toPublish", Some(false)),
            ("toPublish=", Some(false)),
            ("toPublish=True", Some(true)),
            ("toPublish=yes", Some(true)),
            ("toPublish=1", Some(true)),
            ("toPublish=OFF", Some(false)),
            ("toPublish=maybe", None),
        ] {
            assert_eq!(Query::read(text).flag("toPublish").ok(), on, "{text}");
        }
    }

    #[test]
    fn numbers_keep_within_their_bounds() {
        let read = |text: &str| {
            Query::read(text).number("list", "limit", 10, (1, 50)).map_err(|problem| match problem {
                Problem::Told { detail, .. } => detail,
                other => other.to_string(),
            })
        };
        assert_eq!(read(""), Ok(10));
        assert_eq!(read("limit=50"), Ok(50));
        assert_eq!(read("limit=51"), Err("list.limit: must be less than or equal to 50".into()));
        assert_eq!(read("limit=0"), Err("list.limit: must be greater than or equal to 1".into()));
        assert_eq!(read("limit=ten"), Err("Invalid value ten for property limit".into()));
    }

    proptest::proptest! {
        #[test]
        fn any_query_is_read(text in ".*") {
            let query = Query::read(&text);
            let _ = (query.flag("a"), query.number("m", "a", 1, (0, 9)), query.required("a"));
        }
    }
}
