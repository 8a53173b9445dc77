//! The webhook endpoints of a configuration file.

use std::{collections::BTreeSet, path::PathBuf, time::Duration};

use anyhow::{Context, bail};
use reqwest::Url;
use serde::Deserialize;

use crate::{
    queue::webhooks::{Endpoint, Secrets},
    store::EventKind,
};

/// Longest name of an endpoint, bytes: it stands in identifiers.
const MAX_NAME: usize = 40;

/// An endpoint as it is written.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RawWebhook {
    name: String,
    url: String,
    secret_file: Option<PathBuf>,
    secret_env: Option<String>,
    /// Kinds of events; without them, all.
    events: Option<Vec<EventKind>>,
    timeout_s: Option<u64>,
    tries: Option<i64>,
}

/// Where an endpoint's secrets stand: one a line, the current one first.
#[derive(Debug, Clone, PartialEq, Eq)]
enum SecretSource {
    File(PathBuf),
    Environment(String),
}

/// A checked endpoint. Its secrets are read only where events are sent from.
#[derive(Clone)]
pub struct WebhookSetup {
    name: String,
    url: Url,
    secret: SecretSource,
    kinds: Vec<EventKind>,
    timeout: Duration,
    tries: i64,
}

/// Checks the endpoints of a file.
///
/// # Errors
/// When a value makes no sense, with what would.
pub fn resolve(endpoints: Vec<RawWebhook>) -> anyhow::Result<Vec<WebhookSetup>> {
    let mut names = BTreeSet::new();
    for endpoint in &endpoints {
        if !names.insert(endpoint.name.clone()) {
            bail!("webhooks: {} is there twice", endpoint.name);
        }
    }
    endpoints.into_iter().map(RawWebhook::resolve).collect()
}

impl RawWebhook {
    fn resolve(self) -> anyhow::Result<WebhookSetup> {
        let name = self.name;
        let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        if name.is_empty() || name.len() > MAX_NAME || !name.chars().all(plain) {
            bail!("webhooks: a name is 1 to {MAX_NAME} small letters, digits, lines");
        }
        // Neither the URL nor the parser's words about it: it may hold a password.
        let url = Url::parse(&self.url).ok().filter(|url| matches!(url.scheme(), "http" | "https"));
        let Some(url) = url else {
            bail!("webhooks: url of {name} begins neither with http:// nor https://")
        };
        let secret = match (self.secret_file, self.secret_env) {
            (Some(file), None) => SecretSource::File(file),
            (None, Some(variable)) => SecretSource::Environment(variable),
            _ => bail!("webhooks: {name} needs either secret_file or secret_env"),
        };
        let kinds = self.events.unwrap_or_else(|| EventKind::ALL.to_vec());
        if kinds.is_empty() {
            bail!("webhooks: events of {name} are none");
        }
        let timeout = self.timeout_s.map_or(Endpoint::TIMEOUT, Duration::from_secs);
        if !(1..=60).contains(&timeout.as_secs()) {
            bail!("webhooks: timeout_s of {name} is not between 1 and 60");
        }
        let tries = self.tries.unwrap_or(Endpoint::TRIES);
        if !(1..=10_000).contains(&tries) {
            bail!("webhooks: tries of {name} is not between 1 and 10000");
        }
        Ok(WebhookSetup { name, url, secret, kinds, timeout, tries })
    }
}

impl WebhookSetup {
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Name, scheme, host and port: what may be shown.
    pub fn shown(&self) -> String {
        format!("{} {}", self.name, self.url.origin().ascii_serialization())
    }

    /// The endpoint with its secrets.
    ///
    /// # Errors
    /// When they cannot be read.
    pub fn endpoint(&self) -> anyhow::Result<Endpoint> {
        let text = match &self.secret {
            SecretSource::File(path) => {
                std::fs::read_to_string(path).with_context(|| format!("reading {}", path.display()))
            }
            SecretSource::Environment(name) => {
                std::env::var(name).map_err(|_| anyhow::anyhow!("{name} is not in the environment"))
            }
        };
        let secrets = text.and_then(|text| Ok(Secrets::parse(&text)?));
        Ok(Endpoint {
            name: self.name.clone(),
            url: self.url.clone(),
            secrets: secrets.with_context(|| format!("webhooks: the secret of {}", self.name))?,
            kinds: self.kinds.clone(),
            timeout: self.timeout,
            tries: self.tries,
            backoff: Endpoint::BACKOFF,
            poll: Endpoint::POLL,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Deserialize)]
    struct File {
        webhooks: Vec<RawWebhook>,
    }

    fn resolved(text: &str) -> anyhow::Result<Vec<WebhookSetup>> {
        resolve(toml::from_str::<File>(text)?.webhooks)
    }

    #[test]
    fn an_endpoint_has_a_name_a_url_and_a_secret() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("secret");
        std::fs::write(&file, "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw\n").unwrap();
        let text = format!(
            "[[webhooks]]\nname = 'portal'\nurl = 'https://u:sesame@portal.internal/hook?k=sesame'\n\
             secret_file = '{}'\nevents = ['document.read', 'application.decided']\ntries = 3",
            file.display()
        );
        let setup = resolved(&text).unwrap().remove(0);
        assert_eq!(setup.shown(), "portal https://portal.internal");
        let endpoint = setup.endpoint().unwrap();
        assert_eq!(endpoint.kinds, [EventKind::DocumentRead, EventKind::ApplicationDecided]);
        assert_eq!((endpoint.timeout, endpoint.tries), (Endpoint::TIMEOUT, 3));
        std::fs::write(&file, "sesame").unwrap();
        let error = format!("{:#}", setup.endpoint().err().unwrap());
        assert!(error.contains("portal") && !error.contains("sesame"), "{error}");
    }

    #[test]
    fn what_makes_no_sense_is_named_and_no_secret_told() {
        let good = "[[webhooks]]\nname = 'a'\nurl = 'http://x/'\nsecret_env = 'S'\n";
        assert!(resolved(good).is_ok());
        for (text, told) in [
            (format!("{good}{good}"), "twice"),
            (good.replace("'a'", "'A b'"), "name"),
            (good.replace("http://x/", "ftp://sesame@x/"), "url"),
            (good.replace("secret_env", "secret"), "secret"),
            (format!("{good}secret_file = 'f'"), "either"),
            (format!("{good}events = []"), "events"),
            (format!("{good}events = ['document.eaten']"), "document.eaten"),
            (format!("{good}timeout_s = 0"), "timeout_s"),
            (format!("{good}tries = 0"), "tries"),
        ] {
            let error = format!("{:#}", resolved(&text).err().unwrap());
            assert!(error.contains(told) && !error.contains("sesame"), "{error}");
        }
    }
}
