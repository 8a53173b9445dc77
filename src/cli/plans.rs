//! `vouch plans`: list, show and check plans.

use std::path::{Path, PathBuf};

use serde_json::json;

use crate::{
    domain::{FindingCode, Message},
    rules::{Plan, PlanLibrary},
};

use super::{EXIT_FAILED, EXIT_OK, table};

#[derive(clap::Args)]
pub struct Args {
    #[command(subcommand)]
    action: Action,
}

#[derive(clap::Subcommand)]
enum Action {
    /// Check plans' files before they are used 校验计划文件
    Check {
        #[arg(required = true)]
        files: Vec<PathBuf>,
        /// One JSON object a file
        #[arg(long)]
        json: bool,
    },
    /// List the plans that are installed 列出计划
    List {
        /// A JSON array
        #[arg(long)]
        json: bool,
    },
    /// Show a plan's conditions, documents and lists 查看计划
    Show {
        /// NAME or NAME@VERSION
        name: String,
    },
}

/// `folder` has the installed plans besides those that are built in.
pub fn run(args: &Args, folder: &Path) -> anyhow::Result<u8> {
    match &args.action {
        Action::Check { files, json } => Ok(check(files, *json)),
        Action::List { json } => {
            list(&PlanLibrary::with_folder(folder)?, *json);
            Ok(EXIT_OK)
        }
        Action::Show { name } => {
            let library = PlanLibrary::with_folder(folder)?;
            let (name, version) = name.split_once('@').map_or((name.as_str(), None), |(n, v)| (n, Some(v)));
            print!("{}", show(library.find(name, version, jiff::civil::Date::MAX)?));
            Ok(EXIT_OK)
        }
    }
}

fn check(files: &[PathBuf], as_json: bool) -> u8 {
    let mut code = EXIT_OK;
    for path in files {
        match Plan::load(path) {
            Ok(plan) if as_json => println!(
                "{}",
                json!({
                    "file": path, "ok": true, "id": plan.id, "version": plan.version, "sha256": plan.sha256,
                    "conditions": plan.conditions.len(), "slots": plan.slots.len(),
                    "without_reason": unworded(&plan),
                })
            ),
            Ok(plan) => {
                println!(
                    "{}: {} version {}, {} conditions, {} slots, {} lists",
                    path.display(),
                    plan.id,
                    plan.version,
                    plan.conditions.len(),
                    plan.slots.len(),
                    plan.lists.len()
                );
                let unworded = unworded(&plan);
                if !unworded.is_empty() {
                    println!("  no draft reason for: {}", unworded.join(", "));
                }
            }
            Err(error) => {
                code = EXIT_FAILED;
                let message = format!("{:#}", anyhow::Error::new(error));
                if as_json {
                    println!("{}", json!({ "file": path, "ok": false, "error": message }));
                } else {
                    eprintln!("vouch: {message}");
                }
            }
        }
    }
    code
}

/// Codes for which the plan has no words to the applicant; the finding's own message is used then.
fn unworded(plan: &Plan) -> Vec<&'static str> {
    // Good to know, never a reason: the file's name, and the sides of a card.
    let silent = [FindingCode::IntakeExtensionMismatch];
    let codes = FindingCode::ALL.iter().filter(|code| !silent.contains(code));
    codes
        .filter(|code| !plan.reasons.iter().any(|reason| reason.codes.contains(code)))
        .map(|c| c.as_str())
        .collect()
}

fn list(library: &PlanLibrary, as_json: bool) {
    if as_json {
        let plans: Vec<_> = library
            .all()
            .iter()
            .map(|plan| {
                json!({
                    "id": plan.id, "version": plan.version, "valid_from": plan.valid_from.to_string(),
                    "valid_until": plan.valid_until.map(|day| day.to_string()), "title": plan.title,
                    "aliases": plan.aliases, "sha256": plan.sha256,
                })
            })
            .collect();
        println!("{}", serde_json::Value::from(plans));
        return;
    }
    let rows = library.all().iter().map(|plan| {
        let until = plan.valid_until.map(|day| day.to_string()).unwrap_or_default();
        vec![plan.id.clone(), plan.version.clone(), plan.valid_from.to_string(), until, plan.title.zh.clone()]
    });
    println!("{}", table::plain(&["plan", "version", "from", "until", "title"], rows));
}

/// A plan as a person reads it.
fn show(plan: &Plan) -> String {
    let both = |message: &Message| format!("{}  {}", message.zh, message.en);
    let mut out = format!("{} {}  {}\n{}\n", plan.id, plan.version, both(&plan.title), plan.sha256);
    for condition in &plan.conditions {
        out += &format!("\n{}. {}\n   {}\n", condition.number, both(&condition.title), condition.guide);
        if let Some(work) = &condition.work {
            let after = if work.after_certificate { " after the prior certificate" } else { "" };
            out += &format!("   {} months of work{after}: {}\n", work.months, work.lists.join(", "));
        }
        if let Some(certificate) = &condition.certificate {
            out +=
                &format!("   certificate of level {}: {}\n", certificate.level, certificate.lists.join(", "));
        }
        for school in condition.education.iter().flat_map(|education| &education.schools) {
            let words = if school.words.is_empty() { "…".to_owned() } else { school.words.join(" ") };
            out += &format!("   {} ({words}): {}\n", both(&school.title), school.majors);
        }
    }
    let rows = plan.slots.iter().map(|slot| {
        let conditions: Vec<String> = slot.conditions.iter().map(u8::to_string).collect();
        let when = if conditions.is_empty() { "always".to_owned() } else { conditions.join(", ") };
        let accepts: Vec<&str> = slot.accepts.iter().map(|kind| kind.as_str()).collect();
        let required = if slot.required { "yes" } else { "no" };
        vec![slot.label.zh.clone(), when, required.to_owned(), accepts.join("\n"), slot.guide.clone()]
    });
    out += &format!("\n{}\n", table::plain(&["document", "condition", "required", "taken", "guide"], rows));
    for list in plan.lists.values() {
        let open = if list.open { " …" } else { "" };
        out += &format!("\n{}: {}\n  {}{open}\n", list.name, both(&list.title), list.items.join(" "));
    }
    out
}
