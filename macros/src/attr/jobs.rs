//! The value of `jobs(..)`: the consumers of an app.

use highball_macro_stages::{is_similar, types::source_text};
use syn::{
    Ident, LitStr, Path, Token, parenthesized,
    parse::{Parse, ParseStream},
};

/// The consumers of an app, and the jobs that other programs take.
#[derive(Default)]
pub(crate) struct JobsExpr {
    pub(crate) consumers: Vec<Path>,
    pub(crate) elsewhere: Vec<LitStr>,
}

/// One item of `jobs(..)`.
enum JobItem {
    Consumer(Path),
    Elsewhere(LitStr),
}

const USAGE: &str = "write `jobs(send_email, elsewhere(\"report\"))`: the names of consumers, and each job that another program takes";
const ELSEWHERE_USAGE: &str =
    "write `elsewhere(\"report\")`, with the name of the job that another program takes";

impl JobsExpr {
    /// Parses `(send_email, mail::award, elsewhere("report"))`.
    pub(super) fn parse(input: ParseStream<'_>, word: &Ident) -> syn::Result<Self> {
        if !input.peek(syn::token::Paren) {
            return Err(syn::Error::new(word.span(), USAGE));
        }
        let list;
        parenthesized!(list in input);
        let mut jobs = Self::default();
        for item in list.parse_terminated(JobItem::parse, Token![,])? {
            jobs.add(item)?;
        }
        Ok(jobs)
    }

    fn add(&mut self, item: JobItem) -> syn::Result<()> {
        match item {
            JobItem::Consumer(path) => {
                let name = source_text(&path);
                if self
                    .consumers
                    .iter()
                    .any(|other| source_text(other) == name)
                {
                    let message = format!("`{name}` is listed twice in `jobs(..)`: leave one out");
                    return Err(syn::Error::new_spanned(path, message));
                }
                self.consumers.push(path);
            }
            JobItem::Elsewhere(job) => {
                let name = job.value();
                if self.elsewhere.iter().any(|other| other.value() == name) {
                    let message =
                        format!("`elsewhere(\"{name}\")` is written twice: leave one out");
                    return Err(syn::Error::new(job.span(), message));
                }
                self.elsewhere.push(job);
            }
        }
        Ok(())
    }
}

impl Parse for JobItem {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        if input.peek(LitStr) {
            let job: LitStr = input.parse()?;
            let name = job.value();
            let message = format!(
                "a consumer is listed by the name of its function; if another program takes the job, write `elsewhere(\"{name}\")`"
            );
            return Err(syn::Error::new(job.span(), message));
        }
        let path =
            Path::parse_mod_style(input).map_err(|error| syn::Error::new(error.span(), USAGE))?;
        let is_elsewhere = path.is_ident("elsewhere");
        if !input.peek(syn::token::Paren) {
            return match is_elsewhere {
                true => Err(syn::Error::new_spanned(path, ELSEWHERE_USAGE)),
                false => Ok(Self::Consumer(path)),
            };
        }
        let value;
        parenthesized!(value in input);
        let job = value.parse::<LitStr>();
        let rest: proc_macro2::TokenStream = value.parse()?;
        if !is_elsewhere {
            return Err(no_keyword(&path));
        }
        match job {
            Ok(job) if rest.is_empty() && !job.value().is_empty() => Ok(Self::Elsewhere(job)),
            _ => Err(syn::Error::new_spanned(path, ELSEWHERE_USAGE)),
        }
    }
}

/// Returns the error about a call in `jobs(..)` that is not `elsewhere(..)`.
fn no_keyword(path: &Path) -> syn::Error {
    let name = source_text(path);
    let message = match is_similar("elsewhere", &name) {
        true => format!("`{name}` is not known: did you mean `elsewhere`?"),
        false => format!("`{name}` takes no arguments here: {USAGE}"),
    };
    syn::Error::new_spanned(path, message)
}
