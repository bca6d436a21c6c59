//! Short lists of names in an option, which can be read in constant evaluation.

use highball::{
    Context,
    extract::{Fact, FactList},
};

/// The most names of one list.
const MOST: usize = 4;

/// The kind of the fact that a cached route has a tag.
const TAG: &str = "tag of a cached route";

/// A list of names.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Names {
    names: [&'static str; MOST],
    len: usize,
    has_more: bool,
}

impl Names {
    pub(crate) const NONE: Self = Self {
        names: [""; MOST],
        len: 0,
        has_more: false,
    };

    pub(crate) const fn of<const N: usize>(list: [&'static str; N]) -> Self {
        let mut all = Self::NONE;
        while all.len < N && all.len < MOST {
            all.names[all.len] = list[all.len];
            all.len += 1;
        }
        all.has_more = N > MOST;
        all
    }

    pub(crate) const fn as_slice(&self) -> &[&'static str] {
        self.names.split_at(self.len).0
    }

    /// Adds the tags with these templates to the facts of a route, and the parameters in them.
    pub(crate) const fn add_tags(&self, mut facts: FactList, is_needed: bool) -> FactList {
        if self.has_more {
            facts = facts.mistake("write at most four tags");
        }
        let mut rest = self.as_slice();
        while let [template, others @ ..] = rest {
            if !has_name(template) {
                return facts.mistake("a tag begins with a name: write `product:{id}`");
            }
            facts = facts.with(match is_needed {
                true => Fact::needed(TAG, template),
                false => Fact::new(TAG, template),
            });
            facts = add_params(facts, template);
            rest = others;
        }
        facts
    }

    /// Returns whether a name has a capital letter.
    pub(crate) const fn has_upper_case(&self) -> bool {
        let mut rest = self.as_slice();
        while let [name, others @ ..] = rest {
            let (bytes, mut i) = (name.as_bytes(), 0);
            while i < bytes.len() {
                if bytes[i].is_ascii_uppercase() {
                    return true;
                }
                i += 1;
            }
            rest = others;
        }
        false
    }

    pub(crate) const fn has_more(&self) -> bool {
        self.has_more
    }

    /// Adds the parameters in these templates to the facts of a route.
    pub(crate) const fn add_params(&self, mut facts: FactList) -> FactList {
        let mut rest = self.as_slice();
        while let [template, others @ ..] = rest {
            facts = add_params(facts, template);
            rest = others;
        }
        facts
    }
}

/// Returns whether a tag begins with a name.
const fn has_name(template: &str) -> bool {
    !matches!(template.as_bytes(), [] | [b'{' | b':', ..])
}

const fn add_params(mut facts: FactList, template: &'static str) -> FactList {
    let mut rest = template;
    while let Some(param) = next_param(rest) {
        let Some(after) = param.after else {
            return facts.mistake("a parameter of a tag ends with `}`: write `product:{id}`");
        };
        facts = facts.with(Fact::param(param.name));
        rest = after;
    }
    facts
}

/// The first parameter of a template.
struct Param {
    /// The text before it.
    before: &'static str,
    name: &'static str,
    /// The text after it, if it ends.
    after: Option<&'static str>,
}

const fn next_param(template: &'static str) -> Option<Param> {
    let Some(open) = find(template, b'{') else {
        return None;
    };
    let (before, rest) = template.split_at(open);
    Some(match find(rest, b'}') {
        Some(close) => Param {
            before,
            name: rest.split_at(close).0.split_at(1).1,
            after: Some(rest.split_at(close + 1).1),
        },
        None => Param {
            before,
            name: "",
            after: None,
        },
    })
}

const fn find(text: &str, byte: u8) -> Option<usize> {
    let (bytes, mut i) = (text.as_bytes(), 0);
    while i < bytes.len() {
        if bytes[i] == byte {
            return Some(i);
        }
        i += 1;
    }
    None
}

/// Returns the text of a template with the values of its parameters.
pub(crate) fn fill(
    template: &'static str,
    params: &[super::plan::Param],
    cx: &Context<'_>,
) -> String {
    let (mut text, mut rest) = (String::new(), template);
    while let Some(next) = next_param(rest) {
        text.push_str(next.before);
        if let Some(param) = params.iter().find(|param| param.name == next.name) {
            text.push_str(&param.spell(cx));
        }
        rest = next.after.unwrap_or_default();
    }
    text.push_str(rest);
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_of_a_template_are_found() {
        let name =
            |template| next_param(template).map(|param| (param.before, param.name, param.after));
        assert_eq!(name("products"), None);
        assert_eq!(name("product:{id}/x"), Some(("product:", "id", Some("/x"))));
        assert_eq!(name("product:{id"), Some(("product:", "", None)));
        assert!(has_name("product:{id}") && !has_name("{id}") && !has_name(""));
    }
}
