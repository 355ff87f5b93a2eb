//! A load server: lets every deepstream client in, and sends and counts events as fast as its socket
//! takes them. A page tells it by events what to do:
//!
//! | event | |
//! | --- | --- |
//! | `load/payload` | Its data is one of the payloads, which are sent by turns. |
//! | `load/stream` | Its data is the number of `news` events to be sent. |
//! | `load/report` | Answered by `load/counted`, an array: other events since the last report, and the bytes of their frames. |

mod wire;

use std::error::Error;
use std::io::{self, Write};

use futures_util::{SinkExt, StreamExt};
use tokio::net::{TcpListener, TcpStream};
use tokio_tungstenite::tungstenite::{self, Bytes};
use tokio_tungstenite::{WebSocketStream, accept_async};

use wire::Message;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    println!("{}", listener.local_addr()?.port());
    io::stdout().flush()?;
    loop {
        let (stream, _) = listener.accept().await?;
        stream.set_nodelay(true)?;
        tokio::spawn(async {
            if let Err(error) = serve(stream).await {
                eprintln!("a connection ended: {error}");
            }
        });
    }
}

async fn serve(stream: TcpStream) -> tungstenite::Result<()> {
    let mut connection = Connection::new(accept_async(stream).await?);
    while let Some(frame) = connection.socket.next().await {
        match frame? {
            tungstenite::Message::Binary(frame) => connection.on_frame(&frame).await?,
            tungstenite::Message::Close(_) => break,
            _ => {}
        }
    }
    Ok(())
}

struct Connection {
    socket: WebSocketStream<TcpStream>,
    payloads: Vec<Bytes>,
    frames: u64,
    bytes: usize,
}

impl Connection {
    fn new(socket: WebSocketStream<TcpStream>) -> Self {
        Self { socket, payloads: Vec::new(), frames: 0, bytes: 0 }
    }

    async fn on_frame(&mut self, frame: &[u8]) -> tungstenite::Result<()> {
        let Some(message) = Message::decode(frame) else { return Ok(()) };
        match (message.topic, message.action) {
            (wire::EVENT, wire::EMIT) => self.on_event(&message, frame.len()).await,
            (wire::EVENT, wire::SUBSCRIBE) => {
                self.send(wire::subscribed(message.correlation_id)).await
            }
            (wire::CONNECTION, wire::CHALLENGE) => self.send(wire::ACCEPT_FRAME.into()).await,
            (wire::CONNECTION, wire::PING) => self.send(wire::PONG_FRAME.into()).await,
            (wire::AUTH, wire::AUTH_REQUEST) => self.send(wire::AUTH_SUCCESSFUL_FRAME.into()).await,
            _ => Ok(()),
        }
    }

    async fn on_event(&mut self, event: &Message<'_>, length: usize) -> tungstenite::Result<()> {
        match event.name {
            b"load/payload" => self.payloads.push(wire::event(b"news", event.data).into()),
            b"load/stream" => return self.stream(number(event.data)).await,
            b"load/report" => return self.report().await,
            _ => {
                self.frames += 1;
                self.bytes += length;
            }
        }
        Ok(())
    }

    async fn stream(&mut self, count: usize) -> tungstenite::Result<()> {
        for frame in self.payloads.iter().cycle().take(count) {
            self.socket.feed(tungstenite::Message::Binary(frame.clone())).await?;
        }
        self.socket.flush().await
    }

    async fn report(&mut self) -> tungstenite::Result<()> {
        let counted = format!("[{},{}]", self.frames, self.bytes);
        (self.frames, self.bytes) = (0, 0);
        self.send(wire::event(b"load/counted", counted.as_bytes())).await
    }

    async fn send(&mut self, frame: Vec<u8>) -> tungstenite::Result<()> {
        self.socket.send(tungstenite::Message::Binary(frame.into())).await
    }
}

/// A whole number in JSON; of anything else, 0.
fn number(text: &[u8]) -> usize {
    str::from_utf8(text).ok().and_then(|text| text.parse().ok()).unwrap_or_default()
}
