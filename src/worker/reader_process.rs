//! One reader process, from start to end.

use std::{ffi::OsString, io, path::PathBuf, process::Stdio, time::Duration};

use image::{ImageFormat, ImageReader};
use thiserror::Error;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    process::{Child, ChildStdin, ChildStdout, Command},
    time::timeout,
};

use crate::{
    imaging::{PICTURE_SIDE, PageLayer, PagePicture, Pictures},
    reader::{LayerSize, PictureSize, ReadRequest, Ready, Reply, frame},
};

/// How long a reader that closed its pipe may take to end before its end is not waited for.
const END_TIMEOUT: Duration = Duration::from_secs(1);

/// How readers are started.
#[derive(Debug, Clone)]
pub struct ReaderCommand {
    pub program: PathBuf,
    pub arguments: Vec<OsString>,
    /// All that a reader is told of the environment: no key and no token of the service is in it.
    pub environment: Vec<(OsString, OsString)>,
}

/// Why a reader gave no answer.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub(super) enum Silence {
    #[error("the reader took too long")]
    TimedOut,
    /// How it ended: a signal or an exit code.
    #[error("the reader ended: {0}")]
    Ended(String),
    #[error("the reader cannot be started: {0}")]
    NotStarted(String),
}

/// A warm reader.
pub(super) struct ReaderProcess {
    child: Child,
    input: ChildStdin,
    output: ChildStdout,
    pub(super) ready: Ready,
    /// Documents that it has read.
    pub(super) documents: u32,
}

impl ReaderProcess {
    /// Starts a reader and waits until its models are open.
    pub(super) async fn start(command: &ReaderCommand, patience: Duration) -> Result<Self, Silence> {
        let failed = |error: io::Error| Silence::NotStarted(error.kind().to_string());
        let mut child = Command::new(&command.program)
            .args(&command.arguments)
            .env_clear()
            .envs(command.environment.iter().cloned())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            // Libraries print what they stumble over, and that may be what stands on a paper.
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .map_err(failed)?;
        let (Some(input), Some(mut output)) = (child.stdin.take(), child.stdout.take()) else {
            return Err(Silence::NotStarted("no pipes".to_owned()));
        };
        let said = timeout(patience, receive(&mut output)).await;
        match said {
            Ok(Ok(Reply::Ready(ready))) => Ok(Self { child, input, output, ready, documents: 0 }),
            Ok(Ok(_)) => Err(Silence::NotStarted("it speaks another protocol".to_owned())),
            Ok(Err(_)) => Err(Silence::NotStarted(end_of(&mut child).await)),
            Err(_) => Err(Silence::NotStarted("it took too long".to_owned())),
        }
    }

    /// Has a document read. After an error this reader is of no more use.
    pub(super) async fn ask(
        &mut self,
        request: &ReadRequest,
        bytes: &[u8],
        patience: Duration,
    ) -> Result<(Reply, Pictures), Silence> {
        let request = serde_json::to_vec(request).unwrap_or_default();
        let talk = async {
            for part in [&request[..], bytes] {
                self.input.write_all(&frame::header(part.len())?).await?;
                self.input.write_all(part).await?;
            }
            self.input.flush().await?;
            let reply = receive(&mut self.output).await?;
            let mut pictures = Pictures::default();
            if let Reply::Pictured(_, pages, layers) = &reply {
                for size in pages {
                    pictures.pages.push(checked(size, receive_frame(&mut self.output).await?)?);
                }
                for size in layers {
                    pictures.layers.push(checked_layer(size, receive_frame(&mut self.output).await?)?);
                }
            }
            Ok::<_, io::Error>((reply, pictures))
        };
        match timeout(patience, talk).await {
            Ok(Ok(reply)) => {
                self.documents += 1;
                Ok(reply)
            }
            Ok(Err(_)) => Err(Silence::Ended(end_of(&mut self.child).await)),
            Err(_) => Err(Silence::TimedOut),
        }
    }
}

async fn receive(output: &mut ChildStdout) -> io::Result<Reply> {
    Ok(serde_json::from_slice(&receive_frame(output).await?)?)
}

async fn receive_frame(output: &mut ChildStdout) -> io::Result<Vec<u8>> {
    let mut header = [0; 4];
    output.read_exact(&mut header).await?;
    let mut bytes = vec![0; frame::length(header)?];
    output.read_exact(&mut bytes).await?;
    Ok(bytes)
}

/// A picture, if it is what the reader says: an upload that took a reader over could send anything.
fn checked(size: &PictureSize, jpeg: Vec<u8>) -> io::Result<PagePicture> {
    let (width, height) = (size.width, size.height);
    check_size(&jpeg, ImageFormat::Jpeg, (width, height))?;
    Ok(PagePicture { page: size.page, width, height, jpeg, print: size.print.clone() })
}

/// The same of a layer.
fn checked_layer(size: &LayerSize, png: Vec<u8>) -> io::Result<PageLayer> {
    let (width, height) = (size.width, size.height);
    check_size(&png, ImageFormat::Png, (width, height))?;
    Ok(PageLayer { page: size.page, kind: size.kind, width, height, png })
}

fn check_size(bytes: &[u8], format: ImageFormat, said: (u32, u32)) -> io::Result<()> {
    let fault = || io::Error::new(io::ErrorKind::InvalidData, "no picture of a page");
    let reader = ImageReader::with_format(io::Cursor::new(bytes), format);
    let size = reader.into_dimensions().map_err(|_| fault())?;
    if size == said && size.0.max(size.1) <= PICTURE_SIDE { Ok(()) } else { Err(fault()) }
}

/// How a child ended; it is killed if it has not.
async fn end_of(child: &mut Child) -> String {
    if let Ok(Ok(status)) = timeout(END_TIMEOUT, child.wait()).await {
        return status.to_string();
    }
    // It is killed again when it is dropped.
    let _ = child.start_kill();
    "it broke the protocol".to_owned()
}
