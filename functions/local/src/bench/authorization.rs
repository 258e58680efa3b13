//! What a decision costs: the time of the authorizer alone, and the reads of the store that the whole of a
//! request makes with authentication and decision in it.

use super::{
    Fault,
    line::Line,
    load::{Run, send},
    seed,
    site::Site,
};
use crate::{all_routes, keys};
use cws_authz::{Action, Authorizer, Context, Membership, Principal, Request, Resource, resource};
use cws_cloud::{
    Ports,
    identity::Identity,
    token::{IssuerKind, KeySource, TokenAlgorithm, TokenVerifier, TrustedIssuer, cache::NoFetcher},
};
use cws_embedded::system::{SystemClock, SystemEntropy};
use cws_model::{id::ProjectKind, identity::Role, project::ProjectRole};
use cws_route::{Shell, ShellParts, Table, shell::Authenticate};
use cws_store::{Store, cursor::Sealer, faults::Recording};
use std::{sync::Arc, time::Instant};

/// What was found.
#[derive(Debug)]
pub(super) struct Cost {
    /// Decisions, one after the other.
    pub(super) decisions: Run,
    /// Reads of the store by the first request of a session: the way from token to person is not known yet.
    pub(super) first_reads: u64,
    /// Reads by every other: authentication, target and membership.
    pub(super) reads: u64,
}

/// Measures both.
pub(super) async fn measure(site: &Site, count: u32) -> Result<Cost, Fault> {
    let (shell, store) = counted(site).await?;
    let token = site.token(Line::MemberCheck.who()).await?;
    let mut reads = Vec::new();
    for n in 0..2 {
        store.take();
        send(&shell, &token, &Line::MemberCheck.ask(site, n)).await?;
        reads.push(store.take().reads());
    }
    let (first_reads, reads) = (reads.first().copied().unwrap_or(0), reads.last().copied().unwrap_or(0));
    Ok(Cost { decisions: decide(site, count)?, first_reads, reads })
}

/// The same program over the same store, with every call counted.
async fn counted(site: &Site) -> Result<(Shell, Arc<Recording<dyn Store>>), Fault> {
    let parts = site.world.shell.parts();
    let store = Arc::new(Recording::<dyn Store>::new(parts.store.clone()));
    let identity = parts.ports.get::<dyn Identity>().ok_or("no identity port")?;
    let trusted = TrustedIssuer {
        issuer: identity.issuer().to_owned(),
        kind: IssuerKind::Embedded,
        client_ids: vec!["cws".to_owned()],
        algorithms: vec![TokenAlgorithm::EdDsa],
        keys: KeySource::Fixed(identity.jwks().await?),
    };
    let verifier = TokenVerifier::new(vec![trusted], Arc::new(NoFetcher), parts.clock.clone());
    let sealer = keys::cursor_key(parts.store.as_ref(), &SystemClock, &SystemEntropy::default()).await?;
    let counted = ShellParts {
        store: store.clone() as Arc<dyn Store>,
        authorizer: Authorizer::new()?,
        authenticate: Authenticate::new(verifier, None),
        ports: Ports::new(),
        clock: parts.clock.clone(),
        entropy: parts.entropy.clone(),
        sealer: Sealer::new(sealer),
        base_url: parts.base_url.clone(),
        home: parts.home.clone(),
    };
    Ok((Shell::new(Arc::new(counted), Table::new(all_routes())?), store))
}

/// Decisions about projects, the own record and templates by turns, all of which allow.
fn decide(site: &Site, count: u32) -> Result<Run, Fault> {
    let parts = site.world.shell.parts();
    let now = parts.clock.now();
    let home = &parts.home;
    let mut principal = Principal::of(site.user_id.as_str(), home.clone(), Role::Researcher);
    principal.auth_time = Some(now);
    let mut run = Run::default();
    let began = Instant::now();
    for n in 0..u64::from(count) {
        let (action, resource, memberships) = question(site, n);
        let context = Context::at(now);
        let request = Request {
            principal: &principal,
            action,
            resource: &resource,
            memberships: &memberships,
            context: &context,
        };
        let began = Instant::now();
        let decision = parts.authorizer.decide(&request);
        run.took_ns.push(u64::try_from(began.elapsed().as_nanos()).unwrap_or(u64::MAX));
        if !decision.allowed {
            return Err(format!("`{action}` was refused: {:?}", decision.policies).into());
        }
    }
    run.elapsed = began.elapsed();
    Ok(run)
}

fn question(site: &Site, n: u64) -> (Action, Resource, Vec<Membership>) {
    let institution = site.world.shell.parts().home.clone();
    match n % 3 {
        0 => {
            let id = seed::id::<ProjectKind>(n % site.census.projects).to_string();
            let held = vec![Membership::project(&id, ProjectRole::Viewer)];
            (
                Action::ProjectView,
                Resource::Project(resource::Project { id, institution, archived: false }),
                held,
            )
        }
        1 => {
            let id = site.user_id.to_string();
            let role = Some(Role::Researcher);
            (Action::UserView, Resource::User(resource::User { id, institution, role }), Vec::new())
        }
        _ => {
            let n = site.census.shown_template(n);
            let template = resource::Template {
                id: seed::Sheet::of(n).id.to_string(),
                institution,
                namespace: seed::namespace(site.census.namespace_of(n)),
                visibility: seed::visibility(n),
                listed: true,
            };
            (Action::TemplateView, Resource::Template(template), Vec::new())
        }
    }
}
