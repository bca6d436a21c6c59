//! Sends mails: the client's part of a conversation in SMTP (RFC 5321), without TLS and logins.

use std::{fmt, io, net::SocketAddr, time::Duration};

use highball::tokio::{
    io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader},
    net::TcpStream,
    time::timeout,
};

/// How long the server may take to connect, and for each reply.
const WAIT: Duration = Duration::from_secs(5);

/// The longest line of a reply. The RFC allows 512 bytes.
const MAX_LINE: u64 = 1024;

const SENDER: &str = "shop@orders.example";

/// A mail.
#[derive(Debug, Clone)]
pub struct Mail {
    /// The identity, for the header `Message-ID`.
    pub id: String,
    /// The address.
    pub to: String,
    /// The subject.
    pub subject: String,
    /// The text.
    pub text: String,
}

impl Mail {
    /// Returns the headers and the text, and the line that ends them.
    fn data(&self) -> String {
        let Self {
            id,
            to,
            subject,
            text,
        } = self;
        let mut data = format!(
            "From: <{SENDER}>\r\nTo: <{to}>\r\nSubject: {subject}\r\nMessage-ID: <{id}>\r\n\r\n"
        );
        for line in text.lines() {
            // A line with a single dot would end the mail.
            let dot = if line.starts_with('.') { "." } else { "" };
            data.extend([dot, line, "\r\n"]);
        }
        data.push('.');
        data
    }
}

/// Sends mails to one server.
#[derive(Debug, Clone, Copy)]
pub struct Mailer {
    server: SocketAddr,
}

impl Mailer {
    /// Sends mails to this server.
    pub fn new(server: SocketAddr) -> Self {
        Self { server }
    }

    /// Sends a mail, and returns when the server has accepted it.
    ///
    /// # Errors
    /// Returns an error if the server refuses the mail, or does not answer in time.
    ///
    /// # Cancel safety
    /// If the future is dropped, the mail may be sent or not.
    pub async fn send(&self, mail: &Mail) -> Result<(), SmtpError> {
        let stream = in_time(TcpStream::connect(self.server)).await?;
        let mut server = Conversation(BufReader::new(stream));
        server.expect(220).await?;
        server.command("EHLO orders.example", 250).await?;
        let from = format!("MAIL FROM:<{SENDER}>");
        server.command(&from, 250).await?;
        let to = format!("RCPT TO:<{}>", mail.to);
        server.command(&to, 250).await?;
        server.command("DATA", 354).await?;
        server.command(&mail.data(), 250).await?;
        // The mail is accepted, so nothing after it is a failure.
        server.write("QUIT").await.ok();
        Ok(())
    }
}

/// A connection to a server.
struct Conversation(BufReader<TcpStream>);

impl Conversation {
    /// Sends a command, and waits for the reply with this code.
    async fn command(&mut self, text: &str, code: u16) -> Result<(), SmtpError> {
        self.write(text).await?;
        self.expect(code).await
    }

    async fn write(&mut self, text: &str) -> Result<(), SmtpError> {
        in_time(self.0.write_all(format!("{text}\r\n").as_bytes())).await
    }

    /// Reads a reply, whose lines except the last have a hyphen after the code.
    async fn expect(&mut self, expected: u16) -> Result<(), SmtpError> {
        loop {
            let line = in_time(self.line()).await?;
            if line.get(3..4) == Some("-") {
                continue;
            }
            let code = line.get(..3).and_then(|code| code.parse().ok());
            return match code {
                Some(code) if code == expected => Ok(()),
                Some(code) => Err(SmtpError::Refused { code, text: line }),
                None => Err(SmtpError::Io(io::ErrorKind::InvalidData.into())),
            };
        }
    }

    async fn line(&mut self) -> io::Result<String> {
        let mut line = String::new();
        let read = (&mut self.0).take(MAX_LINE).read_line(&mut line).await?;
        match read {
            0 => Err(io::ErrorKind::UnexpectedEof.into()),
            _ => Ok(line.trim_end().to_owned()),
        }
    }
}

async fn in_time<T>(work: impl Future<Output = io::Result<T>>) -> Result<T, SmtpError> {
    match timeout(WAIT, work).await {
        Ok(result) => result.map_err(SmtpError::Io),
        Err(_) => Err(SmtpError::Io(io::ErrorKind::TimedOut.into())),
    }
}

/// Why a mail was not sent.
#[derive(Debug)]
#[non_exhaustive]
pub enum SmtpError {
    /// The server has answered with another code than that of success.
    Refused {
        /// The code.
        code: u16,
        /// The last line of the reply.
        text: String,
    },
    /// The connection has failed.
    Io(io::Error),
}

impl SmtpError {
    /// Returns whether another try is useless: the code is 500 or more. A server that is busy has codes from 400.
    pub fn is_final(&self) -> bool {
        matches!(self, Self::Refused { code: 500.., .. })
    }
}

impl fmt::Display for SmtpError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Refused { text, .. } => write!(f, "the mail server refuses the mail: {text}"),
            Self::Io(error) => write!(f, "the mail server cannot be reached: {error}"),
        }
    }
}

impl std::error::Error for SmtpError {}
