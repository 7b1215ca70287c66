//! Changes of the registry. Whoever changes an organization reads it, and whatever it must go with, in the transaction
//! that writes, and writes its row or that of the station first: rivals wait for each other there, and begin anew.

use std::convert::Infallible;

use chrono::{DateTime, Utc};

use super::letterhead::drop_letterhead;
use crate::domain::codes::Iban;
use crate::domain::letterhead::Letterhead;
use crate::domain::registry::{Organization, StationLink};
use crate::store::journal::events;
use crate::store::sql::sql;
use crate::store::{Store, StoreError, Tx, failed_to};

const SAVE_ORGANIZATION: &str = "
    INSERT INTO organization (fiscal_code, company_name, office_name, active) VALUES ($1, $2, $3, $4)
    ON CONFLICT (fiscal_code) DO UPDATE
    SET company_name = excluded.company_name, office_name = excluded.office_name, active = excluded.active";

/// Rivals on an organization wait for each other here, and find out whether it is still there.
const HOLD_ORGANIZATION: &str = "UPDATE organization SET active = active WHERE fiscal_code = $1";

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

/// Says whether organizations may be saved: given those that are there, then those that are to be.
pub trait Judge<E>: Fn(&[Organization], &[Organization]) -> Result<(), E> {}

impl<E, F: Fn(&[Organization], &[Organization]) -> Result<(), E>> Judge<E> for F {}

impl Store {
    /// Brings organizations into the registry, each with exactly the stations it is given with.
    pub async fn import_organizations(
        &self,
        organizations: &[Organization],
        now: DateTime<Utc>,
    ) -> Result<Imported, StoreError> {
        let imported = self.import_if(organizations, |_, _| Ok::<(), Infallible>(()), now).await?;
        Ok(match imported {
            Ok(imported) => imported,
            Err(never) => match never {},
        })
    }

    /// The same, if they go with those that are there: nobody changes these in between.
    pub async fn import_if<E>(
        &self,
        organizations: &[Organization],
        judge: impl Judge<E>,
        now: DateTime<Utc>,
    ) -> Result<Result<Imported, E>, StoreError> {
        self.retrying(StoreError::is_conflict, async || {
            let mut tx = self.write().await?;
            let known = tx.organizations().await?;
            if let Err(refusal) = judge(&known, organizations) {
                tx.rollback().await?;
                return Ok(Err(refusal));
            }
            let mut imported = Imported::default();
            for organization in organizations {
                let before = known.iter().find(|known| known.fiscal_code == organization.fiscal_code);
                tx.put(organization, before, &mut imported).await?;
            }
            if imported.created + imported.updated > 0 {
                let Imported { created, updated, unchanged } = imported;
                let why = format!("organizations: {created} new, {updated} changed, {unchanged} as they were");
                tx.note(events::of_the_station("REGISTRY_IMPORTED", why, now));
            }
            tx.commit().await?;
            Ok(Ok(imported))
        })
        .await
    }

    /// Puts one organization into the registry in the place of what was there, if it goes with the others. Gives it as it
    /// is now, and whether it is new.
    pub async fn save_organization<E>(
        &self,
        organization: &Organization,
        judge: impl Judge<E>,
        by: &str,
        now: DateTime<Utc>,
    ) -> Result<Result<(Organization, bool), E>, StoreError> {
        let wanted = |_: Option<&Organization>| Some(organization.clone());
        let saved = self.save(&organization.fiscal_code, wanted, judge, by, now).await?;
        Ok(saved.map(|saved| saved.expect("it is put there")))
    }

    /// Says which stations serve an organization, if they go with the others; none where it is unknown. Whatever else is
    /// said of it stays.
    pub async fn save_stations<E>(
        &self,
        code: &str,
        stations: &[StationLink],
        judge: impl Judge<E>,
        by: &str,
        now: DateTime<Utc>,
    ) -> Result<Result<Option<Organization>, E>, StoreError> {
        let wanted = |before: Option<&Organization>| {
            before.map(|before| Organization {
                stations: stations.to_vec(),
                ibans: None,
                letterhead: None,
                ..before.clone()
            })
        };
        let saved = self.save(code, wanted, judge, by, now).await?;
        Ok(saved.map(|saved| saved.map(|(organization, _)| organization)))
    }

