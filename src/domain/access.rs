//! Who may do what over the operators' API: roles, and the organizations and segregation codes a key is bound to
//! (`gpd-api` 1).

use std::fmt;
use std::str::FromStr;

use serde::Serialize;
use sha2::{Digest, Sha256};

use super::codes::{OrganizationCode, SegregationCodes};

/// What a request is about to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// Look at positions and receipts.
    Read,
    /// Change positions.
    Write,
    /// Change who is served.
    Administer,
}

/// What the holder of a key is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// Looks, and changes nothing.
    Read,
    /// Software that makes and changes positions.
    Write,
    /// Also changes the registry.
    Admin,
    /// The front office, where citizens pay; nothing of the operators' API is its business.
    Pay,
}

impl Role {
    /// Every role.
    pub const ALL: [Role; 4] = [Role::Read, Role::Write, Role::Admin, Role::Pay];

    /// The word for it.
    pub fn as_str(self) -> &'static str {
        match self {
            Role::Read => "read",
            Role::Write => "write",
            Role::Admin => "admin",
            Role::Pay => "pay",
        }
    }

    /// Whether it allows an action.
    pub fn may(self, action: Action) -> bool {
        match action {
            Action::Read => matches!(self, Role::Read | Role::Write | Role::Admin),
            Action::Write => matches!(self, Role::Write | Role::Admin),
            Action::Administer => self == Role::Admin,
        }
    }
}

impl FromStr for Role {
    type Err = String;

    fn from_str(text: &str) -> Result<Role, String> {
        let role = Role::ALL.into_iter().find(|role| role.as_str() == text);
        role.ok_or_else(|| format!("must be one of: {}", Role::ALL.map(Role::as_str).join(", ")))
    }
}

/// What a key opens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Grant {
    /// The organization; none means every one that has no grant of its own.
    pub organization: Option<OrganizationCode>,
    /// The segregation codes of its notices.
    pub codes: SegregationCodes,
}

/// A key without its secret: what it is called and what it opens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Access {
    /// Its number.
    pub id: i64,
    /// Whose it is; two keys may share the name while one takes over from the other.
    pub name: String,
    /// What its holder is.
    pub role: Role,
    /// For which organizations.
    pub grants: Vec<Grant>,
}

impl Access {
    /// The segregation codes within which something may be done for an organization; none means it may not.
    pub fn allows(&self, action: Action, organization: &OrganizationCode) -> Option<&SegregationCodes> {
        let grant = self.grant(organization)?;
        self.role.may(action).then_some(&grant.codes)
    }

    /// Whether it opens a notice of an organization, whatever may then be done with it.
    pub fn opens(&self, organization: &OrganizationCode, iuv: &str) -> bool {
        self.grant(organization).is_some_and(|grant| grant.codes.allow(iuv))
    }

    /// The grant that counts for an organization.
    fn grant(&self, organization: &OrganizationCode) -> Option<&Grant> {
        let of = |wanted: Option<&OrganizationCode>| self.grants.iter().find(|g| g.organization.as_ref() == wanted);
        of(Some(organization)).or_else(|| of(None))
    }

    /// Whether something may be done for every organization, those included that nobody has heard of yet.
    pub fn allows_everywhere(&self, action: Action) -> bool {
        self.role.may(action) && self.grants.iter().any(|grant| grant.organization.is_none())
    }
}

impl fmt::Display for Access {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "key {} (id {})", self.name, self.id)
    }
}

/// What is kept of a secret. A plain digest is enough: nobody guesses 160 random bits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct KeyDigest(pub [u8; 32]);

impl KeyDigest {
    /// Of a secret as it was sent.
    pub fn of(secret: &[u8]) -> KeyDigest {
        KeyDigest(Sha256::digest(secret).into())
    }
}

/// Longest name of a key.
pub const LONGEST_KEY_NAME: usize = 64;

/// Whether a name can stand for a key: a letter, then letters, digits and `. _ - @`, so that it is never taken for a
/// number. An account of the front office is often called by an e-mail address.
pub fn is_key_name(name: &str) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric() || ".-_@".contains(c);
    name.len() <= LONGEST_KEY_NAME && name.starts_with(|c: char| c.is_ascii_alphabetic()) && name.chars().all(plain)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::table::rows;

    #[test]
    fn what_each_role_may() {
        let table = "
            role   read write administer
            read   yes  no    no
            write  yes  yes   no
            admin  yes  yes   yes
            pay    no   no    no";
        let rows = rows(table);
        assert_eq!(rows.len(), Role::ALL.len());
        for row in rows {
            let role: Role = row[0].parse().unwrap();
            assert_eq!(role.as_str(), row[0]);
            for (action, may) in [Action::Read, Action::Write, Action::Administer].into_iter().zip(&row[1..]) {
                assert_eq!(role.may(action), *may == "yes", "{row:?} {action:?}");
            }
        }
        assert!("root".parse::<Role>().is_err());
    }

    #[test]
    fn for_which_organizations_and_codes() {
        // Grants as ORGANIZATION:CODES, * for every one; then the organization that is asked for, and the codes.
        let table = "
            role   grants                         asked        codes
            write  99000001018:*                  99000001018  *
            write  99000001018:47,48              99000001018  47,48
            write  99000001018:*                  99000002024  refused
            write  99000001018:*                  -            refused
            write  *:*                            99000002024  *
            write  *:*                            -            *
            write  *:07                           99000002024  07
            write  *:*|99000001018:47             99000001018  47
            write  99000001018:47|*:*             99000002024  *
            read   *:*                            99000001018  refused
            pay    *:*                            99000001018  refused
            write  none                           99000001018  refused";
        for line in table.lines().map(str::trim).filter(|line| !line.is_empty()).skip(1) {
            let row: Vec<&str> = line.split_whitespace().collect();
            let grants = row[1].split('|').filter(|grant| *grant != "none").map(|grant| {
                let (organization, codes) = grant.split_once(':').unwrap();
                Grant {
                    organization: (organization != "*").then(|| OrganizationCode::new(organization)),
                    codes: if codes == "*" { SegregationCodes::all() } else { SegregationCodes::parse(codes).unwrap() },
                }
            });
            let access = Access { id: 1, name: "X".into(), role: row[0].parse().unwrap(), grants: grants.collect() };
            let asked = OrganizationCode::new(if row[2] == "-" { "" } else { row[2] });
            let found = access.allows(Action::Write, &asked);
            let told = found.map_or("refused".into(), |c| c.listed().map_or("*".into(), |codes| codes.join(",")));
            assert_eq!(told, row[3], "{line}");
            assert_eq!(access.allows_everywhere(Action::Write), row[0] == "write" && row[1].contains("*:"), "{line}");
        }
    }

    #[test]
    fn which_names_a_key_may_have() {
        for (name, may) in [
            ("BACKOFFICE", true),
            ("gov-pay_2.test", true),
            ("account@portale.example.org", true),
            (&"x".repeat(64), true),
            ("", false),
            ("7", false),
            ("-x", false),
            ("@x", false),
            ("back office", false),
            ("a\u{1b}[2J", false),
            ("città", false),
            (&"x".repeat(65), false),
        ] {
            assert_eq!(is_key_name(name), may, "{name:?}");
        }
    }
}
