//! The service's configuration: a file, the environment and the command line, resolved once into checked
//! settings. What stands further right wins.

use std::{
    fs,
    io::{self, Write},
    net::SocketAddr,
    num::NonZeroU32,
    os::unix::fs::DirBuilderExt,
    path::{Path, PathBuf},
    time::Duration,
};

use anyhow::{Context, anyhow, bail};
use serde::Deserialize;

mod blobs;
mod webhooks;

use blobs::RawBucket;
use webhooks::RawWebhook;
pub use webhooks::WebhookSetup;

use crate::{
    queue::broker::{BrokerSettings, Link, Topology},
    reader::Guard,
    server::ServerLimits,
    store::vault::{BlobPlace, Keyring},
    worker::{ReaderPoolSettings, WorkerSettings},
};

/// Environment variable that may hold the master keys themselves, as a key file would. It is no option of
/// the command line, where every user of the machine could read it.
pub const KEY_VARIABLE: &str = "VOUCH_MASTER_KEY";

/// Settings as they are written. The names are those of the configuration file.
#[derive(Debug, Clone, Default, Deserialize, clap::Args)]
#[serde(deny_unknown_fields)]
pub struct RawSettings {
    /// Address to listen on [default: 127.0.0.1:8080]
    #[arg(long, env = "VOUCH_LISTEN", value_name = "ADDRESS")]
    listen: Option<SocketAddr>,
    /// Folder of the service's own data, made if it is not there [default: vouch-data]
    #[arg(long, env = "VOUCH_DATA", value_name = "DIR")]
    data: Option<PathBuf>,
    /// postgres://… or sqlite:… [default: a SQLite file in the data folder]
    #[arg(long, env = "VOUCH_DATABASE_URL", hide_env_values = true, value_name = "URL")]
    database: Option<String>,
    /// File that holds the URL of the database, instead
    #[arg(long, env = "VOUCH_DATABASE_URL_FILE", value_name = "FILE")]
    database_file: Option<PathBuf>,
    /// Where the encrypted uploads are: a folder or s3://bucket/prefix [default: blobs in the data folder]
    #[arg(long, env = "VOUCH_BLOBS", value_name = "PLACE")]
    blobs: Option<String>,
    /// http://… or https://… of the S3-compatible store that has the bucket [default: AWS's]
    #[arg(long, env = "VOUCH_S3_ENDPOINT", value_name = "URL")]
    s3_endpoint: Option<String>,
    /// Region of the bucket [default: of the environment, else us-east-1]
    #[arg(long, env = "VOUCH_S3_REGION", value_name = "REGION")]
    s3_region: Option<String>,
    /// Whether the bucket's name stands in the path and not before the host's [default: true]
    #[arg(long, env = "VOUCH_S3_PATH_STYLE", value_name = "BOOL")]
    s3_path_style: Option<bool>,
    /// File with the access key and the secret key, a line each [default: as AWS's tools look for them]
    #[arg(long, env = "VOUCH_S3_KEYS_FILE", value_name = "FILE")]
    s3_keys_file: Option<PathBuf>,
    /// File with the master keys, made if it is not there [default: master.key in the data folder]
    #[arg(long, env = "VOUCH_MASTER_KEY_FILE", value_name = "FILE")]
    master_key_file: Option<PathBuf>,
    /// Reader processes at once [default: one for each core]
    #[arg(long, env = "VOUCH_READERS", value_name = "N")]
    readers: Option<usize>,
    /// Address space of a reader, MiB [default: 3072]
    #[arg(long, env = "VOUCH_READER_MEMORY_MIB", value_name = "MIB")]
    reader_memory_mib: Option<u64>,
    /// Seconds that a reader may take for one document [default: 60]
    #[arg(long, env = "VOUCH_DOCUMENT_TIMEOUT_S", value_name = "S")]
    document_timeout_s: Option<u64>,
    /// Largest upload, MiB [default: 40]
    #[arg(long, env = "VOUCH_MAX_UPLOAD_MIB", value_name = "MIB")]
    max_upload_mib: Option<u64>,
    /// Waiting jobs from which uploads are told to come again later [default: 20000]
    #[arg(long, env = "VOUCH_MAX_BACKLOG", value_name = "N")]
    max_backlog: Option<i64>,
    /// Requests a second of one token, over time [default: 200]
    #[arg(long, env = "VOUCH_REQUESTS_PER_SECOND", value_name = "N")]
    requests_per_second: Option<NonZeroU32>,
    /// Seconds for which a worker holds a job at once [default: 30]
    #[arg(long, env = "VOUCH_LEASE_S", value_name = "S")]
    lease_s: Option<u64>,
    /// amqp://… or amqps://… of a RabbitMQ broker [default: none; jobs are looked for in the database]
    #[arg(long, env = "VOUCH_AMQP_URL", hide_env_values = true, value_name = "URL")]
    amqp: Option<String>,
    /// File that holds the URL of the broker, instead
    #[arg(long, env = "VOUCH_AMQP_URL_FILE", value_name = "FILE")]
    amqp_file: Option<PathBuf>,
    /// What names of queues and exchanges begin with [default: vouch]
    #[arg(long, env = "VOUCH_AMQP_PREFIX", value_name = "PREFIX")]
    amqp_prefix: Option<String>,
    /// Folder of the files that upload messages speak of [default: none; no upload messages are taken]
    #[arg(long, env = "VOUCH_AMQP_UPLOADS", value_name = "DIR")]
    amqp_uploads: Option<PathBuf>,
    /// Whether a rejection takes a second person, who confirms it [default: false]
    #[arg(long, env = "VOUCH_SECOND_LOOK", value_name = "BOOL")]
    second_look: Option<bool>,
    /// Seconds that a start waits for a database that is down [default: 300]
    #[arg(long, env = "VOUCH_START_PATIENCE_S", value_name = "S")]
    start_patience_s: Option<u64>,
    /// Address where a worker alone answers /healthz and /readyz [default: none]
    #[arg(long, env = "VOUCH_WATCH", value_name = "ADDRESS")]
    watch: Option<SocketAddr>,
    /// Only in a file.
    #[arg(skip)]
    #[serde(default)]
    webhooks: Vec<RawWebhook>,
}

