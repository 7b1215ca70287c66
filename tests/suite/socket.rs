//! HTTP by hand, for what no polite client sends: half a request, a slow one, several at once.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{Shutdown, TcpStream};
use std::time::Duration;

use ureq::http::{HeaderMap, HeaderName, HeaderValue};

use crate::oracle;
use crate::station::Reply;

/// Longer than the station may take for anything in this suite.
const PATIENCE: Duration = Duration::from_secs(20);

/// A connection to a station.
pub struct Socket(BufReader<TcpStream>);

impl Socket {
    /// Connects to where a station answers, such as `http://127.0.0.1:8080`.
    pub fn to(url: &str) -> Socket {
        Socket::try_to(url).unwrap()
    }

    /// Connects to somebody who may have gone.
    pub fn try_to(url: &str) -> io::Result<Socket> {
        let stream = TcpStream::connect(url.trim_start_matches("http://"))?;
        stream.set_read_timeout(Some(PATIENCE))?;
        stream.set_write_timeout(Some(PATIENCE))?;
        stream.set_nodelay(true)?;
        Ok(Socket(BufReader::new(stream)))
    }

    pub fn send(&mut self, bytes: impl AsRef<[u8]>) -> &mut Socket {
        self.try_send(bytes).expect("the station takes what is sent");
        self
    }

    /// Sends to somebody who may have gone.
    pub fn try_send(&mut self, bytes: impl AsRef<[u8]>) -> io::Result<()> {
        self.0.get_mut().write_all(bytes.as_ref())
    }

    /// Tells the station that nothing more will come.
    pub fn finish_sending(&self) {
        self.0.get_ref().shutdown(Shutdown::Write).unwrap();
    }

    /// The next answer, judged by the validator as every reply is; none once the connection is closed.
    pub fn answer(&mut self) -> Option<Reply> {
        self.try_answer().expect("the answer is whole")
    }

    /// The same from somebody who may go in the middle of it.
    pub fn try_answer(&mut self) -> io::Result<Option<Reply>> {
        let mut line = String::new();
        // A peer that closes while we are still sending shows as an error here.
        if self.0.read_line(&mut line).unwrap_or_else(closed) == 0 {
            return Ok(None);
        }
        let status = line.split(' ').nth(1).and_then(|status| status.parse().ok()).expect("a status line");
        let headers = self.headers()?;
        let length = headers.get("content-length").map_or(0, |text| text.to_str().unwrap().parse().unwrap());
        let mut body = vec![0; length];
        self.0.read_exact(&mut body)?;
        if !body.is_empty() {
            assert_eq!(oracle::shared().reply(&body), Ok(()), "{}", String::from_utf8_lossy(&body));
        }
        Ok(Some(Reply { status, headers, body: String::from_utf8(body).unwrap() }))
    }

    /// Whether the station has said nothing for a moment, neither an answer nor goodbye.
    pub fn is_waiting(&mut self) -> bool {
        self.0.get_ref().set_read_timeout(Some(Duration::from_millis(10))).unwrap();
        let heard = self.0.fill_buf().map(<[u8]>::len);
        self.0.get_ref().set_read_timeout(Some(PATIENCE)).unwrap();
        matches!(heard, Err(error) if error.kind() == io::ErrorKind::WouldBlock)
    }

    fn headers(&mut self) -> io::Result<HeaderMap> {
        let mut headers = HeaderMap::new();
        loop {
            let mut line = String::new();
            if self.0.read_line(&mut line)? == 0 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            let Some((name, value)) = line.trim_end().split_once(": ") else { return Ok(headers) };
            headers.append(HeaderName::try_from(name).unwrap(), HeaderValue::from_str(value).unwrap());
        }
    }
}

fn closed(error: io::Error) -> usize {
    use io::ErrorKind::{BrokenPipe, ConnectionAborted, ConnectionReset};
    assert!(matches!(error.kind(), ConnectionReset | ConnectionAborted | BrokenPipe), "no answer: {error}");
    0
}

/// A POST to the station as it goes over the wire.
pub fn post(message: &str) -> String {
    format!("{}{message}", post_head(message.len()))
}

/// The head of a POST that announces so many bytes.
pub fn post_head(length: usize) -> String {
    format!(
        "POST /soap/paForNode HTTP/1.1\r\nHost: station\r\nContent-Type: text/xml\r\nContent-Length: {length}\r\n\r\n"
    )
}
