//! A request to a scheduler's own pages: what it is, and the tables that it keeps.

use http_body_util::{BodyExt, Full};
use hyper::body::Bytes;
use hyper::{Method, Request, StatusCode, header};
use hyper_util::rt::TokioIo;
use std::time::Duration;
use tokio::net::TcpStream;
use tokio::time::timeout;

/// Time for a connection to come about.
const CONNECT: Duration = Duration::from_secs(5);

/// Asks `address` (`HOST:PORT`) and waits for the whole answer, at most `patience`.
///
/// # Errors
/// When nobody answers, in words.
pub async fn ask(
    address: &str,
    method: Method,
    path: &str,
    body: Bytes,
    patience: Duration,
) -> Result<(StatusCode, Bytes), String> {
    let connected = timeout(CONNECT, TcpStream::connect(address)).await;
    let stream = connected
        .map_err(|_| format!("no connection within {} s", CONNECT.as_secs()))?
        .map_err(|error| error.to_string())?;
    let talk = talk(stream, address, method, path, body);
    timeout(patience, talk)
        .await
        .map_err(|_| format!("no answer within {} s", patience.as_secs()))?
        .map_err(|error| format!("it does not speak HTTP as a scheduler does ({error})"))
}

async fn talk(
    stream: TcpStream,
    address: &str,
    method: Method,
    path: &str,
    body: Bytes,
) -> Result<(StatusCode, Bytes), Box<dyn std::error::Error + Send + Sync>> {
    let io = TokioIo::new(stream);
    let (mut sender, connection) = hyper::client::conn::http1::handshake(io).await?;
    let connection = tokio::spawn(connection);
    let request = Request::builder()
        .method(method)
        .uri(path)
        .header(header::HOST, address)
        .body(Full::new(body))?;
    let answer = sender.send_request(request).await?;
    let status = answer.status();
    let body = answer.into_body().collect().await?.to_bytes();
    connection.abort();
    Ok((status, body))
}
