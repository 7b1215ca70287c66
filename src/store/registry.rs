//! Organizations, brokers and stations.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};

use super::journal::events;
use super::sql::{Row, sql};
use super::{Store, StoreError, Tx, failed_to};
use crate::domain::codes::OrganizationCode;
use crate::domain::registry::{Caller, Organization, Standing, StationLink};

const ORGANIZATIONS: &str = "
    SELECT o.fiscal_code, o.company_name, o.office_name, o.active,
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

const SERVES: &str = "SELECT EXISTS (SELECT 1 FROM organization WHERE fiscal_code = $1 AND active)";

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

    /// Whether an organization is registered and active.
    pub async fn serves(&self, organization: &OrganizationCode) -> Result<bool, StoreError> {
        let doing = "look for an organization";
        self.one(doing, || sql(SERVES).bind(organization.as_str())).await?.only().map_err(failed_to(doing))
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
        let known: BTreeMap<String, Organization> =
            self.organizations().await?.into_iter().map(|known| (known.fiscal_code.clone(), known)).collect();
        let mut imported = Imported::default();
        let mut tx = self.write().await?;
        for organization in organizations {
            let mut sorted = organization.clone();
            sorted.stations.sort();
            match known.get(&organization.fiscal_code) {
                Some(same) if *same == sorted => imported.unchanged += 1,
                before => {
                    tx.save_organization(&sorted).await?;
                    if before.is_some() { imported.updated += 1 } else { imported.created += 1 }
                }
            }
        }
        let Imported { created, updated, unchanged } = imported;
        if created + updated > 0 {
            let why = format!("organizations: {created} new, {updated} changed, {unchanged} as they were");
            tx.note(events::of_the_station("REGISTRY_IMPORTED", why, now));
        }
        tx.commit().await?;
        Ok(imported)
    }
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
    })
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