/// Longest prefix of names at the broker, bytes. A queue's name has at most 255.
const MAX_PREFIX: usize = 100;

/// Checked settings.
#[derive(Clone)]
pub struct Settings {
    pub listen: SocketAddr,
    pub data: PathBuf,
    pub database: String,
    pub blobs: BlobPlace,
    pub master_key_file: PathBuf,
    pub guard: Guard,
    pub readers: ReaderPoolSettings,
    pub worker: WorkerSettings,
    pub limits: ServerLimits,
    pub lease: Duration,
    pub broker: Option<BrokerSetup>,
    /// Rejections take a second person.
    pub second_look: bool,
    /// How long a start waits for a database that is down.
    pub start_patience: Duration,
    /// Where a worker alone is watched.
    pub watch: Option<SocketAddr>,
    pub webhooks: Vec<WebhookSetup>,
}

/// Where the broker is and what of it is used.
#[derive(Clone)]
pub struct BrokerSetup {
    pub link: Link,
    /// Folder of the files that upload messages speak of.
    pub uploads: Option<PathBuf>,
}

impl RawSettings {
    /// Nothing but where data are and how many readers there are.
    pub fn of(data: PathBuf, database: Option<String>, readers: usize) -> Self {
        Self { data: Some(data), database, readers: Some(readers), ..Self::default() }
    }

