//! [`Model`] on the ONNX runtime.

use std::{
    num::NonZero,
    path::{Path, PathBuf},
    sync::{Condvar, Mutex, OnceLock, PoisonError},
    thread,
};

use ort::{
    environment::Environment,
    ep,
    logging::LogLevel,
    session::{Session, builder::GraphOptimizationLevel},
    value::{DynValue, TensorRef},
};

use super::{InferenceError, Model, Tensor, free_dimensions};

/// The process's one runtime. ONNX Runtime allows a single environment a process, so the first
/// library path wins; every caller takes it from the same catalogue.
static ENVIRONMENT: OnceLock<Environment> = OnceLock::new();

fn environment(library: &Path) -> Result<&'static Environment, InferenceError> {
    static LOADING: Mutex<()> = Mutex::new(());
    let _guard = LOADING.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(environment) = ENVIRONMENT.get() {
        return Ok(environment);
    }
    let failed = |source: Box<dyn std::error::Error + Send + Sync>| InferenceError::Runtime {
        path: library.display().to_string(),
        source,
    };
    let environment = ort::init_from(library)
        .map_err(|e| failed(e.into()))?
        .with_name("vouch")
        .with_telemetry(false)
        .build()
        .map_err(|e| failed(e.into()))?;
    Ok(ENVIRONMENT.get_or_init(|| environment))
}

/// What is added to a model file that was fetched.
struct Extension {
    path: PathBuf,
    /// The output to ask for.
    output: String,
}

/// A model file, opened lazily into as many one-thread sessions as are in use at once.
pub struct OnnxModel {
    name: String,
    library: PathBuf,
    path: PathBuf,
    /// It was exported for one size and is run at others.
    any_size: bool,
    extension: Option<Extension>,
    sessions: Mutex<Sessions>,
    /// A session was put back.
    returned: Condvar,
}

/// The sessions of one network.
struct Sessions {
    idle: Vec<Session>,
    /// How many more may be opened.
    to_open: usize,
}

impl OnnxModel {
    /// `library` is the ONNX runtime's shared object. Nothing is opened before the first run.
    pub fn new(library: &Path, path: &Path) -> Self {
        Self {
            name: path.file_stem().unwrap_or_default().to_string_lossy().into_owned(),
            library: library.to_owned(),
            path: path.to_owned(),
            any_size: false,
            extension: None,
            sessions: Mutex::new(Sessions { idle: Vec::new(), to_open: usize::MAX }),
            returned: Condvar::new(),
        }
    }

    /// The same network with nodes, weights and an output of our own, which is the one that is read. `path` is a
    /// ModelProto that holds only these (`models/training/recogniser/export.py` writes it): messages of protocol buffers
    /// that are laid end to end merge, so nothing of the fetched file has to be copied into ours.
    #[must_use]
    pub fn extended(self, path: &Path, output: &str) -> Self {
        Self { extension: Some(Extension { path: path.to_owned(), output: output.to_owned() }), ..self }
    }

    /// The same for a network that was exported for one size of its input: it is opened for any.
    #[must_use]
    pub fn for_any_size(self) -> Self {
        Self { any_size: true, ..self }
    }

    /// The same with one session for that many of the machine's threads, at least one, for which they wait: for a network
    /// that is asked so seldom that a session a thread (15 to 35 MB of a recogniser) costs more than the waiting.
    #[must_use]
    pub fn one_for(self, threads: usize) -> Self {
        let all = thread::available_parallelism().map_or(1, NonZero::get);
        let sessions = Sessions { idle: Vec::new(), to_open: all.div_ceil(threads.max(1)) };
        Self { sessions: Mutex::new(sessions), ..self }
    }

