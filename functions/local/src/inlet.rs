//! Bodies on their way in: no more of one than its route takes, no more of all at once than there is room
//! for, and none for longer than a client may take to send it.

use cws_route::Problem;
use http_body_util::BodyExt;
use hyper::body::{Body, Bytes};
use std::{sync::Arc, time::Duration};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// How much of a body that is too large is thrown away, bytes, so that the client comes to reading why.
const SPILLED_MAX_BYTES: usize = 8 * 1024 * 1024;

/// Room for bodies.
#[derive(Debug, Clone)]
pub struct Inlet {
    room: Arc<Semaphore>,
    wait: Duration,
}

/// A body, with the room that it takes for as long as it is worked on.
#[derive(Debug, Default)]
pub struct Taken {
    /// What came.
    pub bytes: Vec<u8>,
    /// Whether more came than the route takes; then nothing is kept.
    pub too_large: bool,
    room: Option<OwnedSemaphorePermit>,
}

impl Inlet {
    /// Room for so many bytes of all bodies together; each may take so long to come.
    pub fn new(room_bytes: usize, wait: Duration) -> Self {
        Self { room: Arc::new(Semaphore::new(room_bytes)), wait }
    }

    /// Reads a body of at most so many bytes.
    ///
    /// # Errors
    /// It broke off, or did not come in time.
    pub async fn read<B>(&self, body: B, limit: usize) -> Result<Taken, Problem>
    where
        B: Body<Data = Bytes> + Unpin,
    {
        let read = tokio::time::timeout(self.wait, self.take(body, limit)).await;
        read.unwrap_or_else(|_| Err(Problem::new("body_too_slow", "the body did not come in time")))
    }

    /// Lets a body of somebody who is refused anyway pass by: it gets no room, but is taken off the connection, so
    /// that the client comes to reading why and may use the connection again.
    pub async fn pass_over<B>(&self, body: B)
    where
        B: Body<Data = Bytes> + Unpin,
    {
        if tokio::time::timeout(self.wait, spill(body)).await.is_err() {
            tracing::debug!("the body of a refused request did not come in time");
        }
    }

    async fn take<B>(&self, mut body: B, limit: usize) -> Result<Taken, Problem>
    where
        B: Body<Data = Bytes> + Unpin,
    {
        let mut taken = Taken::default();
        let announced = body.size_hint().lower();
        if usize::try_from(announced).is_ok_and(|announced| announced <= limit) {
            while let Some(data) = next(&mut body).await? {
                if taken.bytes.len() + data.len() > limit {
                    taken.too_large = true;
                    break;
                }
                self.keep(&mut taken, &data).await?;
            }
        } else {
            taken.too_large = true;
        }
        if taken.too_large {
            taken = Taken { too_large: true, ..Taken::default() };
            spill(body).await;
        }
        Ok(taken)
    }

    async fn keep(&self, taken: &mut Taken, data: &Bytes) -> Result<(), Problem> {
        let more = u32::try_from(data.len()).map_err(Problem::internal)?;
        let room = self.room.clone().acquire_many_owned(more).await.map_err(Problem::internal)?;
        match &mut taken.room {
            Some(have) => have.merge(room),
            none => *none = Some(room),
        }
        taken.bytes.extend_from_slice(data);
        Ok(())
    }
}

/// The next piece; `None` at the end.
async fn next<B>(body: &mut B) -> Result<Option<Bytes>, Problem>
where
    B: Body<Data = Bytes> + Unpin,
{
    loop {
        match body.frame().await {
            None => return Ok(None),
            Some(Err(_)) => return Err(Problem::malformed("", "the body broke off")),
            Some(Ok(frame)) => match frame.into_data() {
                Ok(data) => return Ok(Some(data)),
                Err(_trailers) => {}
            },
        }
    }
}

async fn spill<B>(mut body: B)
where
    B: Body<Data = Bytes> + Unpin,
{
    let mut spilled = 0;
    while spilled < SPILLED_MAX_BYTES
        && let Ok(Some(data)) = next(&mut body).await
    {
        spilled += data.len();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use http_body_util::{Full, StreamBody};
    use hyper::body::Frame;
    use std::convert::Infallible;

    /// A body that says nothing about its length.
    fn in_pieces(sizes: &[usize]) -> impl Body<Data = Bytes> + Unpin {
        let pieces = sizes.iter().map(|size| Ok::<_, Infallible>(Frame::data(vec![b'x'; *size].into())));
        StreamBody::new(futures::stream::iter(pieces.collect::<Vec<_>>()))
    }

    fn inlet() -> Inlet {
        Inlet::new(100, Duration::from_secs(60))
    }

    #[tokio::test]
    async fn a_body_of_the_limit_is_read_and_one_byte_more_is_not() {
        let read = inlet().read(in_pieces(&[6, 4]), 10).await.unwrap();
        assert_eq!((read.bytes.len(), read.too_large), (10, false));
        let read = inlet().read(in_pieces(&[6, 5]), 10).await.unwrap();
        assert_eq!((read.bytes.len(), read.too_large), (0, true));
        let announced = Full::new(Bytes::from(vec![0; 11]));
        assert!(inlet().read(announced, 10).await.unwrap().too_large);
    }

    #[tokio::test]
    async fn a_body_waits_for_room_and_gets_it_when_another_is_done() {
        let patient = inlet();
        let hasty = Inlet { wait: Duration::from_millis(20), ..patient.clone() };
        let first = patient.read(in_pieces(&[80]), 100).await.unwrap();
        let refused = hasty.read(in_pieces(&[30]), 100).await.unwrap_err();
        assert_eq!(refused.code, "body_too_slow");
        drop(first);
        assert_eq!(patient.read(in_pieces(&[30]), 100).await.unwrap().bytes.len(), 30);
    }
}