    /// Those of a file, `self` winning.
    ///
    /// # Errors
    /// When the file cannot be read or has something that is not known.
    pub fn over_file(self, path: Option<&Path>) -> anyhow::Result<Self> {
        let Some(path) = path else { return Ok(self) };
        let text = fs::read_to_string(path).with_context(|| format!("reading {}", path.display()))?;
        let file: Self =
            toml::from_str(&text).with_context(|| format!("{} is no configuration", path.display()))?;
        Ok(Self {
            listen: self.listen.or(file.listen),
            data: self.data.or(file.data),
            database: self.database.or(file.database),
            database_file: self.database_file.or(file.database_file),
            blobs: self.blobs.or(file.blobs),
            s3_endpoint: self.s3_endpoint.or(file.s3_endpoint),
            s3_region: self.s3_region.or(file.s3_region),
            s3_path_style: self.s3_path_style.or(file.s3_path_style),
            s3_keys_file: self.s3_keys_file.or(file.s3_keys_file),
            master_key_file: self.master_key_file.or(file.master_key_file),
            readers: self.readers.or(file.readers),
            reader_memory_mib: self.reader_memory_mib.or(file.reader_memory_mib),
            document_timeout_s: self.document_timeout_s.or(file.document_timeout_s),
            max_upload_mib: self.max_upload_mib.or(file.max_upload_mib),
            max_backlog: self.max_backlog.or(file.max_backlog),
            requests_per_second: self.requests_per_second.or(file.requests_per_second),
            lease_s: self.lease_s.or(file.lease_s),
            amqp: self.amqp.or(file.amqp),
            amqp_file: self.amqp_file.or(file.amqp_file),
            amqp_prefix: self.amqp_prefix.or(file.amqp_prefix),
            amqp_uploads: self.amqp_uploads.or(file.amqp_uploads),
            second_look: self.second_look.or(file.second_look),
            start_patience_s: self.start_patience_s.or(file.start_patience_s),
            watch: self.watch.or(file.watch),
            webhooks: file.webhooks,
        })
    }

    /// Checks them and fills in what is not said.
    ///
    /// # Errors
    /// When a value makes no sense, with what would.
    pub fn resolve(self) -> anyhow::Result<Settings> {
        let data = self.data.unwrap_or_else(|| "vouch-data".into());
        let database = match out_of_file("database", self.database, self.database_file)? {
            Some(url) if url.starts_with("sqlite:") || url.starts_with("postgres") => url,
            Some(_) => bail!("database: begins neither with postgres:// nor with sqlite:"),
            None => {
                let folder = std::path::absolute(&data).context("data: is no folder")?;
                format!("sqlite://{}", folder.join("vouch.db").display())
            }
        };
        let defaults = ReaderPoolSettings::default();
        let count = self.readers.unwrap_or(defaults.readers);
        if !(1..=256).contains(&count) {
            bail!("readers: {count} is not between 1 and 256");
        }
        let memory_mib = self.reader_memory_mib.unwrap_or(Guard::DEFAULT_MEMORY_BYTES >> 20);
        if !(1024..=65_536).contains(&memory_mib) {
            bail!("reader_memory_mib: {memory_mib} is not between 1024 and 65536");
        }
        let timeout = Duration::from_secs(self.document_timeout_s.unwrap_or(60));
        if !(1..=600).contains(&timeout.as_secs()) {
            bail!("document_timeout_s: {} is not between 1 and 600", timeout.as_secs());
        }
        let upload_mib = self.max_upload_mib.unwrap_or(40);
        if !(1..=60).contains(&upload_mib) {
            bail!("max_upload_mib: {upload_mib} is not between 1 and 60");
        }
        let lease = Duration::from_secs(self.lease_s.unwrap_or(30));
        if !(2..=3600).contains(&lease.as_secs()) {
            bail!("lease_s: {} is not between 2 and 3600", lease.as_secs());
        }
        let start_patience = Duration::from_secs(self.start_patience_s.unwrap_or(300));
        if start_patience > Duration::from_hours(24) {
            bail!("start_patience_s: {} is more than 86400", start_patience.as_secs());
        }
        let amqp = out_of_file("amqp", self.amqp, self.amqp_file)?;
        let broker = broker(amqp, self.amqp_prefix, self.amqp_uploads)?;
        let limits = ServerLimits::default();
        let bucket = RawBucket {
            endpoint: self.s3_endpoint,
            region: self.s3_region,
            path_style: self.s3_path_style,
            keys_file: self.s3_keys_file,
        };
        Ok(Settings {
            listen: self.listen.unwrap_or_else(|| SocketAddr::from(([127, 0, 0, 1], 8080))),
            blobs: blobs::resolve(self.blobs, bucket, &data)?,
            master_key_file: self.master_key_file.unwrap_or_else(|| data.join("master.key")),
            data,
            database,
            guard: Guard { memory_bytes: memory_mib << 20 },
            readers: ReaderPoolSettings { readers: count, document_timeout: timeout, ..defaults },
            worker: WorkerSettings { document_timeout: timeout, ..WorkerSettings::for_readers(count) },
            limits: ServerLimits {
                max_upload_bytes: upload_mib << 20,
                max_backlog: self.max_backlog.unwrap_or(limits.max_backlog),
                requests_per_second: self.requests_per_second.unwrap_or(limits.requests_per_second),
                ..limits
            },
            lease,
            broker,
            second_look: self.second_look.unwrap_or(false),
            start_patience,
            watch: self.watch,
            webhooks: webhooks::resolve(self.webhooks)?,
        })
    }
}

