//! Organizations, brokers and stations.

mod letterhead;
mod writing;

pub use self::writing::{Imported, Judge, Removed};

use super::sql::{Row, sql};
use super::{Store, StoreError, Tx, failed_to};
use crate::domain::codes::OrganizationCode;
use crate::domain::registry::{Caller, Organization, Standing, StationLink};

/// Organizations with their stations, a row for each link.
macro_rules! organizations {
    ($which:literal) => {
        concat!(
            "SELECT o.fiscal_code, o.company_name, o.office_name, o.active,
                    (SELECT string_agg(i.iban, ' ') FROM organization_iban i
                     WHERE i.organization = o.fiscal_code) AS ibans,
                    l.id_station, s.id_broker, l.aux_digit, l.segregation_code, l.broadcast
             FROM organization o
             LEFT JOIN organization_station l ON l.organization = o.fiscal_code
             LEFT JOIN station s ON s.id_station = l.id_station",
            $which,
            " ORDER BY o.fiscal_code, l.id_station, l.aux_digit, l.segregation_code"
        )
    };
}

const ORGANIZATIONS: &str = organizations!("");

const ORGANIZATION: &str = organizations!(" WHERE o.fiscal_code = $1");

/// Whether the organization `$1` is active and the ways in which it is served, as [`served`] reads them.
macro_rules! served_columns {
    () => {
        "(SELECT r.active FROM organization r WHERE r.fiscal_code = $1) AS active,
         (SELECT string_agg(l.id_station || '\u{1f}' || l.id_broker || '\u{1f}' || CAST(l.aux_digit AS TEXT) || '\u{1f}'
                            || l.segregation_code, '\u{1e}')
          FROM organization_station l WHERE l.organization = $1) AS links"
    };
}

pub(super) use served_columns;

const SERVES: &str = "
    SELECT (SELECT string_agg(i.iban, ' ') FROM organization_iban i WHERE i.organization = o.fiscal_code) AS ibans
    FROM organization o WHERE o.fiscal_code = $1 AND o.active";

const SERVED: &str = concat!("SELECT ", served_columns!());

impl Store {
    /// Every organization with its stations, in the order of their codes; their letterheads are left out.
    pub async fn organizations(&self) -> Result<Vec<Organization>, StoreError> {
        let doing = "read the registry";
        organizations(&self.rows(doing, || sql(ORGANIZATIONS)).await?).map_err(failed_to(doing))
    }

    /// One organization with its stations and its letterhead.
    pub async fn organization(&self, code: &str) -> Result<Option<Organization>, StoreError> {
        let doing = "read an organization";
        let rows = self.rows(doing, || sql(ORGANIZATION).bind(code)).await?;
        let Some(organization) = organizations(&rows).map_err(failed_to(doing))?.pop() else { return Ok(None) };
        Ok(Some(Organization { letterhead: self.letterhead(code).await?, ..organization }))
    }

    /// The accounts that an organization has registered; none where it is not served here, or not active.
    pub async fn accounts_served(&self, organization: &OrganizationCode) -> Result<Option<Vec<String>>, StoreError> {
        let doing = "look for an organization";
        let rows = self.rows(doing, || sql(SERVES).bind(organization.as_str())).await?;
        rows.first().map(ibans).transpose().map_err(failed_to(doing))
    }

    /// What the registry knows of a caller.
    pub async fn standing(&self, caller: &Caller) -> Result<Standing, StoreError> {
        let doing = "read who was called";
        let row = self.one(doing, || sql(SERVED).bind(&caller.organization)).await?;
        let (active, links) = served(&row).map_err(failed_to(doing))?;
        Ok(Standing::of(active, &links, caller))
    }
}

impl Tx {
    async fn organizations(&mut self) -> Result<Vec<Organization>, StoreError> {
        let doing = "read the registry";
        organizations(&self.session.all(doing, sql(ORGANIZATIONS)).await?).map_err(failed_to(doing))
    }
}

/// Whether an organization is active, and the ways in which it is served.
pub(super) fn served(row: &Row) -> Result<(bool, Vec<StationLink>), sqlx::Error> {
    let links: Option<&str> = row.get("links")?;
    let links = links.unwrap_or_default().split('\u{1e}').filter_map(link_of);
    Ok((row.get::<Option<bool>>("active")?.unwrap_or(false), links.collect()))
}

fn link_of(text: &str) -> Option<StationLink> {
    let mut parts = text.split('\u{1f}');
    let mut part = || parts.next().map(str::to_owned);
    Some(StationLink {
        id_station: part()?,
        id_broker: part()?,
        aux_digit: part()?.parse().ok()?,
        segregation_code: part().filter(|code| !code.is_empty()),
        broadcast: false,
    })
}

/// The organizations of rows that stand in the order of their codes.
fn organizations(rows: &[Row]) -> Result<Vec<Organization>, sqlx::Error> {
    let mut organizations: Vec<Organization> = Vec::new();
    for row in rows {
        let fiscal_code: String = row.get("fiscal_code")?;
        if organizations.last().is_none_or(|last| last.fiscal_code != fiscal_code) {
            organizations.push(organization(row)?);
        }
        let links = &mut organizations.last_mut().expect("just pushed").stations;
        if row.get::<Option<String>>("id_station")?.is_some() {
            links.push(link(row)?);
        }
    }
    Ok(organizations)
}

fn organization(row: &Row) -> Result<Organization, sqlx::Error> {
    Ok(Organization {
        fiscal_code: row.get("fiscal_code")?,
        company_name: row.get("company_name")?,
        office_name: row.get("office_name")?,
        active: row.get("active")?,
        stations: Vec::new(),
        ibans: Some(ibans(row)?),
        letterhead: None,
    })
}

fn ibans(row: &Row) -> Result<Vec<String>, sqlx::Error> {
    let together: Option<&str> = row.get("ibans")?;
    let mut ibans: Vec<String> = together.unwrap_or_default().split_whitespace().map(str::to_owned).collect();
    ibans.sort();
    Ok(ibans)
}

fn link(row: &Row) -> Result<StationLink, sqlx::Error> {
    let code: String = row.get("segregation_code")?;
    Ok(StationLink {
        id_station: row.get("id_station")?,
        id_broker: row.get("id_broker")?,
        aux_digit: row.get::<i64>("aux_digit")? as u8,
        segregation_code: (!code.is_empty()).then_some(code),
        broadcast: row.get("broadcast")?,
    })
}
