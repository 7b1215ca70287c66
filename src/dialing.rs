//! How the station calls others: by HTTPS, believing whom the machine believes. It follows nobody elsewhere and asks no
//! proxy: what is sent is meant for one receiver.

use std::sync::Arc;

use reqwest::ClientBuilder;
use rustls::client::WantsClientCert;
use rustls::{ClientConfig, ConfigBuilder, RootCertStore};

/// The authorities that this machine believes.
pub(crate) fn authorities() -> RootCertStore {
    let mut roots = RootCertStore::empty();
    roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    roots
}

/// TLS with a choice of authorities; whether a certificate is shown is still open.
pub(crate) fn tls(authorities: RootCertStore) -> Result<ConfigBuilder<ClientConfig, WantsClientCert>, rustls::Error> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let builder = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions()?;
    Ok(builder.with_root_certificates(authorities))
}

/// A client over it.
pub(crate) fn client(tls: ClientConfig) -> ClientBuilder {
    let builder = reqwest::Client::builder().tls_backend_preconfigured(tls);
    builder.redirect(reqwest::redirect::Policy::none()).no_proxy()
}
