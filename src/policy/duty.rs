//! What officers may do: role × duty × area, as one table.

use crate::domain::{CommuneCode, Verb};
use Duty::{
    Approve, Assign, Auditing, File, Handle, Moderate, Operate, Oversee, Plan, Post, Read, Rules,
    See, Tax,
};
use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;

/// Why a text is not a role or an area.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AppointmentError {
    /// Not a role.
    #[error(
        "{0:?} is not a role: reception, officer, approver, surveyor, commune, planner or auditor"
    )]
    Role(String),
    /// Not an area.
    #[error("{0:?} is not an area: a province's two digits or a commune's five")]
    Area(String),
}

macro_rules! names {
    ($(#[doc = $doc:literal])+ $kind:ident { $($(#[doc = $each:literal])+ $variant:ident $name:literal),+ $(,)? }) => {
        $(#[doc = $doc])+
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $kind { $($(#[doc = $each])+ $variant),+ }

        impl $kind {
            /// All of them.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The name, in kebab case.
            pub fn name(self) -> &'static str {
                match self { $(Self::$variant => $name),+ }
            }
        }

        impl fmt::Display for $kind {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.name())
            }
        }
    };
}

names! {
    /// What an officer is appointed to.
    Role {
        /// Takes dossiers in and hands results out (*bộ phận một cửa*).
        Reception "reception",
        /// Handles dossiers (*cán bộ thụ lý*).
        Officer "officer",
        /// Approves and signs what others have prepared (*lãnh đạo*).
        Approver "approver",
        /// Measures and draws (*đo đạc*).
        Surveyor "surveyor",
        /// The commune's committee: takes in, confirms, posts lists (*UBND cấp xã*).
        Commune "commune",
        /// Keeps deadlines, calendars and rules (*kế hoạch, tổng hợp*).
        Planner "planner",
        /// Looks at everything and changes nothing (*thanh tra, kiểm tra*).
        Auditor "auditor",
    }
}

names! {
    /// What is to be done.
    Duty {
        /// Read names, numbers and residences of a parcel's parties.
        Read "read",
        /// Read dossiers.
        See "see",
        /// Take dossiers in, attach papers, hand results out.
        File "file",
        /// Say who handles a dossier.
        Assign "assign",
        /// Check, ask for supplements, pause, refuse, stop.
        Handle "handle",
        /// Store a dossier's plan.
        Plan "plan",
        /// Commit operations without a plan.
        Operate "operate",
        /// Approve plans, sign, reopen.
        Approve "approve",
        /// Exchange slips, notices and payments with the tax office.
        Tax "tax",
        /// Post lists for objections.
        Post "post",
        /// Change deadlines, calendars and rules.
        Rules "rules",
        /// Judge what citizens report.
        Moderate "moderate",
        /// Look at all officers' work.
        Oversee "oversee",
        /// Read who read what.
        Auditing "auditing",
    }
}

/// *Who has this role has these duties.* What stands nowhere is nobody's.
///
/// # Source
/// Decree 49/2026/NĐ-CP Art. 14 (who receives, examines, confirms, signs) in the project's reading; a province may narrow it
/// by giving fewer roles.
#[rustfmt::skip]
const TABLE: &[(Role, &[Duty])] = &[
    (Role::Reception, &[Read, See, File, Assign]),
    (Role::Officer,   &[Read, See, Handle, Plan, Tax, Post, Moderate]),
    (Role::Approver,  &[Read, See, Assign, Operate, Approve, Moderate, Oversee]),
    (Role::Surveyor,  &[Read, See, Plan]),
    (Role::Commune,   &[Read, See, File, Post]),
    (Role::Planner,   &[See, Rules, Oversee]),
    (Role::Auditor,   &[Read, See, Oversee, Auditing]),
];

impl Duty {
    /// The duty of who takes a step on a dossier.
    pub fn of(verb: Verb) -> Self {
        match verb {
            Verb::Assign => Assign,
            Verb::File
            | Verb::Receive
            | Verb::Amend
            | Verb::Refuse
            | Verb::Supplement
            | Verb::Return
            | Verb::AskWithdrawal
            | Verb::KeepOn => File,
            Verb::Approve | Verb::Sign | Verb::Reopen => Approve,
            Verb::SendToTax | Verb::Recall | Verb::Notify | Verb::Pay => Tax,
            Verb::Plan => Plan,
            Verb::Recount => Rules,
            Verb::Check
            | Verb::AskSupplement
            | Verb::Pause
            | Verb::Resume
            | Verb::Extend
            | Verb::Withdraw
            | Verb::Stop => Handle,
        }
    }
}

impl Role {
    /// Whether who has it may do this.
    pub fn has(self, duty: Duty) -> bool {
        let mut rows = TABLE.iter();
        rows.any(|(role, duties)| *role == self && duties.contains(&duty))
    }
}

impl FromStr for Role {
    type Err = AppointmentError;
    fn from_str(name: &str) -> Result<Self, AppointmentError> {
        let mut roles = Self::ALL.iter().copied();
        roles
            .find(|role| role.name() == name)
            .ok_or_else(|| AppointmentError::Role(name.to_owned()))
    }
}

/// Where an officer is competent.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Area {
    /// A province, by its two digits.
    Province(String),
    /// A commune.
    Commune(CommuneCode),
}

impl FromStr for Area {
    type Err = AppointmentError;
    fn from_str(code: &str) -> Result<Self, AppointmentError> {
        if code.len() == 2 && code.bytes().all(|byte| byte.is_ascii_digit()) {
            return Ok(Self::Province(code.to_owned()));
        }
        let commune = (code.len() == 5).then(|| CommuneCode::parse(code));
        match commune {
            Some(Ok(commune)) => Ok(Self::Commune(commune)),
            _ => Err(AppointmentError::Area(code.to_owned())),
        }
    }
}

impl fmt::Display for Area {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Province(code) => f.write_str(code),
            Self::Commune(commune) => f.write_str(commune.as_str()),
        }
    }
}

