//! From a URL to connections: what it says about TLS, and what is set besides.

use crate::store::error::StoreError;
use percent_encoding::percent_decode_str;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use rustls::{ClientConfig, RootCertStore};
use std::sync::Arc;
use std::time::Duration;
use tokio_postgres::Config;
use tokio_postgres::config::{Host, SslMode};
use tokio_postgres_rustls::MakeRustlsConnect;

/// How long to wait for a connection.
pub(super) const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

/// Settings of each session: a commit is on the disk when it is acknowledged, whatever the
/// server's default; who waits for a lock ends with an error, and one who sleeps loses it.
const SESSION: &str = "-c synchronous_commit=on -c lock_timeout=10s \
                       -c idle_in_transaction_session_timeout=60s -c timezone=UTC";

/// How to connect.
#[derive(Clone)]
pub(super) struct Link {
    pub config: Config,
    pub tls: MakeRustlsConnect,
    /// The database for messages, without user and password.
    pub name: String,
}

/// What a URL says about TLS.
#[derive(Debug, Default, PartialEq, Eq)]
struct TlsWish {
    wanted: bool,
    /// The file of the authorities to trust, instead of the machine's.
    authorities: Option<String>,
}

impl Link {
    /// Reads a URL.
    ///
    /// # Errors
    /// When it is none, or asks for what there is not.
    pub(super) fn parse(url: &str) -> Result<Self, StoreError> {
        let (url, wish) = take_tls(url)?;
        let mut config: Config = url.parse().map_err(|e| {
            refused(&format!("the URL cannot be read ({e}); write postgres://user@host/database"))
        })?;
        config.ssl_mode(if wish.wanted { SslMode::Require } else { SslMode::Disable });
        if config.get_password().is_none()
            && let Ok(password) = std::env::var("PGPASSWORD")
        {
            config.password(password);
        }
        let options = [config.get_options().unwrap_or_default(), SESSION].join(" ");
        config.options(options.trim()).connect_timeout(CONNECT_TIMEOUT);
        if config.get_application_name().is_none() {
            config.application_name("wangge");
        }
        // A server that vanished is noticed in half a minute and not in two hours.
        config.keepalives_idle(Duration::from_secs(15)).keepalives_interval(Duration::from_secs(5));
        config.keepalives_retries(3).tcp_user_timeout(Duration::from_secs(30));
        let name = name(&config);
        if !wish.wanted && !is_local(&config) {
            tracing::warn!("{name}: the connection is not encrypted; add ?sslmode=verify-full");
        }
        let tls = MakeRustlsConnect::new(tls_config(&wish, &name)?);
        Ok(Self { config, tls, name })
    }
}

/// Takes what PostgreSQL's own programs know about TLS, and the driver does not, out of a URL.
fn take_tls(url: &str) -> Result<(String, TlsWish), StoreError> {
    let mut wish = TlsWish::default();
    let Some((base, query)) = url.split_once('?') else { return Ok((url.to_owned(), wish)) };
    let mut rest = Vec::new();
    for part in query.split('&') {
        let (key, value) = part.split_once('=').unwrap_or((part, ""));
        match (key, value) {
            ("sslmode", "disable") => wish.wanted = false,
            ("sslmode", "require" | "verify-ca" | "verify-full") => wish.wanted = true,
            ("sslmode", other) => {
                return Err(refused(&format!(
                    "sslmode={other} would leave it to chance whether the connection is \
                     encrypted; write verify-full or disable"
                )));
            }
            ("sslrootcert", file) => {
                let file = percent_decode_str(file).decode_utf8_lossy().into_owned();
                wish.authorities = Some(file);
            }
            _ => rest.push(part),
        }
    }
    let rest = rest.join("&");
    Ok((if rest.is_empty() { base.to_owned() } else { format!("{base}?{rest}") }, wish))
}

/// The certificate of the server is always verified, also by `require`.
fn tls_config(wish: &TlsWish, name: &str) -> Result<ClientConfig, StoreError> {
    let failed = |detail: String| StoreError::Other { store: name.to_owned(), detail };
    let mut roots = RootCertStore::empty();
    if let Some(file) = &wish.authorities {
        let cannot = |e| failed(format!("sslrootcert={file} cannot be read: {e}"));
        for certificate in CertificateDer::pem_file_iter(file).map_err(cannot)? {
            let certificate = certificate.map_err(cannot)?;
            roots.add(certificate).map_err(|e| failed(format!("sslrootcert={file}: {e}")))?;
        }
    } else if wish.wanted {
        // What cannot be read of the machine's own is missed when a server shows it.
        roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    }
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let builder =
        ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions();
    let builder = builder.map_err(|e| failed(e.to_string()))?;
    Ok(builder.with_root_certificates(roots).with_no_client_auth())
}

fn name(config: &Config) -> String {
    let host = match config.get_hosts().first() {
        Some(Host::Tcp(host)) => host.clone(),
        #[cfg(unix)]
        Some(Host::Unix(folder)) => folder.display().to_string(),
        None => "localhost".to_owned(),
    };
    let port = config.get_ports().first().map_or_else(String::new, |port| format!(":{port}"));
    let database = config.get_dbname().or(config.get_user()).unwrap_or_default();
    format!("postgres://{host}{port}/{database}")
}

fn is_local(config: &Config) -> bool {
    config.get_hosts().iter().all(|host| match host {
        Host::Tcp(host) => {
            host == "localhost"
                || host.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback())
        }
        #[cfg(unix)]
        Host::Unix(_) => true,
    })
}

fn refused(detail: &str) -> StoreError {
    StoreError::Other { store: "postgres://…".to_owned(), detail: detail.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_url_says_about_tls_is_taken_out_of_it() {
        let url =
            "postgres://a:b@h/d?sslmode=verify-full&sslrootcert=%2Fetc%2Fmy%20ca.pem&options=x";
        let (rest, wish) = take_tls(url).unwrap();
        assert_eq!(rest, "postgres://a:b@h/d?options=x");
        assert_eq!(wish, TlsWish { wanted: true, authorities: Some("/etc/my ca.pem".to_owned()) });
        assert_eq!(take_tls("postgres://h/d?sslmode=disable").unwrap().0, "postgres://h/d");
        take_tls("postgres://h/d?sslmode=prefer").unwrap_err();
    }

    #[test]
    fn messages_name_the_database_without_its_password() {
        let link =
            Link::parse("postgres://li:geheim@10.0.0.7:5433/wangge?sslmode=disable").unwrap();
        assert_eq!(link.name, "postgres://10.0.0.7:5433/wangge");
        let broken = Link::parse("postgres://li:geheim@10.0.0.7:port/wangge").map(|_| ());
        assert!(!broken.unwrap_err().to_string().contains("geheim"));
    }

    #[test]
    fn a_file_of_authorities_that_is_not_there_is_named() {
        let url = "postgres://h/d?sslmode=require&sslrootcert=/nowhere/ca.pem";
        let refused = Link::parse(url).map(|_| ()).unwrap_err();
        assert!(refused.to_string().contains("/nowhere/ca.pem"), "{refused}");
    }
}
