//! Hears what other servers commit.

use super::link::Link;
use super::read::{COUNTERS, counters};
use super::write::CHANNEL;
use crate::store::sqlite::tell;
use futures_util::future::poll_fn;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{mpsc, watch};
use tokio_postgres::{AsyncMessage, Error};

/// How long to wait before the next try to connect, from the first failure to the worst.
const FIRST_PAUSE: Duration = Duration::from_millis(100);
const LONGEST_PAUSE: Duration = Duration::from_secs(5);

/// Listens for as long as it is let, and connects again whenever the connection breaks.
pub(super) async fn listen(link: Link, newest: Arc<watch::Sender<u64>>) {
    let mut pause = FIRST_PAUSE;
    loop {
        let mut heard = false;
        if let Err(error) = hear(&link, &newest, &mut heard).await {
            tracing::debug!("{}: not listening: {error}", link.name);
        }
        pause = if heard { FIRST_PAUSE } else { (pause * 2).min(LONGEST_PAUSE) };
        tokio::time::sleep(pause).await;
    }
}

/// Listens until the connection breaks; `heard` tells that it once worked.
async fn hear(link: &Link, newest: &watch::Sender<u64>, heard: &mut bool) -> Result<(), Error> {
    let (client, mut connection) = link.config.connect(link.tls.clone()).await?;
    let (sender, mut numbers) = mpsc::unbounded_channel();
    // The connection works only while it is polled, and ends with the client.
    tokio::spawn(async move {
        while let Some(Ok(message)) = poll_fn(|context| connection.poll_message(context)).await {
            if let AsyncMessage::Notification(note) = message
                && let Ok(seq) = note.payload().parse::<u64>()
                && sender.send(seq).is_err()
            {
                break;
            }
        }
    });
    client.batch_execute(&format!("LISTEN {CHANNEL}")).await?;
    *heard = true;
    // What was committed while nobody listened.
    tell(newest, counters(&client.query_one(COUNTERS, &[]).await?)?.last_seq);
    while let Some(seq) = numbers.recv().await {
        tell(newest, seq);
    }
    Ok(())
}
