//! Organizations, brokers and stations.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};

use super::journal::events;
use super::sql::{Row, sql};
use super::{Store, StoreError, Tx, failed_to};
use crate::domain::codes::{Iban, OrganizationCode};
use crate::domain::registry::{Caller, Organization, Standing, StationLink};
use crate::journal::Entry;

const ORGANIZATIONS: &str = "
    SELECT o.fiscal_code, o.company_name, o.office_name, o.active,
           (SELECT string_agg(i.iban, ' ') FROM organization_iban i WHERE i.organization = o.fiscal_code) AS ibans,
           l.id_station, s.id_broker, l.aux_digit, l.segregation_code, l.broadcast
    FROM organization o
    LEFT JOIN organization_station l ON l.organization = o.fiscal_code
    LEFT JOIN station s ON s.id_station = l.id_station
    ORDER BY o.fiscal_code, l.id_station, l.aux_digit, l.segregation_code";

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

const SAVE_ORGANIZATION: &str = "
    INSERT INTO organization (fiscal_code, company_name, office_name, active) VALUES ($1, $2, $3, $4)
    ON CONFLICT (fiscal_code) DO UPDATE
    SET company_name = excluded.company_name, office_name = excluded.office_name, active = excluded.active";

const SAVE_BROKER: &str = "INSERT INTO broker (fiscal_code) VALUES ($1) ON CONFLICT (fiscal_code) DO NOTHING";

const SAVE_STATION: &str = "
    INSERT INTO station (id_station, id_broker) VALUES ($1, $2)
    ON CONFLICT (id_station) DO UPDATE SET id_broker = excluded.id_broker";

/// Other organizations may share the station.
const MOVE_LINKS: &str = "UPDATE organization_station SET id_broker = $2 WHERE id_station = $1 AND id_broker <> $2";

const DROP_LINKS: &str = "DELETE FROM organization_station WHERE organization = $1";

const SAVE_LINK: &str = "
    INSERT INTO organization_station (organization, id_station, aux_digit, segregation_code, broadcast, id_broker)
    VALUES ($1, $2, $3, $4, $5, $6)";

const DROP_IBANS: &str = "DELETE FROM organization_iban WHERE organization = $1";

const SAVE_IBAN: &str = "
    INSERT INTO organization_iban (organization, iban) SELECT fiscal_code, $2 FROM organization WHERE fiscal_code = $1
    ON CONFLICT (organization, iban) DO NOTHING";

const DROP_IBAN: &str = "DELETE FROM organization_iban WHERE organization = $1 AND iban = $2";

const IS_IN_USE: &str = "
    SELECT EXISTS (SELECT 1 FROM debt_position WHERE organization = $1)
           OR EXISTS (SELECT 1 FROM receipt WHERE organization = $1)
           OR EXISTS (SELECT 1 FROM receipt WHERE recipient = $1)";

const DROP_ORGANIZATION: &str = "DELETE FROM organization WHERE fiscal_code = $1";

/// What an import of the registry did, in organizations.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Imported {
    /// New ones.
    pub created: usize,
    /// Changed ones.
    pub updated: usize,
    /// Those that were already so.
    pub unchanged: usize,
}

/// What came of taking an organization out of the registry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Removed {
    /// It is gone.
    Done,
    /// It was not there.
    Unknown,
    /// Positions or receipts of it are stored.
    InUse,
}