/// Where something lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ground<'a> {
    /// The province's code, where it is known.
    pub province: Option<&'a str>,
    /// The commune's code.
    pub commune: &'a str,
}

/// Why an officer may not do something.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Denial {
    /// No role of the officer's has the duty.
    #[error("{officer} has no role with the duty {duty:?}: {}", roles(*.duty))]
    Role {
        /// Who.
        officer: String,
        /// What.
        duty: Duty,
    },
    /// It lies elsewhere.
    #[error("{officer} is not competent in {place}")]
    Area {
        /// Who.
        officer: String,
        /// Where.
        place: String,
    },
}

/// Which roles have a duty, for people.
fn roles(duty: Duty) -> String {
    let roles = Role::ALL.iter().filter(|role| role.has(duty));
    let roles: Vec<&str> = roles.map(|role| role.name()).collect();
    format!("these have: {}", roles.join(", "))
}

/// Whom a text of history names: what stands in parentheses at its end, as in `Trần Thị B (u-7)`; without any, the whole text.
///
/// The words before are for people. Who bears a name may change it, or keep it to himself: nobody is told apart by it. The
/// database says the same in `officer_identity`.
pub fn identity(text: &str) -> &str {
    let named = text
        .strip_suffix(')')
        .and_then(|text| text.rsplit_once(" ("));
    match named {
        Some((_, id)) if !id.is_empty() && !id.contains(['(', ')']) => id,
        _ => text,
    }
}

/// An officer of the land office.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Officer {
    /// What stands in history and in the ledger; who it is, [`identity`] takes from it.
    pub name: String,
    /// To what.
    pub roles: BTreeSet<Role>,
    /// Where; none for the whole register.
    pub areas: Option<BTreeSet<Area>>,
}

