//! The attributes of serde, as far as they change the stored form of a job. Others are refused.

use highball_macro_stages::errors::Errors;
use proc_macro2::TokenStream;
use quote::ToTokens;
use syn::{Attribute, Expr, LitStr, Token, meta::ParseNestedMeta, parenthesized};

/// The attributes of a type, a variant or a field.
#[derive(Default)]
pub(crate) struct Serde {
    pub(crate) rename: Option<String>,
    pub(crate) rename_all: Option<String>,
    pub(crate) rename_all_fields: Option<String>,
    pub(crate) aliases: Vec<String>,
    /// Those that the contract contains as they are, such as `tag = "kind"`.
    pub(crate) marks: Vec<String>,
    pub(crate) is_default: bool,
    pub(crate) is_skipped: bool,
    pub(crate) is_flat: bool,
    /// The attribute by which a field may be left out.
    pub(crate) left_out: Option<TokenStream>,
    pub(crate) is_transparent: bool,
    pub(crate) rejects_unknown: bool,
    /// Whether a function of the user reads the field, which makes an `Option` required.
    pub(crate) has_reader: bool,
}

impl Serde {
    pub(crate) fn read(attrs: &[Attribute], errors: &mut Errors) -> Self {
        let mut serde = Self::default();
        for attr in attrs.iter().filter(|attr| attr.path().is_ident("serde")) {
            // serde itself reports what cannot be parsed.
            let _ = attr.parse_nested_meta(|meta| serde.read_one(&meta, errors));
        }
        serde
    }

    fn read_one(&mut self, meta: &ParseNestedMeta<'_>, errors: &mut Errors) -> syn::Result<()> {
        let name = meta.path.to_token_stream().to_string();
        let value = Value::read(meta)?;
        if let Some(message) = refusal(&name, &value) {
            errors.at(&meta.path, message);
            return Ok(());
        }
        let text = value.text();
        match name.as_str() {
            "rename" => self.rename = text,
            "rename_all" => self.rename_all = text,
            "rename_all_fields" => self.rename_all_fields = text,
            "alias" => self.aliases.extend(text),
            "default" => self.is_default = true,
            "skip" => self.is_skipped = true,
            "flatten" => self.is_flat = true,
            "skip_serializing_if" => self.left_out = Some(meta.path.to_token_stream()),
            "transparent" => self.is_transparent = true,
            "deny_unknown_fields" => self.rejects_unknown = true,
            "untagged" | "other" => self.marks.push(name),
            "tag" | "content" | "with" | "serialize_with" | "deserialize_with" => {
                self.has_reader |= name == "with" || name == "deserialize_with";
                self.marks
                    .push(format!("{name} = {:?}", text.unwrap_or_default()));
            }
            // `bound`, `borrow`, `crate` and `expecting` change no stored form.
            _ => {}
        }
        Ok(())
    }
}

/// Returns why an attribute cannot be in a job.
fn refusal(name: &str, value: &Value) -> Option<String> {
    Some(match name {
        "rename" | "rename_all" | "rename_all_fields" if matches!(value, Value::List) => {
            format!("a job is read by the name that is written: write one name, `{name} = \"..\"`")
        }
        "skip_serializing" | "skip_deserializing" => {
            "a job is written and read: write `#[serde(skip)]` on a field that is not stored"
                .to_owned()
        }
        "from" | "try_from" | "into" | "remote" => format!(
            "`{name}` stores another type, whose fields the contract of the job does not contain: derive `Job` for that \
             type, and convert it in the consumer"
        ),
        "rename"
        | "rename_all"
        | "rename_all_fields"
        | "alias"
        | "default"
        | "skip"
        | "flatten"
        | "skip_serializing_if"
        | "transparent"
        | "deny_unknown_fields"
        | "untagged"
        | "other"
        | "tag"
        | "content"
        | "with"
        | "serialize_with"
        | "deserialize_with"
        | "bound"
        | "borrow"
        | "crate"
        | "expecting" => return None,
        _ => format!(
            "`{name}` of serde may change how a job is stored, so a job cannot have it: remove it"
        ),
    })
}

/// The value of an attribute.
enum Value {
    None,
    Text(String),
    /// `rename(serialize = "..")`.
    List,
    Other,
}

impl Value {
    fn read(meta: &ParseNestedMeta<'_>) -> syn::Result<Self> {
        if meta.input.peek(syn::token::Paren) {
            let list;
            parenthesized!(list in meta.input);
            list.parse::<TokenStream>()?;
            return Ok(Self::List);
        }
        if !meta.input.peek(Token![=]) {
            return Ok(Self::None);
        }
        meta.input.parse::<Token![=]>()?;
        let fork = meta.input.fork();
        if fork.parse::<LitStr>().is_ok() {
            return Ok(Self::Text(meta.input.parse::<LitStr>()?.value()));
        }
        meta.input.parse::<Expr>()?;
        Ok(Self::Other)
    }

    fn text(self) -> Option<String> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }
}
