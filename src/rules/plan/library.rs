//! The plans at hand: those built in, and those of a folder.

use std::path::{Path, PathBuf};

use jiff::civil::Date;
use thiserror::Error;

use super::{Plan, PlanFaults};

/// Plans that the program knows without any file. A file of the same name and version takes their place.
const BUILT_IN: &[(&str, &str)] =
    &[("dianzishangwushi-4.toml", include_str!("../../../models/plans/dianzishangwushi-4.toml"))];

/// Why plans cannot be used.
#[derive(Debug, Error)]
pub enum PlanError {
    #[error("{path} cannot be read")]
    Unreadable { path: PathBuf, source: std::io::Error },
    #[error("{path} is no plan:\n{faults}")]
    Faulty { path: PathBuf, faults: PlanFaults },
    #[error("{first} and {second} are the same version of one plan")]
    Twice { first: String, second: String },
    #[error("there is no plan {name:?}; there are: {known}")]
    Unknown { name: String, known: String },
    #[error("plan {name} has no version {version:?}; it has: {known}")]
    UnknownVersion { name: String, version: String, known: String },
}

/// Plans by name and version.
#[derive(Debug, Clone, PartialEq)]
pub struct PlanLibrary {
    /// Sorted by name, then by first day.
    plans: Vec<Plan>,
}

impl PlanLibrary {
    /// # Errors
    /// [`PlanError::Faulty`] when the program was built with a broken plan.
    pub fn built_in() -> Result<Self, PlanError> {
        let parse = |(name, text): &(&str, &str)| {
            Plan::parse(text).map_err(|faults| PlanError::Faulty { path: name.into(), faults })
        };
        Ok(Self { plans: BUILT_IN.iter().map(parse).collect::<Result<_, _>>()? })
    }

    /// Those and every `*.toml` of a folder, which may be missing.
    ///
    /// # Errors
    /// When a plan in it cannot be used.
    pub fn with_folder(folder: &Path) -> Result<Self, PlanError> {
        let mut library = Self::built_in()?;
        let Ok(entries) = std::fs::read_dir(folder) else { return Ok(library) };
        let mut paths: Vec<PathBuf> = entries
            .filter_map(|entry| Some(entry.ok()?.path()))
            .filter(|path| path.extension().is_some_and(|extension| extension == "toml"))
            .collect();
        paths.sort();
        let added = paths.iter().map(|path| load(path)).collect::<Result<Vec<Plan>, _>>()?;
        for (index, plan) in added.iter().enumerate() {
            if let Some(same) = added[..index].iter().position(|other| is_same(other, plan)) {
                let name = |index: usize| paths[index].display().to_string();
                return Err(PlanError::Twice { first: name(same), second: name(index) });
            }
        }
        for plan in added {
            library.add(plan);
        }
        Ok(library)
    }

    /// Adds a plan, or puts it in the place of the same version.
    pub fn add(&mut self, plan: Plan) {
        self.plans.retain(|known| !is_same(known, &plan));
        self.plans.push(plan);
        self.plans.sort_by(|a, b| (&a.id, a.valid_from).cmp(&(&b.id, b.valid_from)));
    }

    /// Every version of every plan.
    pub fn all(&self) -> &[Plan] {
        &self.plans
    }

    /// The newest version of a plan, by its name or one of its aliases.
    pub fn get(&self, name: &str) -> Option<&Plan> {
        self.versions(name).next_back()
    }

    /// Whether there is one plan only, in however many versions.
    pub fn only(&self) -> Option<&str> {
        let first = self.plans.first()?;
        self.plans.iter().all(|plan| plan.id == first.id).then_some(&first.id)
    }

    /// The version of a plan that an application is bound to: the one it names, else the one of the day
    /// on which it was filed, else the newest.
    ///
    /// # Errors
    /// When there is no such plan or version.
    pub fn find(&self, name: &str, version: Option<&str>, filed_on: Date) -> Result<&Plan, PlanError> {
        let newest = self.get(name).ok_or_else(|| PlanError::Unknown {
            name: name.to_owned(),
            known: self.plans.iter().map(|plan| plan.id.as_str()).collect::<Vec<_>>().join(", "),
        })?;
        if let Some(version) = version {
            return self.versions(name).find(|plan| plan.version == version).ok_or_else(|| {
                let known: Vec<&str> = self.versions(name).map(|plan| plan.version.as_str()).collect();
                PlanError::UnknownVersion {
                    name: newest.id.clone(),
                    version: version.to_owned(),
                    known: known.join(", "),
                }
            });
        }
        let open = |plan: &&Plan| {
            plan.valid_from <= filed_on && plan.valid_until.is_none_or(|until| filed_on <= until)
        };
        Ok(self.versions(name).rfind(open).unwrap_or(newest))
    }

    fn versions(&self, name: &str) -> impl DoubleEndedIterator<Item = &Plan> {
        let is = |plan: &&Plan| plan.id == name || plan.aliases.iter().any(|alias| alias == name);
        self.plans.iter().filter(is).collect::<Vec<_>>().into_iter()
    }
}

fn is_same(a: &Plan, b: &Plan) -> bool {
    a.id == b.id && a.version == b.version
}

/// Reads one file.
fn load(path: &Path) -> Result<Plan, PlanError> {
    let text = std::fs::read_to_string(path)
        .map_err(|source| PlanError::Unreadable { path: path.to_owned(), source })?;
    Plan::parse(&text).map_err(|faults| PlanError::Faulty { path: path.to_owned(), faults })
}

impl Plan {
    /// Reads a plan's file from disk.
    ///
    /// # Errors
    /// When it cannot be read or has faults.
    pub fn load(path: &Path) -> Result<Self, PlanError> {
        load(path)
    }
}
