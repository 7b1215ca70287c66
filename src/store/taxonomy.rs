//! The official catalogue of collection services.

use sqlx::{Row, SqliteConnection};

use super::{Store, StoreError, failed_to, unreadable};
use crate::domain::codes::TaxonomyCode;
use crate::domain::taxonomy::TaxonomyEntry;

const CATALOGUE: &str = "SELECT code, valid_from, valid_to, service FROM taxonomy ORDER BY code, valid_from";

const EMPTY: &str = "DELETE FROM taxonomy";

const ADD: &str = "INSERT INTO taxonomy (code, valid_from, valid_to, service) VALUES ($1, $2, $3, $4)";

impl Store {
    /// Every code of the catalogue; none when no catalogue was imported.
    pub async fn taxonomy(&self) -> Result<Vec<TaxonomyEntry>, StoreError> {
        let doing = "read the taxonomy";
        let mut connection = self.read().await?;
        let rows = sqlx::query(CATALOGUE).fetch_all(&mut *connection).await.map_err(failed_to(doing))?;
        rows.iter().map(entry).collect()
    }

    /// Replaces the catalogue, and tells how many entries it has now.
    pub async fn import_taxonomy(&self, entries: &[TaxonomyEntry]) -> Result<usize, StoreError> {
        let mut tx = self.write().await?;
        replace(&mut tx.0, entries).await.map_err(failed_to("replace the taxonomy"))?;
        tx.commit().await?;
        Ok(entries.len())
    }
}

async fn replace(connection: &mut SqliteConnection, entries: &[TaxonomyEntry]) -> Result<(), sqlx::Error> {
    sqlx::query(EMPTY).execute(&mut *connection).await?;
    for entry in entries {
        sqlx::query(ADD)
            .bind(entry.code.as_str())
            .bind(entry.valid_from)
            .bind(entry.valid_to)
            .bind(&entry.service)
            .execute(&mut *connection)
            .await?;
    }
    Ok(())
}

fn entry(row: &sqlx::sqlite::SqliteRow) -> Result<TaxonomyEntry, StoreError> {
    let doing = "read the taxonomy";
    let code: String = row.try_get("code").map_err(failed_to(doing))?;
    Ok(TaxonomyEntry {
        code: TaxonomyCode::parse(&code).map_err(|_| failed_to(doing)(unreadable("taxonomy code")))?,
        valid_from: row.try_get("valid_from").map_err(failed_to(doing))?,
        valid_to: row.try_get("valid_to").map_err(failed_to(doing))?,
        service: row.try_get("service").map_err(failed_to(doing))?,
    })
}
