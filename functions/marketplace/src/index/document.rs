//! One template as search sees it.

use cws_authz::Principal;
use cws_model::{
    InstitutionId,
    identity::Role,
    marketplace::{TemplateMeta, TemplateStats, Visibility},
};
use cws_search::{Document, Findable};
use cws_store::Revision;

/// The reader who stands for an institution's administrators and auditors: they see every template in it.
pub fn overseers(institution: &InstitutionId) -> String {
    format!("overseers of {institution}")
}

/// Whose eyes a caller searches with. What is found is held against the policies all the same.
pub fn eyes(principal: &Principal) -> cws_search::Visibility {
    let oversees = matches!(principal.role, Some(Role::InstitutionAdmin | Role::InstitutionAuditor));
    let house = principal.institution.as_ref();
    let overseer = house.filter(|_| oversees).map(overseers);
    cws_search::Visibility {
        public: true,
        institution: house.map(ToString::to_string),
        principals: std::iter::once(principal.id.clone()).chain(overseer).collect(),
    }
}

/// Whether only certain people may find a template: who is in its namespace, and the overseers.
pub fn is_restricted(meta: &TemplateMeta) -> bool {
    meta.visibility == Visibility::Private || !meta.listed
}

/// Makes the document of a template. `members` are the ids of those in its namespace; they matter only
/// when it is restricted.
pub fn document(
    meta: TemplateMeta,
    revision: &Revision,
    stats: &TemplateStats,
    members: &[String],
) -> Document {
    let restricted = is_restricted(&meta);
    let visibility = match meta.visibility {
        _ if restricted => Findable::Restricted,
        Visibility::Public => Findable::Public,
        _ => Findable::Institution,
    };
    let readers = if restricted {
        members.iter().cloned().chain([overseers(&meta.institution)]).collect()
    } else {
        Vec::new()
    };
    Document {
        // The name of who wrote it is found as words; the filter takes the id, which is one person's alone.
        description: format!("{}\n{}", meta.description.as_str(), meta.author_name),
        author: meta.author,
        template_id: meta.id.to_string(),
        namespace: meta.namespace,
        name: meta.name,
        aliases: meta.aliases.into_iter().collect(),
        title: meta.title.to_string(),
        yanked_only: meta.latest.is_none(),
        version: meta.latest.map(|latest| latest.version.to_string()).unwrap_or_default(),
        category: meta.category,
        domain: meta.domain,
        tags: meta.tags.into_iter().collect(),
        institution_id: meta.institution.to_string(),
        visibility,
        readers,
        rating_mean: stats.rating,
        rating_count: stats.rating_count,
        downloads: stats.downloads,
        downloads_recent: stats.downloads_recent,
        deprecated: meta.deprecated.is_some(),
        created_at_ms: meta.created_at.millis(),
        updated_at_ms: meta.updated_at.millis(),
        revision: revision.0.clone(),
    }
}
