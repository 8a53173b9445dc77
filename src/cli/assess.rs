//! `vouch assess`.

use std::{
    io::IsTerminal,
    path::{Path, PathBuf},
};

use anyhow::Context;
use jiff::{ZonedDateTime, civil::Date};

use crate::{
    domain::{Application, Outcome, UploadedFile},
    inference::ModelCatalogue,
    rules::{Bench, EmployerList, EmployerRegister, Plan, PlanError, PlanLibrary},
};

use super::{EXIT_OK, EXIT_UNREADABLE, application_table};

#[derive(clap::Args)]
pub struct Args {
    /// Folder with an application.json and the files that it names
    folder: PathBuf,
    /// The application report as one JSON object
    #[arg(long)]
    json: bool,
    /// The plan to judge by, NAME or NAME@VERSION [default: the one that the application names]
    #[arg(long, value_name = "NAME")]
    plan: Option<String>,
    /// Register of employers, a CSV file of name,founded,dissolved
    #[arg(long, value_name = "FILE")]
    employers: Option<PathBuf>,
    /// The day that validity is judged by, YYYY-MM-DD [default: that of submission, or today]
    #[arg(long)]
    today: Option<Date>,
}

pub fn run(args: &Args, catalogue: &ModelCatalogue) -> anyhow::Result<u8> {
    let path = args.folder.join("application.json");
    let text = std::fs::read_to_string(&path).with_context(|| format!("reading {}", path.display()))?;
    let application: Application =
        serde_json::from_str(&text).with_context(|| format!("{} is no application", path.display()))?;
    let submitted = application.submitted_on.as_deref().and_then(|day| day.parse().ok());
    let today = args.today.or(submitted).unwrap_or_else(|| ZonedDateTime::now().date());
    let library = PlanLibrary::with_folder(&catalogue.plans())?;
    let plan = choose(&library, args.plan.as_deref(), &application, submitted.unwrap_or(today))?;
    let register = args.employers.as_deref().map(employers).transpose()?;
    let bench = Bench { plan, today, register: register.as_ref().map(|list| list as &dyn EmployerRegister) };
    let load = |file: &UploadedFile| {
        let path = args.folder.join(&file.file);
        std::fs::read(&path).unwrap_or_else(|error| {
            eprintln!("vouch: {}: {error}", path.display());
            Vec::new()
        })
    };
    let pipeline = super::open(catalogue)?;
    let report = pipeline.assess(&application, load, &bench).context("reading the application")?;
    if args.json {
        println!("{}", serde_json::to_string(&report)?);
    } else {
        println!("{}", application_table::report(&report, std::io::stdout().is_terminal()));
    }
    let unreadable = report.documents.iter().any(|document| document.outcome == Outcome::Unreadable);
    Ok(if unreadable { EXIT_UNREADABLE } else { EXIT_OK })
}

/// The plan that the application is bound to. One that names none, or one that nobody knows, is judged by
/// the only plan there is, and that is said.
fn choose<'a>(
    library: &'a PlanLibrary,
    wanted: Option<&str>,
    application: &Application,
    filed_on: Date,
) -> Result<Option<&'a Plan>, PlanError> {
    if let Some(wanted) = wanted {
        let (name, version) =
            wanted.split_once('@').map_or((wanted, None), |(name, version)| (name, Some(version)));
        return library.find(name, version, filed_on).map(Some);
    }
    let version = application.plan_version.as_deref();
    if library.get(&application.plan).is_some() {
        return library.find(&application.plan, version, filed_on).map(Some);
    }
    let Some(only) = library.only() else {
        eprintln!(
            "vouch: plan {:?} is not known: no rules of a plan are applied; choose one with --plan",
            application.plan
        );
        return Ok(None);
    };
    eprintln!("vouch: plan {:?} is not known; judged by {only}, the only plan there is", application.plan);
    library.find(only, None, filed_on).map(Some)
}

fn employers(path: &Path) -> anyhow::Result<EmployerList> {
    let text = std::fs::read_to_string(path).with_context(|| format!("reading {}", path.display()))?;
    EmployerList::parse(&text).with_context(|| format!("reading {}", path.display()))
}
