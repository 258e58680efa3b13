//! `GET /audit`: the institution's audit records, newest first.

use crate::audit::{newest::Newest, rows::Window};
use cws_authz::{Action, Resource, resource};
use cws_model::{InstitutionId, Timestamp};
use cws_route::{
    Answer, Ctx, Found, Input, ListOf, Nothing, Problem, Route, Spec, audit::AuditRecord, page::Limit,
};
use cws_store::kind;
use schemars::JsonSchema;
use serde::Deserialize;

/// Names the route; never constructed.
pub enum AuditList {}

/// Rows that one request looks at; a page may be shorter than asked for, or empty, and still have a next.
const SCAN_MAX_ROWS: u32 = 1000;

/// What is asked for.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AuditQuery {
    /// Who did it: a user id.
    pub actor: Option<String>,
    /// What was done, such as `project.created`; a trailing `*` takes all that start so.
    pub action: Option<String>,
    /// What it was done to, such as a project id.
    pub subject: Option<String>,
    /// From this time on.
    pub since: Option<Timestamp>,
    /// Before this time.
    pub until: Option<Timestamp>,
    /// Records a page, 1 to 100.
    #[serde(default)]
    pub limit: Limit,
    /// Where the last page ended: its `next`. A page may be short, or empty, and still have a next.
    pub cursor: Option<String>,
}

impl AuditQuery {
    fn wants(&self, record: &AuditRecord) -> bool {
        let action = self.action.as_deref().is_none_or(|action| match action.strip_suffix('*') {
            Some(start) => record.action.starts_with(start),
            None => record.action == action,
        });
        action
            && self.actor.as_deref().is_none_or(|actor| record.actor == actor)
            && self.subject.as_deref().is_none_or(|subject| record.subject.as_deref() == Some(subject))
    }

    fn window(&self) -> Window {
        Window { since: self.since, until: self.until }
    }

    /// What a cursor is bound to.
    fn filters(&self) -> impl serde::Serialize + '_ {
        (&self.actor, &self.action, &self.subject, self.since, self.until)
    }
}

impl Route for AuditList {
    const SPEC: Spec = Spec::get("audit_list", "/audit")
        .summary("List audit records, newest first")
        .requires(Action::AuditRead)
        .reads(&[kind::AUDIT]);

    type Input = Input<Nothing, AuditQuery>;
    type Output = ListOf<AuditRecord>;
    type Target = ();

    async fn target(ctx: &Ctx, _: &Self::Input) -> Result<Found, Problem> {
        Ok(about(ctx.institution()?))
    }

    async fn call(ctx: &Ctx, input: Self::Input, (): ()) -> Result<Answer<Self::Output>, Problem> {
        let query = input.query;
        let after = ctx.open_cursor(query.cursor.as_deref(), &query.filters())?;
        let (wanted, store) = (query.limit.get(), ctx.store()?);
        let mut newest = Newest::new(&store, query.window(), after.as_deref(), wanted);
        let (mut items, mut last) = (Vec::new(), None);
        for _ in 0..SCAN_MAX_ROWS {
            let Some(slot) = newest.next().await? else {
                last = None;
                break;
            };
            last = Some(slot.key().sort.clone());
            items.extend(slot.into_value().filter(|record| query.wants(record)));
            if items.len() == wanted as usize {
                break;
            }
        }
        let next = ctx.seal_cursor(last, &query.filters())?;
        Ok(Answer::json(ListOf { items, next }))
    }
}

/// The target of every audit route: the caller's own institution.
pub(crate) fn about(institution: &InstitutionId) -> Found {
    Found::new(Resource::Institution(resource::Institution { id: institution.clone() }), ())
}
