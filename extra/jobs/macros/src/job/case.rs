//! The rules of `#[serde(rename_all = "..")]`.

/// Applies a rule to the name of a field, which is in snake case.
pub(crate) fn field(rule: &str, name: &str) -> String {
    match rule {
        "UPPERCASE" | "SCREAMING_SNAKE_CASE" => name.to_ascii_uppercase(),
        "PascalCase" => pascal(name),
        "camelCase" => lower_first(&pascal(name)),
        "kebab-case" => name.replace('_', "-"),
        "SCREAMING-KEBAB-CASE" => name.to_ascii_uppercase().replace('_', "-"),
        _ => name.to_owned(),
    }
}

/// Applies a rule to the name of a variant, which is in Pascal case.
pub(crate) fn variant(rule: &str, name: &str) -> String {
    match rule {
        "lowercase" => name.to_ascii_lowercase(),
        "UPPERCASE" => name.to_ascii_uppercase(),
        "camelCase" => lower_first(name),
        "snake_case" => snake(name),
        "SCREAMING_SNAKE_CASE" => snake(name).to_ascii_uppercase(),
        "kebab-case" => snake(name).replace('_', "-"),
        "SCREAMING-KEBAB-CASE" => snake(name).to_ascii_uppercase().replace('_', "-"),
        _ => name.to_owned(),
    }
}

fn pascal(name: &str) -> String {
    name.split('_').map(upper_first).collect()
}

fn upper_first(word: &str) -> String {
    let mut letters = word.chars();
    let first = letters.next().map(|first| first.to_ascii_uppercase());
    first.into_iter().chain(letters).collect()
}

fn lower_first(word: &str) -> String {
    let mut letters = word.chars();
    let first = letters.next().map(|first| first.to_ascii_lowercase());
    first.into_iter().chain(letters).collect()
}

fn snake(name: &str) -> String {
    let mut text = String::new();
    for (idx, letter) in name.char_indices() {
        if idx > 0 && letter.is_uppercase() {
            text.push('_');
        }
        text.push(letter.to_ascii_lowercase());
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rules_are_those_of_serde() {
        let cases = [
            ("lowercase", "outcome_id", "verysafe"),
            ("UPPERCASE", "OUTCOME_ID", "VERYSAFE"),
            ("PascalCase", "OutcomeId", "VerySafe"),
            ("camelCase", "outcomeId", "verySafe"),
            ("snake_case", "outcome_id", "very_safe"),
            ("SCREAMING_SNAKE_CASE", "OUTCOME_ID", "VERY_SAFE"),
            ("kebab-case", "outcome-id", "very-safe"),
            ("SCREAMING-KEBAB-CASE", "OUTCOME-ID", "VERY-SAFE"),
        ];
        for (rule, of_field, of_variant) in cases {
            assert_eq!(field(rule, "outcome_id"), of_field, "{rule}");
            assert_eq!(variant(rule, "VerySafe"), of_variant, "{rule}");
        }
    }
}
