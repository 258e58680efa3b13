//! Removes the votes on a review that was removed: nobody can reach them any more.

use cws_model::{Event, id::ReviewId};
use cws_route::{ConsumeError, Consumer, ConsumerSpec, SystemCtx};
use cws_store::{Consistency, Expect, Op, Range, Writes, kind};

/// Votes that are removed in one commit.
const AT_ONCE: u32 = 90;

/// The consumer; never constructed.
pub enum ReviewVoteSweep {}

impl Consumer for ReviewVoteSweep {
    const SPEC: ConsumerSpec = ConsumerSpec {
        name: "review_vote_sweep",
        summary: "Removes the votes on a review that was removed",
        listens: &["review.deleted.v1"],
        reads: &[kind::REVIEW_VOTE],
        writes: &[kind::REVIEW_VOTE],
        calls: &[],
    };

    async fn handle(ctx: &SystemCtx, event: &Event) -> Result<Writes, ConsumeError> {
        let id: ReviewId =
            event.subject.parse().map_err(|_| ConsumeError::Other("the event names no review".to_owned()))?;
        let range = Range::all(kind::REVIEW_VOTE.part(id.as_str())).limit(AT_ONCE);
        loop {
            let page = ctx.store().range(&range, Consistency::Strong).await?;
            if page.items.is_empty() {
                return Ok(Writes::new());
            }
            let mut writes = Writes::new();
            for item in page.items {
                writes.op(Op::Delete { key: item.key, expect: Expect::Any });
            }
            ctx.commit(writes).await?;
        }
    }
}
