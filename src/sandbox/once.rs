//! What a PSP says twice with one key is done once, and answered twice with the same bytes (`domain` 15, 3).

use chrono::{DateTime, Duration, Utc};
use sha2::{Digest, Sha256};

use super::fault::{Code, Refusal};
use super::ledger::idempotency::{Kept, Key};
use super::node::Node;
use super::operation::Answer;
use crate::xml::Element;

/// A request that has a key.
pub(super) struct Keyed {
    key: Key,
    digest: [u8; 32],
    life: Duration,
}

impl Keyed {
    /// Of this PSP; what it says is remembered that long.
    pub(super) fn new(psp: &str, key: String, root: Element<'_>, life: Duration) -> Keyed {
        let mut hasher = Sha256::new();
        feed(root, &mut hasher);
        Keyed { key: Key { psp: psp.to_owned(), key }, digest: hasher.finalize().into(), life }
    }

    /// Remembers a no to a caller that is not let in, unless something was said with the key before. Of a PSP that
    /// nobody knows nothing is remembered.
    pub(super) fn refuse(self, node: &Node, answer: Answer) -> Answer {
        if node.participants.psp(&self.key.psp).is_none() {
            return answer;
        }
        let kept = self.kept(node.now(), answer.clone());
        // Full already, or about to be: the first answer stays.
        let _ = node.ledger().keys.slot(&self.key, node.now()).set(kept);
        answer
    }

    /// The answer that was given before, or else `first`, which is remembered if it is an `Ok`. Who asks while the
    /// first is being answered waits for that, and comes first himself if it hangs up.
    pub(super) async fn once(
        self,
        node: &Node,
        first: impl AsyncFnOnce() -> Result<Answer, Answer>,
    ) -> Result<Answer, Refusal> {
        let slot = node.ledger().keys.slot(&self.key, node.now());
        let mut repeated = true;
        let kept = slot.get_or_try_init(async || {
            repeated = false;
            // The time of the question: the key is good no longer than the token it asks for.
            let asked_at = node.now();
            Ok(self.kept(asked_at, first().await?))
        });
        match kept.await {
            Ok(kept) if kept.digest != self.digest => Err(Code::ErroreIdempotenza.into()),
            Ok(kept) if repeated => Ok(kept.answer.again()),
            Ok(kept) => Ok(kept.answer.clone()),
            Err(answer) => Ok(answer),
        }
    }

    fn kept(&self, asked_at: DateTime<Utc>, answer: Answer) -> Kept<Answer> {
        Kept { digest: self.digest, answer, until: asked_at + self.life }
    }
}

/// All that a message says: names and texts, not how they are laid out. The marks between are no characters of XML.
fn feed(element: Element<'_>, hasher: &mut Sha256) {
    hasher.update([1]);
    hasher.update(element.name());
    hasher.update([2]);
    let mut is_leaf = true;
    for child in element.children() {
        is_leaf = false;
        feed(child, hasher);
    }
    if is_leaf {
        hasher.update(element.text().as_bytes());
    }
    hasher.update([3]);
}
