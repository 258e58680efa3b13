//! What describes a template besides its versions: taken from the request, or else from the template.

use cws_model::text::{Line, Prose};
use cws_route::Problem;
use cws_templates::Template;
use std::collections::BTreeSet;

/// Most words to find a template by.
pub const TAGS_MAX: usize = 40;
/// Longest category, domain or word, characters.
pub const LABEL_MAX_CHARS: usize = 50;

/// A description as it comes in; what is left out is taken from elsewhere.
#[derive(Debug, Clone, Default)]
pub struct Description {
    /// Display name.
    pub title: Option<Line<100>>,
    /// One or two sentences.
    pub description: Option<Prose<2000>>,
    /// Category.
    pub category: Option<Line<50>>,
    /// Research domain.
    pub domain: Option<Line<50>>,
    /// Words to find it by.
    pub tags: Option<BTreeSet<Line<50>>>,
    /// Manual.
    pub documentation: Option<Prose<65536>>,
}

/// A whole description.
#[derive(Debug, Clone)]
pub struct Described {
    /// Display name.
    pub title: Line<100>,
    /// One or two sentences.
    pub description: Prose<2000>,
    /// Category; empty when there is none.
    pub category: String,
    /// Research domain; empty when there is none.
    pub domain: String,
    /// Words to find it by.
    pub tags: BTreeSet<String>,
    /// Manual.
    pub documentation: Prose<65536>,
}

impl Description {
    /// Fills what is left out from the template.
    ///
    /// # Errors
    /// `invalid_field` when the template's own text does not fit; naming one in the request is the way out.
    pub fn or_from(self, template: &Template) -> Result<Described, Problem> {
        let fits = |field: &str, error: cws_model::text::TextError| {
            Problem::field(format!("/{field}"), error.to_string())
        };
        let title = match self.title {
            Some(title) => title,
            None => template.name.trim().parse().map_err(|e| fits("title", e))?,
        };
        let description = match self.description {
            Some(description) => description,
            None => template.description.trim().parse().map_err(|e| fits("description", e))?,
        };
        let documentation = match self.documentation {
            Some(documentation) => documentation,
            None => template
                .long_description
                .as_deref()
                .unwrap_or_default()
                .parse()
                .map_err(|e| fits("documentation", e))?,
        };
        let or = |given: Option<Line<50>>, inside: Option<&str>| {
            label(given.as_ref().map(Line::as_str).or(inside).unwrap_or_default())
        };
        Ok(Described {
            title,
            description,
            documentation,
            category: or(self.category, template.category.as_deref().or_else(|| first_category(template))),
            domain: or(self.domain, template.domain.as_deref()),
            tags: match self.tags {
                Some(tags) => read_tags(&tags)?,
                None => keywords(template),
            },
        })
    }
}

/// Words to find a template by, as they are kept.
///
/// # Errors
/// `invalid_field` when there are too many.
pub fn read_tags(tags: &BTreeSet<Line<50>>) -> Result<BTreeSet<String>, Problem> {
    if tags.len() > TAGS_MAX {
        return Err(Problem::field("/tags", format!("at most {TAGS_MAX} tags")));
    }
    Ok(tags.iter().map(|tag| label(tag.as_str())).filter(|tag| !tag.is_empty()).collect())
}

fn first_category(template: &Template) -> Option<&str> {
    template.marketplace.as_ref()?.categories.first().map(String::as_str)
}

fn keywords(template: &Template) -> BTreeSet<String> {
    let words = template.marketplace.iter().flat_map(|marketplace| &marketplace.keywords);
    words.map(|word| label(word)).filter(|word| !word.is_empty()).take(TAGS_MAX).collect()
}

/// A label as it is kept and compared: lower case, single hyphens, at most 50 characters.
pub fn label(text: &str) -> String {
    let mut out = String::new();
    for c in text.chars().flat_map(char::to_lowercase) {
        if c.is_alphanumeric() {
            out.push(c);
        } else if !out.is_empty() && !out.ends_with('-') {
            out.push('-');
        }
    }
    let cut: String = out.chars().take(LABEL_MAX_CHARS).collect();
    cut.trim_end_matches('-').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_are_compared_without_case_and_signs() {
        assert_eq!(label("Machine Learning"), "machine-learning");
        assert_eq!(label("  C++ / HPC! "), "c-hpc");
        assert_eq!(label("Ökologie"), "ökologie");
        assert_eq!(label("--"), "");
        assert_eq!(label(&"a".repeat(80)).len(), LABEL_MAX_CHARS);
    }

    #[test]
    fn what_the_request_leaves_out_comes_from_the_template() {
        let template = Template {
            name: "R and RStudio".into(),
            description: "Statistics.".into(),
            category: Some("Social Science".into()),
            ..Template::default()
        };
        let described = Description { title: Some("R".parse().unwrap()), ..Description::default() };
        let described = described.or_from(&template).unwrap();
        assert_eq!(described.title.as_str(), "R");
        assert_eq!(described.description.as_str(), "Statistics.");
        assert_eq!(described.category, "social-science");
        assert!(described.tags.is_empty());
    }
}
