//! Where a dossier stands, and which moves are allowed.

use serde::{Deserialize, Serialize};
use std::fmt;

/// The status of a dossier as all systems of the country tell it to each other.
///
/// # Source
/// The national synchronisation of dossiers (*trạng thái hồ sơ*), ten numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Status(u8);

impl Status {
    /// *Mới đăng ký*: filed, nobody has looked at it.
    pub const NEW: Self = Self(1);

    /// The status of a number.
    pub fn of(number: i16) -> Option<Self> {
        let number = u8::try_from(number).ok()?;
        (1..=10).contains(&number).then_some(Self(number))
    }

    /// Its number.
    pub fn number(self) -> i16 {
        self.0.into()
    }

    /// What it is called: Vietnamese, English.
    pub fn names(self) -> (&'static str, &'static str) {
        match self.0 {
            1 => ("Mới đăng ký", "new"),
            2 => ("Được tiếp nhận", "received"),
            3 => ("Không được tiếp nhận", "refused"),
            4 => ("Đang xử lý", "processing"),
            5 => ("Yêu cầu bổ sung giấy tờ", "supplement asked"),
            6 => ("Yêu cầu thực hiện nghĩa vụ tài chính", "payment asked"),
            7 => ("Công dân yêu cầu rút hồ sơ", "withdrawal asked"),
            8 => ("Dừng xử lý", "stopped"),
            9 => ("Đã xử lý xong", "done"),
            _ => ("Đã trả kết quả", "returned"),
        }
    }

    /// The statuses that may follow it; the same one may always.
    ///
    /// A withdrawal that is taken back leads to the status before it.
    pub fn next(self) -> &'static [u8] {
        match self.0 {
            1 => &[2, 3, 5, 7],
            2 => &[4, 5, 7, 8],
            4 => &[5, 6, 7, 8, 9],
            5 => &[2, 4, 7, 8],
            6 => &[4, 7, 8, 9],
            7 => &[8, 1, 2, 4, 5, 6],
            9 => &[10, 4],
            _ => &[],
        }
    }

    /// Whether a dossier in it may come to another.
    pub fn may_become(self, other: Self) -> bool {
        self == other || self.next().contains(&other.0)
    }

    /// Whether the office still has to do with it.
    pub fn is_open(self) -> bool {
        matches!(self.0, 1 | 2 | 4 | 5 | 6 | 7)
    }
}

macro_rules! words {
    ($(#[doc = $doc:literal])+ $kind:ident { $($(#[doc = $each:literal])+ $variant:ident $name:literal),+ $(,)? }) => {
        $(#[doc = $doc])+
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(rename_all = "kebab-case")]
        pub enum $kind { $($(#[doc = $each])+ $variant),+ }

        impl $kind {
            /// All of them.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The name, in kebab case.
            pub fn name(self) -> &'static str {
                match self { $(Self::$variant => $name),+ }
            }

            /// The one of a name.
            pub fn of(name: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|each| each.name() == name)
            }
        }

        impl fmt::Display for $kind {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.name())
            }
        }
    };
}

words! {
    /// Where a dossier stands inside the office. Which of the ten statuses that is told as, each procedure's table says.
    Stage {
        /// Filed, nobody has looked at it.
        Filed "filed",
        /// Received: the clock runs.
        Received "received",
        /// An officer has it.
        Assigned "assigned",
        /// Papers are missing: the citizen's turn.
        Supplement "supplement",
        /// Examined and found lawful.
        Checked "checked",
        /// The tax office's turn.
        Tax "tax",
        /// The citizen has to pay.
        Payment "payment",
        /// Paid.
        Paid "paid",
        /// An approver has agreed.
        Approved "approved",
        /// The result is signed.
        Signed "signed",
        /// The citizen has the result.
        Returned "returned",
        /// The citizen wants it back.
        Withdrawing "withdrawing",
        /// Not received.
        Refused "refused",
        /// Ended without result.
        Stopped "stopped",
    }
}

impl Stage {
    /// Whether an approver has agreed, and nothing has undone that.
    pub fn is_approved(self) -> bool {
        matches!(self, Self::Approved | Self::Signed | Self::Returned)
    }
}

