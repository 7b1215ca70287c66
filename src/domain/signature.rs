//! How receivers know that a message comes from us and was not altered: the scheme of Standard Webhooks, in which an
//! HMAC is taken over the message's id, the time and the body.

use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, Utc};
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

/// What a receiver and we know.
#[derive(Clone, PartialEq, Eq)]
pub struct SigningSecret(Vec<u8>);

impl SigningSecret {
    /// How many random bytes make a new one.
    pub const BYTES: usize = 32;

    /// A secret of these bytes.
    pub fn new(bytes: impl Into<Vec<u8>>) -> SigningSecret {
        SigningSecret(bytes.into())
    }

    /// Its bytes.
    pub fn bytes(&self) -> &[u8] {
        &self.0
    }

    /// As it is handed to whoever is to verify messages.
    pub fn shown(&self) -> String {
        format!("whsec_{}", STANDARD.encode(&self.0))
    }

    /// The signature of a message that is sent at a time.
    pub fn sign(&self, id: &str, at: DateTime<Utc>, body: &[u8]) -> String {
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.0).expect("HMAC takes a key of any length");
        mac.update(format!("{id}.{}.", at.timestamp()).as_bytes());
        mac.update(body);
        format!("v1,{}", STANDARD.encode(mac.finalize().into_bytes()))
    }
}

impl fmt::Debug for SigningSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SigningSecret(not shown)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example of the scheme's own documentation.
    #[test]
    fn a_signature_is_the_one_that_the_scheme_documents() {
        let secret = SigningSecret::new(STANDARD.decode("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").unwrap());
        let at = DateTime::from_timestamp(1_614_265_330, 0).unwrap();
        let signature = secret.sign("msg_p5jXN8AQM9LWM0D4loKWxJek", at, br#"{"test": 2432232314}"#);
        assert_eq!(signature, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
        assert_eq!(secret.shown(), "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw");
        assert_eq!(format!("{secret:?}"), "SigningSecret(not shown)");
    }
}
