//! What organizations print on their notices. It is read by itself: a logo is large, and whoever lists organizations or
//! answers the Node needs none.

use crate::domain::letterhead::{Language, Letterhead, PostalAccount};
use crate::store::sql::{Row, Statement, sql};
use crate::store::{Store, StoreError, Tx, failed_to, unreadable};

const LETTERHEAD: &str = "
    SELECT cbill, contacts, website, postal_number, postal_holder, postal_authorization, language, logo
    FROM letterhead WHERE organization = $1";

const SAVE_LETTERHEAD: &str = "
    INSERT INTO letterhead (organization, cbill, contacts, website, postal_number, postal_holder, postal_authorization,
                            language, logo)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
    ON CONFLICT (organization) DO UPDATE
    SET cbill = excluded.cbill, contacts = excluded.contacts, website = excluded.website,
        postal_number = excluded.postal_number, postal_holder = excluded.postal_holder,
        postal_authorization = excluded.postal_authorization, language = excluded.language, logo = excluded.logo";

const DROP_LETTERHEAD: &str = "DELETE FROM letterhead WHERE organization = $1";

const DOING: &str = "read a letterhead";

impl Store {
    /// What an organization prints on its notices; none where nothing is registered.
    pub async fn letterhead(&self, organization: &str) -> Result<Option<Letterhead>, StoreError> {
        found(&self.rows(DOING, || sql(LETTERHEAD).bind(organization)).await?)
    }
}

impl Tx {
    pub(super) async fn letterhead(&mut self, organization: &str) -> Result<Option<Letterhead>, StoreError> {
        found(&self.session.all(DOING, sql(LETTERHEAD).bind(organization)).await?)
    }

    /// Puts a letterhead in the place of what was registered; an empty one leaves nothing.
    pub(super) async fn save_letterhead(
        &mut self,
        organization: &str,
        letterhead: &Letterhead,
    ) -> Result<(), StoreError> {
        let empty = *letterhead == Letterhead::default();
        let statement = if empty { drop_letterhead(organization) } else { save(organization, letterhead) };
        self.session.execute("save a letterhead", statement).await.map(drop)
    }
}

/// Takes away what is registered.
pub(super) fn drop_letterhead(organization: &str) -> Statement<'_> {
    sql(DROP_LETTERHEAD).bind(organization)
}

fn save<'v>(organization: &'v str, letterhead: &'v Letterhead) -> Statement<'v> {
    let Letterhead { cbill, contacts, website, postal_account, language, logo } = letterhead;
    let account = postal_account.as_ref();
    sql(SAVE_LETTERHEAD)
        .bind(organization)
        .bind(cbill)
        .bind(contacts)
        .bind(website)
        .bind(account.map(|account| &*account.number))
        .bind(account.map(|account| &*account.holder))
        .bind(account.and_then(|account| account.authorization.as_deref()))
        .bind(language.as_str())
        .bind(logo)
}

fn found(rows: &[Row]) -> Result<Option<Letterhead>, StoreError> {
    rows.first().map(letterhead).transpose().map_err(failed_to(DOING))
}

fn letterhead(row: &Row) -> Result<Letterhead, sqlx::Error> {
    let account = |number| -> Result<PostalAccount, sqlx::Error> {
        let holder: Option<String> = row.get("postal_holder")?;
        Ok(PostalAccount {
            number,
            holder: holder.unwrap_or_default(),
            authorization: row.get("postal_authorization")?,
        })
    };
    Ok(Letterhead {
        cbill: row.get("cbill")?,
        contacts: row.get("contacts")?,
        website: row.get("website")?,
        postal_account: row.get::<Option<String>>("postal_number")?.map(account).transpose()?,
        language: Language::parse(row.get("language")?).ok_or_else(|| unreadable("letterhead"))?,
        logo: row.get("logo")?,
    })
}
