//! A caller with all memberships is answered as with the one row that a view loads, on 1000 random worlds.

use crate::{
    cast::{AUTHORIZER, NOW},
    reference::allows,
    worlds::{Dice, membership, principal, resource},
};
use cws_authz::{Action, Context, Membership, Request, Resource, ResourceKind};

const WORLDS: u32 = 1_000;
const ITEMS: usize = 8;

/// The row that a view loads: that of the one project or namespace concerned.
fn rows_of(all: &[Membership], resource: &Resource) -> Vec<Membership> {
    let concerned = |row: &&Membership| match row {
        Membership::Project { project, .. } => resource.project() == Some(project),
        Membership::Namespace { namespace, .. } => resource.namespace() == Some(namespace),
    };
    all.iter().filter(concerned).cloned().collect()
}

#[test]
fn memberships_elsewhere_change_no_answer() {
    let kinds = [
        (ResourceKind::Institution, Action::InstitutionView),
        (ResourceKind::User, Action::UserView),
        (ResourceKind::Project, Action::ProjectView),
        (ResourceKind::Namespace, Action::NamespaceView),
        (ResourceKind::Template, Action::TemplateView),
        (ResourceKind::Review, Action::ReviewView),
    ];
    let (mut dice, mut shown, mut hidden) = (Dice::new(11), 0, 0);
    for world in 0..WORLDS {
        let (kind, action) = dice.pick(&kinds);
        let caller = principal(&mut dice);
        let all: Vec<_> = (0..4).map(|_| membership(&mut dice)).collect();
        let items: Vec<_> = (0..ITEMS).map(|place| (place, resource(&mut dice, kind))).collect();
        let context = Context::at(NOW);
        let listed: Vec<_> = items
            .clone()
            .into_iter()
            .filter(|(_, resource)| {
                let request =
                    Request { principal: &caller, action, resource, memberships: &all, context: &context };
                AUTHORIZER.decide(&request).allowed
            })
            .collect();
        let viewed: Vec<_> = items
            .into_iter()
            .filter(|(_, resource)| {
                let memberships = &rows_of(&all, resource);
                let request =
                    Request { principal: &caller, action, resource, memberships, context: &context };
                let allowed = AUTHORIZER.decide(&request).allowed;
                assert_eq!(allowed, allows(&request), "world {world}: {request:#?}");
                allowed
            })
            .collect();
        shown += listed.len();
        hidden += ITEMS - listed.len();
        assert_eq!(listed, viewed, "world {world}");
    }
    assert!(shown > 1_000 && hidden > 1_000, "{shown} shown, {hidden} hidden");
}
