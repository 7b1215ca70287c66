//! The official catalogue of collection services.

use chrono::{DateTime, Utc};

use super::journal::events;
use super::sql::{Row, sql, sql_of_rows};
use super::{ROWS, Store, StoreError, failed_to, unreadable};
use crate::domain::codes::TaxonomyCode;
use crate::domain::taxonomy::TaxonomyEntry;

const CATALOGUE: &str = "SELECT code, valid_from, valid_to, service FROM taxonomy ORDER BY code, valid_from";

const EMPTY: &str = "DELETE FROM taxonomy";

const ADD: &str = "INSERT INTO taxonomy (code, valid_from, valid_to, service) ";

impl Store {
    /// Every code of the catalogue; none when no catalogue was imported.
    pub async fn taxonomy(&self) -> Result<Vec<TaxonomyEntry>, StoreError> {
        let doing = "read the taxonomy";
        let rows = self.rows(doing, || sql(CATALOGUE)).await?;
        rows.iter().map(entry).collect()
    }

    /// Replaces the catalogue, and tells how many entries it has now.
    pub async fn import_taxonomy(&self, entries: &[TaxonomyEntry], now: DateTime<Utc>) -> Result<usize, StoreError> {
        let mut tx = self.write().await?;
        let doing = "replace the taxonomy";
        tx.session.execute(doing, sql(EMPTY)).await?;
        for chunk in entries.chunks(ROWS) {
            let add = sql_of_rows(ADD, chunk.iter(), "", |entry, values| {
                let validity = [entry.valid_from.into(), entry.valid_to.into()];
                values.push(entry.code.as_str().into());
                values.extend(validity);
                values.push((&entry.service).into());
            });
            tx.session.execute(doing, add).await?;
        }
        tx.note(events::of_the_station("TAXONOMY_IMPORTED", format!("{} codes", entries.len()), now));
        tx.commit().await?;
        Ok(entries.len())
    }
}

fn entry(row: &Row) -> Result<TaxonomyEntry, StoreError> {
    let doing = "read the taxonomy";
    let code: String = row.get("code").map_err(failed_to(doing))?;
    Ok(TaxonomyEntry {
        code: TaxonomyCode::parse(&code).map_err(|_| failed_to(doing)(unreadable("taxonomy code")))?,
        valid_from: row
            .day("valid_from")
            .map_err(failed_to(doing))?
            .ok_or_else(|| failed_to(doing)(unreadable("first day")))?,
        valid_to: row.day("valid_to").map_err(failed_to(doing))?,
        service: row.get("service").map_err(failed_to(doing))?,
    })
}
