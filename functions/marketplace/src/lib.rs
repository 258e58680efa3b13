//! The marketplace: templates with versions that never change, the namespaces they are published in,
//! and the evidence that lets anybody check what they got.
//!
//! A version is stored as the exact text that was handed in, addressed by its digest, signed by the
//! registry, and recorded in the template log. What others say of it (ratings, downloads) is beside it.

pub mod check;
pub mod describe;
pub mod discover;
pub mod errors;
pub mod events;
pub mod examine;
pub mod filters;
pub mod find;
pub mod index;
pub mod latest;
pub mod log;
pub mod names;
pub mod namespace;
pub mod near;
pub mod pin;
pub mod place;
pub mod publish;
pub mod reactions;
pub mod recommend;
pub mod record;
pub mod reserved;
pub mod review;
pub mod routes;
pub mod scripts;
pub mod shipped;
pub mod stored;
pub mod used;
pub mod version_at;
pub mod version_key;
pub mod view;
pub mod vouch;

use cws_route::{Consumers, Routes};

/// The routes of this domain, in path order.
pub fn routes() -> Routes {
    use routes::*;
    Routes::new("marketplace")
        .add::<namespace_create::NamespaceCreate>()
        .add::<namespace_view::NamespaceView>()
        .add::<namespace_member_set::NamespaceMemberSet>()
        .add::<publisher_key_add::PublisherKeyAdd>()
        .add::<publisher_key_list::PublisherKeyList>()
        .add::<publisher_key_revoke::PublisherKeyRevoke>()
        .add::<template_list::TemplateList>()
        .add::<template_search::TemplateSearch>()
        .add::<template_publish::TemplatePublish>()
        .add::<template_validate::TemplateValidate>()
        .add::<template_view::TemplateView>()
        .add::<template_category_list::TemplateCategoryList>()
        .add::<template_featured::TemplateFeatured>()
        .add::<template_trending::TemplateTrending>()
        .add::<template_recommended::TemplateRecommended>()
        .add::<template_rating_view::TemplateRatingView>()
        .add::<template_usage::TemplateUsage>()
        .add::<review_list::ReviewList>()
        .add::<review_submit::ReviewSubmit>()
        .add::<review_update::ReviewUpdate>()
        .add::<review_delete::ReviewDelete>()
        .add::<review_vote::ReviewVote>()
        .add::<template_update::TemplateUpdate>()
        .add::<template_deprecate::TemplateDeprecate>()
        .add::<template_channel_set::TemplateChannelSet>()
        .add::<template_version_publish::TemplateVersionPublish>()
        .add::<template_version_list::TemplateVersionList>()
        .add::<template_version_view::TemplateVersionView>()
        .add::<template_version_yank::TemplateVersionYank>()
        .add::<template_version_unyank::TemplateVersionUnyank>()
        .add::<template_version_lock::TemplateVersionLock>()
        .add::<template_version_download::TemplateVersionDownload>()
        .add::<template_version_verify::TemplateVersionVerify>()
        .add::<template_log_checkpoint::TemplateLogCheckpoint>()
        .add::<template_log_tile::TemplateLogTile>()
        .add::<trust_root_view::TrustRootView>()
        .add::<template_schema_view::TemplateSchemaView>()
}

/// The consumers of this domain.
pub fn consumers() -> Consumers {
    use reactions::*;
    Consumers::new("marketplace")
        .add::<search_index_build::SearchIndexBuild>()
        .add::<review_vote_sweep::ReviewVoteSweep>()
}
