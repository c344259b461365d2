//! What a block stops: its three flags against the kinds of operations, as one table.

use serde::{Deserialize, Serialize};

/// The three flags of a block.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Stops {
    /// No certificate is issued.
    #[serde(default)]
    pub issuing: bool,
    /// Nobody disposes of the land.
    #[serde(default)]
    pub transactions: bool,
    /// The register stays as it is.
    #[serde(default)]
    pub changes: bool,
}

/// Which flags stop which kind of operation: issuing, transactions, changes.
///
/// What frees the land of a mortgage or lease is no transaction. Blocks and restrictions can always be laid, and blocks lifted: they
/// are the agencies' own. A certificate is withdrawn by who issued it, whatever else is stopped.
///
/// # Source
/// The three flags of the registers' block records (*chặn cấp giấy, chặn giao dịch, chặn biến động*). The cells are the project's
/// reading of them, to be confirmed by the registering office's lawyer.
#[rustfmt::skip]
const TABLE: &[(&str, [bool; 3])] = &[
    //                       issuing transactions changes
    ("adjust",               [false, false, true ]),
    ("annotate-certificate", [false, false, true ]),
    ("block",                [false, false, false]),
    ("change-use",           [false, false, true ]),
    ("correct",              [false, false, true ]),
    ("discharge",            [false, false, true ]),
    ("end-lease",            [false, false, true ]),
    ("extend",               [false, false, true ]),
    ("issue-certificate",    [true,  false, false]),
    ("lease",                [false, true,  true ]),
    ("lift",                 [false, false, true ]),
    ("merge",                [false, false, true ]),
    ("mortgage",             [false, true,  true ]),
    ("party-information",    [false, false, true ]),
    ("register-first",       [false, false, true ]),
    ("restrict",             [false, false, false]),
    ("resurvey",             [false, false, true ]),
    ("retire",               [false, false, true ]),
    ("split",                [false, false, true ]),
    ("transfer",             [false, true,  true ]),
    ("unblock",              [false, false, false]),
    ("withdraw-certificate", [false, false, false]),
];

impl Stops {
    /// Whether a kind of operation is stopped. A kind that the table does not know is stopped by a block on changes.
    pub fn stop(self, kind: &str) -> bool {
        let row = TABLE.iter().find(|(known, _)| *known == kind);
        let [issuing, transactions, changes] =
            row.map_or([false, false, true], |(_, cells)| *cells);
        issuing && self.issuing || transactions && self.transactions || changes && self.changes
    }

    /// Whether it stops anything at all.
    pub fn is_any(self) -> bool {
        self.issuing || self.transactions || self.changes
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Written from the law's purpose of each kind, not from the table: `i`, `t`, `c` are the flags that stop it.
    const EXPECTED: &str = "adjust:c annotate-certificate:c block: change-use:c correct:c discharge:c end-lease:c extend:c
        issue-certificate:i lease:tc lift:c merge:c mortgage:tc party-information:c register-first:c restrict:
        resurvey:c retire:c split:c transfer:tc unblock:
        withdraw-certificate:";

    #[test]
    fn each_flag_stops_the_kinds_of_its_list_and_no_others() {
        let expected: Vec<(&str, &str)> = EXPECTED
            .split_whitespace()
            .map(|cell| cell.split_once(':').unwrap())
            .collect();
        assert_eq!(expected.len(), TABLE.len());
        for (kind, flags) in expected {
            for (flag, stops) in [
                (
                    'i',
                    Stops {
                        issuing: true,
                        ..Stops::default()
                    },
                ),
                (
                    't',
                    Stops {
                        transactions: true,
                        ..Stops::default()
                    },
                ),
                (
                    'c',
                    Stops {
                        changes: true,
                        ..Stops::default()
                    },
                ),
            ] {
                assert_eq!(stops.stop(kind), flags.contains(flag), "{kind} {flag}");
            }
            assert!(!Stops::default().stop(kind), "{kind}");
        }
    }

    #[test]
    fn a_mortgage_can_be_discharged_under_a_block_on_transactions_and_a_block_is_always_lifted() {
        let transactions = Stops {
            transactions: true,
            ..Stops::default()
        };
        assert!(transactions.stop("mortgage") && !transactions.stop("discharge"));
        let all = Stops {
            issuing: true,
            transactions: true,
            changes: true,
        };
        assert!(!all.stop("unblock") && all.stop("what is not known"));
    }
}
