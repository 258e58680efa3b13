//! Every capability of the product, each bound to one kind of resource.
//!
//! Adding one is: a line in the list below, a line in `schema.cedarschema`, the permits that name
//! it in `policies.cedar`, and reading the difference that it makes in `permission-grid.txt`.

use crate::resource::ResourceKind;
use serde::{Deserialize, Serialize};
use std::fmt;

/// Declares the actions: variant, name, kind of resource, scope that an API key needs.
macro_rules! actions {
    ($($(#[$doc:meta])* $variant:ident, $name:literal, $kind:ident, $scope:expr;)*) => {
        /// What a caller asks to do. The list is closed: a route names one of these or does not build.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        pub enum Action { $($(#[$doc])* $variant,)* }

        impl Action {
            /// Every action, in the order of declaration.
            pub const ALL: &[Self] = &[$(Self::$variant),*];

            /// The name used in the schema, the policies, the API and the audit log.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $name,)* }
            }

            /// The one kind of resource that the action is asked of.
            pub const fn resource_kind(self) -> ResourceKind {
                match self { $(Self::$variant => ResourceKind::$kind,)* }
            }

            /// The scope that an API key must carry; `None` means that no API key may do this.
            pub const fn scope(self) -> Option<&'static str> {
                match self { $(Self::$variant => $scope,)* }
            }
        }
    };
}

actions! {
    /// Opens an institution on this deployment.
    InstitutionCreate, "institution_create", System, Some("institutions:write");
    /// Lists institutions; the rows are those that `institution_view` allows.
    InstitutionList, "institution_list", System, Some("institutions:read");
    /// Reads an institution's settings.
    InstitutionView, "institution_view", Institution, Some("institutions:read");
    /// Changes an institution's settings.
    InstitutionUpdate, "institution_update", Institution, Some("institutions:write");
    /// Adds a person or machine user, in the role that the grant names.
    UserCreate, "user_create", Institution, Some("users:write");
    /// Lists the registry.
    UserList, "user_list", Institution, Some("users:read");
    /// Opens a project.
    ProjectCreate, "project_create", Institution, Some("projects:write");
    /// Lists projects; the rows are those that `project_view` allows.
    ProjectList, "project_list", Institution, Some("projects:read");
    /// Takes a name that templates are published under.
    NamespaceCreate, "namespace_create", Institution, Some("namespaces:write");
    /// Lists, proves and verifies the audit log.
    AuditRead, "audit_read", Institution, Some("audit:read");
    /// Lists and searches the marketplace; the rows are those that `template_view` allows.
    TemplateList, "template_list", Institution, Some("templates:read");
    /// Asks what the caller itself may do. About somebody else it takes `user_permissions_view` as well.
    PermissionCheck, "permission_check", Institution, Some("users:read");
    /// Reads a person's record.
    UserView, "user_view", User, Some("users:read");
    /// Changes what only an administrator may: role, status, permissions.
    UserUpdate, "user_update", User, Some("users:write");
    /// Changes one's own name and contact.
    UserUpdateProfile, "user_update_profile", User, Some("users:write");
    /// Changes the address that a person signs in and resets a password with; one's own, too.
    UserEmailChange, "user_email_change", User, None;
    /// Issues another setup token, or takes off a second factor that was lost.
    UserCredentialReset, "user_credential_reset", User, None;
    /// Deactivates or reactivates an account.
    UserDeactivate, "user_deactivate", User, Some("users:write");
    /// Replaces one's own settings.
    UserPreferencesSet, "user_preferences_set", User, Some("users:write");
    /// Reads what a person may do.
    UserPermissionsView, "user_permissions_view", User, Some("users:read");
    /// Reads which projects a person is in.
    UserProjectsView, "user_projects_view", User, Some("projects:read");
    /// Handles one's own sessions and password.
    SessionManage, "session_manage", User, None;
    /// Sets up one's own second factor.
    FactorManage, "factor_manage", User, None;
    /// Reads a project.
    ProjectView, "project_view", Project, Some("projects:read");
    /// Changes a project's name, description or tags.
    ProjectUpdate, "project_update", Project, Some("projects:write");
    /// Closes a project, keeping its history.
    ProjectArchive, "project_archive", Project, Some("projects:write");
    /// Lists who is in a project.
    MemberList, "member_list", Project, Some("projects:read");
    /// Adds somebody to a project, in the role that the grant names.
    MemberAdd, "member_add", Project, Some("projects:write");
    /// Changes somebody's role in a project, as the grant says.
    MemberUpdate, "member_update", Project, Some("projects:write");
    /// Removes the member whom the grant names, which may be the caller.
    MemberRemove, "member_remove", Project, Some("projects:write");
    /// Reads a namespace and who is in it.
    NamespaceView, "namespace_view", Namespace, Some("namespaces:read");
    /// Gives, changes or takes a role in a namespace, as the grant says.
    NamespaceMemberSet, "namespace_member_set", Namespace, Some("namespaces:write");
    /// Registers a key that the namespace signs with.
    PublisherKeyAdd, "publisher_key_add", Namespace, Some("namespaces:write");
    /// Lists the keys of a namespace.
    PublisherKeyList, "publisher_key_list", Namespace, Some("namespaces:read");
    /// Revokes a key of a namespace.
    PublisherKeyRevoke, "publisher_key_revoke", Namespace, Some("namespaces:write");
    /// Publishes a template new to the namespace.
    TemplatePublish, "template_publish", Namespace, Some("templates:write");
    /// Reads a template, its versions, lock, verification and ratings.
    TemplateView, "template_view", Template, Some("templates:read");
    /// Downloads the bytes of a version.
    TemplateDownload, "template_download", Template, Some("templates:read");
    /// Changes a template's description, tags and documentation.
    TemplateUpdate, "template_update", Template, Some("templates:write");
    /// Publishes another version.
    TemplateVersionPublish, "template_version_publish", Template, Some("templates:write");
    /// Yanks a version, or takes the yank back.
    TemplateYank, "template_yank", Template, Some("templates:write");
    /// Marks a template as deprecated and names its replacement.
    TemplateDeprecate, "template_deprecate", Template, Some("templates:write");
    /// Points a channel at a version.
    TemplateChannelSet, "template_channel_set", Template, Some("templates:write");
    /// Reads how often each version is used.
    TemplateUsageView, "template_usage_view", Template, Some("templates:read");
    /// Reviews a version.
    ReviewSubmit, "review_submit", Template, Some("reviews:write");
    /// Says whether a review helped.
    ReviewVote, "review_vote", Template, Some("reviews:write");
    /// Reads a review.
    ReviewView, "review_view", Review, Some("templates:read");
    /// Changes one's own review.
    ReviewUpdate, "review_update", Review, Some("reviews:write");
    /// Removes a review.
    ReviewDelete, "review_delete", Review, Some("reviews:write");
}

impl Action {
    /// The actions that may be asked of a kind of resource.
    pub fn on(kind: ResourceKind) -> impl Iterator<Item = Self> {
        Self::ALL.iter().copied().filter(move |action| action.resource_kind() == kind)
    }

    /// Reads the name that `as_str` writes.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|action| action.as_str() == name)
    }
}

impl fmt::Display for Action {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