    /// Saves what an organization is to be, decided on what it is.
    async fn save<E>(
        &self,
        code: &str,
        wanted: impl Fn(Option<&Organization>) -> Option<Organization>,
        judge: impl Judge<E>,
        by: &str,
        now: DateTime<Utc>,
    ) -> Result<Result<Option<(Organization, bool)>, E>, StoreError> {
        self.retrying(StoreError::is_conflict, async || {
            let mut tx = self.write().await?;
            let known = tx.organizations().await?;
            let before = known.iter().find(|known| known.fiscal_code == code);
            let Some(wanted) = wanted(before) else {
                tx.rollback().await?;
                return Ok(Ok(None));
            };
            if let Err(refusal) = judge(&known, std::slice::from_ref(&wanted)) {
                tx.rollback().await?;
                return Ok(Err(refusal));
            }
            let mut imported = Imported::default();
            let after = tx.put(&wanted, before, &mut imported).await?;
            if imported.unchanged == 0 {
                let name = if before.is_some() { "ORGANIZATION_UPDATED" } else { "ORGANIZATION_CREATED" };
                tx.note(events::of_an_organization(name, code, format!("by {by}"), now));
            }
            tx.commit().await?;
            Ok(Ok(Some((after, imported.created > 0))))
        })
        .await
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
            tx.session.execute(doing, drop_letterhead(code)).await?;
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

    /// Registers an account of an organization; tells whether that is news, or nothing where it is not in the registry.
    pub async fn register_iban(
        &self,
        organization: &str,
        iban: &Iban,
        by: &str,
        now: DateTime<Utc>,
    ) -> Result<Option<bool>, StoreError> {
        self.change_iban((SAVE_IBAN, "IBAN_REGISTERED"), organization, iban.as_str(), by, now).await
    }

    /// Takes back a registered account; tells whether it was there, or nothing where the organization is not.
    pub async fn remove_iban(
        &self,
        organization: &str,
        iban: &str,
        by: &str,
        now: DateTime<Utc>,
    ) -> Result<Option<bool>, StoreError> {
        self.change_iban((DROP_IBAN, "IBAN_REMOVED"), organization, iban, by, now).await
    }

    async fn change_iban(
        &self,
        (statement, event): (&'static str, &'static str),
        organization: &str,
        iban: &str,
        by: &str,
        now: DateTime<Utc>,
    ) -> Result<Option<bool>, StoreError> {
        let doing = "change the registered accounts";
        self.retrying(StoreError::is_conflict, async || {
            let mut tx = self.write().await?;
            if tx.session.execute(doing, sql(HOLD_ORGANIZATION).bind(organization)).await? == 0 {
                tx.rollback().await?;
                return Ok(None);
            }
            let changed = tx.session.execute(doing, sql(statement).bind(organization).bind(iban)).await? > 0;
            if changed {
                tx.note(events::of_an_organization(event, organization, format!("{iban}, by {by}"), now));
            }
            tx.commit().await?;
            Ok(Some(changed))
        })
        .await
    }
}

/// What an organization is to be, in the order in which it is read: accounts and a letterhead that are not spoken of stay.
fn completed(given: &Organization, before: Option<&Organization>) -> Organization {
    let mut wanted = given.clone();
    wanted.stations.sort();
    let mut ibans = wanted.ibans.or_else(|| before?.ibans.clone()).unwrap_or_default();
    ibans.sort();
    ibans.dedup();
    wanted.ibans = Some(ibans);
    wanted.letterhead = wanted.letterhead.or_else(|| before?.letterhead.clone());
    wanted.letterhead = wanted.letterhead.filter(|letterhead| *letterhead != Letterhead::default());
    wanted
}

impl Tx {
    /// Makes an organization what it is to be, counts that, and gives it as it is then.
    async fn put(
        &mut self,
        given: &Organization,
        before: Option<&Organization>,
        imported: &mut Imported,
    ) -> Result<Organization, StoreError> {
        let before = match before {
            Some(known) => {
                let letterhead = self.letterhead(&known.fiscal_code).await?;
                Some(Organization { letterhead, ..known.clone() })
            }
            None => None,
        };
        let wanted = completed(given, before.as_ref());
        if before.as_ref() == Some(&wanted) {
            imported.unchanged += 1;
            return Ok(wanted);
        }
        // Accounts that are not spoken of are not touched: somebody may register one at this moment.
        let ibans = given.ibans.as_ref().and(wanted.ibans.clone());
        self.save_organization(&Organization { ibans, ..wanted.clone() }).await?;
        if let Some(letterhead) = &given.letterhead {
            self.save_letterhead(&given.fiscal_code, letterhead).await?;
        }
        if before.is_some() {
            imported.updated += 1
        } else {
            imported.created += 1
        }
        Ok(wanted)
    }

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
