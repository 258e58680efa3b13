//! Money: whole micro-dollars inside, a decimal string and a currency outside.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// An amount in millionths of one US dollar.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct MicroDollars(pub i64);

/// How an amount leaves the system: `{"amount": "12.500000", "currency": "USD"}`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Amount {
    /// Decimal text with six places, so that no reader rounds it.
    pub amount: String,
    /// ISO 4217 code; always `USD`.
    pub currency: String,
}

impl From<MicroDollars> for Amount {
    fn from(MicroDollars(micros): MicroDollars) -> Self {
        let sign = if micros < 0 { "-" } else { "" };
        let whole = micros.unsigned_abs() / 1_000_000;
        let part = micros.unsigned_abs() % 1_000_000;
        Self { amount: format!("{sign}{whole}.{part:06}"), currency: "USD".to_owned() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_micro_dollar_is_written_out() {
        let written = |micros| Amount::from(MicroDollars(micros)).amount;
        assert_eq!(written(12_500_000), "12.500000");
        assert_eq!(written(-1), "-0.000001");
        assert_eq!(written(i64::MIN), "-9223372036854.775808");
    }
}
