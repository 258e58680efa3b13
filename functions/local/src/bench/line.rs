//! The kinds of requests that are measured: a line of the table each.

use super::{
    load::Ask,
    seed::{self, Sheet},
    site::{NAMESPACE, Site, Who},
};
use cws_model::id::{ProjectId, UserId};
use serde_json::json;

/// Orders that lists are asked in, by turns.
pub(super) const ORDERS: [&str; 4] = ["downloads", "updated", "name", "rating"];
const TEMPLATES: &str = "/api/v2/marketplace/templates";

/// A kind of request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Line {
    /// The floor: a route that is public and reads one mark of the store.
    Health,
    UserView,
    MemberCheck,
    TemplateView,
    FirstPage,
    DeepPage,
    Search,
    Publish,
}

impl Line {
    /// All of them. Publishing comes last: it makes the stores larger.
    pub(super) const ALL: &[Self] = &[
        Self::Health,
        Self::UserView,
        Self::MemberCheck,
        Self::TemplateView,
        Self::FirstPage,
        Self::DeepPage,
        Self::Search,
        Self::Publish,
    ];

    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Health => "GET /health",
            Self::UserView => "user_view",
            Self::MemberCheck => "project_view by a member",
            Self::TemplateView => "template_view",
            Self::FirstPage => "template_list, page 1",
            Self::DeepPage => "template_list, deep page",
            Self::Search => "template_search",
            Self::Publish => "template_publish",
        }
    }

    /// How many are asked when a point read is asked `requests` times: what takes longer is asked less.
    pub(super) const fn share(self, requests: u32) -> u32 {
        match self {
            Self::Health | Self::UserView | Self::MemberCheck | Self::TemplateView => requests,
            Self::FirstPage | Self::DeepPage | Self::Search => requests / 5,
            Self::Publish => requests / 20,
        }
    }

    /// Whose request it is. Researchers do not read the records of others.
    pub(super) const fn who(self) -> Who {
        match self {
            Self::UserView => Who::Auditor,
            _ => Who::Researcher,
        }
    }

    /// Whether it must cost the same whatever the size of the store.
    pub(super) const fn is_bounded(self) -> bool {
        matches!(
            self,
            Self::UserView | Self::MemberCheck | Self::TemplateView | Self::FirstPage | Self::DeepPage
        )
    }

    /// The request of this number. Targets are scattered over the whole store.
    pub(super) fn ask(self, site: &Site, n: u64) -> Ask {
        let random = seed::mix(n ^ 0xbe_9c);
        let order = ORDERS.get(usize::try_from(n).unwrap_or(0) % ORDERS.len()).copied().unwrap_or_default();
        match self {
            Self::Health => Ask::get("/health", ""),
            Self::UserView => {
                let id: UserId = seed::id(random % site.census.users);
                Ask::get(format!("/api/v2/users/registry/{id}"), "")
            }
            Self::MemberCheck => {
                let id: ProjectId = seed::id(random % site.census.projects);
                Ask::get(format!("/api/v2/projects/{id}"), "")
            }
            Self::TemplateView => {
                let id = Sheet::of(site.census.shown_template(random)).id;
                Ask::get(format!("{TEMPLATES}/{id}"), "")
            }
            Self::FirstPage => Ask::get(TEMPLATES, format!("sort={order}")),
            Self::DeepPage => Ask::get(TEMPLATES, site.deep_query(usize::try_from(n).unwrap_or(0))),
            Self::Search => {
                let sheet = Sheet::of(site.census.shown_template(random));
                Ask::get(format!("{TEMPLATES}/search"), format!("q={}", words(&sheet, n)))
            }
            Self::Publish => publish(site.next_published()),
        }
    }
}

/// What people type, by turns: a name, two words, the beginning of a word, a word with a slip.
fn words(sheet: &Sheet, n: u64) -> String {
    match n % 4 {
        0 => sheet.name(),
        1 => format!("{}+{}", sheet.tool, sheet.field),
        2 => format!("{}+{}", sheet.field, sheet.word.chars().take(4).collect::<String>()),
        _ => format!("{}+{}", slip(sheet.field), sheet.tool),
    }
}

/// A word without its third letter.
fn slip(word: &str) -> String {
    word.chars().enumerate().filter(|(place, _)| *place != 2).map(|(_, letter)| letter).collect()
}

fn publish(n: u64) -> Ask {
    let [first, ..] = seed::VERSIONS;
    let body = json!({
        "namespace": NAMESPACE,
        "name": seed::strange_name(n),
        "visibility": "public",
        "changelog": "First version.",
        "template": Sheet::of(n).manifest(first),
    });
    Ask::post(TEMPLATES, &body, 201)
}
