//! Chance that always falls the same way: SplitMix64 (Steele, Lea, Flood: Fast Splittable Pseudorandom Number Generators, 2014),
//! seeded by what is being decided and for what. Each decision has a seed of its own, so that a part of the country is the same
//! whether or not the rest of it is made.

/// The step of SplitMix64: 2^64 divided by the golden ratio.
const STEP: u64 = 0x9e37_79b9_7f4a_7c15;

/// A stream of numbers.
#[derive(Debug, Clone)]
pub(crate) struct Random(u64);

const fn mix(mut value: u64) -> u64 {
    value = (value ^ (value >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    value = (value ^ (value >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    value ^ (value >> 31)
}

impl Random {
    /// The stream for one decision, `what`, about one thing, `of`.
    pub(crate) fn new(what: &str, of: u64) -> Self {
        let seed = what.bytes().fold(STEP, |seed, byte| mix(seed ^ u64::from(byte)).wrapping_add(STEP));
        Self(mix(seed ^ mix(of.wrapping_add(STEP))))
    }

    /// The stream's next number.
    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(STEP);
        mix(self.0)
    }

    /// A number from 0 up to and without `bound`, which is at least 1. The remainder favours low ones by less than 2^-32 here.
    pub(crate) fn below(&mut self, bound: u64) -> u64 {
        self.next() % bound
    }

    /// A number from `low` to `high`, both included.
    pub(crate) fn between(&mut self, low: i64, high: i64) -> i64 {
        low + self.below((high - low).unsigned_abs() + 1).cast_signed()
    }

    /// True so many times in a thousand.
    pub(crate) fn per_mille(&mut self, times: u64) -> bool {
        self.below(1000) < times
    }

    /// One of several.
    pub(crate) fn pick<'a, T>(&mut self, from: &'a [T]) -> &'a T {
        let index = self.below(from.len() as u64) as usize;
        &from[index]
    }

    /// A number of a distribution that is given by its quantiles at equal distances, straight lines between.
    pub(crate) fn quantile(&mut self, quantiles: &[u64]) -> u64 {
        const FINE: u64 = 1 << 20;
        let at = self.below((quantiles.len() as u64 - 1) * FINE);
        let (index, part) = ((at / FINE) as usize, at % FINE);
        let (low, high) = (quantiles[index], quantiles[index + 1]);
        low + (high - low) * part / FINE
    }
}

/// A number for a text, to seed decisions about it.
pub(crate) fn number_of(text: &str) -> u64 {
    text.bytes().fold(0, |number, byte| mix(number ^ u64::from(byte)).wrapping_add(STEP))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_question_has_the_same_answer_for_ever() {
        // These must never change: every demo file hangs on them.
        assert_eq!(Random::new("population", 601).next(), Random::new("population", 601).next());
        assert_ne!(Random::new("population", 601).next(), Random::new("population", 602).next());
        assert_ne!(Random::new("population", 601).next(), Random::new("city", 601).next());
        // The published first numbers of SplitMix64 from the seed 0.
        let mut random = Random(0);
        assert_eq!([random.next(), random.next()], [0xe220_a839_7b1d_cdaf, 0x6e78_9e6a_a1b9_65f4]);
    }

    #[test]
    fn quantiles_bound_what_is_drawn() {
        let mut random = Random::new("test", 1);
        for _ in 0..1000 {
            assert!((3..=40).contains(&random.quantile(&[3, 10, 40])));
        }
    }
}
