//! Sends mails by SMTP.

use std::{fmt, net::SocketAddr, time::Duration};

use lettre::{
    AsyncSmtpTransport, AsyncTransport as _, Message, Tokio1Executor,
    message::Mailbox,
    transport::smtp::{Error, extension::ClientId},
};

use highball::{body::BoxError, tokio::time::timeout};

/// How long the server may take for each reply.
const REPLY: Duration = Duration::from_secs(5);

/// How long a whole conversation may take.
const CONVERSATION: Duration = Duration::from_secs(15);

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
    fn message(&self) -> Result<Message, BoxError> {
        let sender: Mailbox = SENDER.parse()?;
        let message = Message::builder()
            .from(sender)
            .to(self.to.parse()?)
            .subject(&self.subject)
            .message_id(Some(format!("<{}>", self.id)));
        Ok(message.body(self.text.clone())?)
    }
}

/// Sends mails to one server, without TLS and logins: the sink of the example has neither.
#[derive(Debug, Clone)]
pub struct Mailer(AsyncSmtpTransport<Tokio1Executor>);

impl Mailer {
    /// Sends mails to this server.
    pub fn new(server: SocketAddr) -> Self {
        let builder =
            AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(server.ip().to_string());
        let builder = builder.port(server.port()).timeout(Some(REPLY));
        let name = ClientId::Domain("orders.example".to_owned());
        Self(builder.hello_name(name).build())
    }

    /// Sends a mail, and returns when the server has accepted it.
    ///
    /// # Errors
    /// Returns an error if the mail is invalid, if the server refuses it, or if it does not answer in time.
    ///
    /// # Cancel safety
    /// If the future is dropped, the mail may be sent or not.
    pub async fn send(&self, mail: &Mail) -> Result<(), MailError> {
        let message = mail.message().map_err(MailError::Invalid)?;
        match timeout(CONVERSATION, self.0.send(message)).await {
            Ok(sent) => sent.map(drop).map_err(MailError::from),
            Err(error) => Err(MailError::Unreachable(error.into())),
        }
    }
}

/// Why a mail was not sent.
#[derive(Debug)]
#[non_exhaustive]
pub enum MailError {
    /// No mail can be made of these values.
    Invalid(BoxError),
    /// The server has refused the mail for good, with a code from 500.
    Refused(Error),
    /// The server has refused the mail for now, with a code from 400.
    Busy(Error),
    /// The connection has failed.
    Unreachable(BoxError),
}

impl MailError {
    /// Returns whether another try is useless.
    pub fn is_final(&self) -> bool {
        matches!(self, Self::Invalid(_) | Self::Refused(_))
    }
}

impl From<Error> for MailError {
    fn from(error: Error) -> Self {
        match error.is_permanent() {
            true => Self::Refused(error),
            false if error.is_transient() => Self::Busy(error),
            false => Self::Unreachable(error.into()),
        }
    }
}

impl fmt::Display for MailError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Invalid(cause) => write!(f, "the mail is invalid: {cause}"),
            Self::Refused(cause) => write!(f, "the mail server refuses the mail: {cause}"),
            Self::Busy(cause) => write!(f, "the mail server is busy: {cause}"),
            Self::Unreachable(cause) => write!(f, "the mail server cannot be reached: {cause}"),
        }
    }
}

impl std::error::Error for MailError {}
