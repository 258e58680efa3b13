//! Measures one decision after another: `cargo run --release -p cws-authz --example decision_cost`.
//!
//! The questions cover every action; half of them are allowed. Loading rows is not part of it.

use cws_authz::{
    Action, Authorizer, Context, Grant, GrantIn, Institution, InstitutionRole, Membership, Namespace,
    NamespaceRole, Principal, Project, ProjectRole, Request, Resource, ResourceKind, Review, Template, User,
    Visibility,
};
use cws_model::{IdError, InstitutionId, Timestamp};
use std::{error::Error, io::Write as _, time::Instant};

const ROUNDS: usize = 2_000;
const NOW: Timestamp = Timestamp::from_millis(1_795_430_000_000);

fn main() -> Result<(), Box<dyn Error>> {
    let loading = Instant::now();
    let authorizer = Authorizer::new()?;
    let loaded = loading.elapsed();
    let (mut nanos, allowed) = measure(&authorizer)?;
    nanos.sort_unstable();
    let at = |percent: usize| nanos.get(nanos.len() * percent / 100).copied().unwrap_or_default() / 1000;
    let mut out = std::io::stdout().lock();
    writeln!(out, "loading and validating the policies: {} ms", loaded.as_millis())?;
    writeln!(out, "{} decisions, {allowed} allowed", nanos.len())?;
    writeln!(out, "p50 {} us, p99 {} us", at(50), at(99))?;
    Ok(())
}

fn measure(authorizer: &Authorizer) -> Result<(Vec<u128>, usize), Box<dyn Error>> {
    let (mut nanos, mut allowed) = (Vec::new(), 0);
    let mut owner = Principal::of("usr_ada", "uni-a".parse()?, InstitutionRole::Researcher);
    owner.auth_time = Some(NOW);
    let mut stranger = Principal::of("usr_bo", "uni-b".parse()?, InstitutionRole::Researcher);
    stranger.auth_time = Some(NOW);
    let memberships = [
        Membership::project("prj_x", ProjectRole::Owner),
        Membership::namespace("geo", NamespaceRole::Owner),
    ];
    for round in 0..ROUNDS {
        let (principal, rows) =
            if round % 4 == 0 { (&stranger, [].as_slice()) } else { (&owner, memberships.as_slice()) };
        for action in Action::ALL.iter().copied() {
            let resource = resource(action.resource_kind())?;
            let context = Context { now: NOW, grant: grant(action) };
            let request =
                Request { principal, action, resource: &resource, memberships: rows, context: &context };
            let started = Instant::now();
            let decision = authorizer.decide(&request);
            nanos.push(started.elapsed().as_nanos());
            allowed += usize::from(decision.allowed);
        }
    }
    Ok((nanos, allowed))
}

fn resource(kind: ResourceKind) -> Result<Resource, IdError> {
    let institution: InstitutionId = "uni-a".parse()?;
    let template = Template {
        id: "tpl_1".to_owned(),
        institution: institution.clone(),
        namespace: "geo".to_owned(),
        visibility: Visibility::Institution,
        listed: true,
    };
    Ok(match kind {
        ResourceKind::System => Resource::System,
        ResourceKind::Institution => Resource::Institution(Institution { id: institution }),
        ResourceKind::User => Resource::User(User {
            id: "usr_ada".to_owned(),
            institution,
            role: Some(InstitutionRole::Researcher),
        }),
        ResourceKind::Project => {
            Resource::Project(Project { id: "prj_x".to_owned(), institution, archived: false })
        }
        ResourceKind::Namespace => Resource::Namespace(Namespace { name: "geo".to_owned(), institution }),
        ResourceKind::Template => Resource::Template(template),
        ResourceKind::Review => {
            Resource::Review(Review { id: "rev_1".to_owned(), author: "usr_ada".to_owned(), template })
        }
    })
}

fn grant(action: Action) -> Option<Grant> {
    Some(match action.grants()? {
        GrantIn::Project => Grant::project("usr_cy", None, Some(ProjectRole::Member)),
        GrantIn::Namespace => Grant::namespace("usr_cy", None, Some(NamespaceRole::Member)),
        GrantIn::Institution => Grant::institution("usr_cy", None, InstitutionRole::Researcher),
    })
}