    fn open(&self) -> Result<Session, InferenceError> {
        let failed = |source: Box<dyn std::error::Error + Send + Sync>| InferenceError::Load {
            name: self.name.clone(),
            source,
        };
        let environment = environment(&self.library)?;
        // One intra-op thread: the runtime's pool spins, and files are the unit of parallelism here.
        let builder = Session::builder(environment)
            .and_then(|b| Ok(b.with_optimization_level(GraphOptimizationLevel::All)?))
            .and_then(|b| Ok(b.with_intra_threads(1)?))
            // Shapes differ from line to line, so remembered allocation plans only cost memory.
            .and_then(|b| Ok(b.with_memory_pattern(false)?))
            // Nor is an arena kept between runs: the largest page ever seen would stay allocated in
            // every session (814 MB instead of 693 MB when it was measured on a mixed batch with two threads).
            .and_then(|b| {
                Ok(b.with_execution_providers([ep::CPU::default().with_arena_allocator(false).build()])?)
            })
            .map_err(|e| failed(e.into()))?;
        let mut builder = builder;
        if let Some(extension) = &self.extension {
            let read = |path: &Path| std::fs::read(path).map_err(|e| failed(e.into()));
            let mut model = read(&self.path)?;
            model.append(&mut read(&extension.path)?);
            return builder.commit_from_memory(&model).map_err(|e| failed(e.into()));
        }
        if !self.any_size {
            return builder.commit_from_file(&self.path).map_err(|e| failed(e.into()));
        }
        let mut model = std::fs::read(&self.path).map_err(|e| failed(e.into()))?;
        free_dimensions::free(&mut model);
        // Old exporters list their weights as inputs, each of which the runtime would warn about.
        let quiet = || -> ort::Result<_> { Ok(builder.with_log_level(LogLevel::Error)?) };
        let mut builder = quiet().map_err(|e| failed(e.into()))?;
        builder.commit_from_memory(&model).map_err(|e| failed(e.into()))
    }

    fn with_session<T>(
        &self,
        work: impl FnOnce(&mut Session) -> Result<T, InferenceError>,
    ) -> Result<T, InferenceError> {
        let mut session = self.take()?;
        let result = work(&mut session);
        self.put_back(|sessions| sessions.idle.push(session));
        result
    }

    /// An idle session, a new one where one may be opened, or the next that is put back.
    fn take(&self) -> Result<Session, InferenceError> {
        let mut sessions = self.sessions.lock().unwrap_or_else(PoisonError::into_inner);
        loop {
            if let Some(session) = sessions.idle.pop() {
                return Ok(session);
            }
            if sessions.to_open > 0 {
                sessions.to_open -= 1;
                break;
            }
            sessions = self.returned.wait(sessions).unwrap_or_else(PoisonError::into_inner);
        }
        drop(sessions);
        // What could not be opened must not be waited for.
        self.open().inspect_err(|_| self.put_back(|sessions| sessions.to_open += 1))
    }

    fn put_back(&self, change: impl FnOnce(&mut Sessions)) {
        change(&mut self.sessions.lock().unwrap_or_else(PoisonError::into_inner));
        self.returned.notify_one();
    }
}

impl Model for OnnxModel {
    fn run(&self, input: &Tensor) -> Result<Tensor, InferenceError> {
        self.run_first(input, 1).map(|mut outputs| outputs.swap_remove(0))
    }

    fn run_all(&self, input: &Tensor) -> Result<Vec<Tensor>, InferenceError> {
        self.run_first(input, usize::MAX)
    }

    fn metadata(&self, key: &str) -> Option<String> {
        self.with_session(|session| Ok(session.metadata().ok().and_then(|m| m.custom(key)))).ok().flatten()
    }
}

impl OnnxModel {
    /// At most `count` outputs, at least one.
    fn run_first(&self, input: &Tensor, count: usize) -> Result<Vec<Tensor>, InferenceError> {
        self.with_session(|session| {
            let failed = |source: Box<dyn std::error::Error + Send + Sync>| InferenceError::Run {
                name: self.name.clone(),
                shape: input.shape.clone(),
                source,
            };
            let tensor = TensorRef::from_array_view((input.shape.as_slice(), input.values.as_slice()))
                .map_err(|e| failed(e.into()))?;
            let outputs = session.run(ort::inputs![tensor]).map_err(|e| failed(e.into()))?;
            let tensor = |value: &DynValue| {
                let (shape, values) = value.try_extract_tensor::<f32>().map_err(|e| failed(e.into()))?;
                let shape = shape.iter().map(|&d| usize::try_from(d).unwrap_or(0)).collect();
                Ok(Tensor::new(shape, values.to_vec()))
            };
            match &self.extension {
                Some(extension) => {
                    let missing = || InferenceError::Shape {
                        name: self.name.clone(),
                        shape: Vec::new(),
                        expected: "an extension with its own output",
                    };
                    Ok(vec![tensor(outputs.get(&extension.output).ok_or_else(missing)?)?])
                }
                None => (0..outputs.len().min(count)).map(|at| tensor(&outputs[at])).collect(),
            }
        })
    }
}
