//! The command line: the composition root.

mod accounts;
mod annotate;
mod application_table;
mod assess;
mod audit;
mod batch;
mod bench;
mod calibrate;
mod check;
mod config;
mod corrections;
mod eval;
mod eval_applications;
mod forms;
mod health;
mod jobs;
mod keys;
mod models;
mod pairs;
mod plans;
mod purge;
mod read;
mod reader;
mod score;
mod serve;
mod service;
mod settings;
mod stub;
mod table;
mod telemetry;
mod tokens;
mod webhooks;
mod worker;

use std::{path::PathBuf, process::ExitCode};

use anyhow::Context;
use clap::{CommandFactory, Parser, Subcommand};
use clap_complete::Shell;

use crate::{imaging::Limits, inference::ModelCatalogue, pipeline::Pipeline};

/// Every file was read, whatever was found.
const EXIT_OK: u8 = 0;
/// The program or its installation failed.
const EXIT_FAILED: u8 = 1;
/// At least one file could not be read; its report was printed all the same.
const EXIT_UNREADABLE: u8 = 3;

/// Reads the papers of vocational-certificate applications: quality, kind, fields, findings.
/// 读取职业技能认定申报材料：清晰度、材料类型、字段与问题。
#[derive(Parser)]
#[command(name = "vouch", version, arg_required_else_help = true)]
struct Cli {
    /// Folder of the fetched model files [default: models/cache beside the program or the source]
    #[arg(long, global = true, env = "VOUCH_MODELS", value_name = "DIR")]
    models: Option<PathBuf>,
    /// Files read at once [default: one for each core]
    #[arg(long, global = true, env = "VOUCH_THREADS", value_name = "N")]
    threads: Option<usize>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Read uploads through the whole pipeline 检查上传的材料
    Check(check::Args),
    /// Read a whole application and hold its papers against each other 核对一份完整申请
    Assess(assess::Args),
    /// Plain OCR and codes of any picture 识别任意图片中的文字和二维码
    Read(read::Args),
    /// Score the pipeline on folders of samples with truth 在带标注的样本上评分
    Eval(eval::Args),
    /// Fit the confidence curves to samples with truth 用带标注的样本校准置信度
    Calibrate(calibrate::Args),
    /// Time the pipeline on files of yours, or the service's queue 测速
    Bench(bench::Args),
    /// List the model files and check that they are the pinned ones 列出并校验模型文件
    Models(models::Args),
    /// Check definitions of handwritten forms 检查手写表单的定义
    Forms(forms::Args),
    /// List, show and check plans 列出、查看和校验认定计划
    Plans(plans::Args),
    /// HTTP API with embedded workers on SQLite; nothing else needs to run 启动服务
    Serve(Box<serve::Args>),
    /// Workers alone, on the database of a service 独立的工作进程
    Worker(Box<worker::Args>),
    /// Jobs of the service: list, show, retry, drop 查看和处理任务
    Jobs(Box<jobs::Args>),
    /// Webhooks of the service: endpoints, list, show, retry 查看和重发事件推送
    Webhooks(Box<webhooks::Args>),
    /// API tokens of the service 管理接口令牌
    Tokens(Box<tokens::Args>),
    /// People who use the console 管理审核人员账号
    Accounts(Box<accounts::Args>),
    /// Erase applications, or hold them against it 清除申请数据或设置保全
    Purge(Box<purge::Args>),
    /// Rotate the master key of the service 轮换主密钥
    Keys(Box<keys::Args>),
    /// What reviewers corrected, for calibration 审核人员的更正，用于校准
    Corrections(Box<corrections::Args>),
    /// Verify or export the audit of the service 校验或导出审计记录
    Audit(Box<audit::Args>),
    /// Check the service's configuration 检查服务配置
    Config(config::Args),
    /// Ask a running process of the service how it is 检查服务进程状态
    Health(health::Args),
    /// A confined process that reads documents for a worker; started by it, never by hand
    #[command(hide = true)]
    Reader(reader::Args),
    /// Print completions for a shell 输出命令补全脚本
    Completions { shell: Shell },
}

/// Runs the command line of this process.
pub fn run() -> ExitCode {
    let cli = Cli::parse();
    match dispatch(cli) {
        Ok(code) => ExitCode::from(code),
        Err(error) => {
            eprintln!("vouch: {error:#}");
            ExitCode::from(EXIT_FAILED)
        }
    }
}

fn dispatch(cli: Cli) -> anyhow::Result<u8> {
    if let Some(threads) = cli.threads {
        rayon::ThreadPoolBuilder::new().num_threads(threads).build_global().context("setting up threads")?;
    }
    let catalogue = ModelCatalogue::new(cli.models.unwrap_or_else(ModelCatalogue::default_folder))?;
    match cli.command {
        Command::Models(args) => models::run(&args, &catalogue),
        Command::Forms(args) => Ok(forms::run(&args)),
        Command::Plans(args) => plans::run(&args, &catalogue.plans()),
        Command::Completions { shell } => {
            clap_complete::generate(shell, &mut Cli::command(), "vouch", &mut std::io::stdout());
            Ok(EXIT_OK)
        }
        Command::Check(args) => check::run(&args, &open(&catalogue)?),
        Command::Assess(args) => assess::run(&args, &catalogue),
        Command::Read(args) => read::run(&args, &open(&catalogue)?),
        Command::Eval(args) => eval::run(&args, &open(&catalogue)?, &catalogue.plans()),
        Command::Calibrate(args) => calibrate::run(&args, open(&catalogue)?),
        Command::Serve(args) => serve::run(&args, &catalogue),
        Command::Worker(args) => worker::run(&args, &catalogue),
        Command::Jobs(args) => jobs::run(&args),
        Command::Webhooks(args) => webhooks::run(&args),
        Command::Tokens(args) => tokens::run(&args),
        Command::Accounts(args) => accounts::run(&args),
        Command::Purge(args) => purge::run(&args),
        Command::Keys(args) => keys::run(&args),
        Command::Corrections(args) => corrections::run(&args),
        Command::Audit(args) => audit::run(&args),
        Command::Config(args) => config::run(&args),
        Command::Health(args) => health::run(&args),
        Command::Reader(args) => reader::run(&args, &catalogue),
        Command::Bench(args) => bench::run(&args, &catalogue),
    }
}

fn open(catalogue: &ModelCatalogue) -> anyhow::Result<Pipeline> {
    Pipeline::open(catalogue, Limits::default()).context("opening the pipeline")
}
