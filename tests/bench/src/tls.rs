//! TLS in front of the scripted AWS, by a certificate authority of its own.

use std::convert::Infallible;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::Context as _;
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::ring::default_provider;
use tokio_rustls::rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};

/// Where systems keep the certificates that they trust.
const SYSTEM: [&str; 2] = ["/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt"];

/// The port, until dropped.
#[derive(Debug)]
pub(crate) struct Tls {
    endpoint: String,
    /// The authority alone, for Node, which brings its own list.
    authority: PathBuf,
    /// The system's authorities and ours: a function reads as many as on Lambda.
    everybody: PathBuf,
    server: JoinHandle<Infallible>,
}

impl Tls {
    /// Leads to `http://ADDRESS`. Its files lie in `folder`.
    pub(crate) async fn before(endpoint: &str, folder: &Path) -> anyhow::Result<Self> {
        let address = endpoint.trim_start_matches("http://").to_owned();
        let mut authority = CertificateParams::new(Vec::new())?;
        authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        // A certificate whose issuer has its own name counts as signed by itself.
        authority.distinguished_name.push(DnType::CommonName, "Authority of a measurement");
        let issuer = CertifiedIssuer::self_signed(authority, KeyPair::generate()?)?;
        let key = KeyPair::generate()?;
        let certificate = CertificateParams::new(vec!["localhost".to_owned()])?.signed_by(&key, &issuer)?;

        let listener = TcpListener::bind("127.0.0.1:0").await.context("failed to open a port")?;
        let port = listener.local_addr()?.port();
        let endpoint = format!("https://localhost:{port}");
        // There may be more than one of us.
        let files = (folder.join(format!("authority-{port}.pem")), folder.join(format!("everybody-{port}.pem")));
        let system = SYSTEM.iter().find_map(|path| fs::read_to_string(path).ok()).unwrap_or_default();
        let write = |path: &Path, text: String| {
            fs::write(path, text).with_context(|| format!("failed to write `{}`", path.display()))
        };
        write(&files.0, issuer.pem())?;
        write(&files.1, system + &issuer.pem())?;

        let private = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der()));
        let config = ServerConfig::builder_with_provider(Arc::new(default_provider()))
            .with_safe_default_protocol_versions()?
            .with_no_client_auth()
            .with_single_cert(vec![certificate.der().clone()], private)?;
        let acceptor = TlsAcceptor::from(Arc::new(config));
        let server = tokio::spawn(async move {
            loop {
                let Ok((stream, _)) = listener.accept().await else { continue };
                tokio::spawn(serve(acceptor.clone(), stream, address.clone()));
            }
        });
        Ok(Self { endpoint, authority: files.0, everybody: files.1, server })
    }

    /// What a function has to be told, after what it was told without TLS.
    pub(crate) fn environment(&self) -> Vec<(String, String)> {
        [
            ("AWS_ENDPOINT_URL", self.endpoint.clone()),
            ("SSL_CERT_FILE", self.everybody.display().to_string()),
            ("NODE_EXTRA_CA_CERTS", self.authority.display().to_string()),
        ]
        .map(|(name, value)| (name.to_owned(), value))
        .to_vec()
    }
}

/// A connection that fails is the function's to notice.
async fn serve(acceptor: TlsAcceptor, stream: TcpStream, address: String) -> std::io::Result<()> {
    stream.set_nodelay(true)?;
    let mut outside = acceptor.accept(stream).await?;
    let mut inside = TcpStream::connect(address).await?;
    inside.set_nodelay(true)?;
    tokio::io::copy_bidirectional(&mut outside, &mut inside).await.map(drop)
}

impl Drop for Tls {
    fn drop(&mut self) {
        self.server.abort();
    }
}
