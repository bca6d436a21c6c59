//! Return types with which a guard cannot both reject a request and let it pass.

use highball_macro_stages::{
    errors::Errors,
    types::{first_type, last_name, source_text},
};
use syn::Type;

/// Rejects types that look like the decision of a guard, but are neither a value for the chain nor a `Result`.
pub(super) fn check(output: &Type, errors: &mut Errors) {
    let Type::Path(path) = output else {
        return;
    };
    let name = last_name(output).map(ToString::to_string);
    let message = match name.as_deref() {
        Some("bool") => {
            "a `bool` does not determine how a request is rejected: write `-> Result<(), StatusCode>`, and return `Ok(())` or `Err(StatusCode::FORBIDDEN)`".to_owned()
        }
        Some("Option") => {
            let value = first_type(&path.path).map_or_else(|| "T".to_owned(), |ty| source_text(&ty));
            format!("an `Option` does not determine how a request is rejected: write `-> Result<{value}, StatusCode>`, and return `value.ok_or(StatusCode::UNAUTHORIZED)`")
        }
        Some(name @ ("Response" | "StatusCode" | "Rejection")) => {
            format!("a guard that returns a `{name}` never lets a request pass: write `-> Result<(), {name}>`, and return `Ok(())` for those that may")
        }
        _ => return,
    };
    errors.at(output, message);
}
