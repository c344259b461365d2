//! A connection whose client must take what is written to it at a least pace.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::time::{Instant, Sleep, sleep};

/// So many bytes at least must be taken in each span of time while there are more to write.
#[derive(Debug, Clone, Copy)]
pub struct Pace {
    /// The bytes.
    pub least_bytes: usize,
    /// The span.
    pub each: Duration,
}

/// A socket that fails when its client is slower than the pace.
///
/// Time is only taken while the system's own buffers are full: who takes answers as they come never starts the clock.
pub struct Paced {
    socket: TcpStream,
    pace: Pace,
    span: Option<Pin<Box<Sleep>>>,
    /// Bytes taken in this span.
    taken_bytes: usize,
}

impl Paced {
    pub fn new(socket: TcpStream, pace: Pace) -> Self {
        Self {
            socket,
            pace,
            span: None,
            taken_bytes: 0,
        }
    }

    /// What becomes of an attempt to write.
    fn paced(
        &mut self,
        context: &mut Context<'_>,
        attempt: Poll<io::Result<usize>>,
    ) -> Poll<io::Result<usize>> {
        if let Poll::Ready(Ok(bytes)) = attempt {
            self.taken_bytes += bytes;
        }
        if attempt.is_ready() {
            return attempt;
        }
        let span = self.span.get_or_insert_with(|| {
            self.taken_bytes = 0;
            Box::pin(sleep(self.pace.each))
        });
        loop {
            ready!(span.as_mut().poll(context));
            if self.taken_bytes < self.pace.least_bytes {
                return Poll::Ready(Err(io::ErrorKind::TimedOut.into()));
            }
            self.taken_bytes = 0;
            span.as_mut().reset(Instant::now() + self.pace.each);
        }
    }
}

impl AsyncRead for Paced {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.socket).poll_read(context, buffer)
    }
}

impl AsyncWrite for Paced {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let attempt = Pin::new(&mut self.socket).poll_write(context, bytes);
        self.paced(context, attempt)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        parts: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let attempt = Pin::new(&mut self.socket).poll_write_vectored(context, parts);
        self.paced(context, attempt)
    }

    fn is_write_vectored(&self) -> bool {
        self.socket.is_write_vectored()
    }

    /// Everything has been handed over: the clock stops.
    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.span = None;
        Pin::new(&mut self.socket).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.socket).poll_shutdown(context)
    }
}
