//! A client on the wire: one connection on loopback that is kept open, one request at a time.

use super::{Fault, load::Ask};
use std::{io, net::SocketAddr};
use tokio::net::TcpStream;

/// Largest head of an answer, bytes.
const HEAD_MAX_BYTES: usize = 16 * 1024;

/// An open connection.
pub(super) struct Wire {
    stream: TcpStream,
    address: SocketAddr,
    read: Vec<u8>,
}

impl Wire {
    /// Connects.
    pub(super) async fn connect(address: SocketAddr) -> Result<Self, Fault> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        Ok(Self { stream, address, read: Vec::with_capacity(HEAD_MAX_BYTES) })
    }

    /// The bytes of a request.
    pub(super) fn encode(&self, ask: &Ask, token: &str) -> Vec<u8> {
        let (method, address, length) = (ask.method, self.address, ask.body.len());
        let mark = if ask.query.is_empty() { "" } else { "?" };
        let mut text = format!(
            "{method} {path}{mark}{query} HTTP/1.1\r\nhost: {address}\r\naccept: application/json\r\n",
            path = ask.path,
            query = ask.query
        );
        if !token.is_empty() {
            text.push_str(&format!("authorization: Bearer {token}\r\n"));
        }
        if length > 0 {
            text.push_str(&format!("content-type: application/json\r\ncontent-length: {length}\r\n"));
        }
        text.push_str("\r\n");
        let mut bytes = text.into_bytes();
        bytes.extend_from_slice(&ask.body);
        bytes
    }

    /// Sends a request and reads the whole answer: its status and body.
    pub(super) async fn exchange(&mut self, request: &[u8]) -> Result<(u16, &[u8]), Fault> {
        self.send(request).await?;
        self.read.clear();
        let head = loop {
            if self.receive().await? == 0 {
                return Err("the server closed the connection".into());
            }
            if let Some(end) = self.read.windows(4).position(|four| four == b"\r\n\r\n") {
                break end + 4;
            }
            if self.read.len() > HEAD_MAX_BYTES {
                return Err("an answer has no end of its head".into());
            }
        };
        let (status, length) = read_head(self.read.get(..head).unwrap_or_default())?;
        while self.read.len() < head + length {
            if self.receive().await? == 0 {
                return Err("the server closed the connection in the middle of an answer".into());
            }
        }
        Ok((status, self.read.get(head..head + length).unwrap_or_default()))
    }
}

impl Wire {
    async fn send(&self, mut bytes: &[u8]) -> io::Result<()> {
        while !bytes.is_empty() {
            self.stream.writable().await?;
            match self.stream.try_write(bytes) {
                Ok(sent) => bytes = bytes.get(sent..).unwrap_or_default(),
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    /// Reads what there is; 0 at the end.
    async fn receive(&mut self) -> io::Result<usize> {
        let mut piece = [0; HEAD_MAX_BYTES];
        loop {
            self.stream.readable().await?;
            match self.stream.try_read(&mut piece) {
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                outcome => {
                    let count = outcome?;
                    self.read.extend_from_slice(piece.get(..count).unwrap_or_default());
                    return Ok(count);
                }
            }
        }
    }
}

/// Status and length of the body.
fn read_head(head: &[u8]) -> Result<(u16, usize), Fault> {
    let text = std::str::from_utf8(head)?;
    let status = text.split(' ').nth(1).ok_or("an answer has no status")?.parse()?;
    let length = text.lines().find_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.eq_ignore_ascii_case("content-length").then_some(value.trim())
    });
    Ok((status, length.map_or(Ok(0), str::parse)?))
}
