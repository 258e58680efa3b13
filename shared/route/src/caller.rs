//! Who is calling, as the one authentication of the request found it.

use cws_authz::{Principal, PrincipalKind};
use cws_model::{InstitutionId, identity::User};

/// The caller.
#[derive(Debug, Clone)]
pub struct Caller {
    /// What policies see.
    pub principal: Principal,
    /// The record in the registry; the operator and nobody have none.
    pub user: Option<User>,
    /// The session that the token belongs to.
    pub session_id: Option<String>,
    /// Subject at the identity provider of this deployment, by which the port knows the person.
    pub subject: Option<String>,
}

impl Caller {
    /// Nobody.
    pub fn anonymous() -> Self {
        Self { principal: Principal::anonymous(), user: None, session_id: None, subject: None }
    }

    /// The holder of the deployment's own credential.
    pub fn operator(institution: InstitutionId) -> Self {
        Self {
            principal: Principal::operator("operator", Some(institution)),
            user: None,
            session_id: None,
            subject: None,
        }
    }

    /// The institution that the session names.
    pub fn institution(&self) -> Option<&InstitutionId> {
        self.principal.institution.as_ref()
    }

    /// Id as audit records and cursors name it.
    pub fn id(&self) -> &str {
        if self.principal.id.is_empty() { "anonymous" } else { &self.principal.id }
    }

    /// Kind as audit records name it.
    pub fn kind(&self) -> &'static str {
        match self.principal.kind {
            PrincipalKind::Anonymous => "anonymous",
            PrincipalKind::User => "user",
            PrincipalKind::ServiceAccount => "service_account",
            PrincipalKind::Operator => "operator",
        }
    }
}
