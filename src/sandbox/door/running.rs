//! The Node at work: the server, and beside it the sender of receipts and the probes of stations that are stood in for.

use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use actix_web::dev::{Server, ServerHandle};
use tokio::task::JoinSet;

use crate::sandbox::node::Node;
use crate::sandbox::receipts;

/// What is on its way when the server has ended gets so long for its answer.
const GRACE: Duration = Duration::from_secs(20);

/// A Node that serves when it is awaited.
pub struct Running {
    handle: ServerHandle,
    work: Pin<Box<dyn Future<Output = std::io::Result<()>>>>,
}

impl Running {
    pub(super) fn new(node: &Node, server: Server) -> Running {
        let (node, handle) = (node.clone(), server.handle());
        let work = async move {
            // Dropped with this future, and the sender and the probes with them.
            let (mut sender, mut probes) = (JoinSet::new(), JoinSet::new());
            probes.spawn(node.clone().probe_stations());
            sender.spawn(receipts::run(node.clone()));
            let ended = server.await;
            node.queue.stop();
            let _ = tokio::time::timeout(GRACE, sender.join_next()).await;
            ended
        };
        Running { handle, work: Box::pin(work) }
    }

    /// By which it is stopped.
    pub fn handle(&self) -> ServerHandle {
        self.handle.clone()
    }
}

impl Future for Running {
    type Output = std::io::Result<()>;
    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        self.work.as_mut().poll(context)
    }
}