words! {
    /// What is done to a dossier.
    Verb {
        /// Filed by the citizen.
        File "file",
        /// Received by the office.
        Receive "receive",
        /// Not received.
        Refuse "refuse",
        /// Given to an officer.
        Assign "assign",
        /// Examined and found lawful.
        Check "check",
        /// Papers are asked for.
        AskSupplement "ask-supplement",
        /// The papers have come.
        Supplement "supplement",
        /// The clock stops.
        Pause "pause",
        /// The clock goes on.
        Resume "resume",
        /// More time, with a reason.
        Extend "extend",
        /// Information for the tax office is sent.
        SendToTax "send-to-tax",
        /// What was sent to the tax office is cancelled.
        Recall "recall",
        /// The tax office's notice has come.
        Notify "notify",
        /// Everything is paid.
        Pay "pay",
        /// What was filed is corrected.
        Amend "amend",
        /// The due time is counted anew, by another calendar.
        Recount "recount",
        /// A plan is stored.
        Plan "plan",
        /// Agreed by an approver.
        Approve "approve",
        /// The result is signed.
        Sign "sign",
        /// The result is handed out.
        Return "return",
        /// The citizen wants it back.
        AskWithdrawal "ask-withdrawal",
        /// The citizen leaves it after all.
        KeepOn "keep-on",
        /// It is given back.
        Withdraw "withdraw",
        /// Ended without result.
        Stop "stop",
        /// A signed one is taken up again.
        Reopen "reopen",
    }
}

/// Where a verb leads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Move {
    /// To a step.
    To(Stage),
    /// Nowhere: the dossier stays where it is.
    Stay,
    /// Back to where it was before a withdrawal was asked for.
    Back,
}

impl Verb {
    /// Where it leads from a step; nothing where it is not allowed.
    pub fn from(self, step: Stage) -> Option<Move> {
        use Stage::{
            Approved, Assigned, Checked, Filed, Paid, Payment, Received, Returned, Signed,
            Supplement, Tax, Withdrawing,
        };
        let (allowed, leads): (&[Stage], Move) = match self {
            Self::File => (&[], Move::Stay),
            Self::Receive => (&[Filed], Move::To(Received)),
            Self::Refuse => (&[Filed], Move::To(Stage::Refused)),
            Self::Assign => match step {
                Received => (&[Received], Move::To(Assigned)),
                _ => (
                    &[Assigned, Checked, Tax, Payment, Paid, Supplement],
                    Move::Stay,
                ),
            },
            Self::Check => (&[Assigned], Move::To(Checked)),
            Self::AskSupplement => (&[Filed, Received, Assigned, Checked], Move::To(Supplement)),
            Self::Supplement => (&[Supplement], Move::To(Received)),
            Self::Pause | Self::Resume | Self::Extend => {
                (&[Received, Assigned, Checked, Paid, Approved], Move::Stay)
            }
            Self::Amend => (
                &[
                    Filed, Received, Assigned, Supplement, Checked, Tax, Payment, Paid,
                ],
                Move::Stay,
            ),
            Self::Recount => (
                &[
                    Received, Assigned, Supplement, Checked, Tax, Payment, Paid, Approved,
                ],
                Move::Stay,
            ),
            Self::SendToTax => (&[Checked], Move::To(Tax)),
            Self::Notify => (&[Tax, Payment, Paid], Move::To(Payment)),
            Self::Recall => (&[Tax, Payment], Move::To(Checked)),
            Self::Pay => (&[Payment], Move::To(Paid)),
            Self::Plan => (&[Assigned, Checked, Tax, Payment, Paid], Move::Stay),
            Self::Approve => (&[Checked, Paid], Move::To(Approved)),
            Self::Sign => (&[Approved], Move::To(Signed)),
            Self::Return => (&[Signed], Move::To(Returned)),
            Self::AskWithdrawal => (
                &[
                    Filed, Received, Assigned, Supplement, Checked, Tax, Payment, Paid,
                ],
                Move::To(Withdrawing),
            ),
            Self::KeepOn => (&[Withdrawing], Move::Back),
            Self::Withdraw => (&[Withdrawing], Move::To(Stage::Stopped)),
            Self::Stop => (
                &[Received, Assigned, Supplement, Checked, Tax, Payment, Paid],
                Move::To(Stage::Stopped),
            ),
            Self::Reopen => (&[Signed], Move::To(Assigned)),
        };
        allowed.contains(&step).then_some(leads)
    }