/// A URL that may hold a password: as it is written, or out of a file that nobody else reads.
fn out_of_file(name: &str, url: Option<String>, file: Option<PathBuf>) -> anyhow::Result<Option<String>> {
    match (url, file) {
        (Some(_), Some(_)) => bail!("{name}: is set, and {name}_file as well"),
        (None, Some(path)) => {
            let text = fs::read_to_string(&path);
            let text = text.with_context(|| format!("{name}_file: reading {}", path.display()))?;
            Ok(Some(text.trim().to_owned()))
        }
        (url, None) => Ok(url),
    }
}

fn broker(
    url: Option<String>,
    prefix: Option<String>,
    uploads: Option<PathBuf>,
) -> anyhow::Result<Option<BrokerSetup>> {
    let Some(url) = url else {
        if uploads.is_some() {
            bail!("amqp_uploads: there is no amqp to take upload messages from");
        }
        return Ok(None);
    };
    let prefix = prefix.unwrap_or_else(|| "vouch".to_owned());
    let is_name = |c: char| c.is_ascii_alphanumeric() || "._-".contains(c);
    if prefix.is_empty() || prefix.len() > MAX_PREFIX || !prefix.chars().all(is_name) {
        bail!("amqp_prefix: is not 1 to {MAX_PREFIX} letters, digits, dots, lines");
    }
    let link = Link::new(&url, Topology::new(&prefix), BrokerSettings::default());
    // Without the cause and without the URL: it may hold a password.
    let link =
        link.map_err(|_| anyhow!("amqp: is no URL of a broker (amqp://user:password@host:port/vhost)"))?;
    Ok(Some(BrokerSetup { link, uploads }))
}

impl Settings {
    /// The master keys: out of the environment, else out of the file, which is made with a new key if it is
    /// not there. A lost key file means lost uploads: it belongs into the backup, apart from the data.
    ///
    /// # Errors
    /// When keys cannot be read or written.
    pub fn keyring(&self) -> anyhow::Result<Keyring> {
        if let Ok(text) = std::env::var(KEY_VARIABLE) {
            return Keyring::parse(&text).with_context(|| format!("reading {KEY_VARIABLE}"));
        }
        let path = &self.master_key_file;
        if !path.exists() {
            make_key_file(path).with_context(|| format!("making {}", path.display()))?;
        }
        let text = fs::read_to_string(path).with_context(|| format!("reading {}", path.display()))?;
        Keyring::parse(&text).with_context(|| format!("reading {}", path.display()))
    }

    /// Makes the folders that are not there, for this user alone.
    ///
    /// # Errors
    /// When one cannot be made.
    pub fn make_folders(&self) -> anyhow::Result<()> {
        let blobs = match &self.blobs {
            BlobPlace::Folder(folder) => Some(folder),
            BlobPlace::Bucket(_) => None,
        };
        for folder in [Some(&self.data), blobs].into_iter().flatten() {
            let mut builder = fs::DirBuilder::new();
            builder.recursive(true).mode(0o700);
            builder.create(folder).with_context(|| format!("making {}", folder.display()))?;
        }
        Ok(())
    }
}

