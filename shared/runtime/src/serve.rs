//! One route as a function: event in, answer out.

use crate::{
    Failure, Settings,
    event::{ProxyAnswer, ProxyEvent},
    parts::{self, OwnPort},
    proxy, unknown, variable,
};
use cws_route::{Consumers, Problem, Routes, Shell, ShellParts, Table};
use std::{
    collections::BTreeSet,
    sync::{Arc, Mutex, OnceLock, PoisonError},
};

/// What is made at the start; the address of the API is known only from the first event.
struct Start {
    parts: ShellParts,
    table: Table,
}

/// A function that answers one route.
pub(crate) struct Serve {
    operation_id: String,
    origins: BTreeSet<String>,
    start: Mutex<Option<Start>>,
    shell: OnceLock<Shell>,
}

impl Serve {
    /// Builds everything that the route needs, and nothing else.
    pub(crate) fn new(
        settings: Settings,
        routes: Routes,
        consumers: &Consumers,
        own: OwnPort,
    ) -> Result<Self, Failure> {
        let table = Table::new([routes])?;
        let Some(row) = table.by_id(&settings.handler) else {
            let routes = table.rows().iter().map(|row| row.spec().operation_id);
            let consumers = consumers.entries().iter().map(|consumer| consumer.spec().name);
            return Err(unknown(&settings.handler, &routes.chain(consumers).collect::<Vec<_>>()).into());
        };
        let base_url = settings.get(variable::BASE_URL).unwrap_or_default().trim_end_matches('/').to_owned();
        let parts = parts::build(&settings, row.spec().calls, own, base_url)?;
        Ok(Self {
            origins: settings.origins(),
            operation_id: settings.handler,
            start: Mutex::new(Some(Start { parts, table })),
            shell: OnceLock::new(),
        })
    }

    /// Answers one request.
    pub(crate) async fn answer(&self, event: ProxyEvent) -> Result<ProxyAnswer, Failure> {
        let shell = self.shell(&event)?;
        let origin = proxy::allowed_origin(&event, &self.origins);
        let response = match proxy::request(event, shell.parts().clock.now()) {
            Ok(request) => {
                shell.serve_operation(&self.operation_id, request).await.ok_or("the route is gone")?
            }
            Err(unreadable) => refusal(unreadable).into_response(None, "none"),
        };
        Ok(proxy::answer(response, origin))
    }

    fn shell(&self, event: &ProxyEvent) -> Result<&Shell, Failure> {
        let start = self.start.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(Start { mut parts, table }) = start {
            if parts.base_url.is_empty() {
                parts.base_url = proxy::base_url(event).unwrap_or_default();
            }
            return Ok(self.shell.get_or_init(|| Shell::new(Arc::new(parts), table)));
        }
        self.shell.get().ok_or_else(|| "the shell is being built".into())
    }
}

fn refusal(unreadable: proxy::Unreadable) -> Problem {
    match unreadable {
        proxy::Unreadable::Path => Problem::not_found(),
        proxy::Unreadable::Body => Problem::malformed("", "the body is not what its encoding says"),
    }
}
