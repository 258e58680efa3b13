//! One request through one route.

use super::{Shell, ShellParts, commit, idempotency, refusal};
use crate::{
    Answer, Caller, Ctx, Found, Method, Payload, Problem, Request, Response, Route, Spec,
    input::RequestInput, spec::Access, stated::Stated,
};
use cws_authz::{Action, Decision, ResourceKind};
use cws_cloud::stage::Stage;
use cws_model::{Timestamp, id::RequestId};
use std::{sync::Arc, time::Duration};

/// How often a handler runs when others change the same rows.
const ATTEMPTS: u32 = 4;

/// Runs a route: the whole life of a request.
pub(crate) async fn run<R: Route>(
    shell: &Shell,
    spec: &'static Spec,
    stated: &Stated,
    request: Request,
) -> Response {
    let request_id = shell.request_id();
    let started = shell.parts.clock.now();
    let mut who = None;
    let outcome = answer::<R>(&shell.parts, (spec, stated), &request, &request_id, &mut who).await;
    let mut response = match outcome {
        Ok(response) => not_modified(spec, &request, response),
        Err(problem) => {
            log_inside(spec, &request_id, &problem);
            problem.into_response(Some(spec), request_id.as_str())
        }
    };
    finish(&mut response, spec.cache, &request_id);
    log(&shell.parts, spec, &request_id, who.as_ref(), response.status, started);
    response
}

/// Answers without a route.
pub(super) fn refuse(shell: &Shell, method: &str, problem: Problem) -> Response {
    let request_id = shell.request_id();
    let code = problem.code;
    let mut response = problem.into_response(None, request_id.as_str());
    finish(&mut response, "no-store", &request_id);
    let method = Method::parse(method).map_or("other", Method::as_str);
    tracing::info!(
        target: "cws::request", route = "none", method, status = response.status, code, %request_id, "request"
    );
    response
}

