//! Which type of the marketplace is kept under which kind of row.

use crate::{
    Record,
    kind::{self, Kind},
};
use cws_model::marketplace::{
    Namespace, NamespaceMember, PublisherKey, TemplateFace, TemplateMeta, TemplateNameClaim, TemplateStats,
    TemplateUse, TemplateVersion, VersionEvidence,
};

impl Record for Namespace {
    const KIND: Kind = kind::NAMESPACE;
}

impl Record for NamespaceMember {
    const KIND: Kind = kind::NAMESPACE;
}

impl Record for PublisherKey {
    const KIND: Kind = kind::NAMESPACE;
}

impl Record for TemplateMeta {
    const KIND: Kind = kind::TEMPLATE;
}

impl Record for TemplateFace {
    const KIND: Kind = kind::TEMPLATE;
}

impl Record for TemplateStats {
    const KIND: Kind = kind::TEMPLATE;
}

impl Record for TemplateNameClaim {
    const KIND: Kind = kind::TEMPLATE_NAME;
}

impl Record for TemplateVersion {
    const KIND: Kind = kind::TEMPLATE_VERSION;
}

impl Record for VersionEvidence {
    const KIND: Kind = kind::TEMPLATE_VERSION;
}

impl Record for TemplateUse {
    const KIND: Kind = kind::TEMPLATE_USE;
}
