//! `GET /users/registry`: the people of an institution.

use crate::view::{Beside, UserOut, resource_of};
use cws_authz::{Action, Resource, resource};
use cws_model::{
    InstitutionId,
    identity::{Institution, Role, User, UserStatus},
};
use cws_route::{Answer, Ctx, Found, Input, ListOf, Listing, Nothing, Problem, Route, Spec, page::Limit};
use cws_store::{Slot, kind, rows::UserActive};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Which people.
#[derive(Debug, Clone, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct UserQuery {
    /// Institution; the caller's when left out.
    pub institution: Option<InstitutionId>,
    /// Only this role.
    pub role: Option<Role>,
    /// Only this status.
    pub status: Option<UserStatus>,
    /// Only people whose user name, address or full name holds this, in any case.
    #[schemars(length(max = 100))]
    pub q: Option<String>,
    /// Items a page, 1 to 100.
    #[serde(default, skip_serializing)]
    pub limit: Limit,
    /// Where the last page ended.
    #[serde(skip_serializing)]
    pub cursor: Option<String>,
}

/// Names the route; never constructed.
pub enum UserList {}

impl Route for UserList {
    const SPEC: Spec = Spec::get("user_list", "/users/registry")
        .summary("List people; their projects are in the single view")
        .requires(Action::UserList)
        .reads(&[kind::USER, kind::USER_ACTIVE, kind::INSTITUTION]);

    type Input = Input<Nothing, UserQuery>;
    type Output = ListOf<UserOut>;
    type Target = InstitutionId;

    async fn target(ctx: &Ctx, input: &Self::Input) -> Result<Found<InstitutionId>, Problem> {
        let id = match &input.query.institution {
            Some(id) => id.clone(),
            None => ctx.institution()?.clone(),
        };
        if ctx.system().get::<Institution>(None, id.as_str()).await?.value().is_none() {
            return Err(Problem::not_found());
        }
        Ok(Found::new(Resource::Institution(resource::Institution { id: id.clone() }), id))
    }

    async fn call(ctx: &Ctx, input: Self::Input, id: InstitutionId) -> Result<Answer<Self::Output>, Problem> {
        let query = input.query;
        let store = ctx.store_of(&id)?;
        let text = query.q.as_deref().map(str::to_lowercase);
        let keep = |user: &User| {
            query.role.is_none_or(|role| user.role == role)
                && query.status.is_none_or(|status| user.status == status)
                && text.as_deref().is_none_or(|text| holds(user, text))
                && ctx.allows(Action::UserView, &resource_of(user), &[])
        };
        let listing = Listing::new(&store, query.limit, query.cursor.as_deref(), &query);
        let page = listing.page(ctx, keep).await?;
        let users: Vec<User> = page.items.into_iter().filter_map(Slot::into_value).collect();
        let places: Vec<_> = users.iter().map(|user| (None, user.id.as_str())).collect();
        let active = store.get_many::<UserActive>(&places).await?;
        let out = |(user, active): (User, Slot<UserActive>)| {
            let last_active_at = active.into_value().map(|active| active.at);
            UserOut::new(user, Beside { projects: None, last_active_at })
        };
        let items = users.into_iter().zip(active).map(out).collect();
        Ok(Answer::json(ListOf { items, next: page.next }))
    }
}

fn holds(user: &User, text: &str) -> bool {
    let full_name = user.full_name.as_str().to_lowercase();
    [user.username.as_str(), &user.email.folded(), &full_name].iter().any(|field| field.contains(text))
}