    /// The verbs that are allowed from a step.
    pub fn allowed(step: Stage) -> impl Iterator<Item = Self> {
        let verbs = Self::ALL.iter().copied();
        verbs.filter(move |verb| verb.from(step).is_some())
    }

    /// Whether somebody has to say why.
    pub fn needs_reason(self) -> bool {
        matches!(
            self,
            Self::Refuse
                | Self::AskSupplement
                | Self::Pause
                | Self::Extend
                | Self::AskWithdrawal
                | Self::Stop
                | Self::Reopen
        )
    }
}

impl Stage {
    /// Why the clock stands in this step, if it does: others have the dossier.
    pub fn pause(self) -> Option<&'static str> {
        match self {
            Self::Supplement => Some("supplement"),
            Self::Tax => Some("tax-notice"),
            Self::Payment => Some("payment"),
            Self::Withdrawing => Some("withdrawal"),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The moves of the national synchronisation, from → to; 9 → 4 is a recorded reopening, and 7 → 1, 2, 5, 6 is a
    /// withdrawal taken back.
    const MOVES: &[(u8, &[u8])] = &[
        (1, &[2, 3, 5, 7]),
        (2, &[4, 5, 7, 8]),
        (3, &[]),
        (4, &[5, 6, 7, 8, 9]),
        (5, &[2, 4, 7, 8]),
        (6, &[4, 7, 8, 9]),
        (7, &[1, 2, 4, 5, 6, 8]),
        (8, &[]),
        (9, &[4, 10]),
        (10, &[]),
    ];

    /// The steps as the country's table of steps tells them.
    fn status(step: Stage) -> Status {
        let number = match step {
            Stage::Filed => 1,
            Stage::Received => 2,
            Stage::Refused => 3,
            Stage::Assigned | Stage::Checked | Stage::Tax | Stage::Paid | Stage::Approved => 4,
            Stage::Supplement => 5,
            Stage::Payment => 6,
            Stage::Withdrawing => 7,
            Stage::Stopped => 8,
            Stage::Signed => 9,
            Stage::Returned => 10,
        };
        Status::of(number).unwrap()
    }

    #[test]
    fn each_pair_of_statuses_is_allowed_or_not_as_the_synchronisation_has_it() {
        for (from, allowed) in MOVES {
            for to in 1..=10 {
                let (from, to) = (Status(*from), Status(to));
                let is_allowed = from == to || allowed.contains(&to.0);
                assert_eq!(from.may_become(to), is_allowed, "{from:?} {to:?}");
            }
        }
        assert_eq!((Status::of(0), Status::of(11)), (None, None));
    }

    #[test]
    fn no_verb_leads_to_a_status_that_may_not_follow() {
        for step in Stage::ALL {
            for verb in Verb::allowed(*step) {
                if let Some(Move::To(to)) = verb.from(*step) {
                    assert!(status(*step).may_become(status(to)), "{step} {verb} {to}");
                }
            }
        }
    }

    #[test]
    fn nothing_follows_what_has_ended_and_something_follows_everything_else() {
        for step in Stage::ALL {
            let has_ended = matches!(step, Stage::Refused | Stage::Stopped | Stage::Returned);
            assert_eq!(Verb::allowed(*step).next().is_none(), has_ended, "{step}");
        }
    }

    #[test]
    fn nothing_is_signed_that_nobody_approved_and_nothing_approved_that_nobody_checked() {
        let leads = |to: Stage| {
            let pairs = Stage::ALL
                .iter()
                .flat_map(|step| Verb::allowed(*step).map(move |verb| (*step, verb)));
            let there = pairs.filter(|(step, verb)| verb.from(*step) == Some(Move::To(to)));
            there.map(|(step, _)| step).collect::<Vec<_>>()
        };
        assert_eq!(leads(Stage::Signed), [Stage::Approved]);
        assert_eq!(leads(Stage::Approved), [Stage::Checked, Stage::Paid]);
        assert_eq!(leads(Stage::Paid), [Stage::Payment]);
    }
}