impl Officer {
    /// An officer with every role, everywhere: a small office's only one, and what a token without roles gives.
    pub fn everywhere(name: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            roles: Role::ALL.iter().copied().collect(),
            areas: None,
        }
    }

    /// An officer of an issuer's login: its lasting id for the person stands in parentheses behind the name, where there is one.
    ///
    /// An id's own parentheses are written as `%28` and `%29`, so that every text names one id and every id has one text.
    #[must_use]
    pub fn of_login(self, id: &str) -> Self {
        let id = id.replace('%', "%25");
        let id = id.replace('(', "%28").replace(')', "%29");
        let name = match &*self.name {
            "" => id,
            name => format!("{name} ({id})"),
        };
        Self { name, ..self }
    }

    /// Who it is, whatever the name for people.
    pub fn identity(&self) -> &str {
        identity(&self.name)
    }

    /// Whether any role has this duty, wherever.
    pub fn may(&self, duty: Duty) -> Result<(), Denial> {
        if self.roles.iter().any(|role| role.has(duty)) {
            return Ok(());
        }
        Err(Denial::Role {
            officer: self.name.clone(),
            duty,
        })
    }

    /// Whether the officer is competent for what lies there.
    pub fn is_competent(&self, ground: Ground<'_>) -> bool {
        let covers = |area: &Area| match area {
            Area::Province(code) => ground.province == Some(code),
            Area::Commune(commune) => commune.as_str() == ground.commune,
        };
        let mut areas = self.areas.iter();
        areas.all(|areas| areas.iter().any(covers))
    }

    /// Whether the officer may do this there.
    pub fn may_at(&self, duty: Duty, ground: Ground<'_>) -> Result<(), Denial> {
        self.may(duty)?;
        if self.is_competent(ground) {
            return Ok(());
        }
        Err(Denial::Area {
            officer: self.name.clone(),
            place: format!("commune {}", ground.commune),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Written from the description of the offices, not from the table: one line a duty, a letter for each role that has it
    /// (Reception, Officer, Approver, Surveyor, Commune, Planner, auDitor).
    const DUTIES: [(Duty, &str); 14] = [
        (Read, "ROASC-D"),
        (See, "ROASCPD"),
        (File, "R---C--"),
        (Assign, "R-A----"),
        (Handle, "-O-----"),
        (Plan, "-O-S---"),
        (Operate, "--A----"),
        (Approve, "--A----"),
        (Tax, "-O-----"),
        (Post, "-O--C--"),
        (Rules, "-----P-"),
        (Moderate, "-OA----"),
        (Oversee, "--A--PD"),
        (Auditing, "------D"),
    ];

    #[test]
    fn every_cell_of_role_and_duty_is_as_the_offices_are_described() {
        assert_eq!(DUTIES.len(), Duty::ALL.len());
        for (duty, letters) in DUTIES {
            for (role, letter) in Role::ALL.iter().zip(letters.chars()) {
                assert_eq!(role.has(duty), letter != '-', "{role} {duty}");
            }
        }
    }

    #[test]
    fn nobody_both_prepares_and_approves_by_one_role() {
        for role in Role::ALL {
            assert!(!(role.has(Plan) && role.has(Approve)), "{role}");
        }
    }

    #[test]
    fn an_area_is_a_province_with_its_communes_or_one_commune_and_nothing_beside() {
        let at = |areas: &[&str], province: Option<&str>, commune: &str| {
            let officer = Officer {
                areas: Some(areas.iter().map(|area| area.parse().unwrap()).collect()),
                ..Officer::everywhere("an")
            };
            officer.may_at(Read, Ground { province, commune }).is_ok()
        };
        assert!(at(&["98"], Some("98"), "99001"));
        assert!(
            !at(&["98"], None, "98001"),
            "codes of communes say no province"
        );
        assert!(!at(&["97"], Some("98"), "99001"));
        assert!(at(&["97", "99001"], Some("98"), "99001"));
        assert!(!at(&["99002"], Some("98"), "99001"));
        assert!(!at(&[], Some("98"), "99001"), "no area is no competence");
        let nobody = Officer {
            roles: BTreeSet::new(),
            ..Officer::everywhere("an")
        };
        assert!(Duty::ALL.iter().all(|duty| nobody.may(*duty).is_err()));
    }

    #[test]
    fn an_officer_of_a_login_is_known_by_its_id_under_every_name() {
        let of_login = |name: &str, id: &str| Officer::everywhere(name).of_login(id).name;
        for (name, text) in [
            ("Trần Thị B", "Trần Thị B (u-7)"),
            ("Trần (phòng 2)", "Trần (phòng 2) (u-7)"),
            ("Chi (u-9)", "Chi (u-9) (u-7)"),
            ("", "u-7"),
        ] {
            assert_eq!(of_login(name, "u-7"), text);
            assert_eq!(identity(text), "u-7", "{text}");
        }
        // no id passes for another one
        for id in ["x (u-7)", "(u-7)", "u-7)", "x ((u-7"] {
            for name in ["", "An"] {
                let text = of_login(name, id);
                assert_ne!(identity(&text), "u-7", "{text}");
            }
        }
        // officers of tokens issued here are known by their whole names
        for name in ["An", "Trần Thị B", "An ()", "An (b", "An(u-7)"] {
            assert_eq!(identity(name), name);
        }
    }

    #[test]
    fn roles_and_areas_are_read_back_from_their_names() {
        for role in Role::ALL {
            assert_eq!(role.name().parse(), Ok(*role));
        }
        for text in ["98", "99001"] {
            assert_eq!(text.parse::<Area>().unwrap().to_string(), text);
        }
        for text in ["", "9", "9a", "990011", "*"] {
            assert!(text.parse::<Area>().is_err(), "{text}");
        }
    }
}