impl Store {
    /// Every organization with its stations, in the order of their codes.
    pub async fn organizations(&self) -> Result<Vec<Organization>, StoreError> {
        let doing = "read the registry";
        let rows = self.rows(doing, || sql(ORGANIZATIONS)).await?;
        let mut organizations: BTreeMap<String, Organization> = BTreeMap::new();
        for row in &rows {
            let fiscal_code: String = row.get("fiscal_code").map_err(failed_to(doing))?;
            if !organizations.contains_key(&fiscal_code) {
                organizations.insert(fiscal_code.clone(), organization(row).map_err(failed_to(doing))?);
            }
            let links = &mut organizations.get_mut(&fiscal_code).expect("just inserted").stations;
            if row.get::<Option<String>>("id_station").map_err(failed_to(doing))?.is_some() {
                links.push(link(row).map_err(failed_to(doing))?);
            }
        }
        Ok(organizations.into_values().collect())
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

    /// Brings organizations into the registry, each with exactly the stations it is given with.
    pub async fn import_organizations(
        &self,
        organizations: &[Organization],
        now: DateTime<Utc>,
    ) -> Result<Imported, StoreError> {
        let event = |imported: &Imported| {
            let Imported { created, updated, unchanged } = imported;
            let why = format!("organizations: {created} new, {updated} changed, {unchanged} as they were");
            events::of_the_station("REGISTRY_IMPORTED", why, now)
        };
        self.retrying(StoreError::is_conflict, async || self.import(organizations, event).await).await
    }

    /// Puts one organization into the registry, in the place of what was there.
    pub async fn save_organization(
        &self,
        organization: &Organization,
        by: &str,
        now: DateTime<Utc>,
    ) -> Result<Imported, StoreError> {
        let event = |imported: &Imported| {
            let name = if imported.created > 0 { "ORGANIZATION_CREATED" } else { "ORGANIZATION_UPDATED" };
            events::of_an_organization(name, &organization.fiscal_code, format!("by {by}"), now)
        };
        let one = std::slice::from_ref(organization);
        self.retrying(StoreError::is_conflict, async || self.import(one, event).await).await
    }

    async fn import(
        &self,
        organizations: &[Organization],
        event: impl Fn(&Imported) -> Entry,
    ) -> Result<Imported, StoreError> {
        let known: BTreeMap<String, Organization> =
            self.organizations().await?.into_iter().map(|known| (known.fiscal_code.clone(), known)).collect();
        let mut imported = Imported::default();
        let mut tx = self.write().await?;
        for organization in organizations {
            let before = known.get(&organization.fiscal_code);
            let wanted = completed(organization, before);
            match before {
                Some(same) if *same == wanted => imported.unchanged += 1,
                before => {
                    // Accounts that are not spoken of are not touched: somebody may register one at this moment.
                    let ibans = organization.ibans.as_ref().and(wanted.ibans);
                    tx.save_organization(&Organization { ibans, ..wanted }).await?;
                    if before.is_some() { imported.updated += 1 } else { imported.created += 1 }
                }
            }
        }
        if imported.created + imported.updated > 0 {
            tx.note(event(&imported));
        }
        tx.commit().await?;
        Ok(imported)
    }

    /// Takes an organization out of the registry, unless something of it is stored.
    pub async fn remove_organization(&self, code: &str, by: &str, now: DateTime<Utc>) -> Result<Removed, StoreError> {
        let doing = "remove an organization";
        self.retrying(StoreError::is_conflict, async || {
            let mut tx = self.write().await?;
            let in_use = tx.session.one(doing, sql(IS_IN_USE).bind(code)).await?.only().map_err(failed_to(doing))?;
            if in_use {
                tx.rollback().await?;
                return Ok(Removed::InUse);
            }
            tx.session.execute(doing, sql(DROP_IBANS).bind(code)).await?;
            tx.session.execute(doing, sql(DROP_LINKS).bind(code)).await?;
            if tx.session.execute(doing, sql(DROP_ORGANIZATION).bind(code)).await? == 0 {
                tx.rollback().await?;
                return Ok(Removed::Unknown);
            }
            tx.note(events::of_an_organization("ORGANIZATION_REMOVED", code, format!("by {by}"), now));
            tx.commit().await?;
            Ok(Removed::Done)
        })
        .await
    }

    /// Registers an account of an organization that is there; tells whether that is news.
    pub async fn register_iban(
        &self,
        organization: &str,
        iban: &Iban,
        by: &str,
        now: DateTime<Utc>,
    ) -> Result<bool, StoreError> {
        self.change_iban((SAVE_IBAN, "IBAN_REGISTERED"), organization, iban.as_str(), by, now).await
    }

    /// Takes back a registered account; tells whether it was there.
    pub async fn remove_iban(
        &self,
        organization: &str,
        iban: &str,
        by: &str,
        now: DateTime<Utc>,
    ) -> Result<bool, StoreError> {
        self.change_iban((DROP_IBAN, "IBAN_REMOVED"), organization, iban, by, now).await
    }

    async fn change_iban(
        &self,
        (statement, event): (&'static str, &'static str),
        organization: &str,
        iban: &str,
        by: &str,
        now: DateTime<Utc>,
    ) -> Result<bool, StoreError> {
        self.retrying(StoreError::is_conflict, async || {
            let mut tx = self.write().await?;
            let change = sql(statement).bind(organization).bind(iban);
            let changed = tx.session.execute("change the registered accounts", change).await? > 0;
            if changed {
                tx.note(events::of_an_organization(event, organization, format!("{iban}, by {by}"), now));
            }
            tx.commit().await?;
            Ok(changed)
        })
        .await
    }
}

/// What an organization is to be, in the order in which it is read: accounts that are not spoken of stay.
fn completed(given: &Organization, before: Option<&Organization>) -> Organization {
    let mut wanted = given.clone();
    wanted.stations.sort();
    let mut ibans = wanted.ibans.or_else(|| before?.ibans.clone()).unwrap_or_default();
    ibans.sort();
    ibans.dedup();
    wanted.ibans = Some(ibans);
    wanted
}

impl Tx {
    async fn save_organization(&mut self, organization: &Organization) -> Result<(), StoreError> {
        let doing = "save an organization";
        let save = sql(SAVE_ORGANIZATION)
            .bind(&organization.fiscal_code)
            .bind(&organization.company_name)
            .bind(&organization.office_name)
            .bind(organization.active);
        self.session.execute(doing, save).await?;
        self.session.execute(doing, sql(DROP_LINKS).bind(&organization.fiscal_code)).await?;
        for station in &organization.stations {
            self.session.execute(doing, sql(SAVE_BROKER).bind(&station.id_broker)).await?;
            self.session.execute(doing, sql(SAVE_STATION).bind(&station.id_station).bind(&station.id_broker)).await?;
            self.session.execute(doing, sql(MOVE_LINKS).bind(&station.id_station).bind(&station.id_broker)).await?;
            let link = sql(SAVE_LINK)
                .bind(&organization.fiscal_code)
                .bind(&station.id_station)
                .bind(i64::from(station.aux_digit))
                .bind(station.segregation_code.as_deref().unwrap_or(""))
                .bind(station.broadcast)
                .bind(&station.id_broker);
            self.session.execute(doing, link).await?;
        }
        let Some(ibans) = &organization.ibans else { return Ok(()) };
        self.session.execute(doing, sql(DROP_IBANS).bind(&organization.fiscal_code)).await?;
        for iban in ibans {
            self.session.execute(doing, sql(SAVE_IBAN).bind(&organization.fiscal_code).bind(iban)).await?;
        }
        Ok(())
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

fn organization(row: &Row) -> Result<Organization, sqlx::Error> {
    Ok(Organization {
        fiscal_code: row.get("fiscal_code")?,
        company_name: row.get("company_name")?,
        office_name: row.get("office_name")?,
        active: row.get("active")?,
        stations: Vec::new(),
        ibans: Some(ibans(row)?),
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
