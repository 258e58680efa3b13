//! `PUT /marketplace/namespaces/{namespace}/members/{user_id}`: gives, changes or takes a role.

use crate::{
    errors,
    find::{Name, namespace_resource},
    namespace::MEMBERS_MAX,
    place,
};
use cws_authz::{Action, Grant, Membership};
use cws_model::{
    id::UserId,
    identity::{Role, User, UserStatus},
    marketplace::{Namespace, NamespaceMember, NamespaceRole},
};
use cws_route::{Answer, AuditRule, Ctx, Found, Input, Nothing, Problem, Route, Spec};
use cws_store::{Slot, Writes, kind};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Names the route; never constructed.
pub enum NamespaceMemberSet {}

/// Path.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
pub struct MemberPath {
    /// The namespace.
    pub namespace: Name,
    /// The person.
    pub user_id: UserId,
}

/// The role that the person shall have.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct MemberIn {
    /// Role; null takes the person out of the namespace.
    pub role: Option<NamespaceRole>,
}

/// The role that the person has now.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct MemberOut {
    /// Namespace.
    pub namespace: String,
    /// Person.
    pub user_id: UserId,
    /// Role; null when the person is not in the namespace.
    pub role: Option<NamespaceRole>,
}

/// The namespace and the person's row in it.
#[derive(Debug)]
pub struct Place {
    namespace: Slot<Namespace>,
    person: Slot<NamespaceMember>,
}

impl Route for NamespaceMemberSet {
    const SPEC: Spec =
        Spec::put("namespace_member_set", "/marketplace/namespaces/{namespace}/members/{user_id}")
            .summary("Give, change or take a role in a namespace")
            .requires(Action::NamespaceMemberSet)
            .without_if_match()
            .errors(&[errors::LAST_OWNER, errors::TOO_MANY])
            .reads(&[kind::USER])
            .writes(&[kind::NAMESPACE])
            .audit(AuditRule::Record("namespace.member_set"))
            .emits(&["namespace.member_set.v1"]);

    type Input = Input<MemberPath, Nothing, MemberIn>;
    type Output = MemberOut;
    type Target = Place;

    async fn target(ctx: &Ctx, input: &Self::Input) -> Result<Found<Self::Target>, Problem> {
        let (name, person) = (input.path.namespace.as_str(), input.path.user_id.as_str());
        let catalogue = ctx.catalogue();
        let mut keys = vec![
            catalogue.key::<Namespace>(Some(name), place::META)?,
            catalogue.key::<NamespaceMember>(Some(name), &place::member(person))?,
        ];
        if person != ctx.caller().id() {
            keys.push(catalogue.key::<NamespaceMember>(Some(name), &place::member(ctx.caller().id()))?);
        }
        let items = catalogue.items_at(&keys).await?;
        let mut rows = keys.into_iter().zip(items);
        let mut next = || rows.next().ok_or_else(Problem::not_found);
        let ((meta_key, meta), (person_key, person_item)) = (next()?, next()?);
        let namespace = Slot::<Namespace>::read(meta_key, meta, ctx.now())?;
        let row = Slot::<NamespaceMember>::read(person_key, person_item, ctx.now())?;
        let own = match next() {
            Ok((key, item)) => Slot::<NamespaceMember>::read(key, item, ctx.now())?,
            Err(_) => row.clone(),
        };
        let resource = namespace.value().map(namespace_resource).ok_or_else(Problem::not_found)?;
        let grant = Grant::namespace(person, row.value().map(|row| row.role), input.body.role);
        let membership = own.value().map(|own| Membership::namespace(name, own.role));
        Ok(Found::new(resource, Place { namespace, person: row }).memberships(membership).granting(grant))
    }

    async fn call(ctx: &Ctx, input: Self::Input, place: Self::Target) -> Result<Answer<MemberOut>, Problem> {
        let user_id = input.path.user_id;
        let Some(mut namespace) = place.namespace.value().cloned() else { return Err(Problem::not_found()) };
        let before = place.person.value().cloned();
        let (from, to) = (before.as_ref().map(|row| row.role), input.body.role);
        if let Some(role) = to {
            check_person(ctx, &user_id, role).await?;
        }
        count(&mut namespace, from, to)?;
        namespace.updated_at = ctx.now();
        let mut writes = Writes::new();
        match to {
            Some(role) => {
                let row = NamespaceMember {
                    user_id: user_id.to_string(),
                    role,
                    added_by: before
                        .as_ref()
                        .map_or_else(|| ctx.caller().id().to_owned(), |row| row.added_by.clone()),
                    added_at: before.as_ref().map_or(ctx.now(), |row| row.added_at),
                    updated_at: ctx.now(),
                };
                writes.put(&place.person, &row)?;
            }
            None => writes.delete(&place.person),
        }
        writes.put(&place.namespace, &namespace)?;
        let change = serde_json::json!({"user_id": user_id, "from": from, "to": to});
        let name = namespace.name;
        Ok(Answer::json(MemberOut { namespace: name.clone(), user_id, role: to })
            .writes(writes)
            .event(
                "namespace.member_set.v1",
                name.clone(),
                serde_json::json!({"namespace": name, "member": change}),
            )
            .about(name, change))
    }

    fn example() -> Option<serde_json::Value> {
        Some(serde_json::json!({"role": "maintainer"}))
    }
}

/// Whoever gets a role has an active record in the institution; and whoever gets one that publishes may be
/// trusted with it for good: an external collaborator leaves, an auditor only reads.
async fn check_person(ctx: &Ctx, user_id: &UserId, role: NamespaceRole) -> Result<(), Problem> {
    let user = ctx.store()?.get::<User>(None, user_id.as_str()).await?;
    let Some(user) = user.value().filter(|user| user.status == UserStatus::Active) else {
        return Err(Problem::field(
            "{user_id}",
            "is nobody who is active in the institution of the namespace",
        ));
    };
    let only_member = matches!(user.role, Role::External | Role::InstitutionAuditor);
    if only_member && role != NamespaceRole::Member {
        let detail = "an external collaborator or an auditor is a `member` of a namespace at most";
        return Err(Problem::field("/role", detail));
    }
    Ok(())
}

/// INVARIANT (an owner): a namespace never loses its last owner.
fn count(
    namespace: &mut Namespace,
    from: Option<NamespaceRole>,
    to: Option<NamespaceRole>,
) -> Result<(), Problem> {
    let owner = |role: Option<NamespaceRole>| u32::from(role == Some(NamespaceRole::Owner));
    namespace.owner_count = (namespace.owner_count + owner(to)).saturating_sub(owner(from));
    namespace.member_count =
        (namespace.member_count + u32::from(to.is_some())).saturating_sub(u32::from(from.is_some()));
    if namespace.owner_count == 0 {
        return Err(Problem::new("last_owner", "name another owner first"));
    }
    if namespace.member_count > MEMBERS_MAX && to.is_some() {
        let detail = format!("a namespace has at most {MEMBERS_MAX} members");
        return Err(Problem::new("too_many", detail).with("limit", MEMBERS_MAX));
    }
    Ok(())
}