async fn answer<R: Route>(
    parts: &Arc<ShellParts>,
    (spec, stated): (&'static Spec, &Stated),
    request: &Request,
    request_id: &RequestId,
    who: &mut Option<Caller>,
) -> Result<Response, Problem> {
    check_size(spec, request)?;
    let now = parts.clock.now();
    let caller = match spec.access {
        Access::Undeclared => return Err(Problem::internal("the route does not say who may call it")),
        Access::Public(_) => Caller::anonymous(),
        Access::Action(_) => {
            let auth = &parts.authenticate;
            auth.caller(&parts.store, &request.credential, request.from_loopback, &parts.home, now).await?
        }
    };
    *who = Some(caller.clone());
    let if_match = if_match(spec, request)?;
    let stage = Stage::default();
    let mut attempt = 0;
    loop {
        attempt += 1;
        drop(stage.take());
        let input = R::Input::read(spec, request)?;
        if attempt == 1 {
            stated.check(request)?;
        }
        let now = parts.clock.now();
        let (caller, request_id) = (caller.clone(), request_id.clone());
        let ctx = Ctx::new(spec, parts.clone(), caller, request_id, now, if_match.clone(), stage.clone());
        match once::<R>(parts, &ctx, spec, request, input).await {
            Err(problem) if problem.retry && attempt < ATTEMPTS => pause(&ctx, attempt).await,
            outcome => return outcome,
        }
    }
}

/// One run of the handler, from lookup to commit.
async fn once<R: Route>(
    parts: &Arc<ShellParts>,
    ctx: &Ctx,
    spec: &'static Spec,
    request: &Request,
    input: R::Input,
) -> Result<Response, Problem> {
    let claim = idempotency::claim(&parts.store, spec, request, ctx.caller(), ctx.now()).await?;
    let found = R::target(ctx, &input).await?;
    if let Access::Action(action) = spec.access {
        authorize(parts, ctx, spec, found.action.unwrap_or(action), &found).await?;
    }
    if let Some(replayed) = claim.as_ref().and_then(idempotency::Claim::replay) {
        return replayed;
    }
    let answer = match R::call(ctx, input, found.value).await {
        Ok(answer) => answer,
        Err(problem) if claim.is_some() => {
            return repeated(parts, ctx, spec, request).await.unwrap_or(Err(problem));
        }
        Err(problem) => return Err(refusal::keep(parts, ctx, spec, problem).await),
    };
    let response = render(spec, &answer)?;
    commit::settle(parts, ctx, spec, claim.as_ref(), answer, &response).await?;
    Ok(response)
}

/// A refusal may come of the first request with the same key, which was committed after this one looked
/// for it: then its answer is the answer.
async fn repeated(
    parts: &Arc<ShellParts>,
    ctx: &Ctx,
    spec: &'static Spec,
    request: &Request,
) -> Option<Result<Response, Problem>> {
    let claim = idempotency::claim(&parts.store, spec, request, ctx.caller(), ctx.now()).await;
    claim.ok().flatten().as_ref().and_then(idempotency::Claim::replay)
}

/// INVARIANT (deny by default): only a decision that allows lets the call through. Who may not even
/// see the target is told that it does not exist.
async fn authorize<T>(
    parts: &ShellParts,
    ctx: &Ctx,
    spec: &Spec,
    action: Action,
    found: &Found<T>,
) -> Result<(), Problem> {
    let Decision { allowed, policies, errors, .. } = ctx.decide(action, found);
    log_decision(ctx, spec, action, found.resource.id(), allowed, &(policies, errors));
    if allowed {
        return Ok(());
    }
    let subject = found.resource.id().to_owned();
    if let Err(problem) = refusal::record_denial(parts, ctx, spec, subject).await {
        log_inside(spec, ctx.request_id(), &problem);
    }
    let sees = view_action(found.resource.kind())
        .is_some_and(|view| view != action && ctx.allows(view, &found.resource, &found.memberships));
    if sees {
        let detail =
            format!("you may not do `{action}` here; POST /api/v2/authz/explain says what is missing");
        Err(Problem::new("forbidden", detail))
    } else {
        Err(Problem::not_found())
    }
}

/// One line for each decision: a no at `info`, a yes at `debug`. It holds ids alone.
fn log_decision(
    ctx: &Ctx,
    spec: &Spec,
    action: Action,
    resource: &str,
    allowed: bool,
    why: &impl std::fmt::Debug,
) {
    let (request_id, principal) = (ctx.request_id(), ctx.caller().id());
    let (route, action) = (spec.operation_id, action.as_str());
    if allowed {
        tracing::debug!(
            target: "cws::decision",
            %request_id, principal, route, action, resource, decision = "allow", ?why, "decision"
        );
    } else {
        tracing::info!(
            target: "cws::decision",
            %request_id, principal, route, action, resource, decision = "deny", ?why, "decision"
        );
    }
}

/// The action that means seeing a thing of this kind.
fn view_action(kind: ResourceKind) -> Option<Action> {
    match kind {
        ResourceKind::System => None,
        ResourceKind::Institution => Some(Action::InstitutionView),
        ResourceKind::User => Some(Action::UserView),
        ResourceKind::Project => Some(Action::ProjectView),
        ResourceKind::Namespace => Some(Action::NamespaceView),
        ResourceKind::Template => Some(Action::TemplateView),
        ResourceKind::Review => Some(Action::ReviewView),
    }
}

fn check_size(spec: &Spec, request: &Request) -> Result<(), Problem> {
    if request.body.len() <= spec.body_max_bytes && !request.body_too_large {
        return Ok(());
    }
    let detail = format!("this route takes a body of at most {} bytes", spec.body_max_bytes);
    Err(Problem::new("body_too_large", detail))
}

fn if_match(spec: &Spec, request: &Request) -> Result<Option<String>, Problem> {
    match request.header("if-match") {
        None if spec.if_match => {
            let detail = "send `If-Match` with the ETag that you read, or `*` to overwrite whatever is there";
            Err(Problem::new("precondition_required", detail))
        }
        given => Ok(given.map(str::to_owned)),
    }
}

fn render<T: serde::Serialize>(spec: &Spec, answer: &Answer<T>) -> Result<Response, Problem> {
    let status = answer.status.unwrap_or(spec.status);
    let mut response = match &answer.payload {
        Payload::Json(body) => {
            let bytes = serde_json::to_vec(body).map_err(Problem::internal)?;
            Response::new(status, spec.produces, bytes)
        }
        Payload::Bytes(bytes) => Response::new(status, spec.produces, bytes.clone()),
        Payload::Empty => Response::empty(if status == 200 { 204 } else { status }),
    };
    response.header("cache-control", spec.cache);
    for (name, value) in &answer.headers {
        response.header(name, value.clone());
    }
    Ok(response)
}

fn not_modified(spec: &Spec, request: &Request, response: Response) -> Response {
    let same = match (request.header("if-none-match"), response.get("etag")) {
        (Some(wanted), Some(etag)) => names(wanted, etag),
        _ => false,
    };
    if spec.is_write() || !same || response.status != 200 {
        return response;
    }
    let mut unchanged = Response { status: 304, body: Vec::new(), ..response };
    unchanged.headers.retain(|(name, _)| name != "content-type");
    unchanged
}

/// Whether a list of ETags names this one; `*` names any. Proxies that change the encoding of an answer make
/// its tag weak, and for reading that is as good (RFC 9110, section 13.1.2).
fn names(list: &str, etag: &str) -> bool {
    let strong = |tag: &str| tag.trim().trim_start_matches("W/").to_owned();
    list.split(',').map(strong).any(|tag| tag == "*" || tag == etag)
}

fn finish(response: &mut Response, cache: &str, request_id: &RequestId) {
    response.header("x-request-id", request_id.as_str());
    response.header("x-content-type-options", "nosniff");
    if response.get("cache-control").is_none() {
        response.header("cache-control", cache);
    }
}

/// Waits a little, differently each time, so that racers do not meet again.
async fn pause(ctx: &Ctx, attempt: u32) {
    let [jitter] = ctx.random::<1>();
    tokio::time::sleep(Duration::from_millis(u64::from(jitter % 16) * u64::from(attempt))).await;
}

fn log_inside(spec: &Spec, request_id: &RequestId, problem: &Problem) {
    let Some(inside) = &problem.inside else { return };
    let mut text = inside.to_string();
    let mut source = inside.source();
    while let Some(cause) = source {
        text = format!("{text}: {cause}");
        source = cause.source();
    }
    let route = spec.operation_id;
    if problem.declared(Some(spec)).is_some_and(|declared| declared.status < 500) {
        tracing::debug!(route, %request_id, code = problem.code, inside = text, "refused");
    } else {
        tracing::error!(route, %request_id, code = problem.code, inside = text, "failed");
    }
}

/// One line for each request. INVARIANT (no secrets in logs): it names the route, never path, query,
/// body or token.
fn log(
    parts: &ShellParts,
    spec: &Spec,
    request_id: &RequestId,
    caller: Option<&Caller>,
    status: u16,
    started: Timestamp,
) {
    let duration_ms = parts.clock.now().millis() - started.millis();
    tracing::info!(
        target: "cws::request",
        route = spec.operation_id,
        method = spec.method.as_str(),
        status,
        duration_ms,
        %request_id,
        institution = caller.and_then(Caller::institution).map(tracing::field::display),
        actor = caller.map(Caller::id),
        "request"
    );
}