/// Makes a key file with a new key, unless another process has just made one. It gets its name when all of it is
/// on the disk: a process that starts at the same time finds either none or a whole one.
fn make_key_file(path: &Path) -> anyhow::Result<()> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    // For this user alone: such files are made with mode 0600.
    let mut file = tempfile::NamedTempFile::new_in(folder)?;
    file.write_all(Keyring::new_line()?.as_bytes())?;
    file.as_file().sync_all()?;
    match file.persist_noclobber(path) {
        Ok(_) => {}
        Err(failed) if failed.error.kind() == io::ErrorKind::AlreadyExists => {}
        Err(failed) => return Err(failed.error.into()),
    }
    // The name, too, has to outlive a power cut: what is sealed under a lost key is lost.
    Ok(fs::File::open(folder)?.sync_all()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn resolved(text: &str) -> anyhow::Result<Settings> {
        let file = tempfile::NamedTempFile::new().unwrap();
        fs::write(file.path(), text).unwrap();
        RawSettings::default().over_file(Some(file.path()))?.resolve()
    }

    #[test]
    fn nothing_has_to_be_said() {
        let settings = resolved("").unwrap();
        assert!(
            settings.database.starts_with("sqlite:///") && settings.database.ends_with("vouch-data/vouch.db")
        );
        assert!(settings.listen.ip().is_loopback());
    }

    #[test]
    fn faults_are_told_by_name() {
        for (text, name) in [
            ("readers = 0", "readers"),
            ("reader_memory_mib = 10", "reader_memory_mib"),
            ("lease_s = 1", "lease_s"),
            ("database = 'mysql://x'", "database"),
            ("reeders = 3", "reeders"),
            ("amqp = 'http://x'", "amqp"),
            ("amqp = 'amqp://x'\namqp_prefix = 'a b'", "amqp_prefix"),
            ("amqp_uploads = '/tmp'", "amqp_uploads"),
            ("start_patience_s = 100000", "start_patience_s"),
            ("s3_region = 'x'", "s3_region"),
        ] {
            let error = format!("{:#}", resolved(text).err().unwrap());
            assert!(error.contains(name), "{error}");
        }
        for text in ["database = 'mysql://user:secret@host/x'", "amqp = 'http://user:secret@host/x'"] {
            let error = format!("{:#}", resolved(text).err().unwrap());
            assert!(!error.contains("secret"), "{error}");
        }
    }

    #[test]
    fn the_command_line_wins_over_the_file() {
        let file = tempfile::NamedTempFile::new().unwrap();
        fs::write(file.path(), "readers = 3\nlease_s = 9").unwrap();
        let raw = RawSettings { readers: Some(5), ..RawSettings::default() };
        let settings = raw.over_file(Some(file.path())).unwrap().resolve().unwrap();
        assert_eq!((settings.readers.readers, settings.lease.as_secs()), (5, 9));
    }

    #[test]
    fn urls_with_passwords_may_stand_in_files() {
        let file = tempfile::NamedTempFile::new().unwrap();
        fs::write(file.path(), "postgres://vouch:sesame@db/vouch\n").unwrap();
        let text = format!("database_file = '{}'", file.path().display());
        assert_eq!(resolved(&text).unwrap().database, "postgres://vouch:sesame@db/vouch");
        let error = format!("{:#}", resolved(&format!("{text}\ndatabase = 'sqlite:x'")).err().unwrap());
        assert!(error.contains("database_file") && !error.contains("sesame"), "{error}");
        let text = format!("amqp_file = '{}'", file.path().display());
        let error = format!("{:#}", resolved(&text).err().unwrap());
        assert!(error.starts_with("amqp:") && !error.contains("sesame"), "{error}");
    }

    #[test]
    fn a_key_file_is_made_once_for_its_owner_alone() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let raw = RawSettings { data: Some(folder.path().join("data")), ..RawSettings::default() };
        let settings = raw.resolve().unwrap();
        settings.make_folders().unwrap();
        let sealed = settings.keyring().unwrap().seal("x", b"value").unwrap();
        assert_eq!(&*settings.keyring().unwrap().open("x", &sealed).unwrap(), b"value");
        let mode = fs::metadata(&settings.master_key_file).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }

    #[test]
    fn processes_that_start_at_once_have_the_same_key() {
        for _ in 0..20 {
            let folder = tempfile::tempdir().unwrap();
            let raw = RawSettings { data: Some(folder.path().join("data")), ..RawSettings::default() };
            let settings = raw.resolve().unwrap();
            settings.make_folders().unwrap();
            let keyrings: Vec<_> = std::thread::scope(|scope| {
                let starts: Vec<_> = (0..8).map(|_| scope.spawn(|| settings.keyring().unwrap())).collect();
                starts.into_iter().map(|start| start.join().unwrap()).collect()
            });
            let sealed = keyrings[0].seal("x", b"value").unwrap();
            for keyring in &keyrings {
                assert_eq!(&*keyring.open("x", &sealed).unwrap(), b"value");
            }
        }
    }
}
