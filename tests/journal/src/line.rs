//! The text of a line.

/// A line of the journal. `#[derive(Line)]` implements it.
pub trait Line {
    /// Returns the text of the line.
    fn line(&self) -> String;
}

impl Line for str {
    fn line(&self) -> String {
        self.to_owned()
    }
}
