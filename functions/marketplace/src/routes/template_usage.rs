//! `GET /marketplace/templates/{template_id}/usage`: downloads by version and day.

use crate::{
    find::{TemplatePath, find_template},
    index::downloads::{DAY_S, counted, days},
    place,
};
use cws_authz::Action;
use cws_model::{Timestamp, id::TemplateId, marketplace::TemplateMeta};
use cws_route::{Answer, Ctx, Found, Input, Problem, Route, Spec};
use cws_store::{Range, Slot, Span, kind};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Most days of one answer.
const DAYS_MAX: i64 = 92;
/// Days when nothing is said.
const DAYS_DEFAULT: i64 = 30;

/// Names the route; never constructed.
pub enum TemplateUsage {}

/// Which days.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct UsageQuery {
    /// First day, UTC, such as `2026-11-01`; 30 days up to `to` when left out.
    #[schemars(length(equal = 10), regex(pattern = "^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$"))]
    pub from: Option<String>,
    /// Last day, included; today when left out. At most 92 days in all.
    #[schemars(length(equal = 10), regex(pattern = "^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$"))]
    pub to: Option<String>,
}

/// Downloads of a template.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct UsageOut {
    /// Template.
    pub template_id: TemplateId,
    /// First day.
    pub from: String,
    /// Last day, included.
    pub to: String,
    /// Downloads ever, of all versions.
    pub downloads: u64,
    /// Versions that were ever downloaded, most first.
    pub versions: Vec<VersionUsage>,
}

/// Downloads of a version.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct VersionUsage {
    /// Version.
    pub version: String,
    /// Downloads ever.
    pub downloads: u64,
    /// Days with downloads, in order; the other days had none.
    pub days: Vec<DayUsage>,
}

/// Downloads on a day.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct DayUsage {
    /// Day, UTC.
    pub day: String,
    /// Downloads.
    pub downloads: u64,
}

impl Route for TemplateUsage {
    const SPEC: Spec = Spec::get("template_usage", "/marketplace/templates/{template_id}/usage")
        .summary("View how often each version was downloaded, day by day")
        .requires(Action::TemplateUsageView)
        .reads(&[kind::TEMPLATE, kind::NAMESPACE, kind::TEMPLATE_COUNT]);

    type Input = Input<TemplatePath, UsageQuery>;
    type Output = UsageOut;
    type Target = Slot<TemplateMeta>;

    async fn target(ctx: &Ctx, input: &Self::Input) -> Result<Found<Self::Target>, Problem> {
        find_template(ctx, &input.path.template_id).await
    }

    async fn call(ctx: &Ctx, input: Self::Input, _: Self::Target) -> Result<Answer<UsageOut>, Problem> {
        let template_id = input.path.template_id;
        let (from, to) = stretch(&input.query, ctx.now())?;
        let ever = sums(ctx, &template_id, Span::Prefix(format!("{}/", place::TOTAL))).await?;
        let mut daily = sums(ctx, &template_id, days(&from, &to)).await?;
        let mut versions: Vec<VersionUsage> = ever
            .into_iter()
            .map(|(version, periods)| VersionUsage {
                downloads: periods.into_values().sum(),
                days: daily.remove(&version).unwrap_or_default().into_iter().map(day).collect(),
                version,
            })
            .collect();
        versions.sort_by(|one, other| (other.downloads, &one.version).cmp(&(one.downloads, &other.version)));
        let downloads = versions.iter().map(|version| version.downloads).sum();
        Ok(Answer::json(UsageOut { template_id, from, to, downloads, versions }))
    }
}

fn day((day, downloads): (String, u64)) -> DayUsage {
    DayUsage { day, downloads }
}

/// First and last day of the answer.
fn stretch(query: &UsageQuery, now: Timestamp) -> Result<(String, String), Problem> {
    let read = |name: &str, text: &str| {
        let at = Timestamp::parse(&format!("{text}T00:00:00Z")).filter(|at| at.day() == text);
        at.ok_or_else(|| Problem::malformed(name, "must be a day such as `2026-11-23`"))
    };
    let to = query.to.as_deref().map_or(Ok(now), |text| read("?to", text))?;
    let default = || Ok(to.plus_seconds(-DAY_S * (DAYS_DEFAULT - 1)));
    let from = query.from.as_deref().map_or_else(default, |text| read("?from", text))?;
    let length_days = to.seconds().div_euclid(DAY_S) - from.seconds().div_euclid(DAY_S) + 1;
    if (1..=DAYS_MAX).contains(&length_days) {
        Ok((from.day(), to.day()))
    } else {
        Err(Problem::malformed("?from", format!("`from` to `to` must be 1 to {DAYS_MAX} days")))
    }
}

/// Downloads by version and period.
async fn sums(
    ctx: &Ctx,
    id: &TemplateId,
    span: Span,
) -> Result<BTreeMap<String, BTreeMap<String, u64>>, Problem> {
    let mut sums: BTreeMap<String, BTreeMap<String, u64>> = BTreeMap::new();
    let mut after = None;
    loop {
        let shape = |range: Range| Range { span: span.clone(), ..range }.limit(1000).after(after.take());
        let (items, next) = ctx.catalogue().items(&kind::TEMPLATE_COUNT, Some(id.as_str()), shape).await?;
        for counted in items.iter().filter_map(counted) {
            let periods = sums.entry(counted.version.to_owned()).or_default();
            *periods.entry(counted.period.to_owned()).or_default() += counted.count;
        }
        after = next;
        if after.is_none() {
            return Ok(sums);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(from: Option<&str>, to: Option<&str>) -> Option<(String, String)> {
        let now = Timestamp::parse("2026-11-23T10:00:00Z").unwrap();
        stretch(&UsageQuery { from: from.map(str::to_owned), to: to.map(str::to_owned) }, now).ok()
    }

    #[test]
    fn thirty_days_up_to_today_are_shown_when_nothing_is_said() {
        assert_eq!(asked(None, None), Some(("2026-10-25".to_owned(), "2026-11-23".to_owned())));
    }

    #[test]
    fn ninety_two_days_are_the_most_and_one_the_least() {
        assert!(asked(Some("2026-08-24"), None).is_some());
        assert!(asked(Some("2026-08-23"), None).is_none());
        assert!(asked(Some("2026-11-23"), Some("2026-11-23")).is_some());
        assert!(asked(Some("2026-11-24"), Some("2026-11-23")).is_none());
    }

    #[test]
    fn what_is_no_day_is_refused() {
        for bad in ["today", "2026-11-31", "2026-1-1", "2026-11-23T00:00:00Z", ""] {
            assert!(asked(Some(bad), None).is_none(), "{bad}");
        }
    }
}
