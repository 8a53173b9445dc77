//! `vouch forms`: check the definition of a form before it is used.

use std::path::PathBuf;

use serde_json::json;

use crate::forms::Template;

use super::{EXIT_FAILED, EXIT_OK};

#[derive(clap::Args)]
pub struct Args {
    #[command(subcommand)]
    action: Action,
}

#[derive(clap::Subcommand)]
enum Action {
    /// Check a form's definition and the blank beside it 检查表单定义
    Check {
        /// Definition (`NAME.json`); the blank is `NAME.png` beside it
        #[arg(required = true)]
        files: Vec<PathBuf>,
        /// One JSON object a file
        #[arg(long)]
        json: bool,
    },
}

pub fn run(args: &Args) -> u8 {
    let Action::Check { files, json } = &args.action;
    let mut code = EXIT_OK;
    for path in files {
        match Template::load(path) {
            Ok(template) => {
                let definition = &template.definition;
                let required = definition.fields.iter().filter(|field| field.reported).count();
                if *json {
                    println!(
                        "{}",
                        json!({
                            "file": path, "ok": true, "form": definition.kind.as_str(),
                            "fields": definition.fields.len(), "reported": required,
                            "anchors": definition.anchors.len(),
                            "blank_px_per_mm": template.blank.width() as f32 / definition.width_mm,
                        })
                    );
                } else {
                    println!(
                        "{}: {} with {} fields and {} printed texts",
                        path.display(),
                        definition.kind,
                        definition.fields.len(),
                        definition.anchors.len()
                    );
                }
            }
            Err(error) => {
                code = EXIT_FAILED;
                let message = format!("{:#}", anyhow::Error::new(error));
                if *json {
                    println!("{}", json!({ "file": path, "ok": false, "error": message }));
                } else {
                    eprintln!("vouch: {}: {message}", path.display());
                }
            }
        }
    }
    code
}
