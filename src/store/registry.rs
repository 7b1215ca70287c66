//! Organizations, brokers and stations.

use std::collections::BTreeMap;

use sqlx::{Row, SqliteConnection};

use super::{Store, StoreError, Tx, failed_to};
use crate::domain::registry::{Caller, Organization, Standing, StationLink};

const ORGANIZATIONS: &str = "
    SELECT o.fiscal_code, o.company_name, o.office_name, o.active,
           l.id_station, s.id_broker, l.aux_digit, l.segregation_code, l.broadcast
    FROM organization o
    LEFT JOIN organization_station l ON l.organization = o.fiscal_code
    LEFT JOIN station s ON s.id_station = l.id_station
    ORDER BY o.fiscal_code, l.id_station, l.aux_digit, l.segregation_code";

const STANDING: &str = "
    SELECT EXISTS (SELECT 1 FROM organization o WHERE o.fiscal_code = $1 AND o.active) AS organization_known,
           EXISTS (SELECT 1 FROM organization_station l JOIN station s ON s.id_station = l.id_station
                   WHERE l.organization = $1 AND s.id_broker = $2) AS broker_known,
           EXISTS (SELECT 1 FROM organization_station l JOIN station s ON s.id_station = l.id_station
                   WHERE l.organization = $1 AND s.id_broker = $2 AND l.id_station = $3) AS station_known";

const LINKS: &str = "
    SELECT l.id_station, s.id_broker, l.aux_digit, l.segregation_code, l.broadcast
    FROM organization_station l JOIN station s ON s.id_station = l.id_station
    WHERE l.organization = $1 AND l.id_station = $2";

const SAVE_ORGANIZATION: &str = "
    INSERT INTO organization (fiscal_code, company_name, office_name, active) VALUES ($1, $2, $3, $4)
    ON CONFLICT (fiscal_code) DO UPDATE
    SET company_name = excluded.company_name, office_name = excluded.office_name, active = excluded.active";

const SAVE_BROKER: &str = "INSERT INTO broker (fiscal_code) VALUES ($1) ON CONFLICT (fiscal_code) DO NOTHING";

const SAVE_STATION: &str = "
    INSERT INTO station (id_station, id_broker) VALUES ($1, $2)
    ON CONFLICT (id_station) DO UPDATE SET id_broker = excluded.id_broker";

const DROP_LINKS: &str = "DELETE FROM organization_station WHERE organization = $1";

const SAVE_LINK: &str = "
    INSERT INTO organization_station (organization, id_station, aux_digit, segregation_code, broadcast)
    VALUES ($1, $2, $3, $4, $5)";

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
        let mut connection = self.read().await?;
        let rows = sqlx::query(ORGANIZATIONS).fetch_all(&mut *connection).await.map_err(failed_to(doing))?;
        let mut organizations: BTreeMap<String, Organization> = BTreeMap::new();
        for row in &rows {
            let fiscal_code: String = row.try_get("fiscal_code").map_err(failed_to(doing))?;
            if !organizations.contains_key(&fiscal_code) {
                organizations.insert(fiscal_code.clone(), organization(row).map_err(failed_to(doing))?);
            }
            let links = &mut organizations.get_mut(&fiscal_code).expect("just inserted").stations;
            if row.try_get::<Option<String>, _>("id_station").map_err(failed_to(doing))?.is_some() {
                links.push(link(row).map_err(failed_to(doing))?);
            }
        }
        Ok(organizations.into_values().collect())
    }

    /// What the registry knows of a caller.
    pub async fn standing(&self, caller: &Caller) -> Result<Standing, StoreError> {
        read_standing(&mut *self.read().await?, caller).await
    }

    /// Brings organizations into the registry, each with exactly the stations it is given with.
    pub async fn import_organizations(&self, organizations: &[Organization]) -> Result<Imported, StoreError> {
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
        tx.commit().await?;
        Ok(imported)
    }
}

impl Tx {
    async fn save_organization(&mut self, organization: &Organization) -> Result<(), StoreError> {
        let saved = async {
            sqlx::query(SAVE_ORGANIZATION)
                .bind(&organization.fiscal_code)
                .bind(&organization.company_name)
                .bind(&organization.office_name)
                .bind(organization.active)
                .execute(&mut *self.0)
                .await?;
            sqlx::query(DROP_LINKS).bind(&organization.fiscal_code).execute(&mut *self.0).await?;
            for station in &organization.stations {
                sqlx::query(SAVE_BROKER).bind(&station.id_broker).execute(&mut *self.0).await?;
                sqlx::query(SAVE_STATION)
                    .bind(&station.id_station)
                    .bind(&station.id_broker)
                    .execute(&mut *self.0)
                    .await?;
                sqlx::query(SAVE_LINK)
                    .bind(&organization.fiscal_code)
                    .bind(&station.id_station)
                    .bind(i64::from(station.aux_digit))
                    .bind(station.segregation_code.as_deref().unwrap_or(""))
                    .bind(station.broadcast)
                    .execute(&mut *self.0)
                    .await?;
            }
            Ok(())
        };
        saved.await.map_err(failed_to("save an organization"))
    }

    /// What the registry knows of a caller.
    pub async fn standing(&mut self, caller: &Caller) -> Result<Standing, StoreError> {
        read_standing(&mut self.0, caller).await
    }

    /// The ways in which the called station serves the called organization.
    pub async fn links(&mut self, caller: &Caller) -> Result<Vec<StationLink>, StoreError> {
        let query = sqlx::query(LINKS).bind(&caller.organization).bind(&caller.station);
        let rows = query.fetch_all(&mut *self.0).await.map_err(failed_to("read a station's codes"))?;
        rows.iter().map(link).collect::<Result<_, _>>().map_err(failed_to("read a station's codes"))
    }
}

async fn read_standing(connection: &mut SqliteConnection, caller: &Caller) -> Result<Standing, StoreError> {
    let doing = "read who was called";
    let query = sqlx::query(STANDING).bind(&caller.organization).bind(&caller.broker).bind(&caller.station);
    let row = query.fetch_one(connection).await.map_err(failed_to(doing))?;
    standing(&row).map_err(failed_to(doing))
}

pub(super) fn standing(row: &sqlx::sqlite::SqliteRow) -> Result<Standing, sqlx::Error> {
    Ok(Standing {
        organization: row.try_get("organization_known")?,
        broker: row.try_get("broker_known")?,
        station: row.try_get("station_known")?,
    })
}

fn organization(row: &sqlx::sqlite::SqliteRow) -> Result<Organization, sqlx::Error> {
    Ok(Organization {
        fiscal_code: row.try_get("fiscal_code")?,
        company_name: row.try_get("company_name")?,
        office_name: row.try_get("office_name")?,
        active: row.try_get("active")?,
        stations: Vec::new(),
    })
}

fn link(row: &sqlx::sqlite::SqliteRow) -> Result<StationLink, sqlx::Error> {
    let code: String = row.try_get("segregation_code")?;
    Ok(StationLink {
        id_station: row.try_get("id_station")?,
        id_broker: row.try_get("id_broker")?,
        aux_digit: row.try_get::<i64, _>("aux_digit")? as u8,
        segregation_code: (!code.is_empty()).then_some(code),
        broadcast: row.try_get("broadcast")?,
    })
}
