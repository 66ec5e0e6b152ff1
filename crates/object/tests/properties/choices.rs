//! Where a world's choices come from: all of them one after another, or a random tape.

/// What a world found wrong, in words.
pub(crate) type Verdict = Result<(), String>;

/// Answers the world's questions "which of n?".
pub(crate) struct Choices {
    script: Vec<usize>,
    /// How many answers each question had, for the next script.
    widths: Vec<usize>,
    at: usize,
}

impl Choices {
    /// Answers from a tape of random bytes, then the first answer for ever.
    pub(crate) fn random(tape: &[u8]) -> Self {
        Self::scripted(tape.iter().copied().map(usize::from).collect())
    }

    fn scripted(script: Vec<usize>) -> Self {
        Self {
            script,
            widths: Vec::new(),
            at: 0,
        }
    }

    /// One of 0 … n − 1.
    pub(crate) fn of(&mut self, n: usize) -> usize {
        assert!(n > 0, "a choice needs something to choose from");
        let answer = self.script.get(self.at).copied().unwrap_or(0) % n;
        self.at += 1;
        self.widths.push(n);
        answer
    }
}

/// Runs the world once for every possible sequence of answers. Gives the number of runs, or the
/// first complaint together with the answers that led to it.
pub(crate) fn explore(mut world: impl FnMut(&mut Choices) -> Verdict) -> Result<u64, String> {
    let mut script = Vec::new();
    for runs in 1.. {
        let mut choices = Choices::scripted(script);
        world(&mut choices).map_err(|why| format!("after {:?}: {why}", choices.script))?;
        // The next script: the last answer that can grow grows, and what follows starts anew.
        script = choices.script;
        script.resize(choices.widths.len(), 0);
        loop {
            let Some(last) = script.pop() else {
                return Ok(runs);
            };
            if last + 1 < choices.widths[script.len()] {
                script.push(last + 1);
                break;
            }
        }
    }
    unreachable!("the loop above ends by returning")
}

#[test]
fn explore_visits_every_sequence_once() {
    let mut seen = std::collections::BTreeSet::new();
    let runs = explore(|choices| {
        let first = choices.of(3);
        let second = if first == 1 { choices.of(2) } else { 9 };
        assert!(seen.insert((first, second)));
        Ok(())
    });
    assert_eq!(runs, Ok(4));
    assert_eq!(
        explore(|choices| if choices.of(3) == 2 {
            Err("bad".into())
        } else {
            Ok(())
        }),
        Err("after [2]: bad".into())
    );
}

/// A complaint unless the condition holds.
macro_rules! must {
    ($holds:expr, $($why:tt)+) => {
        if !$holds {
            return Err(format!($($why)+));
        }
    };
}
pub(crate) use must;
