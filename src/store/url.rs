//! Where the data is.

use std::path::{Path, PathBuf};
use std::str::FromStr;

use sqlx::postgres::PgConnectOptions;

/// Where the data is, read from `sqlite://PATH` or `postgres://USER@HOST/DATABASE`.
#[derive(Clone, PartialEq, Eq)]
pub enum DatabaseUrl {
    /// A file of the embedded engine.
    Sqlite(PathBuf),
    /// A PostgreSQL server; the URL may hold a password.
    Postgres(String),
}

impl DatabaseUrl {
    /// A database in this file.
    pub fn file(path: impl Into<PathBuf>) -> DatabaseUrl {
        DatabaseUrl::Sqlite(path.into())
    }

    /// The file, of the embedded engine.
    pub fn path(&self) -> Option<&Path> {
        match self {
            DatabaseUrl::Sqlite(path) => Some(path),
            DatabaseUrl::Postgres(_) => None,
        }
    }
}

impl FromStr for DatabaseUrl {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<DatabaseUrl, &'static str> {
        if text.starts_with("postgres://") || text.starts_with("postgresql://") {
            let understood = PgConnectOptions::from_str(text);
            return understood
                .map(|_| DatabaseUrl::Postgres(text.into()))
                .map_err(|_| "is no URL that leads to a server");
        }
        match text.strip_prefix("sqlite://").or_else(|| text.strip_prefix("sqlite:")) {
            Some(path) if !path.is_empty() && !path.starts_with(":memory:") && !path.contains('?') => {
                Ok(DatabaseUrl::Sqlite(path.into()))
            }
            Some(_) => Err("must name a file, without parameters"),
            None => Err("must begin with sqlite:// or postgres://"),
        }
    }
}

/// Without the password.
impl std::fmt::Display for DatabaseUrl {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            DatabaseUrl::Sqlite(path) => write!(f, "sqlite://{}", path.display()),
            DatabaseUrl::Postgres(url) => match PgConnectOptions::from_str(url) {
                Ok(server) => {
                    let database = server.get_database().unwrap_or(server.get_username());
                    write!(
                        f,
                        "postgres://{}@{}:{}/{database}",
                        server.get_username(),
                        server.get_host(),
                        server.get_port()
                    )
                }
                Err(_) => f.write_str("postgres://?"),
            },
        }
    }
}

/// Without the password.
impl std::fmt::Debug for DatabaseUrl {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{self}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_is_never_shown() {
        let url: DatabaseUrl = "postgres://station:secret@db.example.org/ec?sslmode=require".parse().unwrap();
        assert_eq!(
            format!("{url} {url:?}"),
            "postgres://station@db.example.org:5432/ec postgres://station@db.example.org:5432/ec"
        );
    }

    #[test]
    fn what_leads_to_a_database() {
        let error = |text: &str| text.parse::<DatabaseUrl>().err();
        assert_eq!(error("sqlite://a.db"), None);
        assert_eq!(error("postgresql://localhost/ec"), None);
        assert_eq!(error("mysql://localhost/ec"), Some("must begin with sqlite:// or postgres://"));
        assert_eq!(error("sqlite://:memory:"), Some("must name a file, without parameters"));
        assert_eq!(error("postgres://localhost:port/ec"), Some("is no URL that leads to a server"));
    }
}
