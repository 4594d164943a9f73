//! Bodies as streams of work: a thread reads the request's body and writes the answer's.
//!
//! The two are joined by bounded channels, so a slow client slows the work and memory stays small.
//! A client that goes away ends the work at its next read or write.

use axum::body::{Body, Bytes};
use std::io::{self, Read};
use std::time::Duration;
use tokio::runtime::Handle;
use tokio::sync::mpsc;
use tokio_stream::StreamExt;
use tokio_stream::wrappers::ReceiverStream;

/// Pieces of a body that have come and are not read yet.
const PIECES_IN: usize = 16;
/// Bytes of a piece of the answer.
const PIECE: usize = 64 << 10;
/// Pieces of the answer that wait for the client. A client that sends its whole body before it
/// reads needs room for the answer: 64 MiB.
const PIECES_OUT: usize = 1024;

/// A body to be read on a thread that may wait.
pub struct BodyReader {
    pieces: mpsc::Receiver<Result<Bytes, axum::Error>>,
    piece: Bytes,
}

impl BodyReader {
    /// Reads a body; call it on the runtime.
    pub fn new(body: Body) -> Self {
        let (sender, pieces) = mpsc::channel(PIECES_IN);
        tokio::spawn(async move {
            let mut body = body.into_data_stream();
            while let Some(piece) = body.next().await {
                let is_end = piece.is_err();
                // Nobody reads on: the rest of the body is left to the connection.
                if sender.send(piece).await.is_err() || is_end {
                    break;
                }
            }
        });
        Self { pieces, piece: Bytes::new() }
    }
}

impl Read for BodyReader {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        while self.piece.is_empty() {
            match self.pieces.blocking_recv() {
                None => return Ok(0),
                Some(piece) => self.piece = piece.map_err(io::Error::other)?,
            }
        }
        let length = self.piece.len().min(out.len());
        out[..length].copy_from_slice(&self.piece.split_to(length));
        Ok(length)
    }
}

/// A body to be written on a thread that may wait.
pub struct BodyWriter {
    pieces: mpsc::Sender<io::Result<Bytes>>,
    runtime: Handle,
    /// Longest time that the client may read nothing.
    patience: Duration,
}

impl BodyWriter {
    /// A writer and the body that it writes; call it on the runtime.
    pub fn new(patience: Duration) -> (Self, Body) {
        let (pieces, receiver) = mpsc::channel(PIECES_OUT);
        let body = Body::from_stream(ReceiverStream::new(receiver));
        (Self { pieces, runtime: Handle::current(), patience }, body)
    }

    /// Sends bytes; waits while the client has enough of them.
    ///
    /// # Errors
    /// When the client has gone, or reads nothing for too long.
    pub fn send(&self, bytes: &[u8]) -> io::Result<()> {
        bytes.chunks(PIECE).try_for_each(|piece| self.send_piece(Ok(Bytes::copy_from_slice(piece))))
    }

    /// Breaks the answer off, so that the client does not take it for whole.
    pub fn break_off(&self, error: io::Error) {
        // A client that has gone does not miss it.
        let _ = self.send_piece(Err(error));
    }

    fn send_piece(&self, piece: io::Result<Bytes>) -> io::Result<()> {
        let sent = self.pieces.send_timeout(piece, self.patience);
        self.runtime.block_on(sent).map_err(|_| io::ErrorKind::BrokenPipe.into())
    }
}
