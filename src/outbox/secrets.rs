//! The secrets with which messages are signed: one for each receiver's owner, made when it is first needed.

use chrono::{DateTime, Utc};

use crate::domain::signature::SigningSecret;
use crate::store::{SecretHolder, Store, StoreError};

/// The secret of somebody's messages. Of two stations that need it for the first time one makes it.
pub async fn secret_of(store: &Store, holder: &SecretHolder, now: DateTime<Utc>) -> Result<SigningSecret, StoreError> {
    if let Some(secret) = store.secret(holder).await? {
        return Ok(secret);
    }
    let fresh = fresh_secret();
    store.keep_secret(holder, &fresh, now).await?;
    Ok(store.secret(holder).await?.unwrap_or(fresh))
}

/// Gives somebody another secret. What is sent from now on is signed with it.
pub async fn change_secret(
    store: &Store,
    holder: &SecretHolder,
    now: DateTime<Utc>,
) -> Result<SigningSecret, StoreError> {
    let fresh = fresh_secret();
    store.change_secret(holder, &fresh, now).await?;
    Ok(fresh)
}

/// A secret that nobody knows.
pub fn fresh_secret() -> SigningSecret {
    let mut bytes = [0; SigningSecret::BYTES];
    getrandom::fill(&mut bytes).expect("the system has randomness");
    SigningSecret::new(bytes)
}
