//! What can be wrong with the arguments that an application gives.

use std::fmt;

/// An argument or option that can't be used. `Display` names it and says what it should be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InvalidArgument {
    /// Name of the argument or option.
    pub name: String,
    /// What is wrong with it.
    pub problem: Problem,
}

/// What is wrong with an argument.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Problem {
    /// It is of another type than this.
    Type(&'static str),
    /// It is of the right type, but is not this.
    Range(&'static str),
    /// It is an address that can't be connected to. The text says why.
    Url(&'static str),
}

impl InvalidArgument {
    pub(crate) fn new(name: &str, problem: Problem) -> Self {
        Self { name: name.to_owned(), problem }
    }
}

impl fmt::Display for InvalidArgument {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("invalid argument ")?;
        f.write_str(&self.name)?;
        match self.problem {
            Problem::Type(expected) | Problem::Range(expected) => {
                f.write_str(": must be ")?;
                f.write_str(expected)
            }
            Problem::Url(reason) => {
                f.write_str(": ")?;
                f.write_str(reason)
            }
        }
    }
}

impl std::error::Error for InvalidArgument {}
