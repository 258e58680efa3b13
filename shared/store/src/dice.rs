//! Reproducible chance, and the moments at which a fault strikes.

use std::sync::atomic::{AtomicU64, Ordering};

/// A generator of numbers from a seed (SplitMix64). For tests and jitter, never for secrets.
#[derive(Debug)]
pub struct Dice(AtomicU64);

impl Dice {
    /// The same seed rolls the same numbers.
    pub const fn new(seed: u64) -> Self {
        Self(AtomicU64::new(seed))
    }

    /// The next number.
    pub fn roll(&self) -> u64 {
        const STEP: u64 = 0x9e37_79b9_7f4a_7c15;
        let mut mixed = self.0.fetch_add(STEP, Ordering::Relaxed).wrapping_add(STEP);
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number from 0 to `sides - 1`; 0 for no sides.
    pub fn below(&self, sides: u64) -> u64 {
        self.roll().checked_rem(sides).unwrap_or_default()
    }

    /// One of these; none of none.
    pub fn pick<'a, T>(&self, from: &'a [T]) -> Option<&'a T> {
        let place = self.below(from.len() as u64);
        from.get(usize::try_from(place).unwrap_or_default())
    }
}

/// At which calls a fault strikes.
#[derive(Debug)]
pub enum When {
    /// By chance, one call in so many.
    OneIn(Dice, u64),
    /// At one call only, counted from 1.
    Nth(AtomicU64, u64),
    /// At every call.
    Always,
}

impl When {
    /// By chance: one call in `sides`, from a seed.
    pub const fn one_in(sides: u64, seed: u64) -> Self {
        Self::OneIn(Dice::new(seed), sides)
    }

    /// At the `n`-th call only, counted from 1.
    pub const fn nth(n: u64) -> Self {
        Self::Nth(AtomicU64::new(0), n)
    }

    /// Counts a call; says whether the fault strikes at it.
    pub fn strikes(&self) -> bool {
        match self {
            Self::OneIn(dice, sides) => dice.below(*sides) == 0,
            Self::Nth(calls, n) => calls.fetch_add(1, Ordering::Relaxed) + 1 == *n,
            Self::Always => true,
        }
    }
}
