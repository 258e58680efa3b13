//! Authorization: who may do what to which thing.
//!
//! Roles are groups and policies are static text (`policies.cedar`, typed by `schema.cedarschema`),
//! so that giving somebody a role is one row in the store and never a change of policy. A decision
//! needs the caller's row, the resource's row and at most one membership row. Pure: no I/O, no
//! clock; the caller of this crate loads the rows and gives the time.
//!
//! `permission-grid.txt` beside this crate's manifest lists who may do what, complete, and is what
//! a reviewer reads when policies change.

mod action;
mod authorizer;
mod decision;
mod entities;
mod explain;
mod principal;
mod request;
pub mod resource;

pub use action::Action;
pub use authorizer::Authorizer;
pub use decision::{AuthzError, DecidingPolicy, Decision, DecisionError, Explanation};
pub use principal::{Membership, Principal, PrincipalKind};
pub use request::{Context, FRESH_SESSION_MS, Grant, GrantIn, Request};
pub use resource::{Institution, Namespace, Project, Resource, ResourceKind, Review, Template, User};

pub use cws_model::{
    identity::Role as InstitutionRole,
    marketplace::{NamespaceRole, Visibility},
    project::ProjectRole,
};
